"""A lookup is one-hot times a matrix: forward, gradient and training; and what happens where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.studies import one_hot as registered
from toolkit.studies.base import study_info

module: Any = __import__("toolkit.studies.one_hot", fromlist=["one_hot"])
HALF = 2.0**-24  # half the spacing of float32 numbers at 1


@pytest.fixture(scope="module")
def identities() -> pd.DataFrame:
    return pd.DataFrame(list(module._identities(0)))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 40)


def test_it_is_the_study_of_that_name() -> None:
    assert study_info("one-hot").function is registered


def test_forward_is_the_same_to_the_last_bit(identities: pd.DataFrame) -> None:
    rows = identities[identities["what"] == "forward"]
    assert rows["same_bits"].tolist() == [True, True]
    assert rows["bound"].tolist() == [0, 0]


def test_gradients_differ_by_no_more_than_rounding(identities: pd.DataFrame) -> None:
    once, repeated = identities[identities["what"] == "gradient"].itertuples()
    assert (once.repeated, repeated.repeated) == (False, True)
    assert once.difference == once.bound == 0, "one summand leaves nothing to round"
    assert 0 < repeated.bound < 1e-4
    assert repeated.difference <= repeated.bound


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_identity_holds_for_other_numbers(seed: int) -> None:
    rows = pd.DataFrame(list(module._identities(seed)))
    assert (rows["difference"] <= rows["bound"]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda codes, size: torch.nn.functional.one_hot((codes + 1) % size, size),  # the next row
        lambda codes, size: torch.nn.functional.one_hot(codes, size) * (1 + 2e-7),  # a product that is hardly wrong
        lambda codes, size: torch.nn.functional.one_hot(codes, size).clamp(min=1e-6),  # no zeros
    ],
    ids=["shifted", "scaled", "leaking"],
)
def test_vectors_that_are_not_one_hot_break_it(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    vectors = {size: wrong(torch.arange(size), size) for size in (100, 1000)}
    monkeypatch.setattr(torch.nn.functional, "one_hot", lambda codes, size: vectors[size][codes])
    rows = pd.DataFrame(list(module._identities(0))).set_index(["what", "repeated"])
    assert (rows["difference"] > rows["bound"])["forward"].all()
    assert rows["difference"]["gradient", False] > 0
    assert not rows["same_bits"]["forward"].any()


def worst(codes: Any, upstream: Any, generator: np.random.Generator) -> float:
    """Return how far sums in float32 lie apart at most, over many orders."""
    sums = []
    for _ in range(60):
        order = torch.from_numpy(generator.permutation(len(codes)))
        total = torch.zeros(int(codes.max()) + 1, upstream.shape[1])
        for code, row in zip(codes[order].tolist(), upstream[order], strict=True):
            total[code] += row
        sums.append(total)
    return float(max((one - other).abs().max() for one in sums for other in sums[:5]))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), times=st.integers(1, 12), spread=st.sampled_from([0.0, 3.0]))
def test_sums_in_any_order_stay_within_the_bound(seed: int, times: int, spread: float) -> None:
    generator = np.random.default_rng(seed)
    codes = torch.from_numpy(np.repeat(np.arange(3), times))
    sizes = np.exp(spread * generator.standard_normal((len(codes), 2)))
    upstream = torch.from_numpy((sizes * generator.standard_normal((len(codes), 2))).astype(np.float32))
    bound = module.rounding_bound(codes, upstream)
    assert worst(codes, upstream, generator) <= bound
    assert (bound == 0) == (times == 1)


def test_the_bound_is_that_of_the_book_by_hand() -> None:
    codes = torch.tensor([0, 1, 1, 1])
    upstream = torch.tensor([[100.0], [1.0], [-2.0], [3.0]])
    gamma = 2 * HALF / (1 - 2 * HALF)
    assert module.rounding_bound(codes, upstream) == pytest.approx(2 * gamma * 6, rel=1e-12)


def test_the_bound_is_not_far_above_what_happens() -> None:
    codes = torch.zeros(3, dtype=torch.int64)
    numbers = [1.0, HALF, HALF]  # 1 + u + u: each is lost where it is added to 1, and both count where they come first
    first, other = torch.tensor(numbers), torch.tensor(numbers[::-1])
    apart = float(abs(((first[0] + first[1]) + first[2]) - ((other[0] + other[1]) + other[2])))
    bound = module.rounding_bound(codes, torch.tensor(numbers)[:, None])
    assert apart == 2 * HALF
    assert apart <= bound <= 3 * apart


def test_training_gives_the_same_weights() -> None:
    rows = pd.DataFrame(list(module._trainings(0)))
    assert rows["optimizer"].tolist() == ["SGD", "Adam"]
    assert (rows["difference"] <= 1e-5 * rows["moved"]).all()
    assert (rows["moved"] > 0.1).all()
    assert (rows["other_start"] > 0.5).all(), "the null baseline is far off"


@pytest.mark.parametrize("broken", ["start", "inputs"])
def test_training_differs_from_another_start_or_on_other_inputs(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    linear, encode = module._linear, module._as_one_hot
    if broken == "start":
        monkeypatch.setattr(module, "_linear", lambda weights: linear(weights + 0.01))
    else:
        monkeypatch.setattr(module, "_as_one_hot", lambda codes: encode((codes + 1) % module.VOCABULARY))
    rows = pd.DataFrame(list(module._trainings(0)))
    assert (rows["difference"] > 1e-3 * rows["moved"]).all()


def test_what_a_batch_costs() -> None:
    few, many = ({row["way"]: row for row in module._costs(size, 0)} for size in (10, 1000))
    assert few["lookup"]["input_bytes"] == many["lookup"]["input_bytes"] == 256 * 8
    assert (few["one-hot"]["input_bytes"], many["one-hot"]["input_bytes"]) == (256 * 10 * 4, 256 * 1000 * 4)
    assert all(row["seconds"] > 0 for row in (*few.values(), *many.values()))


def test_the_first_time_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(ticks))
    calls: list[int] = []
    assert module._seconds(lambda: calls.append(1)) == 1
    assert len(calls) == module.REPEATS + 1

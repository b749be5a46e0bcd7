"""The simulated worlds are what they say, and the study counts what it should."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from toolkit.stats.samples import lay_out
from toolkit.studies.calibration import Truth, _pair_rates, _power, _table_rates, calibrate, truth_of
from toolkit.studies.simulated import WORLDS

BY_NAME = {world.name: world for world in WORLDS}


@pytest.fixture(scope="module", params=BY_NAME)
def truth(request: pytest.FixtureRequest) -> Truth:
    return truth_of(BY_NAME[request.param])


def test_worlds_are_fair(truth: Truth) -> None:
    world, n = truth.world, 200_000
    entries = world.entries(np.random.default_rng(1), 1, n, [0.0, 0.0, truth.balance, 0.1], [False, False, True, False])
    values = lay_out(entries).values
    error = 5 * truth.deviation / math.sqrt(n)
    assert abs(values[0] - values[1]) < error
    assert abs(values[0] - values[2]) < 2 * error
    assert values[0] == pytest.approx(truth.value, rel=0.01)
    sign = -1 if world.statistic == "root-mean" else 1
    assert sign * (values[3] - values[0]) > error


def test_shifts_make_the_difference_that_is_asked_for(truth: Truth) -> None:
    wanted = 3 * truth.deviation / math.sqrt(200)
    entries = truth.world.entries(np.random.default_rng(1), 1, 200_000, [0.0, truth.shift(wanted)], [False, False])
    plain, better = lay_out(entries).values
    assert abs(better - plain) == pytest.approx(wanted, rel=0.05)


def test_tables_are_drawn_anew() -> None:
    for world in WORLDS:
        entries = world.entries(np.random.default_rng(0), 3, 40, [0.0, 0.0], [False, False])
        assert len(entries) == 6
        firsts = [parts[0].first.tobytes() for parts in entries]
        assert len(set(firsts)) == 6
        assert entries[0][0].second is not entries[2][0].second
        assert np.array_equal(entries[0][0].second, entries[1][0].second)
        assert {len(parts) for parts in entries} == ({5} if world.name == "ratings" else {1})


def test_users_have_very_unequal_numbers_of_ratings() -> None:
    parts = BY_NAME["ratings"].entries(np.random.default_rng(0), 1, 5000, [0.0], [False])[0]
    totals = sum(part.second for part in parts)
    assert totals.min() >= 20
    assert totals.max() <= 720
    assert totals.max() > 6 * np.median(totals)


@pytest.mark.parametrize("odd", [False, True])
def test_the_test_holds_its_level(odd: bool) -> None:
    n_simulations = 1500
    truth = truth_of(BY_NAME["rankings"])
    row = _pair_rates(truth, 200, odd, n_simulations, 0)
    assert abs(row["permutation"] - 0.05) < 0.01 + 3 * math.sqrt(0.05 * 0.95 / n_simulations)
    assert abs(row["coverage"] - 0.95) < 0.015 + 3 * math.sqrt(0.05 * 0.95 / n_simulations)
    assert row["permutation_low"] <= row["permutation"] <= row["permutation_high"]


def test_true_differences_are_found() -> None:
    truth = truth_of(BY_NAME["questions"])
    found = [_power(truth, 200, effect, 400, 0)["found"] for effect in (0.0, 2.0, 5.0)]
    assert found[0] < 0.1 < 0.35 < found[1] < 0.65 < 0.95 < found[2]


def test_tables_count_what_is_wrong() -> None:
    truth = truth_of(BY_NAME["rankings"])
    equal, ahead, far = (_table_rates(truth, 4, best, 200, 300, 0) for best in (0.0, 1.0, 20.0))
    assert equal["wrong"] < 0.1
    assert equal["dropped"] <= equal["wrong"]
    assert ahead["dropped"] <= 0.01
    assert far["dropped"] == 0  # the first is the best for all to see
    assert far["wrong"] < 0.1  # differences between the others are still wrong


def test_the_study_has_all_rows_and_a_seed() -> None:
    options = {
        "simulations": 20,
        "power_simulations": 20,
        "sizes": [20],
        "entries": [3],
        "effects": [1, 2],
        "table_size": 20,
    }
    found, again, other = (calibrate(SimpleNamespace(seed=seed), **options) for seed in (0, 0, 1))
    assert {name: len(table) for name, table in found.items()} == {"null": 8, "tables": 4, "power": 7}
    # of 20 pairs of words, no method could be so much better
    assert found["power"].groupby("scores").size().to_dict() == {**dict.fromkeys(BY_NAME, 2), "word pairs": 1}
    assert all(found[name].equals(again[name]) for name in found)
    assert not found["null"].equals(other["null"])

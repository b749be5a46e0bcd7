"""What the torch embedders share: installed or not, the device, the seed, the batches and the loop."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from toolkit import EmbeddingLayer, EmbeddingMLP
from toolkit.adapters.torch.training import Recipe, batches, chosen_device, held_out, seeded, threads_for, train
from toolkit.errors import MissingDependencyError, ParameterError
from toolkit.testing import small_ratings

CPU = torch.device("cpu")
CLASSES = [EmbeddingLayer, EmbeddingMLP]


def test_listing_and_making_embedders_does_not_import_torch() -> None:
    code = (
        "import sys, toolkit as tk; rows = tk.list_embedders().set_index('name'); tk.EmbeddingLayer();"
        "print(*rows.loc['embedding-layer'], rows.loc['embedding-mlp', 'capabilities'], 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    able = "predicts-ratings, ranks-items"
    assert done.stdout.strip() == f"torch matrix {able} True {able} False"


@pytest.mark.parametrize("cls", CLASSES)
def test_without_torch_the_error_names_the_command(cls: type, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "torch" else found(name, *more)
    )
    with pytest.raises(MissingDependencyError) as caught:
        cls().fit(small_ratings())
    assert str(caught.value) == f"{cls.__name__} needs torch: pip install 'embedding-comparison-toolkit[torch]'"


def test_device_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert chosen_device("auto") == chosen_device("cpu") == CPU
    with pytest.raises(ParameterError, match="device is 'cuda', but torch finds no GPU here; use 'auto' or 'cpu'"):
        EmbeddingLayer(device="cuda").fit(small_ratings())
    with pytest.raises(ParameterError, match="did you mean 'cuda'"):
        EmbeddingLayer(device="cuda0").fit(small_ratings())


def test_device_with_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    assert chosen_device("auto") == chosen_device("cuda") == torch.device("cuda", 1)
    assert chosen_device("cpu") == CPU


@pytest.mark.parametrize("cls", CLASSES)
def test_a_fit_neither_heeds_nor_changes_what_is_global(cls: type) -> None:
    torch.manual_seed(1)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    first = cls(4, epochs=2).fit(small_ratings()).embedding("item").vectors
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    torch.manual_seed(2)
    np.testing.assert_array_equal(cls(4, epochs=2).fit(small_ratings()).embedding("item").vectors, first)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("seeds", [(0, 1), (None, None)])
def test_other_seeds_give_other_vectors(cls: type, seeds: tuple[int | None, int | None]) -> None:
    one, other = (cls(4, epochs=1, random_state=seed).fit(small_ratings()).embedding().vectors for seed in seeds)
    assert not np.allclose(one, other)


@given(size=st.integers(1, 40), batch_size=st.integers(1, 50), seed=st.integers(0, 99))
def test_batches_hold_every_row_once(size: int, batch_size: int, seed: int) -> None:
    with seeded(seed, CPU):
        parts = list(batches((torch.arange(size), torch.arange(size) * 2.0), batch_size))
    assert [len(first) for first, _ in parts[:-1]] == [batch_size] * (len(parts) - 1)
    assert sorted(torch.cat([first for first, _ in parts]).tolist()) == list(range(size))
    assert all(torch.equal(first * 2.0, second) for first, second in parts)


def test_batches_come_in_another_order_each_time() -> None:
    with seeded(0, CPU):
        first, second = (next(iter(batches((torch.arange(50),), 50)))[0].tolist() for _ in range(2))
    assert first != second
    assert first != sorted(first)


@given(size=st.integers(1, 40), share=st.floats(0, 1, exclude_max=True))
def test_what_is_held_out_and_what_is_left_are_the_data(size: int, share: float) -> None:
    with seeded(0, CPU):
        rest, held = held_out((torch.arange(size), torch.arange(size) * 2), share)
    count = 0 if held is None else len(held[0])
    assert len(rest[0]) >= 1
    assert abs(count - share * size) <= 1
    assert (count > 0) == (share > 0 and size > 1)
    every = rest if held is None else [torch.cat(pair) for pair in zip(rest, held, strict=True)]
    assert sorted(every[0].tolist()) == list(range(size))
    assert torch.equal(every[0] * 2, every[1])


@pytest.mark.parametrize(("numbers", "threads"), [(1000, 1), (1 << 20, 2)])
def test_small_steps_take_one_thread(numbers: int, threads: int) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with threads_for(numbers):
            assert torch.get_num_threads() == threads
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def fitted(recipe: Recipe) -> tuple[torch.nn.Module, object, float]:
    """Return a model of more columns than rows to learn from, its curve, and its loss on what was held out."""
    with seeded(0, CPU):
        inputs, noise, model = torch.randn(40, 60), torch.randn(40), torch.nn.Linear(60, 1)
    values = inputs[:, 0] + noise

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.mse_loss(model(x)[:, 0], y)

    with seeded(7, CPU):
        curve = train(model, loss, (inputs, values), recipe)
    with seeded(7, CPU):
        _, unseen = held_out((inputs, values), recipe.validation)
    return model, curve, float("nan") if unseen is None else float(loss(*unseen).detach())


def test_stopping_early_keeps_the_best_epoch() -> None:
    model, curve, error = fitted(Recipe(200, 0.05, 0.0, 8, validation=0.25, patience=3))
    lowest = int(curve["validation_loss"].argmin())
    assert curve["epoch"].tolist() == list(range(1, lowest + 5)), "three epochs after the best"
    assert len(curve) < 200
    assert error == pytest.approx(curve["validation_loss"][lowest], abs=1e-6)
    assert error < curve["validation_loss"].iloc[-1] - 1e-4
    assert not model.training


def test_without_validation_all_epochs_are_run() -> None:
    _, curve, _ = fitted(Recipe(12, 0.05, 0.0, 8))
    assert curve.columns.tolist() == ["epoch", "train_loss", "validation_loss"]
    assert curve["epoch"].tolist() == list(range(1, 13))
    assert curve["validation_loss"].isna().all()
    assert curve["train_loss"].iloc[-1] < curve["train_loss"].iloc[0]


@pytest.mark.parametrize("epochs", range(1, 10))
def test_few_steps_are_enough_to_learn_something(epochs: int) -> None:
    start, _, _ = fitted(Recipe(1, 0.0, 0.0, 100))
    model, curve, _ = fitted(Recipe(epochs, 0.01, 0.0, 100))
    assert len(curve) == epochs
    assert not torch.equal(model.weight, start.weight)

"""Embedding layers on ratings: predictions against torch's own forward pass, and the error on MovieLens."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

import toolkit as tk
from toolkit import EmbeddingLayer, EmbeddingMLP
from toolkit.adapters.torch import network
from toolkit.adapters.torch.layers import sigmoid_range
from toolkit.embedder import RanksByProducts
from toolkit.errors import ParameterError
from toolkit.metrics import rmse
from toolkit.testing import small_corpus, small_ratings

CLASSES = [EmbeddingLayer, EmbeddingMLP]


def with_layers(cls: type) -> tk.Embedder:
    """Return an embedder that keeps torch's layers when it is fitted."""

    class Kept(cls):
        def _keep(self, matrix, layers, *rest):
            self.kept = layers.eval()
            super()._keep(matrix, layers, *rest)

    return Kept(6, epochs=20, batch_size=16, learning_rate=0.01, random_state=1).fit(small_ratings())


def sums(fitted: tk.Embedder, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return what torch's layers give before the sigmoid."""
    with torch.no_grad():
        return fitted._sums(fitted.kept, torch.as_tensor(rows), torch.as_tensor(columns)).double().numpy()


def on_scale(values: np.ndarray) -> np.ndarray:
    """Return the rating from 1 to 5 that belongs to a sum."""
    return np.clip(5.5 / (1 + np.exp(-values)), 1, 5)


@pytest.mark.parametrize("cls", CLASSES)
def test_predictions_and_scores_are_those_of_torch(cls: type) -> None:
    data, fitted = small_ratings(), with_layers(cls)
    n, m = len(data.user_keys), len(data.item_keys)
    rows, columns = np.divmod(np.arange(n * m), m)
    expected = sums(fitted, rows, columns)
    predicted = fitted.predict(data.user_keys[rows], data.item_keys[columns])
    np.testing.assert_allclose(predicted, on_scale(expected), rtol=0, atol=1e-5)
    scores = fitted.score_items(data.user_keys).ravel()
    offset = scores[0] - expected[0]  # the same for all
    assert cls is EmbeddingLayer or abs(offset) < 1e-5
    np.testing.assert_allclose(scores - offset, expected, rtol=0, atol=1e-5)
    assert np.ptp(predicted) > 1, "it has learned something to be compared"


@pytest.mark.parametrize("cls", CLASSES)
def test_vectors_are_the_layers_weights(cls: type) -> None:
    fitted = with_layers(cls)
    for name, entity in (("row", "user"), ("column", "item")):
        weight = fitted.kept[name].weight.detach().numpy()
        np.testing.assert_array_equal(fitted.embedding(entity).vectors, weight)


def test_unknown_keys_of_the_layer() -> None:
    data, fitted = small_ratings(), with_layers(EmbeddingLayer)
    user, item = (fitted.kept[name].weight.detach().double().numpy()[:, 0] for name in ("row_bias", "column_bias"))
    mean = data.values.mean()
    assert fitted.predict(["nobody"], ["nothing"]) == pytest.approx(mean, abs=1e-9)
    of_users = user[data.users].mean()  # the bias of the average rating's user
    of_items = np.log(mean / (5.5 - mean)) - of_users
    of_known_items = fitted.predict(["nobody"] * len(item), data.item_keys)
    np.testing.assert_allclose(of_known_items, on_scale(of_users + item), rtol=0, atol=1e-6)
    of_known_users = fitted.predict(data.user_keys, ["nothing"] * len(user))
    np.testing.assert_allclose(of_known_users, on_scale(of_items + user), rtol=0, atol=1e-6)


def test_unknown_keys_of_the_perceptron() -> None:
    data, fitted = small_ratings(), with_layers(EmbeddingMLP)
    assert fitted.predict(["nobody"], ["nothing"]) == pytest.approx(data.values.mean(), abs=1e-9)
    user, item = (fitted.kept[name].weight.detach() for name in ("row", "column"))
    with torch.no_grad():
        average = fitted.kept["mlp"](torch.cat([user.mean(0).expand(len(item), -1), item], dim=1))
        other = fitted.kept["mlp"](torch.cat([user, item.mean(0).expand(len(user), -1)], dim=1))
    found = fitted.predict(["nobody"] * len(item), data.item_keys)
    np.testing.assert_allclose(found, on_scale(average.numpy()[:, 0]), rtol=0, atol=1e-5)
    found = fitted.predict(data.user_keys, ["nothing"] * len(user))
    np.testing.assert_allclose(found, on_scale(other.numpy()[:, 0]), rtol=0, atol=1e-5)


@pytest.mark.parametrize("layers", [[7], (9, 5, 3)])
def test_perceptron_in_blocks(layers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    data = small_ratings()
    fitted = EmbeddingMLP(4, layers=layers, epochs=2).fit(data)
    assert [weight.shape[0] for weight, _ in fitted.network_.layers] == [*layers, 1]
    users, items = data.user_keys[data.users], data.item_keys[data.items]
    scores, predicted = fitted.score_items(data.user_keys), fitted.predict(users, items)
    monkeypatch.setattr(network, "NUMBERS", 500)
    np.testing.assert_allclose(fitted.score_items(data.user_keys), scores, rtol=0, atol=1e-6)
    np.testing.assert_allclose(fitted.predict(users, items), predicted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("cls", CLASSES)
def test_a_fitted_model_can_be_sent_to_another_process(cls: type) -> None:
    data = small_ratings()
    fitted = cls(4, epochs=1).fit(data)
    written = pickle.dumps(fitted)
    assert b"torch._utils" not in written, "its arrays are numpy's"
    again = pickle.loads(written)  # noqa: S301  # our own
    np.testing.assert_array_equal(again.score_items(data.user_keys), fitted.score_items(data.user_keys))


def test_only_the_product_ranks_by_products() -> None:
    assert isinstance(EmbeddingLayer(), RanksByProducts)
    assert not isinstance(EmbeddingMLP(), RanksByProducts)


@pytest.mark.parametrize(
    ("scale", "expected"), [((1, 5), (0, 5.5)), ((0, 8), (-2, 9)), ((0.5, 4.5), (-0.5, 5)), ((1, 1), (0.75, 1.125))]
)
def test_range_of_the_sigmoid(scale: tuple[float, float], expected: tuple[float, float]) -> None:
    assert sigmoid_range(scale) == expected


@pytest.mark.parametrize("cls", CLASSES)
def test_data_that_cannot_be_written_to(cls: type) -> None:
    class Mapped(tk.Ratings):
        def matrix(self):
            found = super().matrix()
            for array in (found.rows, found.columns, found.values):
                array.flags.writeable = False
            return found

    plain = small_ratings()
    mapped = Mapped(**{name: getattr(plain, name) for name in plain.__dataclass_fields__})
    expected = cls(4, epochs=1).fit(plain).embedding().vectors
    np.testing.assert_array_equal(cls(4, epochs=1).fit(mapped).embedding().vectors, expected)


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("entity", ["word", "person"])
def test_other_kinds_of_data(cls: type, entity: str) -> None:
    data = small_corpus() if entity == "word" else tk.load_dataset("family-trees")
    matrix = data.matrix()
    fitted = cls(5, epochs=3).fit(data)
    assert fitted.embedding().entity == entity
    predicted = fitted.predict(matrix.row_keys[matrix.rows], matrix.column_keys[matrix.columns])
    assert ((matrix.scale[0] <= predicted) & (predicted <= matrix.scale[1])).all()


@pytest.mark.parametrize(
    ("cls", "params", "message"),
    [
        (EmbeddingLayer, {"validation": 1}, "is 1; it must be a number of at least 0 and below 1"),
        (EmbeddingLayer, {"validation": -0.1}, "validation of EmbeddingLayer is -0.1"),
        (EmbeddingLayer, {"patience": 0}, "patience of EmbeddingLayer is 0"),
        (EmbeddingMLP, {"batch_size": 0}, "batch_size of EmbeddingMLP is 0"),
        (EmbeddingMLP, {"dropout": 1.0}, "dropout of EmbeddingMLP is 1.0; it must be a number of at least 0 and below"),
        (EmbeddingMLP, {"layers": []}, "layers of EmbeddingMLP is .*at least one entry"),
        (EmbeddingMLP, {"layers": [10, 0]}, "layers of EmbeddingMLP is 0"),
    ],
)
def test_what_is_refused(cls: type, params: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cls(**params).fit(small_ratings())


def test_error_on_movielens(movielens: tk.Ratings) -> None:
    known, unseen = movielens.split("u1")
    fitted = EmbeddingLayer().fit(known)
    assert fitted.history_["train_loss"].is_monotonic_decreasing
    predicted = fitted.predict(unseen.user_keys[unseen.users], unseen.item_keys[unseen.items])
    assert 0.90 < rmse(unseen.values, predicted) < 0.918


def test_perceptron_learns_more_than_biases(movielens: tk.Ratings) -> None:
    known, unseen = movielens.split("u1")
    pairs = unseen.user_keys[unseen.users], unseen.item_keys[unseen.items]
    ours, biases = (
        rmse(unseen.values, each.fit(known).predict(*pairs)) for each in (EmbeddingMLP(batch_size=256), tk.Bias())
    )
    assert 0.90 < ours < biases - 0.005


def test_early_stopping_on_movielens(movielens: tk.Ratings) -> None:
    known, _ = movielens.split("u1")
    some = known.take(np.flatnonzero(known.users < 150))
    curve = EmbeddingLayer(10, epochs=40, learning_rate=0.02, regularization=0, validation=0.1).fit(some).history_
    assert 2 <= len(curve) < 40
    assert curve["validation_loss"].argmin() == len(curve) - 2

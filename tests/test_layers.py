"""Embeddings out of the layers of PyTorch and of Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from toolkit import Embedding
from toolkit.errors import DataError, UnsupportedError

KEYS = ["a", "b", "c"]


@pytest.fixture(scope="module")
def keras(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Keras with PyTorch underneath, its configuration in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))
        import keras

        assert keras.backend.backend() == "torch"
        return keras


def built(keras: Any, rows: int = 3, dim: int = 4, **options: Any) -> Any:
    layer = keras.layers.Embedding(rows, dim, **options)
    layer(np.array([[0, 1]]))
    return layer


@pytest.mark.parametrize("kind", [torch.nn.Embedding, torch.nn.EmbeddingBag])
def test_torch_weights_bit_for_bit(kind: type[torch.nn.Embedding]) -> None:
    layer = kind(3, 4)
    found = Embedding.from_layer(layer, KEYS, entity="user")
    assert (found.keys.tolist(), found.entity, found.vectors.dtype) == (KEYS, "user", np.float32)
    np.testing.assert_array_equal(found.vectors, layer.weight.detach().numpy())
    before = found.vectors.copy()
    with torch.no_grad():
        layer.weight += 1
    np.testing.assert_array_equal(found.vectors, before)
    assert Embedding.from_layer(layer, iter(KEYS)).entity == "item"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_torch_weights_of_any_float_type(dtype: torch.dtype) -> None:
    layer = torch.nn.Embedding(3, 4, dtype=dtype)
    expected = layer.weight.detach().to(torch.float32).numpy()
    np.testing.assert_array_equal(Embedding.from_layer(layer, KEYS).vectors, expected)


def test_torch_subclass() -> None:
    class Own(torch.nn.Embedding):
        pass

    assert Embedding.from_layer(Own(3, 2), KEYS).dim == 2


def test_keras_weights_bit_for_bit(keras: Any) -> None:
    layer = built(keras)
    found = Embedding.from_layer(layer, KEYS)
    np.testing.assert_array_equal(found.vectors, layer.embeddings.value.detach().numpy())
    before = found.vectors.copy()
    layer.set_weights([np.ones((3, 4))])
    np.testing.assert_array_equal(found.vectors, before)


def test_keras_with_tensors_that_are_not_pytorchs(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    layer, asked = built(keras), []
    monkeypatch.setattr(keras.ops, "convert_to_tensor", lambda variable: ("tensor", variable is layer.embeddings))
    monkeypatch.setattr(keras.ops, "convert_to_numpy", lambda tensor: asked.append(tensor) or np.ones((3, 4)))
    assert (Embedding.from_layer(layer, KEYS).vectors == 1).all()
    assert asked == [("tensor", True)]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_keras_weights_of_any_float_type(keras: Any, dtype: str) -> None:
    layer = built(keras, dtype=dtype)
    expected = layer.embeddings.value.detach().float().numpy()
    np.testing.assert_array_equal(Embedding.from_layer(layer, KEYS).vectors, expected)


def test_keras_layer_that_is_not_built_says_what_to_do(keras: Any) -> None:
    layer = keras.layers.Embedding(3, 4, name="films")
    with pytest.raises(UnsupportedError, match=r"'films' has no weights yet; call layer.build\(\(\)\)") as caught:
        Embedding.from_layer(layer, KEYS)
    assert "\n" not in str(caught.value)
    layer.build(())
    assert Embedding.from_layer(layer, KEYS).dim == 4


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in Keras's own quantizer
def test_keras_layer_that_is_quantized_is_refused(keras: Any) -> None:
    layer = built(keras)
    layer.quantize("int8")
    with pytest.raises(UnsupportedError, match="holds int8 codes; take the weights before quantizing"):
        Embedding.from_layer(layer, KEYS)


def test_number_of_keys_tells_of_padding(keras: Any) -> None:
    rest = r"layer has 3 rows \({size}\) and there are 2 keys; every row needs a key.*: row {row} is padding \({why}\)$"
    for layer, size, row, why in [
        (torch.nn.Embedding(3, 2, padding_idx=2), "num_embeddings", 2, "padding_idx"),
        (torch.nn.EmbeddingBag(3, 2, padding_idx=0), "num_embeddings", 0, "padding_idx"),
        (built(keras, mask_zero=True), "input_dim", 0, "mask_zero"),
    ]:
        with pytest.raises(DataError, match=rest.format(size=size, row=row, why=why)):
            Embedding.from_layer(layer, KEYS[:2])
    for layer in (torch.nn.Embedding(3, 2), built(keras)):
        with pytest.raises(DataError, match=r"3 rows .* and there are 4 keys; .*unknown tokens too$"):
            Embedding.from_layer(layer, [*KEYS, "d"])


@pytest.mark.parametrize("other", [torch.nn.Linear(4, 3), torch.ones(3, 4), np.ones((3, 4)), None])
def test_anything_else_is_refused(other: object) -> None:
    names = "torch.nn.Embedding, torch.nn.EmbeddingBag and keras.layers.Embedding"
    with pytest.raises(UnsupportedError, match=f"{type(other).__name__} is no embedding layer; accepted are {names}"):
        Embedding.from_layer(other, KEYS)


def test_padding_can_be_left_out_afterwards() -> None:
    layer = torch.nn.Embedding(3, 2, padding_idx=0)
    found = Embedding.from_layer(layer, ["<pad>", "b", "c"]).subset(["b", "c"])
    np.testing.assert_array_equal(found.vectors, layer.weight.detach().numpy()[1:])

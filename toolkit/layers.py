"""The weights of embedding layers of PyTorch and Keras, of which neither need be installed."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import DataError, UnsupportedError

ACCEPTED = "torch.nn.Embedding, torch.nn.EmbeddingBag and keras.layers.Embedding"


def weights(layer: Any, n_keys: int) -> npt.NDArray[np.float32]:
    """Return the weights of an embedding layer, shape (n_keys, d).

    Raises
    ------
    UnsupportedError
        If it is not one of those accepted, or one of Keras that has no weights yet.
    DataError
        If it does not have as many rows as there are keys.
    """
    if _is(layer, "torch.nn", "Embedding", "EmbeddingBag"):
        found, size = _as_array(layer.weight), "num_embeddings"
        padding = "" if layer.padding_idx is None else f"row {layer.padding_idx} is padding (padding_idx)"
    elif _is(layer, "keras.layers", "Embedding"):
        found, size = _of_keras(layer), "input_dim"
        padding = "row 0 is padding (mask_zero)" if layer.mask_zero else ""
    else:
        raise UnsupportedError(f"{type(layer).__name__} is no embedding layer; accepted are {ACCEPTED}")
    if len(found) != n_keys:
        raise DataError(
            f"the layer has {len(found)} rows ({size}) and there are {n_keys} keys; every row needs a key, those of "
            f"padding and unknown tokens too" + (f": {padding}" if padding else "")
        )
    return found


def _of_keras(layer: Any) -> npt.NDArray[np.float32]:
    if not layer.built:
        raise UnsupportedError(
            f"the Keras layer {layer.name!r} has no weights yet; call layer.build(()) or its model on a batch first"
        )
    if getattr(layer, "quantization_mode", None):
        raise UnsupportedError(
            f"the Keras layer {layer.name!r} holds {layer.quantization_mode} codes; take the weights before quantizing"
        )
    keras: Any = sys.modules["keras"]
    tensor = keras.ops.convert_to_tensor(layer.embeddings)
    if hasattr(tensor, "detach"):  # PyTorch underneath, with which convert_to_numpy makes numpy 2 warn
        return _as_array(tensor)
    return np.asarray(keras.ops.convert_to_numpy(tensor), dtype=np.float32)


def _as_array(tensor: Any) -> npt.NDArray[np.float32]:
    """Return a tensor of PyTorch's as an array, which shares its memory where it can."""
    array: npt.NDArray[np.float32] = tensor.detach().cpu().float().numpy()
    return array


def _is(layer: object, module: str, *names: str) -> bool:
    """Return whether it is an instance of a module's class; one of a module that nobody imported it cannot be."""
    home = sys.modules.get(module)
    return any(isinstance(layer, getattr(home, name)) for name in names) if home else False

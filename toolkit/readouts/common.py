"""What the readouts share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import NotFittedError

FloatArray = npt.NDArray[np.float64]
VALIDATION = 0.1  # of the training ratings: what a readout is set to is chosen on them


def unit_rows(vectors: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.floating[Any]]:
    """Return the rows scaled to length 1; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1))


def fitted(readout: object, attribute: str) -> Any:
    """Return an attribute that ``fit`` sets."""
    if not hasattr(readout, attribute):
        raise NotFittedError(f"this {type(readout).__name__} is not fitted yet; call fit(train) first")
    return getattr(readout, attribute)

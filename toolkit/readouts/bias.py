"""The readout without vectors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import numpy as np

from toolkit.data import Ratings
from toolkit.data.biases import fit_biases
from toolkit.keys import locate, paired
from toolkit.readouts.common import FloatArray, fitted


class BiasReadout:
    """Mean, user bias and item bias: what there is to predict without any vectors."""

    def fit(self, train: Ratings) -> Self:
        """Fit the biases to training ratings."""
        self.train_, self.biases_ = train, fit_biases(train.matrix())
        return self

    def predict(self, users: Iterable[object], items: Iterable[object]) -> FloatArray:
        """Predict ratings pair by pair, on the rating scale, shape (n,)."""
        train = fitted(self, "train_")
        user_keys, item_keys = paired(users, items)
        codes = locate(train.user_keys, user_keys), locate(train.item_keys, item_keys)
        return np.asarray(np.clip(self.biases_.predict(*codes), *train.scale))

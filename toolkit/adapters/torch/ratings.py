"""Embedding layers for users and items, trained by PyTorch: their product, or a network on top of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from toolkit.adapters.factors import Factors, RatingFactorization
from toolkit.adapters.torch.layers import (
    cells,
    centred,
    drawn,
    factor_layers,
    factor_sums,
    looked_up,
    sigmoid_range,
    starting_at,
    weights,
)
from toolkit.adapters.torch.network import Network
from toolkit.adapters.torch.training import Recipe, TorchEmbedder, chosen_device, seeded, train
from toolkit.allowed import Allowed
from toolkit.data.views import Matrix
from toolkit.embedder import MatrixEmbedder
from toolkit.embedding import Embedding
from toolkit.errors import NotFittedError
from toolkit.search import Real, Space, Whole

if TYPE_CHECKING:
    import torch
    from torch import nn


class _Rated(TorchEmbedder, MatrixEmbedder):
    """What the two share: the training on the cells of a matrix, with a sigmoid a little wider than the scale."""

    embedding_dim: int
    epochs: int
    learning_rate: float
    regularization: float
    batch_size: int
    validation: float
    patience: int
    device: str
    random_state: int | None

    def _learn_matrix(self, matrix: Matrix) -> Sequence[Embedding]:
        from torch.nn.functional import mse_loss

        device, (low, high) = chosen_device(self.device), sigmoid_range(matrix.scale)

        def loss(rows: torch.Tensor, columns: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
            return mse_loss(low + (high - low) * self._sums(layers, rows, columns).sigmoid(), values)

        with seeded(self.random_state, device):
            layers = self._layers(*matrix.shape).to(device)
            self.history_ = train(layers, loss, cells(matrix, device), self._recipe())
        rows, columns = weights(layers["row"]), weights(layers["column"])
        self._keep(matrix, layers, rows, columns, (low, high))
        return matrix.embeddings(rows, columns)

    def _recipe(self) -> Recipe:
        return Recipe(
            self.epochs, self.learning_rate, self.regularization, self.batch_size, self.validation, self.patience
        )

    @abstractmethod
    def _layers(self, n_rows: int, n_columns: int) -> nn.ModuleDict:
        """Return the layers before training, ``row`` and ``column`` among them."""

    @abstractmethod
    def _sums(self, layers: nn.ModuleDict, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """Return what goes into the sigmoid for each cell of a batch, shape (k,)."""

    @abstractmethod
    def _keep(self, matrix: Matrix, layers: nn.ModuleDict, rows: Any, columns: Any, bounds: Any) -> None:
        """Keep what the predictions need, as arrays of numpy."""


class EmbeddingLayer(_Rated, RatingFactorization):
    """User and item embedding layers, their dot product and biases: matrix factorization as a neural network.

    With plain gradient descent it is Surprise's `SVD`, to the last digits; see `toolkit.adapters.torch.plain`. The
    sigmoid and the one-cycle schedule are what makes it better.

    Parameters
    ----------
    embedding_dim : int, default 50
        Length of the vectors, the biases not counted.
    epochs : int, default 5
        Passes over the ratings.
    learning_rate : float, default 0.005
        Largest step of the one-cycle schedule.
    regularization : float, default 0.1
        Decoupled weight decay of AdamW.
    batch_size : int, default 64
        Ratings in each step. A step takes time for every user and item, not only for those in it: with many of them,
        larger batches are faster.
    validation : float, default 0
        Share of the ratings held out for early stopping, in [0, 1). By default all are learned from: on MovieLens-100k
        that is worth more than stopping, which the five epochs do without.
    patience : int, default 1
        Epochs without a lower validation loss after which to stop.
    device : {"auto", "cpu", "cuda"}, default "auto"
        Where to train; auto takes the GPU where there is one.
    random_state : int, default 0
        Seed of the start, the order and the part held out. On a processor the result is the same to the last bit.

    Attributes
    ----------
    history_ : pandas.DataFrame
        The loss curve: ``epoch``, ``train_loss`` and ``validation_loss``, mean squared errors.

    References
    ----------
    Koren, Bell & Volinsky (2009), Matrix factorization techniques for recommender systems, IEEE Computer 42(8).
    Howard & Gugger (2020), Deep learning for coders with fastai and PyTorch, chapter 8, for the recipe.
    """

    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "epochs": Whole(3, 10),
        "learning_rate": Real(0.001, 0.01, log=True),
        "regularization": Real(0.01, 0.5, log=True),
        "batch_size": Whole(64, 256, log=True),
    }

    def __init__(
        self,
        embedding_dim: int = 50,
        epochs: int = 5,
        learning_rate: float = 0.005,
        regularization: float = 0.1,
        batch_size: int = 64,
        validation: float = 0.0,
        patience: int = 1,
        device: str = "auto",
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.device = device
        self.random_state = random_state

    def _layers(self, n_rows: int, n_columns: int) -> nn.ModuleDict:
        n, m, d = n_rows, n_columns, self.embedding_dim
        return factor_layers(drawn(n, d), drawn(m, d), drawn(n, 1), drawn(m, 1))

    def _sums(self, layers: nn.ModuleDict, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        return factor_sums(*looked_up(layers, rows, columns))

    def _keep(self, matrix: Matrix, layers: nn.ModuleDict, rows: Any, columns: Any, bounds: Any) -> None:
        biases = centred(matrix, weights(layers["row_bias"])[:, 0], weights(layers["column_bias"])[:, 0], bounds)
        self.factors_ = Factors(matrix, rows, columns, biases, bounds)


class EmbeddingMLP(_Rated):
    """User and item embedding layers, side by side, through a multilayer perceptron.

    It can learn any function of the two vectors, and on ratings learns a worse one than their product.

    Parameters
    ----------
    embedding_dim : int, default 50
        Length of the vectors.
    layers : list of int, default (100, 50)
        Widths of the hidden layers, each with a rectifier.
    dropout : float, default 0.1
        Share of each hidden layer that is left out in a step of the training, in [0, 1).
    epochs : int, default 5
        Passes over the ratings.
    learning_rate : float, default 0.001
        Largest step of the one-cycle schedule.
    regularization : float, default 0.01
        Decoupled weight decay of AdamW.
    batch_size : int, default 64
        Ratings in each step.
    validation : float, default 0
        Share of the ratings held out for early stopping, in [0, 1).
    patience : int, default 1
        Epochs without a lower validation loss after which to stop.
    device : {"auto", "cpu", "cuda"}, default "auto"
        Where to train; auto takes the GPU where there is one.
    random_state : int, default 0
        Seed of the start, the order, the dropout and the part held out.

    Attributes
    ----------
    history_ : pandas.DataFrame
        The loss curve: ``epoch``, ``train_loss`` and ``validation_loss``, mean squared errors.
    network_ : Network
        What was learned.

    References
    ----------
    He et al. (2017), Neural collaborative filtering, WWW, section 3.3. Howard & Gugger (2020), Deep learning for
    coders with fastai and PyTorch, chapter 8. Rendle et al. (2020), Neural collaborative filtering vs. matrix
    factorization revisited, RecSys, on product and perceptron.
    """

    allowed: ClassVar[Mapping[str, Allowed]] = {
        **TorchEmbedder.allowed,
        "layers": Allowed(int, 1, several=True),
        "dropout": Allowed(float, 0, below=1),
    }
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "epochs": Whole(3, 10),
        "learning_rate": Real(0.0003, 0.01, log=True),
        "regularization": Real(0.001, 1.0, log=True),
        "dropout": Real(0.0, 0.5),
        "batch_size": Whole(64, 256, log=True),
    }

    network_: Network

    def __init__(
        self,
        embedding_dim: int = 50,
        layers: Sequence[int] = (100, 50),
        dropout: float = 0.1,
        epochs: int = 5,
        learning_rate: float = 0.001,
        regularization: float = 0.01,
        batch_size: int = 64,
        validation: float = 0.0,
        patience: int = 1,
        device: str = "auto",
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.layers = layers
        self.dropout = dropout
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.device = device
        self.random_state = random_state

    def _layers(self, n_rows: int, n_columns: int) -> nn.ModuleDict:
        from torch import nn

        row, column = (starting_at(drawn(size, self.embedding_dim)) for size in (n_rows, n_columns))
        widths, hidden = [2 * self.embedding_dim, *self.layers], []
        for width, following in zip(widths, self.layers, strict=False):
            hidden += [nn.Linear(width, following), nn.ReLU(), nn.Dropout(self.dropout)]
        return nn.ModuleDict({"row": row, "column": column, "mlp": nn.Sequential(*hidden, nn.Linear(widths[-1], 1))})

    def _sums(self, layers: nn.ModuleDict, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        import torch

        sums: torch.Tensor = layers["mlp"](torch.cat([layers["row"](rows), layers["column"](columns)], dim=1))
        return sums[:, 0]

    def _keep(self, matrix: Matrix, layers: nn.ModuleDict, rows: Any, columns: Any, bounds: Any) -> None:
        dense: Any = layers["mlp"]
        linear = [(weights(each), weights(each, "bias")) for each in dense if hasattr(each, "weight")]
        self.network_ = Network(matrix, rows, columns, linear, bounds)

    def _fitted(self) -> Network:
        if not hasattr(self, "network_"):
            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit(data) first")
        return self.network_

    def predict(self, users: Iterable[object], items: Iterable[object]) -> npt.NDArray[np.float64]:
        """Predict ratings.

        Parameters
        ----------
        users, items : iterable, length k
            Keys, pair by pair; unknown ones are allowed.

        Returns
        -------
        ndarray of float64, shape (k,)
            On the rating scale. In place of an unknown user or item stands the average one; where both are unknown,
            the mean.

        Raises
        ------
        ParameterError
            If there are not as many users as items.
        """
        return self._fitted().predict(users, items)

    def score_items(self, users: Iterable[object]) -> npt.NDArray[np.float32]:
        """Score every item for each user.

        Parameters
        ----------
        users : iterable, length k
            User keys, all seen in training.

        Returns
        -------
        ndarray of float32, shape (k, n_items)
            Higher is better; columns as the keys of the item embedding.

        Raises
        ------
        UnknownNameError
            If a user was not seen in training.
        """
        return self._fitted().score(users)

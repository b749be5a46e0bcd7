"""GloVe: word vectors whose products are the logarithms of co-occurrence counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from toolkit.adapters.torch.cells import Cells, layer, quietly
from toolkit.adapters.torch.training import TorchEmbedder, chosen_device
from toolkit.allowed import Allowed
from toolkit.data.cooccurrence import cooccurrence
from toolkit.data.views import Sequences
from toolkit.embedder import SequenceEmbedder
from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.search import Choice, Real, Space, Whole

if TYPE_CHECKING:
    import torch

# What the sums of squared gradients start from. The published code has 1, beside which the gradients of a small text
# are nothing: on 400,000 words the loss after ten epochs is then .039, and .025 from here.
START = 0.01


class GloVe(TorchEmbedder, SequenceEmbedder):
    """Vectors of words and of contexts whose product, with a bias each, is the logarithm of their co-occurrence.

    The loss is half that of the paper, as in its code, summed over the cells X of the co-occurrence matrix that are
    not zero::

        min(1, X / x_max) ** weight_exponent * (w · c + b + b' - log X) ** 2 / 2

    Parameters
    ----------
    embedding_dim : int, default 100
        Length of the vectors.
    window : int or "all", default 15
        Largest distance that counts, each pair weighted by 1/distance; ``"all"`` counts every pair in a sequence once,
        which suits histories whose order means little.
    x_max : float, default 3
        Co-occurrence from which on a cell has full weight. The paper's 100 is for billions of words; the smaller the
        text, the lower. On ten million words 3 agrees better with what people say of the pairs of MEN than 10.
    weight_exponent : float, default 0.75
        How fast the weight of rarer cells falls.
    learning_rate : float, default 0.05
        Step of AdaGrad.
    epochs : int, default 15
        Passes over the cells.
    n_batches : int, default 400
        Random parts that the cells are split into; AdaGrad takes a step after each. Fewer are faster.
    combine : {"sum", "word"}, default "sum"
        The result: vector of the word plus that of the same key as a context; or the former alone, and the latter
        as the embedding of "context".
    device : {"auto", "cpu", "cuda"}, default "auto"
        Where to train; ``"auto"`` takes the GPU where there is one.
    random_state : int, default 0
        Seed of the start and of the batches. On a processor the same seed gives the same vectors to the last bit.

    Attributes
    ----------
    history_ : pandas.DataFrame
        The loss curve: ``epoch`` from 1 and ``train_loss``, the mean over the cells as each was met.

    References
    ----------
    Pennington, Socher & Manning (2014), GloVe: global vectors for word representation, EMNLP; equations 8 and 9.
    Duchi, Hazan & Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization, JMLR 12.
    """

    allowed: ClassVar[Mapping[str, Allowed]] = {
        **TorchEmbedder.allowed,
        "window": Allowed(int, 1, words=("all",)),
        "x_max": Allowed(float, 1e-6),
        "weight_exponent": Allowed(float, 0),
        "n_batches": Allowed(int, 1),
        "combine": Allowed(words=("sum", "word")),
    }
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "window": Choice((5, 10, 15, 30, "all")),
        "x_max": Real(1.0, 100.0, log=True),
        "weight_exponent": Real(0.0, 1.0),
        "learning_rate": Real(0.01, 0.2, log=True),
        "epochs": Whole(5, 30),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        window: int | Literal["all"] = 15,
        x_max: float = 3.0,
        weight_exponent: float = 0.75,
        learning_rate: float = 0.05,
        epochs: int = 15,
        n_batches: int = 400,
        combine: Literal["sum", "word"] = "sum",
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.window = window
        self.x_max = x_max
        self.weight_exponent = weight_exponent
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.n_batches = n_batches
        self.combine = combine
        self.device = device
        self.random_state = random_state

    def _learn_sequences(self, sequences: Sequences) -> Sequence[Embedding]:
        counts = cooccurrence(sequences, None if self.window == "all" else self.window)
        if not counts.nnz:
            raise DataError(f"no two {sequences.entity}s stand within window={self.window} of each other in a sequence")
        met = np.flatnonzero(sequences.counts)
        layers = self._train(counts)
        words, contexts = (each.weight.detach().cpu().numpy()[met, : self.embedding_dim] for each in layers)
        keys = sequences.keys[met]
        if self.combine == "sum":
            return [Embedding(keys, words + contexts, sequences.entity)]
        return [Embedding(keys, words, sequences.entity), Embedding(keys, contexts, "context")]

    def _train(self, counts: sparse.csr_array) -> tuple[torch.nn.Embedding, torch.nn.Embedding]:
        """Return the layers of words and of contexts, as `starting_layers` has them."""
        import torch

        device, rng = chosen_device(self.device), np.random.default_rng(self.random_state)
        word, context = layers = starting_layers(len(counts.indptr) - 1, self.embedding_dim, rng, device)
        optimizer = torch.optim.Adagrad(
            [each.weight for each in layers],
            lr=self.learning_rate,
            initial_accumulator_value=START,
            fused=True if device.type == "cpu" else None,
        )
        with quietly():
            batches = list(split(counts, self.n_batches, self.x_max, self.weight_exponent, rng, device))
            losses = []
            for _ in range(self.epochs):
                total = 0.0
                for number in rng.permutation(len(batches)):
                    loss, word.weight.grad, context.weight.grad = gradients(
                        batches[number], word.weight.detach(), context.weight.detach()
                    )
                    optimizer.step()
                    total += float(loss)
                losses.append(total / counts.nnz)
        self.history_ = pd.DataFrame({"epoch": np.arange(1, self.epochs + 1), "train_loss": losses})
        return layers


@dataclass(frozen=True, eq=False)
class Batch:
    """Some cells, with the logarithms of their counts and their weights in the loss, float32, shape (n_cells,)."""

    cells: Cells
    logs: torch.Tensor
    weights: torch.Tensor


def split(
    counts: sparse.csr_array,
    n_batches: int,
    x_max: float,
    exponent: float,
    rng: np.random.Generator,
    device: torch.device,
) -> Iterator[Batch]:
    """Split the cells of a matrix at random into parts of equal size."""
    import torch

    cells = counts.tocoo()
    part_of = rng.permutation(np.arange(counts.nnz, dtype=np.int32) % n_batches)
    order = np.argsort(part_of, kind="stable")
    for part in np.array_split(order, np.cumsum(np.bincount(part_of))[:-1]):
        chosen = Cells(cells.row[part], cells.col[part], counts.shape, device)
        values = cells.data[part][chosen.order]
        weights = np.minimum(values / x_max, 1) ** exponent
        logs, weights = (torch.from_numpy(each.astype(np.float32)).to(device) for each in (np.log(values), weights))
        yield Batch(chosen, logs, weights)


def starting_layers(
    size: int, dim: int, rng: np.random.Generator, device: torch.device
) -> tuple[torch.nn.Embedding, torch.nn.Embedding]:
    """Return the layers of words and of contexts, shapes (size, dim + 2).

    Of a word, the last two columns are its bias and the 1 that the context's bias is multiplied with; of a context,
    they are a 1 and its bias. So one product of two rows is the whole model.
    """
    starts = (rng.random((2, size, dim + 2), dtype=np.float32) - np.float32(0.5)) / np.float32(dim)
    starts[0, :, -1] = starts[1, :, -2] = 1
    words, contexts = (layer(start, device) for start in starts)
    return words, contexts


def gradients(
    batch: Batch, words: torch.Tensor, contexts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the loss summed over a batch, and its gradients by both layers' weights, shapes (n, d + 2)."""
    errors = batch.cells.products(words, contexts) - batch.logs
    slopes = batch.weights * errors
    of_words, of_contexts = batch.cells.times(slopes, contexts), batch.cells.transposed_times(slopes, words)
    of_words[:, -1] = of_contexts[:, -2] = 0  # the ones stay
    return slopes @ errors / 2, of_words, of_contexts

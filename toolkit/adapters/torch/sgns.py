"""Skip-gram with negative sampling, as two embedding layers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.adapters.torch.cells import Cells, layer, quietly
from toolkit.adapters.torch.training import TorchEmbedder, chosen_device
from toolkit.allowed import Allowed
from toolkit.data.views import Sequences
from toolkit.embedder import SequenceEmbedder
from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.search import Real, Space, Whole

if TYPE_CHECKING:
    import torch

CHUNK = 1 << 18  # tokens whose pairs are made and shuffled at a time: bounds the memory
SLOWEST = 1e-4  # share of the learning rate that the last step has
CROWD = 32  # cells of one vector in a batch from which on their sum is scaled down: larger steps would diverge

Codes = npt.NDArray[np.int32]


class SGNS(TorchEmbedder, SequenceEmbedder):
    """Skip-gram with negative sampling: vectors that tell the contexts of a word from contexts drawn at random.

    The model and the loss are those of word2vec, and with plain SGD so are the steps, taken for a batch of pairs at
    once. It shows the layer that gensim's does not: the embedding of "context". Without subsampling, with a window
    that does not shrink and negatives drawn by frequency (``sample=0, shrink=False, ns_exponent=1``) the product
    w · c approaches the pointwise mutual information of word and context, less log(negative).

    Parameters
    ----------
    embedding_dim : int, default 100
        Length of the vectors.
    window : int, default 5
        Largest distance to a context.
    shrink : bool, default True
        Draw a smaller window for each word, as word2vec does; otherwise all have full width.
    negative : int, default 5
        Negative samples of each pair.
    sample : float, default 0.001
        Threshold above which frequent keys are downsampled; 0 keeps all.
    ns_exponent : float, default 0.75
        Exponent of the distribution that negatives are drawn from.
    learning_rate : float, default 0.05
        Step for a pair at the start; it falls to almost 0.
    epochs : int, default 10
        Passes over the sequences.
    batch_size : int, default 2048
        Pairs in each step.
    device : {"auto", "cpu", "cuda"}, default "auto"
        Where to train; ``"auto"`` takes the GPU where there is one.
    random_state : int, default 0
        Seed. On a processor the same seed gives the same vectors to the last bit.

    Attributes
    ----------
    history_ : pandas.DataFrame
        The loss curve: ``epoch`` from 1 and ``train_loss``, the mean over the pairs as each was met; nan where
        downsampling left none.

    References
    ----------
    Mikolov et al. (2013), Distributed representations of words and phrases and their compositionality, NIPS.
    Levy & Goldberg (2014), Neural word embedding as implicit matrix factorization, NIPS.
    """

    allowed: ClassVar[Mapping[str, Allowed]] = {
        **TorchEmbedder.allowed,
        "window": Allowed(int, 1),
        "negative": Allowed(int, 1),
        "sample": Allowed(float, 0),
        "ns_exponent": Allowed(float),
    }
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "window": Whole(3, 40, log=True),
        "sample": Real(0.00001, 0.1, log=True),
        "ns_exponent": Real(-1.0, 1.0),
        "learning_rate": Real(0.01, 0.2, log=True),
        "epochs": Whole(3, 10),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        window: int = 5,
        shrink: bool = True,
        negative: int = 5,
        sample: float = 0.001,
        ns_exponent: float = 0.75,
        learning_rate: float = 0.05,
        epochs: int = 10,
        batch_size: int = 2048,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.window = window
        self.shrink = shrink
        self.negative = negative
        self.sample = sample
        self.ns_exponent = ns_exponent
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.device = device
        self.random_state = random_state

    def _learn_sequences(self, sequences: Sequences) -> Sequence[Embedding]:
        met = np.flatnonzero(sequences.counts)
        word, context = self._train(sequences)
        vectors = [each.weight.detach().cpu().numpy()[met] for each in (word, context)]
        return [
            Embedding(sequences.keys[met], vectors[0], sequences.entity),
            Embedding(sequences.keys[met], vectors[1], "context"),
        ]

    def _train(self, sequences: Sequences) -> tuple[torch.nn.Embedding, torch.nn.Embedding]:
        """Return the layers of words and of contexts, shapes (n, d)."""
        device, rng = chosen_device(self.device), np.random.default_rng(self.random_state)
        shape = len(sequences.keys), self.embedding_dim
        start = (rng.random(shape, dtype=np.float32) - np.float32(0.5)) / np.float32(self.embedding_dim)
        word, context = layer(start, device), layer(np.zeros(shape, np.float32), device)
        losses, pairs = [], 0
        with quietly():
            for epoch in range(self.epochs):
                total, seen = 0.0, 0
                for words, targets, share in self._batches(sequences, rng):
                    rate = self.learning_rate * max(SLOWEST, 1 - (epoch + share) / self.epochs)
                    total += step(words, targets, word.weight.detach(), context.weight.detach(), rate)
                    seen += len(words)
                losses.append(total / seen if seen else math.nan)
                pairs += seen
        if not pairs:
            left = f", of those that sample={self.sample:g} leaves; 0 keeps all" if self.sample else ""
            raise DataError(
                f"no two {sequences.entity}s stand within window={self.window} of each other in a sequence{left}"
            )
        self.history_ = pd.DataFrame({"epoch": np.arange(1, self.epochs + 1), "train_loss": losses})
        return word, context

    def _batches(self, sequences: Sequences, rng: np.random.Generator) -> Iterator[tuple[Codes, Codes, float]]:
        """Return an epoch's pairs in batches of b pairs.

        Each is the words, shape (b,); their targets, shape (b, 1 + negative), the context before the negatives; and
        the share of the epoch that is over.
        """
        counts = sequences.counts
        noise = noise_shares(counts, self.ns_exponent)
        owner = np.repeat(np.arange(len(sequences), dtype=np.int32), np.diff(sequences.offsets))
        left = rng.random(len(owner)) < kept_shares(counts, self.sample)[sequences.codes]
        codes, owner = sequences.codes[left], owner[left]
        widths = rng.integers(1, self.window + 1, len(codes)) if self.shrink else np.full(len(codes), self.window)
        for start in range(0, len(codes), CHUNK):
            words, contexts = pairs_of(codes, owner, widths, start, start + CHUNK)
            order = rng.permutation(len(words))
            negatives = drawn(noise, len(words) * self.negative, rng).reshape(-1, self.negative)
            for begin in range(0, len(words), self.batch_size):
                chosen = order[begin : begin + self.batch_size]
                targets = np.column_stack([contexts[chosen], negatives[begin : begin + self.batch_size]])
                over = (start + CHUNK * begin / len(words)) / len(codes)
                yield words[chosen], targets, min(over, 1.0)


def noise_shares(counts: npt.NDArray[np.int64], exponent: float) -> npt.NDArray[np.float64]:
    """Return how likely each key is as a negative, shape (n,); one that does not occur is none."""
    weights = np.where(counts > 0, np.maximum(counts, 1).astype(np.float64) ** exponent, 0)
    shares: npt.NDArray[np.float64] = weights / weights.sum()
    return shares


def drawn(shares: npt.NDArray[np.float64], size: int, rng: np.random.Generator) -> Codes:
    """Return independent draws from a distribution of keys: how often each comes first, and then their order."""
    times = rng.multinomial(size, shares)
    return rng.permutation(np.repeat(np.arange(len(shares), dtype=np.int32), times))


def kept_shares(counts: npt.NDArray[np.int64], sample: float) -> npt.NDArray[np.float64]:
    """Return the share of each key's occurrences that downsampling leaves, shape (n,), as word2vec's code has it."""
    if not sample:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / np.maximum(counts, 1)
    shares: npt.NDArray[np.float64] = np.minimum(np.sqrt(ratio) + ratio, 1)
    return shares


def pairs_of(codes: Codes, owner: Codes, widths: Any, start: int, stop: int) -> tuple[Codes, Codes]:
    """Return words and contexts of every pair whose first token stands in ``start:stop``, in both directions.

    A token is another's context where its distance is within the other's width and both are of one sequence.
    """
    words, contexts = [], []
    for distance in range(1, int(widths.max(initial=0)) + 1):
        here = slice(start, max(min(stop, len(codes) - distance), start))
        there = slice(here.start + distance, here.stop + distance)
        same = owner[here] == owner[there]
        for one, other in ((here, there), (there, here)):
            within = same & (widths[one] >= distance)
            words.append(codes[one][within])
            contexts.append(codes[other][within])
    if not words:
        return codes[:0], codes[:0]
    return np.concatenate(words), np.concatenate(contexts)


def step(words: Codes, targets: Codes, word: torch.Tensor, context: torch.Tensor, rate: float) -> float:
    """Move both layers' weights, shapes (n, d), down the loss of a batch; return that loss, summed over its pairs.

    Only the rows that the batch holds are touched. Where one has more than `CROWD` cells, its step is scaled down to
    that many: the same direction, and so the same optimum.
    """
    import torch

    met, rows = compacted(words, len(word))
    aims, columns = compacted(targets.ravel(), len(context))
    cells = Cells(np.repeat(rows, targets.shape[1]), columns, (len(met), len(aims)), word.device)
    is_pair = torch.from_numpy(cells.order % targets.shape[1] == 0).to(word.device)
    at, there = (torch.from_numpy(each).to(word.device) for each in (met, aims))
    loss, of_words, of_contexts = gradients(cells, is_pair, word[at], context[there])
    for weights, place, gradient, crowd in (
        (word, at, of_words, cells.per_row),
        (context, there, of_contexts, cells.per_column),
    ):
        weights.index_add_(0, place, gradient * (CROWD / crowd).clamp(max=1)[:, None], alpha=-rate)
    return float(loss)


def gradients(
    cells: Cells, is_pair: torch.Tensor, words: torch.Tensor, contexts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the loss summed over cells, and its gradients by the vectors of words and of contexts.

    The loss of a pair (w, c) is ``-log s(w · c)``, that of a negative ``-log s(-w · c)``; s is the logistic function.
    """
    import torch
    from torch.nn import functional

    products = cells.products(words, contexts)
    slopes = torch.sigmoid(products) - is_pair.float()
    loss = functional.softplus(torch.where(is_pair, -products, products)).sum()
    return loss, cells.times(slopes, contexts), cells.transposed_times(slopes, words)


def compacted(codes: Codes, size: int) -> tuple[npt.NDArray[np.int64], Codes]:
    """Return the codes that occur, sorted, and for each of `codes` its position among them."""
    occurs = np.zeros(size, dtype=bool)
    occurs[codes] = True
    met = np.flatnonzero(occurs)
    place = np.empty(size, dtype=np.int32)
    place[met] = np.arange(len(met), dtype=np.int32)
    return met, place[codes]

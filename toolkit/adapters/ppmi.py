"""Truncated SVD of positive pointwise mutual information: counting where word2vec predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from toolkit.allowed import Allowed
from toolkit.data.cooccurrence import cooccurrence, ppmi
from toolkit.data.views import Sequences
from toolkit.embedder import SequenceEmbedder
from toolkit.embedding import Embedding
from toolkit.errors import ParameterError
from toolkit.search import Choice, Real, Space, Whole


class PPMISVD(SequenceEmbedder):
    """Co-occurrence counts, positive pointwise mutual information, truncated SVD.

    Parameters
    ----------
    embedding_dim : int, default 100
        Number of singular vectors; less than the number of keys.
    window : int or "all", default 5
        Largest distance that counts, each pair weighted by 1/distance; ``"all"`` counts every pair in a sequence once,
        which suits histories whose order means little.
    context_exponent : float, default 0.75
        Smoothing of the contexts' distribution.
    shift : float, default 0
        Subtracted from the information before negative values are cut; log k mimics k negative samples.
    singular_value_exponent : float, default 0.5
        Vectors are singular vectors times singular values to this power.
    random_state : int, default 0
        Seed of the randomized solver.

    References
    ----------
    Levy, Goldberg & Dagan (2015), Improving distributional similarity with lessons learned from word embeddings,
    TACL 3.
    """

    library: ClassVar[str] = "scikit-learn"
    module: ClassVar[str] = "sklearn"
    allowed: ClassVar[Mapping[str, Allowed]] = {
        "window": Allowed(int, 1, words=("all",)),
        "context_exponent": Allowed(float, 0),
        "shift": Allowed(float, 0),
        "singular_value_exponent": Allowed(float),
    }
    # the choices of Levy, Goldberg & Dagan (2015), table 1; a shift of 2.7 is that of 15 negatives
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 200, log=True),
        "window": Choice((5, 10, 20, 50, "all")),
        "context_exponent": Real(0.5, 1.0),
        "shift": Real(0.0, 2.7),
        "singular_value_exponent": Real(0.0, 1.0),
    }

    def __init__(
        self,
        embedding_dim: int = 100,
        window: int | Literal["all"] = 5,
        context_exponent: float = 0.75,
        shift: float = 0.0,
        singular_value_exponent: float = 0.5,
        random_state: int | None = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.window = window
        self.context_exponent = context_exponent
        self.shift = shift
        self.singular_value_exponent = singular_value_exponent
        self.random_state = random_state

    def _learn_sequences(self, sequences: Sequences) -> Sequence[Embedding]:
        from sklearn.utils.extmath import randomized_svd

        most = len(sequences.keys) - 1
        if self.embedding_dim > most:
            raise ParameterError(f"embedding_dim is {self.embedding_dim}; {most + 1} keys allow at most {most}")
        window = None if self.window == "all" else self.window
        information = ppmi(cooccurrence(sequences, window), self.context_exponent, self.shift)
        left, values, _ = randomized_svd(information, self.embedding_dim, random_state=self.random_state)
        return [Embedding(sequences.keys, left * values**self.singular_value_exponent, sequences.entity)]

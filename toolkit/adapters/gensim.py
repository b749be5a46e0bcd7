"""word2vec and fastText by gensim."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from toolkit.allowed import Allowed
from toolkit.data.views import Sequences
from toolkit.embedder import SequenceEmbedder
from toolkit.embedding import Embedding
from toolkit.search import Real, Space, Whole

LONGEST = 10_000  # gensim silently drops what stands beyond so many tokens of a sentence
ARCHITECTURES = {"skip-gram": 1, "cbow": 0}


class _Sentences:
    """Sequences as gensim wants them: iterable again and again, none too long."""

    def __init__(self, sequences: Sequences) -> None:
        self.sequences = sequences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.sequences:
            for start in range(0, len(sentence), LONGEST):
                yield sentence[start : start + LONGEST]


class _Gensim(SequenceEmbedder):
    """What the two adapters share: training on sentences and reading the vectors in the order of our keys."""

    library: ClassVar[str] = "gensim"
    module: ClassVar[str] = "gensim"
    allowed: ClassVar[Mapping[str, Allowed]] = {
        "architecture": Allowed(words=tuple(ARCHITECTURES)),
        "window": Allowed(int, 1),
        "negative": Allowed(int, 1),
        "sample": Allowed(float, 0),
        "ns_exponent": Allowed(float),
        "min_n": Allowed(int, 1),
        "max_n": Allowed(int, 0),
        "bucket": Allowed(int, 1),
        "random_state": Allowed(int, 0),  # gensim has no other way to draw a start
    }
    # What matters for histories by Caselles-Dupré, Lesaint & Royo-Letelier (2018), Word2vec applied to recommendation:
    # hyperparameters matter, RecSys; their best exponents of the negatives are below 0. A wide window takes long.
    search_space: ClassVar[Space] = {
        "embedding_dim": Whole(8, 100, log=True),
        "window": Whole(3, 40, log=True),
        "sample": Real(0.00001, 0.1, log=True),
        "ns_exponent": Real(-1.0, 1.0),
        "learning_rate": Real(0.01, 0.2, log=True),
        "epochs": Whole(3, 10),
    }

    @abstractmethod
    def _model(self, sentences: _Sentences) -> Any:
        """Train gensim's model."""

    def _learn_sequences(self, sequences: Sequences) -> Sequence[Embedding]:
        vectors = self._model(_Sentences(sequences)).wv
        keys = sequences.keys[sequences.counts > 0]
        return [Embedding(keys, vectors[list(keys)], sequences.entity)]

    def _common(self) -> dict[str, Any]:
        """Return the arguments that both models take, under gensim's names."""
        params = self.get_params(deep=False)
        return {
            "vector_size": params["embedding_dim"],
            "sg": ARCHITECTURES[params["architecture"]],
            "window": params["window"],
            "negative": params["negative"],
            "sample": params["sample"],
            "ns_exponent": params["ns_exponent"],
            "alpha": params["learning_rate"],
            "epochs": params["epochs"],
            "workers": params["n_jobs"] or os.cpu_count() or 1,
            "seed": params["random_state"],
            "min_count": 1,  # the vocabulary was chosen by the data set
        }


class Word2Vec(_Gensim):
    """Skip-gram or CBOW with negative sampling.

    Parameters
    ----------
    embedding_dim : int, default 100
        Length of the vectors.
    architecture : {"skip-gram", "cbow"}, default "skip-gram"
        Predict the context from the word, or the word from its context.
    window : int, default 5
        Largest distance to a context; for each word a smaller one is drawn.
    negative : int, default 5
        Negative samples.
    sample : float, default 0.001
        Threshold above which frequent keys are downsampled; 0 keeps all.
    ns_exponent : float, default 0.75
        Exponent of the distribution that negatives are drawn from.
    learning_rate : float, default 0.025
        Step at the start; it falls to almost 0.
    epochs : int, default 5
        Passes over the sequences.
    n_jobs : int, default 1
        Threads; 0 takes all cores. With more than one the result is no longer the same each time.
    random_state : int, default 0
        Seed.

    References
    ----------
    Mikolov et al. (2013), Distributed representations of words and phrases and their compositionality, NIPS.
    """

    def __init__(
        self,
        embedding_dim: int = 100,
        architecture: Literal["skip-gram", "cbow"] = "skip-gram",
        window: int = 5,
        negative: int = 5,
        sample: float = 0.001,
        ns_exponent: float = 0.75,
        learning_rate: float = 0.025,
        epochs: int = 5,
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.architecture = architecture
        self.window = window
        self.negative = negative
        self.sample = sample
        self.ns_exponent = ns_exponent
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self, sentences: _Sentences) -> Any:
        from gensim.models import Word2Vec as Model

        return Model(sentences, **self._common())


class FastText(_Gensim):
    """word2vec whose words are sums of their character n-grams.

    Parameters
    ----------
    embedding_dim : int, default 100
        Length of the vectors.
    architecture : {"skip-gram", "cbow"}, default "skip-gram"
        Predict the context from the word, or the word from its context.
    window : int, default 5
        Largest distance to a context; for each word a smaller one is drawn.
    min_n, max_n : int, default 3 and 6
        Lengths of the n-grams. With `max_n` 0 there are none: right for keys whose letters mean nothing.
    bucket : int, default 2,000,000
        Number of n-gram vectors, shared by hashing. Each takes memory, used or not.
    negative : int, default 5
        Negative samples.
    sample : float, default 0.001
        Threshold above which frequent keys are downsampled; 0 keeps all.
    ns_exponent : float, default 0.75
        Exponent of the distribution that negatives are drawn from.
    learning_rate : float, default 0.025
        Step at the start; it falls to almost 0.
    epochs : int, default 5
        Passes over the sequences.
    n_jobs : int, default 1
        Threads; 0 takes all cores. With more than one the result is no longer the same each time.
    random_state : int, default 0
        Seed.

    References
    ----------
    Bojanowski et al. (2017), Enriching word vectors with subword information, TACL 5.
    """

    def __init__(
        self,
        embedding_dim: int = 100,
        architecture: Literal["skip-gram", "cbow"] = "skip-gram",
        window: int = 5,
        min_n: int = 3,
        max_n: int = 6,
        bucket: int = 2_000_000,
        negative: int = 5,
        sample: float = 0.001,
        ns_exponent: float = 0.75,
        learning_rate: float = 0.025,
        epochs: int = 5,
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.embedding_dim = embedding_dim
        self.architecture = architecture
        self.window = window
        self.min_n = min_n
        self.max_n = max_n
        self.bucket = bucket
        self.negative = negative
        self.sample = sample
        self.ns_exponent = ns_exponent
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _model(self, sentences: _Sentences) -> Any:
        from gensim.models import FastText as Model

        # without n-grams gensim still sets the buckets aside
        bucket = self.bucket if self.max_n >= self.min_n else 1
        return Model(sentences, min_n=self.min_n, max_n=self.max_n, bucket=bucket, **self._common())

"""Whether methods learn the same thing: agreement of their vectors, and two pairs that are said to be one model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from toolkit.allowed import Allowed
from toolkit.data import Corpus, Ratings
from toolkit.data.cooccurrence import cooccurrence, pmi
from toolkit.metrics.agreement import common_rows, linear_cka
from toolkit.metrics.correlation import pearson
from toolkit.metrics.overlap import chance_overlap, neighbor_overlap
from toolkit.registry import make_embedder
from toolkit.studies.base import Evidence, Tables, study
from toolkit.studies.chosen import Learned, first_seed, learned

NEGATIVE = 5  # samples of skip-gram in the comparison with its matrix


@study(
    "same-thing",
    "Is it the same thing as word2vec and GloVe, and what do those share with ALS, SVD and PCA?",
    {"dim": Allowed(int, 2), "n_keys": Allowed(int, 20), "vocabulary": Allowed(int, 20), "ratings": Allowed(int, 100)},
    module="torch",
    extra="torch",
)
def same_thing(
    evidence: Evidence,
    *,
    dim: int = 50,
    n_keys: int = 2_000,
    vocabulary: int = 300,
    pmi_dims: Sequence[int] = (10, 50, 300),
    epochs: int = 10,
    ratings: int = 4_000,
) -> Tables:
    """Lay the vectors of all methods side by side, and test two identities.

    Parameters
    ----------
    evidence : Evidence
        Its experiments' trials of `dim` dimensions are looked at.
    dim : int, default 50
        Length of the vectors.
    n_keys : int, default 2,000
        So many keys, the first, are compared.
    vocabulary : int, default 300
        Words, the most frequent, on which skip-gram is laid beside its matrix.
    pmi_dims : sequence of int
        Dimensions with which that is done.
    epochs : int, default 10
        Passes of skip-gram.
    ratings : int, default 4,000
        Ratings, the first, on which Surprise's SVD is laid beside embedding layers.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``agreement``: a row two methods; ``stability``: a row a method and two of its seeds; ``merges``: which
        methods are joined in which order; ``pmi`` and ``svd``: the two identities.
    """
    agreement, stability, merges, factorized, layers = [], [], [], [], []
    for experiment in evidence.trials["experiment"].unique():
        found = learned(evidence, experiment, dim)
        pairs = [_compared(first, second, n_keys) for first, second in combinations(first_seed(found), 2)]
        agreement += pairs
        stability += list(_stability(found, n_keys))
        merges += list(_merges(pairs, [each.label for each in first_seed(found)]))
        train = evidence.data(experiment)[0]
        if isinstance(train, Corpus):
            factorized += list(skip_gram_beside_pmi(train, vocabulary, pmi_dims, epochs, evidence.seed))
        elif isinstance(train, Ratings):
            layers += list(svd_beside_layers(train, ratings, evidence.seed))
    tables = {"agreement": agreement, "stability": stability, "merges": merges, "pmi": factorized, "svd": layers}
    return {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}


def _compared(first: Learned, second: Learned, n_keys: int) -> dict[str, Any]:
    x, y = (rows[:n_keys] for rows in common_rows(first.embedding, second.embedding))
    return {
        "experiment": first.experiment,
        "first": first.label,
        "second": second.label,
        "is_null": first.is_null or second.is_null,
        "cka": linear_cka(x, y),
        "neighbors": neighbor_overlap(x, y),
        "chance": chance_overlap(len(x)),
        "n": len(x),
    }


def _stability(found: list[Learned], n_keys: int) -> Iterator[dict[str, Any]]:
    """Yield how far each method agrees with itself: the first two of its seeds."""
    for label in dict.fromkeys(each.label for each in found):
        seeds = [each for each in found if each.label == label][:2]
        if len(seeds) == 2:
            compared = _compared(seeds[0], seeds[1], n_keys)
            yield {
                "experiment": compared["experiment"],
                "embedder": label,
                "is_null": compared["is_null"],
                "seeds": f"{seeds[0].seed} and {seeds[1].seed}",
                **{name: compared[name] for name in ("cka", "neighbors", "chance")},
            }


def _merges(pairs: list[dict[str, Any]], labels: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the merges of average linkage on 1 - CKA; leaves are numbered as `labels`, merges on from there."""
    from scipy.cluster.hierarchy import linkage  # which reading a suite need not wait for
    from scipy.spatial.distance import squareform

    if len(labels) < 2:
        return
    distances = np.zeros((len(labels), len(labels)))
    for pair in pairs:
        i, j = labels.index(pair["first"]), labels.index(pair["second"])
        alike = 0.0 if np.isnan(pair["cka"]) else pair["cka"]  # of vectors that are all the same
        distances[i, j] = distances[j, i] = max(0.0, 1 - alike)
    for first, second, distance, _ in linkage(squareform(distances), "average"):
        yield {"experiment": pairs[0]["experiment"], "first": int(first), "second": int(second), "distance": distance}


def skip_gram_beside_pmi(
    corpus: Corpus, vocabulary: int, dims: Sequence[int], epochs: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Train skip-gram as Levy & Goldberg have it, and correlate its dot products with PMI - log k where pairs occur.

    Every pair within the window counts once, negatives are drawn by frequency, and no word is left out: the setting in
    which skip-gram with enough dimensions is a factorization of that matrix. The null baseline is the same matrix with
    its cells shuffled.

    References
    ----------
    Levy & Goldberg (2014), Neural word embedding as implicit matrix factorization, NIPS; section 3.1.
    """
    few = first_words(corpus, vocabulary)
    counts = cooccurrence(few.sequences(), few.window, harmonic=False)
    cells = pmi(counts).tocoo()
    weights = counts.tocsr()[cells.row, cells.col]
    shifted = cells.data - np.log(NEGATIVE)
    shuffled = np.random.default_rng(seed).permutation(shifted)
    for dim in dims:
        model = make_embedder(
            "sgns",
            embedding_dim=dim,
            window=few.window,
            shrink=False,
            sample=0.0,
            ns_exponent=1.0,
            negative=NEGATIVE,
            learning_rate=0.1,
            epochs=epochs,
            random_state=seed,
        ).fit(few)
        words, contexts = (model.embedding(entity).vectors.astype(np.float64) for entity in ("word", "context"))
        products = np.vecdot(words[cells.row], contexts[cells.col])
        yield {
            "dim": dim,
            "pearson": pearson(products, shifted),
            "weighted": _weighted_pearson(products, shifted, weights),
            "shuffled": pearson(products, shuffled),
            "pairs": len(shifted),
            "words": len(few.words),
        }


def _weighted_pearson(first: Any, second: Any, weights: Any) -> float:
    moments = np.cov(first, second, aweights=weights)
    return float(moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1]))


def first_words(corpus: Corpus, size: int) -> Corpus:
    """Return a corpus of its most frequent words only; sentences that are left empty go."""
    few = corpus.sequences().most_frequent(size)
    return Corpus(few.keys, few.codes, np.unique(few.offsets), corpus.name, corpus.window)


def svd_beside_layers(train: Ratings, n: int, seed: int) -> Iterator[dict[str, Any]]:
    """Train Surprise's SVD, and embedding layers from the same start and in the same order, and lay them side by side.

    The null baseline are the same layers on the same ratings in another order.
    """
    from toolkit.adapters.torch.plain import svd_start, train_like_svd

    few = train.take(np.arange(min(n, len(train))))
    matrix = few.matrix()
    order = np.random.default_rng(seed).permutation(len(matrix.values))
    for epochs in (1, 3):
        surprise: Any = make_embedder("svd", embedding_dim=10, epochs=epochs, random_state=seed).fit(few)
        peer = surprise.factors_
        start = svd_start(matrix.shape, 10, random_state=seed)
        ours = train_like_svd(matrix, start, epochs)
        other = train_like_svd(matrix, start, epochs, order=order)
        yield {
            "epochs": epochs,
            "ratings": len(few),
            "moved": _apart(peer.columns, start[1]),
            "items": _apart(peer.columns, ours.columns),
            "users": _apart(peer.rows, ours.rows),
            "predictions": _apart(*(each.score(few.user_keys[:100]) for each in (peer, ours))),
            "other_order": _apart(peer.columns, other.columns),
        }


def _apart(first: Any, second: Any) -> float:
    return float(np.abs(np.asarray(first) - np.asarray(second)).max())

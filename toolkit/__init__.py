"""Compare learned representations: one `Embedder` for words, films, users and products.

The public names are imported when they are first used, so that ``import toolkit`` loads no backend.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from toolkit import metrics as metrics
    from toolkit.adapters.gensim import FastText as FastText
    from toolkit.adapters.gensim import Word2Vec as Word2Vec
    from toolkit.adapters.implicit import ALS as ALS
    from toolkit.adapters.implicit import BPR as BPR
    from toolkit.adapters.implicit import LMF as LMF
    from toolkit.adapters.joined import Joined as Joined
    from toolkit.adapters.null import Bias as Bias
    from toolkit.adapters.null import Popularity as Popularity
    from toolkit.adapters.null import Random as Random
    from toolkit.adapters.ppmi import PPMISVD as PPMISVD
    from toolkit.adapters.pretrained import Pretrained as Pretrained
    from toolkit.adapters.shuffled import Shuffled as Shuffled
    from toolkit.adapters.sklearn import NMF as NMF
    from toolkit.adapters.sklearn import PCA as PCA
    from toolkit.adapters.sklearn import TruncatedSVD as TruncatedSVD
    from toolkit.adapters.spark.als import SparkALS as SparkALS
    from toolkit.adapters.spark.als import SparkExplicitALS as SparkExplicitALS
    from toolkit.adapters.spark.ratings import SparkRatings as SparkRatings
    from toolkit.adapters.spark.word2vec import SparkWord2Vec as SparkWord2Vec
    from toolkit.adapters.surprise import SVD as SVD
    from toolkit.adapters.surprise import SurpriseNMF as SurpriseNMF
    from toolkit.adapters.surprise import SVDpp as SVDpp
    from toolkit.adapters.torch.families import FamilyTree as FamilyTree
    from toolkit.adapters.torch.glove import GloVe as GloVe
    from toolkit.adapters.torch.ratings import EmbeddingLayer as EmbeddingLayer
    from toolkit.adapters.torch.ratings import EmbeddingMLP as EmbeddingMLP
    from toolkit.adapters.torch.sgns import SGNS as SGNS
    from toolkit.data import Analogies as Analogies
    from toolkit.data import Corpus as Corpus
    from toolkit.data import Ratings as Ratings
    from toolkit.data import Triples as Triples
    from toolkit.data import WordPairs as WordPairs
    from toolkit.data import synthetic_ratings as synthetic_ratings
    from toolkit.datasets import list_datasets as list_datasets
    from toolkit.datasets import load_analogies as load_analogies
    from toolkit.datasets import load_corpus as load_corpus
    from toolkit.datasets import load_dataset as load_dataset
    from toolkit.datasets import load_pairs as load_pairs
    from toolkit.datasets import load_ratings as load_ratings
    from toolkit.embedder import CompletesFacts as CompletesFacts
    from toolkit.embedder import Embedder as Embedder
    from toolkit.embedder import PredictsRatings as PredictsRatings
    from toolkit.embedder import RanksItems as RanksItems
    from toolkit.embedding import Embedding as Embedding
    from toolkit.errors import ToolkitError as ToolkitError
    from toolkit.errors import ToolkitWarning as ToolkitWarning
    from toolkit.harness import Run as Run
    from toolkit.harness import compare as compare
    from toolkit.harness import open_run as open_run
    from toolkit.harness import run as run
    from toolkit.metrics.words import evaluate_analogies as evaluate_analogies
    from toolkit.metrics.words import evaluate_pairs as evaluate_pairs
    from toolkit.readouts import readout as readout
    from toolkit.registry import list_embedders as list_embedders
    from toolkit.registry import make_embedder as make_embedder
    from toolkit.report import plot as plot
    from toolkit.tasks import evaluate as evaluate
    from toolkit.vectors import load_vectors as load_vectors

_HOMES = {
    "toolkit.adapters.gensim": ("FastText", "Word2Vec"),
    "toolkit.adapters.implicit": ("ALS", "BPR", "LMF"),
    "toolkit.adapters.joined": ("Joined",),
    "toolkit.adapters.null": ("Bias", "Popularity", "Random"),
    "toolkit.adapters.ppmi": ("PPMISVD",),
    "toolkit.adapters.pretrained": ("Pretrained",),
    "toolkit.adapters.shuffled": ("Shuffled",),
    "toolkit.adapters.sklearn": ("NMF", "PCA", "TruncatedSVD"),
    "toolkit.adapters.spark.als": ("SparkALS", "SparkExplicitALS"),
    "toolkit.adapters.spark.ratings": ("SparkRatings",),
    "toolkit.adapters.spark.word2vec": ("SparkWord2Vec",),
    "toolkit.adapters.surprise": ("SVD", "SVDpp", "SurpriseNMF"),
    "toolkit.adapters.torch.families": ("FamilyTree",),
    "toolkit.adapters.torch.glove": ("GloVe",),
    "toolkit.adapters.torch.ratings": ("EmbeddingLayer", "EmbeddingMLP"),
    "toolkit.adapters.torch.sgns": ("SGNS",),
    "toolkit.data": ("Analogies", "Corpus", "Ratings", "Triples", "WordPairs", "synthetic_ratings"),
    "toolkit.datasets": (
        "list_datasets",
        "load_analogies",
        "load_corpus",
        "load_dataset",
        "load_pairs",
        "load_ratings",
    ),
    "toolkit.embedder": ("CompletesFacts", "Embedder", "PredictsRatings", "RanksItems"),
    "toolkit.embedding": ("Embedding",),
    "toolkit.errors": ("ToolkitError", "ToolkitWarning"),
    "toolkit.harness": ("Run", "compare", "open_run", "run"),
    "toolkit.metrics.words": ("evaluate_analogies", "evaluate_pairs"),
    "toolkit.readouts": ("readout",),
    "toolkit.registry": ("list_embedders", "make_embedder"),
    "toolkit.tasks": ("evaluate",),
    "toolkit.vectors": ("load_vectors",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

_MODULES = {"metrics": "toolkit.metrics", "plot": "toolkit.report.plot"}

__all__ = [*_MODULES, *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name not in _HOME_OF:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

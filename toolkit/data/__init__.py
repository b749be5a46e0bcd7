"""Data sets in memory: pure, no files and no network."""

from toolkit.data.corpus import Corpus
from toolkit.data.ratings import Ratings
from toolkit.data.synthetic import synthetic_ratings
from toolkit.data.triples import Triples
from toolkit.data.views import Matrix, Sequences, TrainingData
from toolkit.data.vocabulary import Vocabulary
from toolkit.data.wordsets import Analogies, WordPairs

Dataset = Ratings | Corpus | WordPairs | Analogies | Triples | Vocabulary

__all__ = [
    "Analogies",
    "Corpus",
    "Dataset",
    "Matrix",
    "Ratings",
    "Sequences",
    "TrainingData",
    "Triples",
    "Vocabulary",
    "WordPairs",
    "synthetic_ratings",
]

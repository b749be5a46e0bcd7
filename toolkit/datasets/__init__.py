"""Data sets: the catalog, fetching, and readers for files of the catalog and of the user's own."""

from toolkit.datasets.catalog import DatasetInfo, dataset_info
from toolkit.datasets.corpora import load_corpus
from toolkit.datasets.fetching import Fetched, fetch, list_datasets
from toolkit.datasets.load import load_dataset
from toolkit.datasets.ratings import load_ratings
from toolkit.datasets.wordsets import load_analogies, load_pairs

__all__ = [
    "DatasetInfo",
    "Fetched",
    "dataset_info",
    "fetch",
    "list_datasets",
    "load_analogies",
    "load_corpus",
    "load_dataset",
    "load_pairs",
    "load_ratings",
]

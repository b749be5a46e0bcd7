"""Real data for all tests, fetched once into a cache that outlives the run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import toolkit as tk

# beside the checkout's other throw-away folders, so that a second run of the tests fetches nothing
os.environ.setdefault("TOOLKIT_CACHE", str(Path(__file__).resolve().parents[1] / ".cache" / "datasets"))


@pytest.fixture(scope="session")
def movielens() -> tk.Ratings:
    """MovieLens-100k, from the wheel where GroupLens cannot be reached."""
    return tk.load_dataset("movielens-100k")


@pytest.fixture(scope="session")
def glove() -> tk.Embedding:
    """GloVe 6B, 50 dimensions."""
    return tk.load_dataset("glove-6b-50d")


@pytest.fixture(scope="session")
def lee() -> tk.Corpus:
    """The 300 news texts that ship with gensim."""
    return tk.load_dataset("lee", min_count=5)

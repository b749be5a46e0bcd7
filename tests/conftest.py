"""Real data for all tests, fetched once into a cache that outlives the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toolkit as tk

# beside the checkout's other throw-away folders, so that a second run of the tests fetches nothing
os.environ.setdefault("TOOLKIT_CACHE", str(Path(__file__).resolve().parents[1] / ".cache" / "datasets"))


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same for a test, whatever ran before it."""
    return np.random.default_rng(5)


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


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session on this machine, which fits then use; mark tests with ``xdist_group("spark")``."""
    from toolkit.adapters.spark.session import session

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # starts sooner
        with session(n_jobs=2) as started:
            started.conf.set("spark.sql.shuffle.partitions", "2")
            yield started

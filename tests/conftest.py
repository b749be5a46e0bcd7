"""Real data for all tests, fetched once into a cache that outlives the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import toolkit as tk
from toolkit.harness import isolation, runner

# beside the checkout's other throw-away folders, so that a second run of the tests fetches nothing
os.environ.setdefault("TOOLKIT_CACHE", str(Path(__file__).resolve().parents[1] / ".cache" / "datasets"))


@pytest.fixture(scope="session", autouse=True)
def _libraries() -> Iterator[None]:
    """Have every trial find its library imported, whatever the first run of this process was on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "PRELOAD", (*isolation.PRELOAD, *chain(*runner.LIBRARIES.values()), *runner.TUNERS))
        yield


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
    """A Spark session on this machine, which fits then use."""
    from toolkit.adapters.spark.session import session

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # starts sooner
        with session(n_jobs=2) as started:
            started.conf.set("spark.sql.shuffle.partitions", "2")
            yield started

"""Embedders by name, our own and those of other packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import toolkit as tk
from tests.packages import install, visible
from toolkit import registry
from toolkit.errors import MissingDependencyError, ToolkitError, UnknownNameError
from toolkit.testing import small_ratings

PLUGIN = """
import numpy as np
from toolkit.embedder import MatrixEmbedder

class Lengths(MatrixEmbedder):
    library = "their-package"
    module = "json"

    def __init__(self, embedding_dim: int = 2) -> None:
        self.embedding_dim = embedding_dim

    def _learn_matrix(self, matrix):
        return matrix.embeddings(*(np.ones((size, self.embedding_dim)) for size in matrix.shape))

    def score_items(self, users):
        return np.zeros((len(list(users)), len(self.embedding("item"))))

def function():
    return None
"""


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Return a function that installs a package with one entry point."""
    with ExitStack() as until_the_end:

        def register(name: str, target: str) -> None:
            until_the_end.enter_context(visible(install(tmp_path, "their_module", PLUGIN, {name: target})))

        yield register


def test_table_of_embedders() -> None:
    table = tk.list_embedders()
    assert table.columns.tolist() == ["name", "library", "views", "capabilities", "installed"]
    assert table["name"].tolist() == sorted(table["name"])
    rows = table.set_index("name")
    assert set(rows.index) >= {"als", "bias", "pca", "popularity", "pretrained", "random", "svd", "svdpp", "word2vec"}
    assert set(table["views"]) == {"matrix", "sequences", "triples", "none"}
    assert rows.loc["als"].tolist() == ["implicit", "matrix", "ranks-items", True]
    assert rows.loc["family-tree", ["library", "views", "capabilities"]].tolist() == [
        "torch",
        "triples",
        "completes-facts",
    ]
    assert rows.loc["svd", "capabilities"] == "predicts-ratings, ranks-items"
    assert rows.loc["word2vec", ["library", "views", "capabilities"]].tolist() == ["gensim", "sequences", ""]


def test_every_name_makes_an_embedder_with_its_defaults() -> None:
    for name in registry.embedder_names():
        assert isinstance(tk.make_embedder(name), tk.Embedder)


def test_parameters_are_set() -> None:
    pca = tk.make_embedder("pca", embedding_dim=7, whiten=True)
    assert type(pca) is tk.PCA
    assert pca.get_params() == {
        "embedding_dim": 7,
        "whiten": True,
        "random_state": 0,
        "normalization": 0.0,
        "residuals": False,
    }


@pytest.mark.parametrize(("given", "nearest"), [("pcaa", "pca"), ("word2vek", "word2vec"), ("ALS", "als")])
def test_unknown_embedder_names_the_nearest(given: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"unknown embedder '{given}'; did you mean '{nearest}'"):
        tk.make_embedder(given)


@pytest.mark.parametrize("parameter", ["embeding_dim", "embeddingdim"])
def test_unknown_parameter_names_the_nearest(parameter: str) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown parameter of PCA .*; did you mean 'embedding_dim'"):
        tk.make_embedder("pca", **{parameter: 3})


def test_a_parameter_called_name_is_unknown_as_any_other() -> None:
    with pytest.raises(UnknownNameError, match="unknown parameter of PCA 'name'"):
        tk.make_embedder("pca", **{"name": "x"})


def test_an_embedder_of_somebody_else(register: Callable[[str, str], None]) -> None:
    register("lengths", "their_module:Lengths")
    row = tk.list_embedders().set_index("name").loc["lengths"]
    assert row.tolist() == ["their-package", "matrix", "ranks-items", True]
    scores = tk.evaluate(tk.make_embedder("lengths", embedding_dim=3), small_ratings(), tasks=["ranking"])
    assert (scores["value"].notna()).all()
    with pytest.raises(UnknownNameError, match="did you mean 'lengths'"):
        tk.make_embedder("length")


@pytest.mark.parametrize("target", ["their_module:function", "their_module:Missing"])
def test_what_is_registered_must_be_an_embedder(register: Callable[[str, str], None], target: str) -> None:
    register("wrong", target)
    with pytest.raises(ToolkitError, match=f"embedder 'wrong' .*{target}"):
        tk.make_embedder("wrong")


def test_a_package_that_cannot_be_imported(register: Callable[[str, str], None]) -> None:
    register("absent", "no_such_module:Thing")
    with pytest.raises(MissingDependencyError, match=r"embedder 'absent' \(no_such_module:Thing\) cannot be imported"):
        tk.make_embedder("absent")


def test_a_broken_package_takes_no_other_from_the_table(register: Callable[[str, str], None]) -> None:
    register("absent", "no_such_module:Thing")
    rows = tk.list_embedders().set_index("name")
    assert rows.loc["pca", "installed"]
    assert not rows.loc["absent", "installed"]


def test_import_loads_no_backend() -> None:
    backends = {"gensim", "implicit", "surprise", "sklearn", "torch", "pandas", "altair", "pooch"}
    code = f"import sys, toolkit; print(sorted({backends!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    assert set(tk.__all__) <= set(dir(tk))
    for name in tk.__all__:
        assert getattr(tk, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        tk.no_such_name  # noqa: B018  # looking is what fails

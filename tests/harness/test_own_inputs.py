"""What kind somebody's own files are of, by ending and content; and which methods fit into the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from toolkit import Embedding
from toolkit.errors import DataError, ParameterError, ToolkitError
from toolkit.harness.own.inputs import kind_of
from toolkit.harness.own.methods import NULLS, RATINGS, SURPRISE, TEXT_NULLS, TEXTS, Load, Method, chosen_methods
from toolkit.harness.own.pace import slowness
from toolkit.registry import embedder_class, make_embedder
from toolkit.vectors import save_vectors

VECTORS = Embedding(["cat", "a b", "7"], np.arange(18).reshape(3, 6))
TEXT = "the cat sat on the mat\nand so it went on , 3 times or more\n" * 5


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "user,item,rating\n1,2,3\n", "ratings"),
        ("u.data", "1\t2\t3\t887\n", "ratings"),
        ("a.inter", "user_id:token\titem_id:token\n1\t2\n", "ratings"),
        ("a.txt", "1::2::3::978300760\n1::3::4::978300761\n", "ratings"),
        ("a.txt", "user item rating\n1 2 3\n2 2 4\n", "ratings"),
        ("a.txt", "ann\tx\t4\nbob\ty\t3\n", "ratings"),
        ("a.txt", "2 3\ncat 1 2 3\ndog 4 5 6\n", "vectors"),
        ("a.txt", "cat 1 2 3 4 5\ndog 4 5 6 7 8\n", "vectors"),
        (", 1.5.txt", ", 1 2 3 4 5\n. 4 5 6 7 8\n", "vectors"),
        ("a.txt", TEXT, "corpus"),
        ("README", TEXT, "corpus"),
        ("a.txt", "one word\n", "corpus"),
    ],
)
def test_kinds(tmp_path: Path, name: str, content: str, kind: str) -> None:
    (tmp_path / name).write_text(content)
    assert kind_of([str(tmp_path / name)]) == kind


@pytest.mark.parametrize("name", ["a.txt", "a.vec", "a.bin", "a.arrow", "a.npz", "a.txt.gz"])
def test_each_format_of_vectors(tmp_path: Path, name: str) -> None:
    save_vectors(VECTORS.subset(["cat", "7"]), tmp_path / name)
    assert kind_of([str(tmp_path / name)]) == "vectors"


@pytest.mark.parametrize("mark", [",", "\t", ";"])
@pytest.mark.parametrize("head", ["", "word,d1,d2,d3,d4,d5,d6\n"])
def test_a_table_of_vectors_is_no_ratings(tmp_path: Path, mark: str, head: str) -> None:
    text = head + "cat,0.25,-1.5,3.0,4e-2,.5,0\ndog,1,2.5,0.5,1.25,2,0.75\n"
    (tmp_path / "a.csv").write_text(text.replace(",", mark))
    with pytest.raises(DataError, match=r"a.csv: looks like vectors, a key and 6 numbers a line, divided by .*\.txt"):
        kind_of([str(tmp_path / "a.csv")])
    rated = "user,item,rating,when,x,y,z\n1,7,2.5,978300760,0.1,0.2,0.3\n2,8,3,978300761,0.1,0.2,0.3\n"
    (tmp_path / "b.csv").write_text(rated.replace(",", mark))
    assert kind_of([str(tmp_path / "b.csv")]) == "ratings"


def test_names_of_the_catalog() -> None:
    assert kind_of(["movielens-100k"]) == "ratings"
    assert kind_of(["glove-6b-50d"]) == "vectors"
    assert kind_of(["lee"]) == "corpus"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "nothing to compare"),
        (["nowhere.csv"], "unknown file or data set 'nowhere.csv'"),
        (["movielens-100"], "did you mean 'movielens-100k'"),
        (["empty.csv"], "empty.csv: the file is empty"),
        (["blank.txt"], "blank.txt: the file is empty"),
        (["."], "is no file"),
        (["wordsim353"], "holds pairs; ratings, vectors or a corpus are needed"),
        (["a.csv", "a.arrow"], "a.csv is a table of ratings, a.arrow is vectors"),
        (["a.csv", "b.csv"], "2 inputs are each a table of ratings; only vectors are compared with each other"),
        (["a.csv", "a.csv"], "stands twice"),
        (["a.csv", "./a.csv"], "stands twice"),
    ],
)
def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in (("a.csv", "u,i\n1,2\n"), ("b.csv", "u,i\n1,2\n"), ("empty.csv", ""), ("blank.txt", "\n\n")):
        Path(name).write_text(content)
    VECTORS.save("a.arrow")
    with pytest.raises(ToolkitError) as caught:
        kind_of(names)
    assert message in str(caught.value)
    assert isinstance(caught.value, ParameterError | DataError | LookupError)


@pytest.mark.parametrize("method", [*NULLS, *RATINGS, *TEXT_NULLS, *TEXTS], ids=lambda method: method.shown)
def test_every_method_takes_its_parameters(method: Method) -> None:
    make_embedder(
        method.name, **method.params, **({"epochs": method.epochs[0]} if method.epochs else {})
    ).check_params()
    assert sorted(method.epochs, reverse=True) == list(method.epochs)


def names(size: int, seconds: float, workers: int = 2) -> list[str]:
    """Return the labels of the methods that are tried on so many ratings."""
    load = Load(size, seconds, workers, 100.0, fits=2, judging=6 * size / 1e6)
    chosen, left = chosen_methods([*NULLS, *RATINGS], load, 50)
    labels = [spec.shown for spec in chosen]
    assert len(labels) + len(left) == len(NULLS) + len(RATINGS)
    return labels


def test_all_methods_fit_where_there_is_time() -> None:
    assert len(names(100_000, 250)) == len(NULLS) + len(RATINGS)


def test_null_baselines_come_first_and_cheap_methods_next() -> None:
    labels = names(100_000, 250)
    assert labels[:2] == ["popularity", "bias"]
    assert set(labels[:4]) == {"popularity", "bias", "random", "shuffled pca"}
    assert labels[4] == "truncated-svd"


def test_less_time_means_fewer_methods_and_passes() -> None:
    sizes = [len(names(1_000_000, seconds)) for seconds in (3000, 250, 60, 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]
    assert names(1_000_000, 1) == ["popularity", "truncated-svd"]  # there always is something to compare
    cheap, left = chosen_methods([*TEXT_NULLS, *TEXTS], Load(10_000_000, 1, 2), 50)
    assert [spec.shown for spec in cheap] == ["popularity", "ppmi-svd"]
    assert len(left) == len(TEXT_NULLS) + len(TEXTS) - 2
    passes = Method("bpr", 100, epochs=(100, 10))
    chosen, _ = chosen_methods([Method("popularity", 1), passes], Load(1_000_000, 60, 2), 50)
    assert chosen[1].params["epochs"] == 10


def test_a_slow_machine_does_less() -> None:
    load = Load(1_000_000, 250, 2, 100.0, fits=2, judging=6, slowness=4)
    slow, _ = chosen_methods([*NULLS, *RATINGS], load, 50)
    assert [spec.shown for spec in slow] == names(1_000_000, 250 / 4)
    assert len(slow) < len(names(1_000_000, 250))
    assert 1 <= slowness() <= 3


def test_surprise_is_spared_many_millions() -> None:
    labels = names(5 * SURPRISE, 1e6)
    assert not {"svd", "svdpp", "nmf-surprise"} & set(labels)
    assert "als" in labels


def test_what_is_not_installed_stays_to_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder_class("glove"), "installed", classmethod(lambda cls: False))
    chosen, left = chosen_methods([Method("popularity", 1), Method("glove", 1e9)], Load(1_000_000, 10, 1), 50)
    assert [spec.name for spec in chosen] == ["popularity", "glove"]
    assert not left

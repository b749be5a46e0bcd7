"""Suites: what they hold, and that every mistake in one is named before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import DataError, ToolkitError, UnknownNameError
from toolkit.harness import load_suite, suite_names

Write = Callable[..., Path]
SPLITS = 'splits = ["holdout"]\n'
TASKS = 'tasks = ["ranking"]\n'
EMBEDDERS = 'embedders = ["popularity"]\n'


def refused(path: Path) -> str:
    """Return the one line with which a suite is refused."""
    with pytest.raises(ToolkitError) as caught:
        load_suite(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_a_suite_holds(suite: Write, films: Path) -> None:
    path = suite(
        """
        title = "Films"
        options = { user = "user" }
        dims = [2, 3]
        splits = ["leave-last-out", { name = "kfold", folds = [1, 3], options = { n_folds = 4 } }, "u2"]
        tasks = ["rating-prediction", { name = "ranking", options = { k = 5 } }]
        embedders = ["bias", { name = "pca", label = "white", params = { whiten = true } }]
        """
    )
    loaded = load_suite(path)
    assert (loaded.name, loaded.title, loaded.seeds) == ("small", "Small", (0,))
    (experiment,) = loaded.experiments
    assert (experiment.dataset, experiment.kind, experiment.dims) == (str(films), "ratings", (2, 3))
    assert [embedder.shown for embedder in experiment.embedders] == ["bias", "white"]
    assert [task.options for task in experiment.tasks] == [{}, {"k": 5}]
    assert [part for split in experiment.splits for part in split.parts()] == [
        ("leave-last-out", "", {}),
        ("kfold", "1", {"n_folds": 4, "fold": 1}),
        ("kfold", "3", {"n_folds": 4, "fold": 3}),
        ("canonical", "u2", {}),
    ]


@pytest.mark.parametrize("name", suite_names())
def test_every_shipped_suite_is_right(name: str) -> None:
    loaded = load_suite(name)
    assert loaded.name == name
    assert loaded.title
    assert loaded.description.strip()


def test_shipped_suites() -> None:
    assert {"quickstart", "movielens", "words"} <= set(suite_names())
    with pytest.raises(UnknownNameError, match="unknown suite 'quikstart'; did you mean 'quickstart'"):
        load_suite("quikstart")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (SPLITS + TASKS + 'embeders = ["pca"]\n' + EMBEDDERS, "did you mean 'embedders'"),
        (SPLITS + TASKS + 'embedders = [{ name = "pca", parms = { whiten = true } }]', "did you mean 'params'"),
        ('splits = [{ name = "kfold", fold = [1] }]\n' + TASKS + EMBEDDERS, "did you mean 'folds'"),
        (SPLITS + 'tasks = [{ name = "ranking", option = { k = 3 } }]\n' + EMBEDDERS, "did you mean 'options'"),
        (SPLITS + TASKS + 'embedders = ["pcaa"]', "unknown embedder 'pcaa'; did you mean 'pca'"),
        (
            SPLITS + TASKS + 'embedders = [{ name = "pca", params = { embeding_dim = 3 } }]',
            "unknown parameter of PCA 'embeding_dim'; did you mean 'embedding_dim'",
        ),
        (SPLITS + 'tasks = ["rankign"]\n' + EMBEDDERS, "unknown task 'rankign'; did you mean 'ranking'"),
        (
            SPLITS + 'tasks = [{ name = "ranking", options = { readout = ["native"] } }]\n' + EMBEDDERS,
            "unknown option of task 'ranking' 'readout'; did you mean 'readouts'",
        ),
        ('splits = ["holdot"]\n' + TASKS + EMBEDDERS, "unknown split 'holdot'; did you mean 'holdout'"),
        (
            'splits = [{ name = "holdout", options = { tset_size = 0.3 } }]\n' + TASKS + EMBEDDERS,
            "'tset_size'; did you mean 'test_size'",
        ),
        ('splits = [{ name = "holdout", folds = [1, 2] }]\n' + TASKS + EMBEDDERS, "fold"),
        ('splits = [{ name = "u1", folds = [1, 2] }]\n' + TASKS + EMBEDDERS, "fold"),
        ('splits = [{ name = "u1", options = { fold = 2 } }]\n' + TASKS + EMBEDDERS, "'fold'"),
    ],
)
def test_unknown_name_names_the_nearest(suite: Write, body: str, message: str) -> None:
    assert message in refused(suite(body))


def test_unknown_key_of_the_suite_itself(suite: Write) -> None:
    path = suite()
    path.write_text('sedes = [1]\ntitel = "x"\n' + path.read_text())
    assert "did you mean 'seeds'" in refused(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("movielens-100kk", "unknown data set or file of ratings 'movielens-100kk'; did you mean 'movielens-100k'"),
        ("nowhere.csv", "unknown data set or file of ratings 'nowhere.csv'"),
        ("lee", "data set 'lee' holds corpus; ratings are needed here"),
    ],
)
def test_unknown_data(suite: Write, data: str, message: str) -> None:
    assert message in refused(suite(data=data))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (SPLITS + TASKS + 'embedders = ["pca", "svd", "pca"]', "has two embedders called 'pca'; give one a label"),
        (
            SPLITS + TASKS + 'embedders = ["pca", { name = "nmf", label = "pca" }]',
            "has two embedders called 'pca'; give one a label",
        ),
        (SPLITS + 'tasks = ["ranking", "analogies"]\n' + EMBEDDERS, "mixes tasks on ratings and tasks on words"),
        (TASKS + EMBEDDERS, "needs splits"),
        (SPLITS + 'tasks = ["analogies"]\n' + EMBEDDERS, "words, which are not split"),
        (SPLITS + TASKS + "embedders = []", "embedders"),
        (SPLITS + "tasks = []\n" + EMBEDDERS, "tasks"),
        (SPLITS + TASKS, "embedders"),
        (SPLITS + TASKS + EMBEDDERS + 'dims = ["ten"]', "dims"),
        (SPLITS + TASKS + EMBEDDERS + "dims = [0]", "dims"),
    ],
)
def test_what_does_not_go_together(suite: Write, body: str, message: str) -> None:
    assert message in refused(suite(body))


def test_two_experiments_of_one_name(suite: Write, films: Path) -> None:
    body = SPLITS + TASKS + EMBEDDERS
    assert "films" in refused(suite(body, f'[[experiments]]\nname = "films"\ndataset = "{films}"\n{body}'))


@pytest.mark.parametrize("name", ["a/b", "", "../films"])
def test_an_experiments_name_names_files(suite: Write, name: str) -> None:
    path = suite()
    path.write_text(path.read_text().replace('name = "films"', f'name = "{name}"'))
    assert "name" in refused(path)


def test_a_suite_has_seeds(suite: Write) -> None:
    path = suite()
    path.write_text("seeds = []\n" + path.read_text())
    assert "seeds" in refused(path)


def test_what_is_no_suite_at_all(tmp_path: Path) -> None:
    assert "nowhere.toml: no such file" in refused(tmp_path / "nowhere.toml")
    (tmp_path / "bad.toml").write_text("title = ")
    assert "bad.toml: cannot be read as TOML" in refused(tmp_path / "bad.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"')
    assert "latin.toml: cannot be read as TOML" in refused(tmp_path / "latin.toml")
    (tmp_path / "empty.toml").write_text("")
    assert "empty.toml" in refused(tmp_path / "empty.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(DataError, match=r"folder\.toml"):
        load_suite(tmp_path / "folder.toml")

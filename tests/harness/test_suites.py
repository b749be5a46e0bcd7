"""Suites: what they hold, and that every mistake in one is named before anything runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import DataError, ParameterError, ToolkitError, UnknownNameError
from toolkit.harness import load_suite, suite_names
from toolkit.resources import folder

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


@pytest.mark.parametrize("name", ["quickstart", "movielens", "words"])
def test_every_table_has_its_null_baselines(name: str) -> None:
    for experiment in load_suite(name).experiments:
        names = {embedder.name for embedder in experiment.embedders}
        # vectors of 400,000 words stand beside none of a text with a few thousand
        nulls = {"shuffled"} if names <= {"pretrained", "shuffled"} else {"random", "shuffled", "popularity", "bias"}
        assert nulls <= names, experiment.name


def test_movielens_has_a_quick_version() -> None:
    full, quick = load_suite("movielens"), load_suite("movielens", quick=True)
    assert [split.name for split in quick.experiments[0].splits] == ["u1", "u2", "u3", "u4", "u5"]
    assert (quick.seeds, quick.experiments[0].dims) == ((0,), (50,))
    assert quick.experiments[0].embedders == full.experiments[0].embedders


def test_a_shuffled_method_that_is_not_known_is_refused(suite: Write) -> None:
    body = 'embedders = [{ name = "shuffled", params = { embedder = "pcaa" } }]\n'
    assert "unknown embedder 'pcaa'; did you mean 'pca'" in refused(suite(SPLITS + TASKS + body))


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
        (
            SPLITS + 'tasks = [{ name = "ranking", options = { readouts = ["dot", "dot"] } }]\n' + EMBEDDERS,
            "option 'readouts' of task 'ranking' has more than one entry 'dot'; keep one, or rename the other",
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


def test_a_suite_with_studies(suite: Write) -> None:
    assert load_suite(suite(SPLITS + TASKS + EMBEDDERS)).studies == ()
    more = """
[[studies]]
name = "orthogonal"
experiments = ["films"]
options = { dim = 3 }
"""
    (study,) = load_suite(suite(SPLITS + TASKS + EMBEDDERS, more)).studies
    assert (study.name, study.experiments, study.options) == ("orthogonal", ("films",), {"dim": 3})


def test_a_suite_with_studies_alone(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text('title = "Small"\nstudies = ["one-hot"]\n')
    loaded = load_suite(path)
    assert loaded.experiments == ()
    assert [(study.name, study.experiments, study.options) for study in loaded.studies] == [("one-hot", (), {})]
    path.write_text('title = "Small"\n')
    assert "small.toml: the suite has neither experiments nor studies" in refused(path)


@pytest.mark.parametrize(
    ("study", "message"),
    [
        ('name = "onehot"', "unknown study 'onehot'; did you mean 'one-hot'"),
        ('name = "one-hot"\noption = { sizes = [3] }', "did you mean 'options'"),
        ('name = "one-hot"\noptions = { size = [3] }', "option of study 'one-hot' 'size'; did you mean 'sizes'"),
        (
            'name = "one-hot"\noptions = { sizes = [1] }',
            "option 'sizes' of study 'one-hot' is 1; it must be an integer",
        ),
        ('name = "one-hot"\noptions = { sizes = [] }', "option 'sizes' of study 'one-hot' is []"),
        ('name = "why-50"\nexperiments = ["films"]', "study 'why-50' needs the option 'measured'"),
        (
            'name = "orthogonal"\nexperiments = ["film"]',
            "unknown experiment of study 'orthogonal' 'film'; did you mean 'films'",
        ),
        ('name = "one-hot"\n[[studies]]\nname = "one-hot"', "the suite has two studies called 'one-hot'"),
        ('experiments = ["films"]', "studies.0.name: field required"),
    ],
)
def test_what_is_wrong_with_a_study(suite: Write, study: str, message: str) -> None:
    assert message in refused(suite(SPLITS + TASKS + EMBEDDERS, f"[[studies]]\n{study}\n"))


@pytest.mark.parametrize(
    ("embedder", "message"),
    [
        (
            'name = "popularity", dims = [3]',
            "embedder 'popularity' has no parameter embedding_dim, so it can have no dims",
        ),
        (
            'name = "popularity", label = "p", seeds = [3]',
            "embedder 'p' has no parameter random_state, so it can have no",
        ),
        (
            'name = "pca", dims = [3], params = { embedding_dim = 2 }',
            "embedder 'pca' has both dims and the parameter embedding_dim; keep one",
        ),
        ('name = "pca", dims = [0]', "embedders.0.dims.0: input should be greater than 0"),
        ('name = "pca", seeds = [-1]', "embedders.0.seeds.0: input should be greater than or equal to 0"),
        ('name = "pca", seed = [1]', "did you mean 'seeds'"),
    ],
)
def test_dims_and_seeds_of_an_embedder_are_checked(suite: Write, embedder: str, message: str) -> None:
    assert message in refused(suite(SPLITS + TASKS + f"embedders = [{{ {embedder} }}]\n"))


QUICK = """
dims = [2, 3, 5]
[experiments.quick]
dims = [2]
title = "Few"
[[studies]]
name = "one-hot"
options = { sizes = [10, 20] }
[studies.quick]
options = { sizes = [10] }
[quick]
seeds = [7]
"""


def test_a_quick_version_stands_in_tables_of_its_own(suite: Write) -> None:
    path = suite(SPLITS + TASKS + EMBEDDERS + QUICK)
    full, quick = load_suite(path), load_suite(path, quick=True)
    assert (full.seeds, full.experiments[0].dims, full.experiments[0].title) == ((0,), (2, 3, 5), "films")
    assert full.studies[0].options == {"sizes": [10, 20]}
    assert (quick.seeds, quick.experiments[0].dims, quick.experiments[0].title) == ((7,), (2,), "Few")
    assert quick.studies[0].options == {"sizes": [10]}
    assert quick.experiments[0].embedders == full.experiments[0].embedders
    assert (quick.name, quick.title) == (full.name, full.title)


@pytest.mark.parametrize("place", ["[quick]\nseeds = [7]\n", "[experiments.quick]\ndims = [2]\n"])
def test_one_quick_table_is_enough(suite: Write, place: str) -> None:
    path = suite(SPLITS + TASKS + 'embedders = ["pca"]\n' + place)
    assert load_suite(path, quick=True) != load_suite(path)


def test_a_suite_without_a_quick_version(suite: Write) -> None:
    with pytest.raises(ParameterError, match="suite 'small' has no quick version: no table in it is called quick"):
        load_suite(suite(SPLITS + TASKS + EMBEDDERS), quick=True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dims = [2]", "dmis = [2]", "did you mean 'dims'"),
        ("seeds = [7]", "sedes = [7]", "did you mean 'seeds'"),
        ("sizes = [10] }", "size = [10] }", "did you mean 'sizes'"),
        ("seeds = [7]", "quick = { seeds = [7] }", "'quick'"),
        ("[quick]\nseeds = [7]", "[[studies]]\nname = 'one-hot'\nquick = 3", "'quick'"),
    ],
)
def test_what_is_wrong_in_a_quick_table(suite: Write, old: str, new: str, message: str) -> None:
    assert QUICK.count(old) == 1
    path = suite(SPLITS + TASKS + EMBEDDERS + QUICK.replace(old, new))
    with pytest.raises(UnknownNameError) as caught:
        load_suite(path, quick=True)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", suite_names())
def test_every_quick_version_that_ships_is_right(name: str) -> None:
    text = (folder("benchmarks") / f"{name}.toml").read_text(encoding="utf-8")
    if re.search(r"^(\[(.*\.)?quick\]|quick *=)", text, flags=re.MULTILINE):
        assert load_suite(name, quick=True) != load_suite(name)
    else:
        with pytest.raises(ParameterError, match=f"suite {name!r} has no quick version"):
            load_suite(name, quick=True)


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

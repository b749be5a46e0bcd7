"""From a suite to its trials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import ToolkitError, UnknownNameError
from toolkit.harness import load_suite
from toolkit.harness.plan import plan, plan_studies
from toolkit.harness.suite import Suite

Write = Callable[..., Path]
FILMS = """
dims = [2, 5]
splits = ["holdout", { name = "kfold", folds = [1, 2] }]
tasks = ["ranking"]
embedders = ["popularity", "pca", { name = "als", label = "fixed", params = { embedding_dim = 4 } }]
"""
WORDS = """
[[experiments]]
name = "words"
dataset = "lee"
tasks = ["word-similarity"]
embedders = ["pca", "ppmi-svd"]
"""
STUDIES = """
[[studies]]
name = "orthogonal"
experiments = ["films"]
[[studies]]
name = "close-together"
experiments = ["words", "films"]
[[studies]]
name = "one-hot"
"""


@pytest.fixture
def both(suite: Write) -> Suite:
    path = suite(FILMS, WORDS)
    path.write_text("seeds = [3, 4]\n" + path.read_text())
    return load_suite(path)


def test_every_combination_once(both: Suite) -> None:
    trials = plan(both)
    films = [trial for trial in trials if trial.experiment == "films"]
    assert [(trial.split, trial.fold) for trial in films[:: len(films) // 3]] == [
        ("holdout", ""),
        ("kfold", "1"),
        ("kfold", "2"),
    ]
    first = [(trial.label, trial.params.get("embedding_dim"), trial.seed) for trial in films[: len(films) // 3]]
    assert first == [
        ("popularity", None, 3),  # draws nothing and has no dimension: once
        ("pca", 2, 3),
        ("pca", 2, 4),
        ("pca", 5, 3),
        ("pca", 5, 4),
        ("fixed", 4, 3),  # the suite fixes the dimension
        ("fixed", 4, 4),
    ]
    words = [(trial.label, trial.params, trial.split, trial.fold) for trial in trials if trial.experiment == "words"]
    assert words == [(label, {"random_state": seed}, "", "") for label in ("pca", "ppmi-svd") for seed in (3, 4)]


def test_ids_are_unique(both: Suite) -> None:
    ids = [trial.id for trial in plan(both)]
    assert len(set(ids)) == len(ids) == 3 * 7 + 4
    assert ids[0] == "films-001"


def test_seed_is_the_random_state(both: Suite) -> None:
    for trial in plan(both):
        assert trial.params.get("random_state", trial.seed) == trial.seed
    assert "random_state" not in plan(both, ["popularity"])[0].params


@pytest.mark.parametrize(
    ("only", "experiments", "labels"),
    [
        (["films"], {"films"}, {"popularity", "pca", "fixed"}),
        (["words"], {"words"}, {"pca", "ppmi-svd"}),
        (["films", "words"], {"films", "words"}, {"popularity", "pca", "fixed", "ppmi-svd"}),
        (["pca"], {"films", "words"}, {"pca"}),
        (["fixed"], {"films"}, {"fixed"}),
        (["fixed", "ppmi-svd"], {"films", "words"}, {"fixed", "ppmi-svd"}),
        (["films", "pca"], {"films"}, {"pca"}),
        (["words", "pca"], {"words"}, {"pca"}),
    ],
)
def test_only(both: Suite, only: list[str], experiments: set[str], labels: set[str]) -> None:
    chosen = plan(both, only)
    assert {trial.experiment for trial in chosen} == experiments
    assert {trial.label for trial in chosen} == labels
    everything = {trial.id: trial for trial in plan(both)}
    assert all(everything[trial.id] == trial for trial in chosen), "a trial keeps its id, whatever else is left out"


@pytest.fixture
def studied(suite: Write) -> Suite:
    return load_suite(suite(FILMS, WORDS + STUDIES))


@pytest.mark.parametrize(
    ("only", "experiments", "labels", "studies"),
    [
        (
            [],
            {"films", "words"},
            {"popularity", "pca", "fixed", "ppmi-svd"},
            ["orthogonal", "close-together", "one-hot"],
        ),
        (["orthogonal"], {"films"}, {"popularity", "pca", "fixed"}, ["orthogonal"]),
        (["one-hot", "orthogonal"], {"films"}, {"popularity", "pca", "fixed"}, ["orthogonal", "one-hot"]),
        (["orthogonal", "words"], {"films", "words"}, {"popularity", "pca", "fixed", "ppmi-svd"}, ["orthogonal"]),
        (["close-together", "pca"], {"films", "words"}, {"pca"}, ["close-together"]),
        (["one-hot"], set(), set(), ["one-hot"]),
        (["films"], {"films"}, {"popularity", "pca", "fixed"}, []),
        (["films", "one-hot"], {"films"}, {"popularity", "pca", "fixed"}, ["one-hot"]),
        (["pca"], {"films", "words"}, {"pca"}, []),
    ],
)
def test_only_some_studies(
    studied: Suite, only: list[str], experiments: set[str], labels: set[str], studies: list[str]
) -> None:
    chosen = plan(studied, only)
    assert {trial.experiment for trial in chosen} == experiments
    assert {trial.label for trial in chosen} == labels
    assert [study.name for study in plan_studies(studied, only)] == studies


def test_only_an_unknown_study(studied: Suite) -> None:
    with pytest.raises(UnknownNameError, match="study or embedder of this suite 'onehot'; did you mean 'one-hot'"):
        plan(studied, ["onehot"])


def test_dims_and_seeds_of_one_embedder(suite: Write) -> None:
    body = """
dims = [2, 5]
splits = ["holdout"]
tasks = ["ranking"]
embedders = ["random", { name = "pca", dims = [7] }, { name = "als", seeds = [8, 9], dims = [2, 3] }]
"""
    found = [
        (trial.label, trial.params["embedding_dim"], trial.params["random_state"], trial.seed)
        for trial in plan(load_suite(suite(body)))
    ]
    assert found == [
        ("random", 2, 0, 0),
        ("random", 5, 0, 0),
        ("pca", 7, 0, 0),
        *(("als", dim, seed, seed) for dim in (2, 3) for seed in (8, 9)),
    ]


def test_only_an_unknown_name(both: Suite) -> None:
    with pytest.raises(
        UnknownNameError, match="experiment, study or embedder of this suite 'film'; did you mean 'films'"
    ):
        plan(both, ["film"])
    with pytest.raises(UnknownNameError, match="did you mean 'popularity'"):
        plan(both, ["pca", "populaity"])


def test_only_names_that_leave_nothing(both: Suite) -> None:
    with pytest.raises(ToolkitError):
        plan(both, ["words", "fixed"])


def test_a_canonical_fold_is_its_own_method(suite: Write) -> None:
    (trial,) = plan(load_suite(suite('splits = ["u3"]\ntasks = ["ranking"]\nembedders = ["popularity"]')))
    assert (trial.split, trial.fold, trial.split_method, trial.split_options) == ("canonical", "u3", "u3", {})


def test_a_fold_always_has_a_name(suite: Write) -> None:
    body = 'splits = ["kfold"]\ntasks = ["ranking"]\nembedders = ["popularity"]\n'
    assert all(trial.fold for trial in plan(load_suite(suite(body))))


def test_the_seed_is_the_suites_alone(suite: Write) -> None:
    body = 'splits = ["holdout"]\ntasks = ["ranking"]\nembedders = [{ name = "pca", params = { random_state = 7 } }]'
    with pytest.raises(ToolkitError, match="random_state"):
        plan(load_suite(suite(body)))

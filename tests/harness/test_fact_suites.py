"""Suites on facts: their splits, their staging, and a whole run on the family trees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import toolkit as tk
from toolkit.data.staged import open_staged
from toolkit.errors import DataError, ToolkitError, UnknownNameError
from toolkit.harness import Run, load_suite
from toolkit.harness.data import stage_data
from toolkit.harness.plan import plan
from toolkit.tasks import SCORE_FIELDS

Write = Callable[..., Path]
BODY = """
splits = [{ name = "inputs", folds = [1, 7] }]
tasks = ["fact-completion"]
embedders = [
    { name = "family-tree", params = { epochs = 20, n_restarts = 2 } },
    { name = "pca", params = { embedding_dim = 6 } },
    "popularity",
]
"""


@pytest.fixture
def facts(suite: Write) -> Write:
    return lambda body=BODY: suite(body, data="family-trees")


@pytest.mark.parametrize(
    ("split", "folds"),
    [
        ('"inputs"', range(1, 27)),
        ('{ name = "inputs", options = { n_folds = 4 } }', range(1, 5)),
        ('{ name = "inputs", folds = [2, 4], options = { n_folds = 4 } }', [2, 4]),
        ('{ name = "inputs", options = { fold = 3 } }', [3]),
    ],
)
def test_folds_of_a_suite(facts: Write, split: str, folds: range) -> None:
    body = f'splits = [{split}]\ntasks = ["fact-completion"]\nembedders = ["popularity"]'
    (experiment,) = load_suite(facts(body)).experiments
    assert experiment.kind == "triples"
    parts = [part for split in experiment.splits for part in split.parts()]
    assert [part[:2] for part in parts] == [("inputs", str(fold)) for fold in folds]
    assert [part[2]["fold"] for part in parts] == list(folds)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('{ name = "inputs", folds = [1, 7] }', '"holdout"'), "unknown split of triples 'holdout' (known: inputs)"),
        (('{ name = "inputs", folds = [1, 7] }', ""), 'needs splits, such as splits = ["inputs"]'),
        (('"inputs", folds', '"inputs", fold'), "did you mean 'folds'"),
        (("folds = [1, 7]", "options = { n_fold = 3 }"), "'n_fold'; did you mean 'n_folds'"),
        (('"fact-completion"', '"fact-completion", "ranking"'), "mixes tasks on ratings and tasks on facts"),
        (('"fact-completion"', '"fact-completion", "analogies"'), "mixes tasks on words and tasks on facts"),
    ],
)
def test_mistakes_are_named(facts: Write, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ToolkitError) as caught:
        load_suite(facts(BODY.replace(*change)))
    assert message in str(caught.value)


def test_ratings_are_not_split_by_input(suite: Write) -> None:
    with pytest.raises(UnknownNameError, match="unknown split of ratings 'inputs'"):
        load_suite(suite('splits = ["inputs"]\ntasks = ["ranking"]\nembedders = ["popularity"]'))


def test_facts_come_from_the_catalog(suite: Write, films: Path) -> None:
    with pytest.raises(
        UnknownNameError, match="unknown data set of triples 'family-tree'; did you mean 'family-trees'"
    ):
        load_suite(suite(BODY, data="family-tree"))
    with pytest.raises(UnknownNameError, match="unknown data set of triples"):
        load_suite(suite(BODY, data=str(films)))
    with pytest.raises(DataError, match="'lee' holds corpus; triples are needed here"):
        load_suite(suite(BODY, data="lee"))


def test_every_trial_is_given_its_parts(facts: Write, tmp_path: Path) -> None:
    trials = plan(load_suite(facts()))
    described, files = stage_data(trials, tmp_path)
    assert described["family-trees"]["summary"] == "112 facts, 24 subjects, 12 relations"
    assert len(set(files.values())) == 2
    families = tk.load_dataset("family-trees")
    for trial in trials:
        expected = families.split("inputs", fold=int(trial.fold))
        found = [open_staged(path) for path in files[trial.id]]
        assert [part.facts for part in found] == [part.facts for part in expected]
        pd.testing.assert_frame_equal(found[0].attributes, families.attributes)


def test_a_run_on_the_family_trees(facts: Write, tmp_path: Path) -> None:
    run: Run = tk.run(facts(), out=tmp_path / "run", quiet=True)
    assert run.trials["status"].tolist() == ["ok"] * 6, run.trials["error"].tolist()
    scores = run.scores
    assert set(scores["fold"]) == {"1", "7"}
    assert set(scores.loc[scores["metric"] == "right", "n"]) == {4}
    columns = [name for name in SCORE_FIELDS if name != "note"]
    families = tk.load_dataset("family-trees")
    methods = {"family-tree": tk.FamilyTree(epochs=20, n_restarts=2), "pca": tk.PCA(6), "popularity": tk.Popularity()}
    for fold in (1, 7):
        for label, embedder in methods.items():
            expected = tk.evaluate(embedder, families.split("inputs", fold=fold), tasks=["fact-completion"])
            found = scores[(scores["fold"] == str(fold)) & (scores["embedder"] == label)]
            pd.testing.assert_frame_equal(
                found[columns].reset_index(drop=True), expected[columns], check_dtype=False, rtol=1e-9
            )
    vectors = tk.Embedding.load(tmp_path / "run" / "embeddings" / "films-001.person.arrow")
    assert (vectors.entity, vectors.vectors.shape) == ("person", (24, 6))
    run.report(tmp_path / "report.html")
    assert "Fact completion" in (tmp_path / "report.html").read_text()

"""Runs compare what they hold, words are judged on common ground, and a rotation makes no difference."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit import Embedding
from toolkit.cli import main
from toolkit.datasets.wordsets import load_pairs
from toolkit.errors import UnknownNameError
from toolkit.harness import comparisons
from toolkit.harness.common_words import OWN, common_words
from toolkit.harness.plan import plan
from toolkit.harness.suite import load_suite

PAIRS = "cat,dog,9\ncat,car,1\ndog,car,2\nking,queen,8\nking,car,3\nqueen,dog,2\ncat,queen,2.5\n"
WORDS = ["cat", "dog", "car", "king", "queen"]


@pytest.fixture
def worded(tmp_path: Path) -> Path:
    """A suite of two sets of vectors that know other words."""
    rng = np.random.default_rng(1)
    for name, words in (("all", WORDS), ("few", WORDS[:4]), ("none", ["x", "y"])):
        Embedding([*words, f"only-{name}"], rng.standard_normal((len(words) + 1, 3)), "word").save(
            tmp_path / f"{name}.arrow"
        )
    (tmp_path / "pairs.csv").write_text(PAIRS)
    (tmp_path / "text.txt").write_text("cat dog car king queen\n" * 10)
    return tmp_path


def suite(folder: Path, names: tuple[str, ...], more: str = "") -> Path:
    embedders = ", ".join(
        f'{{ name = "pretrained", label = "{name}", params = {{ source = "{folder / name}.arrow" }} }}'
        for name in names
    )
    path = folder / "words.toml"
    path.write_text(f"""
title = "Words"
[[experiments]]
name = "words"
dataset = "{folder / "text.txt"}"
tasks = [{{ name = "word-similarity", options = {{ pairs = ["{folder / "pairs.csv"}"] }} }}]
embedders = [{embedders}{more}]
""")
    return path


def test_words_are_compared_on_common_ground(worded: Path) -> None:
    run = tk.run(suite(worded, ("all", "few")), out=worded / "run", quiet=True)
    assert run.ok
    spearman = run.scores[run.scores["metric"] == "spearman"].set_index(["embedder", "variant"])
    assert spearman["n"].to_dict() == {
        ("all", ""): 4,  # of the seven pairs, those without queen
        ("all", OWN): 7,
        ("few", ""): 4,
        ("few", OWN): 4,
        ("few", "oov=zero"): 7,
        ("few", "oov=mean"): 7,
    }
    common = Embedding.load(worded / "all.arrow").subset(WORDS[:4])
    expected = tk.evaluate_pairs(common, load_pairs(worded / "pairs.csv")).spearman
    assert spearman.loc[("all", ""), "value"] == expected
    (units,) = run.units("words-001")
    assert units.values["cosine"].notna().sum() == 4
    assert run.intervals.loc[run.intervals["metric"] == "spearman", "n"].tolist() == [4, 4]


def test_other_metrics_are_compared_when_asked(worded: Path) -> None:
    run = tk.run(suite(worded, ("all", "few")), out=worded / "run", quiet=True)
    (found,) = run.compare("word-similarity", "pearson").to_dict("records")
    pearson = run.scores[(run.scores["metric"] == "pearson") & (run.scores["variant"] == "")].set_index("embedder")
    assert found["difference"] == pytest.approx(
        pearson.loc[found["first"], "value"] - pearson.loc[found["second"], "value"], abs=1e-12
    )
    assert run.compare("word-similarity")["p"].tolist() == run.differences["p"].tolist()
    assert run.compare("word-similarity", experiment="words")["metric"].tolist() == ["spearman"]
    for arguments, message in (
        (("word-similarty",), "did you mean 'word-similarity'"),
        (("word-similarity", "spearmen"), "did you mean 'spearman'"),
        (("word-similarity", "oov"), "unknown metric of 'word-similarity' that is made of units 'oov'"),
        (("word-similarity", None, "films"), "unknown experiment of this run that is compared 'films'"),
    ):
        with pytest.raises(UnknownNameError, match=message):
            run.compare(*arguments)


def test_a_run_is_compared_again_from_its_units(worded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tk.run(suite(worded, ("all", "few")), out=worded / "run", quiet=True)
    before = {name: (run.path / f"{name}.csv").read_text() for name in ("intervals", "differences", "strata", "ranks")}
    for name in before:
        (run.path / f"{name}.csv").unlink()
    assert main(["report", str(run.path), "--recompare", "--format", "md"]) == 0
    assert {name: (run.path / f"{name}.csv").read_text() for name in before} == before
    shutil.rmtree(run.path / "units")
    assert main(["report", str(run.path), "--recompare"]) == 2
    assert "keeps no units, from which differences could be tested" in capsys.readouterr().err


def test_the_same_words_are_judged_once(worded: Path) -> None:
    (worded / "again.arrow").write_bytes((worded / "few.arrow").read_bytes())
    run = tk.run(suite(worded, ("few", "again")), out=worded / "run", quiet=True)
    assert OWN not in set(run.scores["variant"])
    assert not run.steps["step"].str.startswith("common").any()


def test_no_word_in_common(worded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tk.run(suite(worded, ("few", "none")), out=worded / "run")
    assert "the methods of words have no word in common; each is judged over its own" in capsys.readouterr().err
    assert OWN not in set(run.scores["variant"])


def test_common_words_by_hand(worded: Path) -> None:
    trials = plan(load_suite(suite(worded, ("all", "few"))))
    found, apart = common_words(trials, {"words-001": ["A", "b", "c"], "words-002": ["B", "C", "d"]})
    assert found == dict.fromkeys(["words-001", "words-002"], frozenset({"B", "C"}))
    assert apart == []
    assert common_words(trials, {"words-001": ["A"], "words-002": ["a"]}) == ({}, [])
    assert common_words(trials, {"words-001": ["a"], "words-002": ["b"]}) == ({}, ["words"])
    assert common_words(trials, {"words-001": ["a"]}) == ({}, [])
    assert common_words(trials, {}) == ({}, [])


def test_a_step_that_fails_is_a_row_with_its_reason(worded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "compare_step", no_comparison)
    run = tk.run(suite(worded, ("all", "few")), out=worded / "run", quiet=True)
    failed = run.steps[run.steps["status"] != "ok"]
    assert failed["error"].tolist() == ["ValueError: no such comparison"]
    assert run.failures == 1
    assert run.differences.empty
    assert "no such comparison" in next((run.path / "errors").iterdir()).read_text()


def test_a_method_that_cannot_be_judged_on_common_ground_is_not_compared(
    worded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparisons, "judge_step", no_comparison)
    run = tk.run(suite(worded, ("all", "few")), out=worded / "run", quiet=True)
    assert run.failures == 2
    assert "" not in set(run.scores["variant"])
    assert run.intervals.empty
    assert run.units("words-001") == []


@pytest.mark.parametrize("name", ["x" * 250, "a/b"])
def test_a_step_of_any_name_keeps_its_trace(worded: Path, name: str) -> None:
    run = tk.run(suite(worded, ("few",)), out=worded / "run", quiet=True)
    writer = comparisons.StepWriter(run.path)
    writer.add(comparisons.Step(name, "failed", "no", trace="why"))
    (kept,) = (run.path / "errors").iterdir()
    assert kept.read_text() == f"{name}\nwhy"


def no_comparison(*arguments: object) -> None:
    raise ValueError("no such comparison")


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory, movielens: tk.Ratings, lee: tk.Corpus) -> pd.DataFrame:
    """Differences between vectors and the same vectors, rotated at random, by all tasks on ratings and on words."""
    folder = tmp_path_factory.mktemp("rotated")
    rng = np.random.default_rng(5)
    train, _ = movielens.split("u1")
    learned = {
        "item": tk.make_embedder("pca", embedding_dim=12).fit(train),
        "word": tk.make_embedder("ppmi-svd").fit(lee),
    }
    text = 'title = "Rotated"\n'
    for entity, embedder in learned.items():
        vectors = embedder.embedding(entity)
        turn, _ = np.linalg.qr(rng.standard_normal((vectors.dim, vectors.dim)))
        vectors.save(folder / f"{entity}.arrow")
        Embedding(vectors.keys, vectors.vectors @ turn, entity).save(folder / f"{entity} turned.arrow")
        named = ", ".join(
            f'{{ name = "pretrained", label = "{label}", params = {{ source = "{folder / label}.arrow" }} }}'
            for label in (entity, f"{entity} turned")
        )
        dataset, tasks = {
            "item": ('"movielens-100k"\nsplits = ["u1"]', '"rating-prediction", "ranking", "item-similarity"'),
            "word": (
                '"lee"',
                '{ name = "word-similarity", options = { pairs = ["wordsim353", "simlex999", "men"] } }, "analogies"',
            ),
        }[entity]
        text += f'[[experiments]]\nname = "{entity}"\ndataset = {dataset}\ntasks = [{tasks}]\nembedders = [{named}]\n'
    (folder / "rotated.toml").write_text(text)
    run = tk.run(folder / "rotated.toml", out=folder / "run", quiet=True)
    assert run.ok
    return run.differences


def test_a_rotation_makes_no_difference_to_any_task(rotated: pd.DataFrame) -> None:
    same = rotated[(rotated["first_readout"] == rotated["second_readout"])]
    assert set(same["task"]) == {"rating-prediction", "ranking", "item-similarity", "word-similarity", "analogies"}
    assert (same["first"].str.removesuffix(" turned") == same["second"].str.removesuffix(" turned")).all()
    assert (same["p_holm"] == 1).all()
    assert same["difference"].abs().max() < 1e-3


def test_but_readouts_differ_on_the_same_vectors(rotated: pd.DataFrame) -> None:
    other = rotated[(rotated["first_readout"] != rotated["second_readout"]) & (rotated["task"] == "rating-prediction")]
    assert (other["p_holm"] < 0.05).any()

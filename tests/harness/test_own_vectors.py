"""A first look at one's own vectors and texts."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit import Embedding
from toolkit.data import WordPairs
from toolkit.datasets.vocabulary import load_vocabulary
from toolkit.errors import DataError, FetchError, ParameterError, ToolkitError
from toolkit.harness.deadline import Deadline
from toolkit.harness.own.prepared import Budget, Wishes
from toolkit.harness.own.texts import prepare_text
from toolkit.harness.own.vectors import labels_of, prepare_vectors
from toolkit.harness.own.wordsets import gather_sets
from toolkit.vectors import save_vectors

LOOK: dict[str, Any] = {"workers": 1, "quiet": True}


@pytest.fixture(scope="module")
def words() -> list[str]:
    """The words of WordSim-353."""
    pairs = tk.load_dataset("wordsim353")
    assert isinstance(pairs, WordPairs)
    return list(dict.fromkeys([*pairs.first, *pairs.second]))


def vectors(keys: list[str], dim: int = 8, seed: int = 0, entity: str = "word") -> Embedding:
    return Embedding(keys, np.random.default_rng(seed).standard_normal((len(keys), dim)), entity)


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge words by one set of pairs alone, which takes no time."""
    monkeypatch.setattr("toolkit.harness.own.wordsets.PAIRS", ("wordsim353",))
    monkeypatch.setattr("toolkit.harness.own.wordsets.QUESTIONS", ())


@pytest.mark.usefixtures("sets")
def test_words_in_three_formats(tmp_path: Path, words: list[str]) -> None:
    names = [str(tmp_path / name) for name in ("a.txt", "b.bin", "c.arrow")]
    for seed, (name, keys) in enumerate(zip(names, (words, words[:300], words[20:]), strict=True)):
        save_vectors(vectors(keys, 8 + seed, seed), name)
    (tmp_path / "mine.tsv").write_text("".join(f"{words[n]}\t{words[n + 30]}\t{n}\n" for n in range(20, 60)))
    (tmp_path / "asked.txt").write_text(": mine\n" + "".join(f"{' '.join(words[n : n + 4])}\n" for n in range(20, 60)))
    own = {"pairs": [tmp_path / "mine.tsv"], "analogies": [tmp_path / "asked.txt"]}
    run = tk.compare(*names, **own, out=tmp_path / "run", **LOOK)
    assert run.ok
    assert set(run.trials["embedder"]) == {"random", "shuffled a", "a", "b", "c"}
    assert set(run.scores["target"]) == {"", "wordsim353", "mine", "asked"}
    assert set(run.scores["task"]) == {"geometry", "word-similarity", "analogies"}
    kept = [run.embedding(trial, "word") for trial in run.trials["trial"]]
    assert all(one.keys.equals(kept[0].keys) for one in kept)
    assert list(kept[0].keys) == words[20:300]
    read = run.trials.set_index("embedder").loc["b", "trial"]
    np.testing.assert_array_equal(run.embedding(read, "word").vectors, tk.load_vectors(names[1]).vectors[20:])
    assert "280 keys stand in each" in run.info["suite"]["description"]
    assert "Word similarity: WordSim-353" in run.report(tmp_path / "run" / "report.md").read_text()


@pytest.mark.usefixtures("sets")
def test_keys_that_are_no_words(tmp_path: Path) -> None:
    keys = [f"sku-{n}" for n in range(30)]
    vectors(keys, entity="product").save(tmp_path / "a.arrow")
    save_vectors(vectors(keys[::-1], seed=1), tmp_path / "b.txt")
    run = tk.compare(tmp_path / "a.arrow", tmp_path / "b.txt", out=tmp_path / "run", **LOOK)
    assert run.ok
    assert set(run.scores["task"]) == {"geometry"}
    assert {run.embedding(trial, "item").entity for trial in run.trials["trial"]} == {"item"}
    for kind in ("md", "html", "csv", "latex"):
        text = run.report(tmp_path / f"report.{kind}", kind).read_text()
        assert "nan" not in text or kind == "html"
    text = (tmp_path / "report.md").read_text()
    assert "No number here is better high than low" in text
    assert "no words of English" in text


@pytest.mark.usefixtures("sets")
def test_items_with_attributes(tmp_path: Path, words: list[str]) -> None:
    vectors(words).save(tmp_path / "a.arrow")
    table = pd.DataFrame({"id": words, "genres": ["x|y" if n % 2 else "z" for n in range(len(words))]})
    table.to_csv(tmp_path / "items.csv", index=False)
    run = tk.compare(tmp_path / "a.arrow", items=tmp_path / "items.csv", out=tmp_path / "run", **LOOK)
    assert set(run.scores["task"]) == {"item-similarity", "geometry"}
    assert run.ok
    table.assign(id=range(len(words))).to_csv(tmp_path / "items.csv", index=False)
    with pytest.raises(DataError, match="none of the keys stands in the table of items"):
        prepare_vectors([str(tmp_path / "a.arrow")], Wishes(items=str(tmp_path / "items.csv")))


def test_labels() -> None:
    assert labels_of(["a.txt", "b.bin"]) == ["a", "b"]
    assert labels_of(["a.txt", "a.bin"]) == ["a.txt", "a.bin"]
    assert labels_of(["x/a.txt", "y/a.txt"]) == ["x/a.txt", "y/a.txt"]
    assert labels_of(["random.txt"]) == ["random.txt"]


@pytest.mark.usefixtures("sets")
def test_what_is_refused(tmp_path: Path) -> None:
    for name, keys in (("a", [f"a{n}" for n in range(20)]), ("b", [f"b{n}" for n in range(20)]), ("c", ["a1", "b1"])):
        save_vectors(vectors(keys), tmp_path / f"{name}.txt")
    a, b, c = (str(tmp_path / f"{name}.txt") for name in "abc")
    with pytest.raises(DataError, match=r"b.txt: no key in common with .*a.txt; such as 'b0' here, 'a0' there"):
        prepare_vectors([a, b], Wishes())
    with pytest.raises(DataError, match="have 1 keys in common; at least 12 are needed"):
        prepare_vectors([a, c], Wishes())
    with pytest.raises(DataError, match=r"nowhere\.tsv: no such file"):
        prepare_vectors([a], Wishes(pairs=(str(tmp_path / "nowhere.tsv"),)))
    (tmp_path / "wordsim353.tsv").write_text("a\tb\t1\n")
    with pytest.raises(ParameterError, match="is called like another set of words; rename it"):
        prepare_vectors([a], Wishes(pairs=(str(tmp_path / "wordsim353.tsv"),)))


def test_a_set_that_cannot_be_fetched_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> Any:
        if name == "men":
            raise FetchError("no network")
        return tk.load_dataset("wordsim353")

    monkeypatch.setattr("toolkit.harness.own.wordsets.load_dataset", load)
    found = gather_sets(Wishes())
    assert "men" not in found.pairs
    assert found.missing == ("left out, as they could not be fetched: men",)
    assert [task.name for task in found.tasks()] == ["word-similarity", "analogies"]


def test_a_vocabulary_of_files(tmp_path: Path) -> None:
    save_vectors(vectors(["x", "y", "z"]), tmp_path / "a.txt")
    save_vectors(vectors(["z", "q", "x"]), tmp_path / "b.txt")
    found = load_vocabulary(tmp_path / "a.txt", others=[tmp_path / "b.txt"], entity="item")
    assert (list(found.keys), found.name, found.entity) == (["x", "z"], "a", "item")
    assert list(load_vocabulary(tmp_path / "a.txt", limit=1).keys) == ["x"]


PROSE = "The old king said to the queen: my dear tiger, the cat sat by the sea on Monday. A car is an automobile!\n"
TOKENS = "the king and the queen saw a tiger and a cat by the sea in a car or automobile\n"


@pytest.mark.usefixtures("sets")
@pytest.mark.parametrize(("text", "tokenizer"), [(PROSE, "words"), (TOKENS, "whitespace")])
def test_texts(tmp_path: Path, text: str, tokenizer: str) -> None:
    more = "".join(f"w{n} and w{n + 1} of w{n % 7}\n" * 6 for n in range(60))
    with gzip.open(tmp_path / "corpus.txt.gz", "wt") as stream:
        stream.write(text * 30 + more)
    run = tk.compare(tmp_path / "corpus.txt.gz", only=["random", "ppmi-svd"], out=tmp_path / "run", **LOOK)
    assert run.ok
    (experiment,) = run.info["suite"]["experiments"]
    assert experiment["options"]["tokenizer"] == tokenizer
    assert run.scores["value"].notna().any()
    assert "trained on" in run.report(tmp_path / "run" / "report.md").read_text().lower()


@pytest.mark.usefixtures("sets")
def test_texts_that_are_too_short(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one two three " * 9)
    budget = Budget(Deadline(time.monotonic() + 60, 1), 1)
    with pytest.raises(DataError, match="3 words occur five times or more; 50 are needed to compare anything, as a"):
        prepare_text(str(tmp_path / "a.txt"), Wishes(), budget)
    (tmp_path / "a.txt").write_text("all of these words stand here once")
    with pytest.raises(DataError, match=r"a\.txt: 0 words occur five times or more; 50 are needed"):
        prepare_text(str(tmp_path / "a.txt"), Wishes(), budget)
    (tmp_path / "a.txt").write_bytes(b"caf\xe9 " * 60)
    with pytest.raises(ToolkitError, match="not UTF-8 text"):
        prepare_text(str(tmp_path / "a.txt"), Wishes(), budget)

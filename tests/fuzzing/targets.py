"""What is fuzzed: every reader, how its files are called, what valid ones look like, and a use of what it gives.

Shared by the tests here and by ``benchmarks/faults/fuzz.py``.
"""

from __future__ import annotations

import gzip
import lzma
from bz2 import compress as bzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import toolkit as tk
from tests.fuzzing.valid import (
    CORPUS,
    DATED,
    FACTS,
    GLOVE,
    ITEMS,
    RATINGS,
    RUN_FILES,
    SUITE,
    W2V,
    WIKI,
    catalogs,
    frozen,
    models,
    packed,
    parquets,
    run_files,
    saved,
    suites,
    texts,
    zipped,
)
from toolkit.datasets.catalog import read_catalog
from toolkit.datasets.files import DataFile
from toolkit.datasets.guessing import guess_columns
from toolkit.datasets.items import guess_items, read_items
from toolkit.datasets.load import read_triples
from toolkit.datasets.samples import read_sample
from toolkit.datasets.wikipedia import read_wikipedia
from toolkit.errors import DataError
from toolkit.harness.own.inputs import kind_of
from toolkit.harness.suite import load_suite
from toolkit.report.model import read_results
from toolkit.report.write import write_report
from toolkit.vectors import SubwordEmbedding

NASTY = Path(__file__).parent / "nasty"


@dataclass(frozen=True)
class Target:
    """A reader that may be given anything.

    Parameters
    ----------
    name : str
        What it is called; its nasty files begin with this name and two hyphens.
    suffix : str
        How its files end.
    read : callable
        Reads a file and uses what it gives.
    seeds : callable
        Writes valid files into a folder, and returns their contents.
    inputs : int, default 2000
        How many the tests give it.
    """

    name: str
    suffix: str
    read: Callable[[Path], object]
    seeds: Callable[[Path], Sequence[bytes]]
    inputs: int = 2000

    def corpus(self, folder: Path) -> list[bytes]:
        """Return the contents of its valid files and of its nasty ones."""
        folder.mkdir(parents=True, exist_ok=True)
        return [*self.seeds(folder), *(path.read_bytes() for path in self.nasty())]

    def nasty(self) -> list[Path]:
        """Return its nasty files."""
        return sorted(NASTY.glob(f"{self.name}--*"))

    def material(self, folder: Path) -> list[bytes]:
        """Return what damage is done to: all of them but the bombs, which take their time each time."""
        folder.mkdir(parents=True, exist_ok=True)
        return [*self.seeds(folder), *(path.read_bytes() for path in self.nasty() if "bomb" not in path.name)]


def use_vectors(embedding: tk.Embedding) -> None:
    """Look at every number of an embedding, and at a key's neighbours."""
    assert embedding.vectors.shape == (len(embedding.keys), embedding.dim)
    embedding.fingerprint()
    float(np.abs(embedding.vectors).sum(dtype=np.float64))
    embedding._repr_html_()
    if len(embedding):
        embedding.neighbors(embedding.keys[0], 3)
        embedding.subset(embedding.keys[:2])


def vectors(name: str | None = None, **options: Any) -> Callable[[Path], object]:
    """Return a reader of vectors of a format, or of any."""

    def read(path: Path) -> object:
        found = tk.load_vectors(path, name, **options)
        _used(path, lambda: use_vectors(found))
        return tk.load_vectors(path, name, limit=1)

    return read


def subwords(path: Path) -> None:
    """Read a fastText model, and make up a vector."""
    found = tk.load_vectors(path, "fasttext-bin", subwords=True)
    _used(path, lambda: use_vectors(found))
    if isinstance(found, SubwordEmbedding):
        _used(path, lambda: found.infer(["catalogue", "cat"]))


def use_ratings(found: tk.Ratings) -> None:
    """Look at all ratings, in both views, and divide them."""
    found.fingerprint()
    found._repr_html_()
    if len(found) > 1 and found.explicit:
        found.split("holdout", test_size=0.5, random_state=0)
    for part in found.sequences():
        len(part)
    float(found.matrix().csr.sum())


def ratings(path: Path) -> None:
    """Read ratings, and ratings taken as events."""
    _each(
        lambda: _ratings(path),
        lambda: _ratings(path, rating=False, timestamp=False),
    )


def _ratings(path: Path, **options: Any) -> None:
    found = tk.load_ratings(path, distinct=True, **options)
    _used(path, lambda: use_ratings(found))


def items(path: Path) -> None:
    """Read a table of items in each form."""
    _each(
        lambda: read_items(DataFile(path)).to_csv(),
        lambda: guess_items(path).sentence,
        lambda: read_items(DataFile(path), "u.item", "iso-8859-1").to_csv(),
    )


def guessed(path: Path) -> None:
    """Tell what somebody's file holds, as ``toolkit compare`` does, and guess the columns of a table."""
    _each(lambda: kind_of([str(path)]), lambda: _guess(path))


def _guess(path: Path) -> None:
    sample = read_sample(path)
    _used(path, lambda: guess_columns(sample.columns, sample.frame, header=sample.header))


def corpus(path: Path) -> None:
    """Read a text with each tokenizer."""
    for tokenizer in ("whitespace", "words", "simple"):
        _use_corpus(tk.load_corpus(path, min_count=1, tokenizer=tokenizer))


def wikipedia(path: Path) -> None:
    """Read a dump of a Wikipedia."""
    _use_corpus(read_wikipedia("wiki", [DataFile(path)], min_count=1))


def _use_corpus(found: tk.Corpus) -> None:
    found.fingerprint()
    found.matrix()


def triples(path: Path) -> None:
    """Read facts from a file, and what is known of persons from the same."""
    found = read_triples("facts", [DataFile(path), DataFile(path)])
    found.fingerprint()
    found.sequences()
    found.matrix()


def suite(path: Path) -> None:
    """Read a suite, and its quick version."""
    _each(lambda: load_suite(path).model_dump_json(), lambda: load_suite(path, quick=True))


def _each(*calls: Callable[[], object]) -> None:
    """Call all; raise what the first raised if none gave a value."""
    errors = []
    for call in calls:
        try:
            call()
        except tk.ToolkitError as error:
            errors.append(error)
    if len(errors) == len(calls):
        raise errors[0]


def _run_with(path: Path) -> tuple[Path, str]:
    """Return a run in which one file is that of an input, and which; links stand for the others."""
    name, _, content = path.read_bytes().partition(b"\n")
    known = dict(zip(map(str.encode, RUN_FILES), RUN_FILES, strict=True))
    chosen = known.get(name) or RUN_FILES[sum(name) % len(RUN_FILES)]
    valid, run = path.parent / "valid", path.parent / "run"
    for file in valid.rglob("*"):
        place = run / file.relative_to(valid)
        if file.is_file() and not place.is_symlink():
            place.unlink(missing_ok=True)  # of the input before, which a map may still show
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file)
    (run / chosen).unlink(missing_ok=True)
    (run / chosen).write_bytes(content)
    return run, chosen


def run_directory(path: Path) -> None:
    """Open a run and read from it what the input is for, then the tables that go with it."""
    folder, chosen = _run_with(path)
    run = tk.open_run(folder)
    if chosen.startswith("units"):
        for units in run.units("films-000"):
            units.table.to_csv()
    elif chosen.startswith("embeddings"):
        found = run.embedding("films-000", "item")
        _used(path, lambda: use_vectors(found))
    elif chosen.startswith("studies/"):
        run.study("size")
    else:
        name = chosen.split(".")[0].split("/")[0]
        getattr(run, "info" if name == "run" else name)
        if name in ("run", "trials", "scores"):  # which the others refer to
            read_results(run.path)
            bool(run.ok)


def report(path: Path) -> None:
    """Write the report of a run, and compare what its units say."""
    run, _ = _run_with(path)
    write_report(run, path.parent / "report.md")
    tk.open_run(run).compare("rating-prediction", "rmse")


def _used(path: Path, call: Callable[[], object]) -> None:
    """Call what does not know from which file that is which it looks at."""
    try:
        call()
    except tk.ToolkitError as error:
        raise DataError(str(error), path) from error


TARGETS = {
    target.name: target
    for target in (
        Target("vectors-text", ".txt", vectors(), texts(W2V, GLOVE)),
        Target("vectors-any", "", vectors(), saved("word2vec", "word2vec-bin", "glove", "arrow", "npz")),
        Target("vectors-vec", ".vec", vectors(), texts(W2V)),
        Target("vectors-bin", ".bin", vectors(), saved("word2vec-bin")),
        Target("vectors-fasttext", ".bin", subwords, models),
        Target("vectors-arrow", ".arrow", vectors(), saved("arrow")),
        Target("vectors-npz", ".npz", vectors(), saved("npz")),
        Target("vectors-gz", ".txt.gz", vectors(), packed(gzip.compress, W2V, GLOVE)),
        Target("vectors-bz2", ".txt.bz2", vectors(), packed(bzip, W2V, GLOVE)),
        Target("vectors-xz", ".txt.xz", vectors(), packed(lzma.compress, W2V, GLOVE)),
        Target("vectors-zip", ".zip", vectors(), packed(lambda content: zipped(("v.txt", content)), W2V, GLOVE)),
        Target(
            "ratings-csv", ".csv", ratings, texts(RATINGS, DATED, RATINGS.replace(",", ";"), RATINGS.replace(",", " "))
        ),
        Target(
            "ratings-inter", ".inter", ratings, texts("user_id:token\titem_id:token\trating:float\nu\tx\t5\nv\ty\t1\n")
        ),
        Target(
            "ratings-dat", ".dat", ratings, texts("1::1193::5::978300760\n1::661::3::978302109\n2::661::4::978300275\n")
        ),
        Target("ratings-parquet", ".parquet", ratings, parquets),
        Target("ratings-zip", ".csv.zip", ratings, packed(lambda content: zipped(("r.csv", content)), RATINGS)),
        Target(
            "items",
            ".csv",
            items,
            texts(ITEMS, "item_id:token\tmovie_title:token_seq\tclass:token_seq\nx\tHeat\tA B\n"),
        ),
        Target("own-table", ".csv", guessed, texts(RATINGS, ITEMS, GLOVE, W2V, CORPUS)),
        Target("corpus", ".txt", corpus, texts(CORPUS)),
        Target("corpus-gz", ".txt.gz", corpus, packed(gzip.compress, CORPUS)),
        Target("wikipedia", ".xml", wikipedia, texts(WIKI)),
        Target(
            "pairs", ".csv", lambda path: tk.load_pairs(path).fingerprint(), texts("# x\ncat\tdog\t7.5\na,b,1\nc d 2\n")
        ),
        Target(
            "analogies",
            ".txt",
            lambda path: tk.load_analogies(path).fingerprint(),
            texts(": capital\na b c d\n: gram1\ne f g h\n"),
        ),
        Target("triples", ".tsv", triples, texts(FACTS)),
        Target("suite-toml", ".toml", suite, lambda folder: [SUITE.encode(), *suites(folder)]),
        Target("suite-json", ".json", suite, frozen),
        Target("catalog", ".toml", read_catalog, catalogs),
        Target("run", ".run", run_directory, run_files),
        Target("report", ".run", report, run_files, 60),
    )
}

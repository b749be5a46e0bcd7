"""The examples of README and docs: Python and commands are run, and what a page shows must be what comes out.

A page is one test, as its blocks build on each other. In a page,

- a block ``python`` is executed, in the names of the blocks before it; with ``>>>``, outputs are compared;
- a block ``console`` is executed: each line that begins with ``$ toolkit``, and what it prints is compared;
- a block ``sh`` is not executed, as it may take long, but each ``toolkit`` command must be one that the parser takes,
  up to a ``>`` that sends what it prints to a file;
- a block ``toml`` is parsed;
- a block with a caption is a file of that name, in the folder where the rest of the page is run.

``<!-- skip: next -->`` before a block leaves it out.
"""

from __future__ import annotations

import contextlib
import doctest
import gzip
import io
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.myst.lexers import DirectiveLexer

import toolkit as tk
from toolkit import cli
from toolkit.metrics import base as metrics
from toolkit.tasks import base as tasks

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts)]
RUN = """
title = "Quickstart"
[[experiments]]
name = "films"
dataset = "movielens-100k"
splits = ["u1"]
tasks = [{ name = "ranking", options = { readouts = ["cosine"] } }]
embedders = ["truncated-svd", "random"]
"""
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Commands(CodeBlockParser):
    """Commands that are run, and what they print."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        """Run each command, and compare."""
        for command, wanted in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", example.parsed, re.MULTILINE):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                code = cli.main(arguments_of(command))
            if code:
                return f"{command} ended with exit code {code}"
            if not doctest.OutputChecker().check_output(wanted.rstrip() + "\n", out.getvalue(), FLAGS):
                return f"{command} printed\n{out.getvalue()}\nand not\n{wanted}"
        return None


class Requests(CodeBlockParser):
    """Commands that are only parsed."""

    language = "sh"

    def evaluate(self, example: Example) -> None:
        """Parse each; what the parser does not take ends in SystemExit."""
        for line in example.parsed.replace("\\\n", " ").splitlines():
            if line.startswith("toolkit "):
                cli._parser().parse_args(arguments_of(line.partition(" > ")[0]))


class Tables(CodeBlockParser):
    """Parts of suites and of other TOML files."""

    language = "toml"

    def evaluate(self, example: Example) -> None:
        """Parse it; what is no TOML ends in an error."""
        tomllib.loads(example.parsed)


def files(document: Document) -> Iterator[Region]:
    """Yield the blocks that have a caption; each is written to a file of that name."""
    for region in DirectiveLexer("code-block")(document):
        if "caption" in region.lexemes["options"]:
            yield Region(region.start, region.end, region.lexemes, written)


def written(example: Example) -> None:
    path = Path(example.parsed["options"]["caption"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed["source"], encoding="utf-8")
    if path.suffix == ".py":
        compile(example.parsed["source"], path, "exec")


def arguments_of(command: str) -> list[str]:
    """Return the arguments of a command line, which must be the toolkit's."""
    name, *arguments = shlex.split(command, comments=True)
    assert name == "toolkit", f"{command!r} is no command of the toolkit"
    return arguments


def of_the_readme() -> dict[str, Any]:
    """What the examples of the README take for the reader's own: a text, vectors, a network, answers, a run."""
    import torch

    sentences = tk.load_dataset("lee").sequences()
    with gzip.open("my-text.txt.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(" ".join(sentence) + "\n" for sentence in sentences)
    vectors = tk.load_dataset("glove-6b-50d", limit=1000)
    with gzip.open("wiki.en.vec.gz", "wt", encoding="utf-8") as stream:
        stream.write(f"{len(vectors)} {vectors.dim}\n")
        stream.writelines(
            f"{key} {' '.join(map(str, row))}\n" for key, row in zip(vectors.keys, vectors.vectors, strict=True)
        )
    Path("quickstart.toml").write_text(RUN, encoding="utf-8")
    tk.run("quickstart.toml", workers=1, quiet=True)
    torch.manual_seed(0)
    network = torch.nn.Module()
    network.items = torch.nn.Embedding(1682, 8)
    rng = np.random.default_rng(0)
    return {
        "network": network,
        "item_keys": [str(number) for number in range(1, 1683)],
        "questions": [f"question {number}" for number in range(100)],
        "mine_right": rng.integers(0, 2, 100),
        "theirs_right": rng.integers(0, 2, 100),
    }


GIVEN: dict[str, Callable[[], dict[str, Any]]] = {"README.md": of_the_readme}
SYBIL = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=FLAGS), Commands(), Requests(), Tables(), files, SkipParser()],
    encoding="utf-8",
)


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run in an empty folder, and forget what the page has imported from there and registered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("toolkit.tasks.base._TASKS", dict(tasks._TASKS))
    monkeypatch.setattr("toolkit.metrics.base._METRICS", dict(metrics._METRICS))
    yield
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(tmp_path):
            del sys.modules[name]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples(path: Path) -> None:
    document = SYBIL.parse(path)
    document.namespace.update(GIVEN.get(path.name, dict)())
    for example in document.examples():
        example.evaluate()

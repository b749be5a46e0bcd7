"""Whatever the bytes, every reader gives a value or an error of ours that names the file: 2,000 inputs for each.

All are read in processes of their own (`batch`), so that a crash is one of that reader. The inputs are the same in
every run. More of them: ``tox -e fuzz``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzing.batch import alarmed, feed
from tests.fuzzing.make_nasty import nasty
from tests.fuzzing.mutations import CHANGES, WORDS, damaged
from tests.fuzzing.targets import NASTY, TARGETS

ROOT = Path(__file__).parents[2]
READERS = [name for name in TARGETS if name != "report"]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What came of all batches, by reader."""
    kept = tmp_path_factory.mktemp("faults")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.fuzzing.batch", "--out", str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=1200)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [line["reader"] for line in lines] == list(TARGETS), done.stderr[-3000:]
    return {line["reader"]: {**line, "kept": kept} for line in lines}


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_give_a_value_or_an_error_of_ours(found: dict[str, dict[str, Any]], name: str) -> None:
    one = found[name]
    told = "\n".join(f"{fault['kind']}\n{fault['error']}" for fault in one["faults"])
    assert not one["faults"], f"inputs are kept in {one['kept']}\n{told}"
    assert (one["crashes"], one["hangs"], one["others"]) == (0, 0, 0)
    assert one["inputs"] >= TARGETS[name].inputs
    assert 0 < one["values"] < one["inputs"]  # else nothing was fuzzed but one way out
    assert one["peak_mb"] < 700


@pytest.mark.parametrize("name", READERS)
def test_valid_files_are_read(tmp_path: Path, name: str) -> None:
    target = TARGETS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for content in target.seeds(tmp_path):
            assert feed(target, content, tmp_path), content[:100]


# what is made of bytes that come from nowhere, rather than of valid files
PARTS = st.sampled_from(WORDS) | st.text(max_size=8).map(lambda text: text.encode(errors="surrogatepass"))
CONTENTS = st.binary(max_size=200) | st.lists(PARTS | st.binary(max_size=8), max_size=12).map(b"".join)


@pytest.mark.parametrize("name", READERS)
def test_any_bytes_give_a_value_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    target, folder = TARGETS[name], tmp_path_factory.mktemp(name)
    valid = target.corpus(folder)

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(CONTENTS, st.sampled_from(valid), st.sampled_from([0, 10, 100, 100_000]))
    def read(content: bytes, head: bytes, length: int) -> None:
        with warnings.catch_warnings(), alarmed():
            warnings.simplefilter("ignore")
            feed(target, head[:length] + content, folder)

    read()


def test_nasty_files_are_small_and_belong_to_a_reader() -> None:
    files = sorted(NASTY.iterdir())
    assert {path.name.partition("--")[0] for path in files} <= set(TARGETS)
    assert max(path.stat().st_size for path in files) < 20_000
    assert sum(path.stat().st_size for path in files) < 200_000
    assert {name for name in nasty() if not any(path.name.startswith(name) for path in files)} == set()


def test_damage_is_the_same_for_the_same_seed_and_seldom_none() -> None:
    corpus = [b"cat 1 2\ndog 3 4\n", b"\0\1\2"]
    made = [damaged(corpus, seed) for seed in range(300)]
    assert made == [damaged(corpus, seed) for seed in range(300)]
    assert len(set(made)) > 150
    assert len(CHANGES) == 10

"""What is opened: regular files alone, unpacked within bounds."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit as tk
from toolkit import inputs
from toolkit.datasets.catalog import read_catalog
from toolkit.datasets.items import guess_items
from toolkit.datasets.samples import read_sample
from toolkit.errors import DataError
from toolkit.harness.suite import load_suite
from toolkit.inputs import bound, check_regular, read_structured

READERS: list[tuple[Callable[[Path], object], str]] = [
    *((tk.load_vectors, suffix) for suffix in ("", ".txt", ".bin", ".arrow", ".npz", ".zip", ".txt.gz", ".kv")),
    *((tk.load_ratings, suffix) for suffix in (".csv", ".parquet", ".csv.xz")),
    *((tk.load_corpus, ".txt"), (tk.load_pairs, ".txt"), (tk.load_analogies, ".txt"), (guess_items, ".csv")),
    *((read_sample, ".csv"), (read_sample, ".parquet"), (load_suite, ".toml"), (load_suite, ".json")),
    *((read_catalog, ".toml"), (tk.Embedding.load, ".arrow")),
]


@pytest.mark.parametrize(("read", "suffix"), READERS, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, read: Callable[[Path], object], suffix: str
) -> None:
    pipe, loop, folder = (tmp_path / f"{name}{suffix}" for name in ("pipe", "loop", "folder"))
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    folder.mkdir()
    for path, problem in ((pipe, "it is no regular file"), (folder, "it is a folder"), (loop, "symbolic links")):
        with pytest.raises(DataError, match=rf"{path.name}: cannot be read: .*{problem}"):
            read(path)
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / f"absent{suffix}")


def test_names_that_no_file_can_have() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        check_regular("a\0b")
    with pytest.raises(DataError, match="cannot be read"):
        check_regular("a" * 5000)


@pytest.mark.parametrize("times", [0.5, 2])
def test_the_limit_of_what_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    monkeypatch.setattr(inputs, "ALWAYS", 0)
    path = tmp_path / "t.txt.gz"
    path.write_bytes(gzip.compress(b"a b " * 100_000))
    monkeypatch.setattr(inputs, "RATIO", int(400_000 / path.stat().st_size / times))
    if times < 1:
        assert len(tk.load_corpus(path).codes) == 200_000
    else:
        limit = f"{bound(path.stat().st_size):,} bytes"
        with pytest.raises(DataError, match=f"t.txt.gz: unpacks to more than {limit}.*unpack it and give the file"):
            tk.load_corpus(path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1, "b": {"a": 1, "a": 2}}', "the key 'a' stands twice"),
        ('{"a": "\\ud800"}', "surrogates"),
        ("[1]", "holds no table at its top"),
        ("[" * 100_000, "nest too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "4300 digits"),
    ],
)
def test_json_that_nothing_can_hold(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=rf"a\.json: .*{problem}"):
        read_structured(tmp_path / "a.json", "json")


def test_keys_of_toml_with_dots(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a.b.c = '" + "x. y." * 20 + "'\n")
    assert read_structured(path, "toml")["a"]["b"]["c"].startswith("x. y.")
    path.write_text("a." * 100 + "b = 1")
    with pytest.raises(DataError, match="nest too deeply"):
        read_structured(path, "toml")

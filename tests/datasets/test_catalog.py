from __future__ import annotations

import inspect
from collections import defaultdict
from pathlib import Path, PurePosixPath

import pydantic
import pytest

from toolkit.datasets import dataset_info
from toolkit.datasets.catalog import UrlSource, catalog, read_catalog
from toolkit.datasets.load import OPTIONS, READERS
from toolkit.errors import DataError, UnknownNameError

ENTRY = """
[tiny]
title = "Tiny"
kind = "pairs"
licence = "MIT"
link = "https://example.org/tiny"

[[tiny.sources]]
url = "https://example.org/tiny.zip"
sha256 = "{digest}"
reader = "pairs"
"""
DIGEST = "0123456789abcdef" * 4


def read(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    return dict(read_catalog(path))


def test_an_entry_is_read_with_its_name(tmp_path: Path) -> None:
    entry = read(tmp_path, ENTRY.format(digest=DIGEST))["tiny"]
    assert (entry.name, entry.title, entry.kind, entry.licence) == ("tiny", "Tiny", "pairs", "MIT")
    assert isinstance(entry.sources[0], UrlSource)
    with pytest.raises(pydantic.ValidationError):
        entry.title = "Other"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('licence = "MIT"', 'license = "MIT"'),
        ('licence = "MIT"', ""),
        ('kind = "pairs"', 'kind = "couples"'),
        ("https://example.org/tiny.zip", "http://example.org/tiny.zip"),
        (DIGEST, DIGEST[:-1]),
        ('reader = "pairs"', 'reader = "pairs"\nsize = 3'),
        ('url = "https://example.org/tiny.zip"', 'requirement = "tiny>=1"'),
        ("[[tiny.sources]]", "[tiny.sources]"),
        ("[tiny]", "[tiny"),
    ],
)
def test_a_catalog_that_is_not_right_is_refused(tmp_path: Path, old: str, new: str) -> None:
    good = ENTRY.format(digest=DIGEST)
    assert old in good
    with pytest.raises(DataError, match=r"catalog\.toml: "):
        read(tmp_path, good.replace(old, new))


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'movielens-100k'"):
        dataset_info("movielens100k")


def test_the_shipped_catalog_holds_these_data_sets() -> None:
    names = defaultdict(set)
    for name, info in catalog().items():
        names[info.kind].add(name)
    assert names == {
        "ratings": {f"movielens-{size}" for size in ("100k", "latest-small", "1m", "10m", "20m", "25m", "32m")},
        "vectors": {f"glove-6b-{dim}d" for dim in (50, 100, 200, 300)},
        "corpus": {"lee", "text8", "wikipedia-106"},
        "pairs": {"wordsim353", "simlex999", "men", "rare-words", "mturk-287"},
        "analogies": {"google-analogies", "msr-analogies"},
        "triples": {"family-trees"},
    }


@pytest.mark.parametrize("name", catalog())
def test_every_source_has_a_reader_that_takes_its_options(name: str) -> None:
    info = catalog()[name]
    for source in info.sources:
        given = {**source.options, **dict.fromkeys(OPTIONS.get(info.kind, ()))}
        inspect.signature(READERS[source.reader]).bind(name, [], **given)


def test_two_archives_never_share_a_place_in_the_cache() -> None:
    digests = defaultdict(set)
    for info in catalog().values():
        for source in info.sources:
            if isinstance(source, UrlSource):
                digests[PurePosixPath(source.url).name].add((source.url, source.sha256))
    assert {len(different) for different in digests.values()} == {1}

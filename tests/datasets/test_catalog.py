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
        ("https://example.org/tiny.zip", "https://example.org/.."),
        ("https://example.org/tiny.zip", "https://example.org/a/.tiny"),
        ("https://example.org/tiny.zip", "https://example.org/"),
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


@pytest.mark.parametrize("path", ["../a.txt", "/a.txt", "a/../../b.txt", "a//b.txt", "", ".", "-a", "a\\\\b", "C:/a"])
def test_a_file_of_a_source_is_within_its_folder(tmp_path: Path, path: str) -> None:
    part = f'files = [{{ path = "{path}", sha256 = "{DIGEST}" }}]'
    url = f'url = "https://example.org/tiny.zip"\nsha256 = "{DIGEST}"'
    good = ENTRY.format(digest=DIGEST).replace(url, f'package = "tiny"\n{part}')
    with pytest.raises(DataError, match=r"catalog\.toml: "):
        read(tmp_path, good)
    assert read(tmp_path, good.replace(f'"{path}"', '"a_b/c-1.d.txt"'))


@pytest.mark.parametrize("requirement", ["--help==1", "-r==1", "tiny", "tiny==1 --pre", "tiny @ https://a.b==1"])
def test_a_requirement_is_a_name_and_a_version(tmp_path: Path, requirement: str) -> None:
    part = f'files = [{{ path = "a.txt", sha256 = "{DIGEST}" }}]'
    url = f'url = "https://example.org/tiny.zip"\nsha256 = "{DIGEST}"'
    good = ENTRY.format(digest=DIGEST).replace(url, f'requirement = "{requirement}"\n{part}')
    with pytest.raises(DataError, match=r"catalog\.toml: "):
        read(tmp_path, good)
    assert read(tmp_path, good.replace(f'"{requirement}"', '"tiny-data==1.0"'))


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

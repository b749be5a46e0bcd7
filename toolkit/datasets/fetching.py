"""Bringing the files of a data set onto this machine."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import pandas as pd

from toolkit.datasets import download
from toolkit.datasets.cache import cache_folder, sha256_of, store, verify
from toolkit.datasets.catalog import (
    PackageSource,
    ShippedSource,
    Source,
    UrlSource,
    WheelSource,
    catalog,
    dataset_info,
)
from toolkit.datasets.download import SourceError
from toolkit.datasets.files import DataFile
from toolkit.errors import FetchError
from toolkit.resources import folder


@dataclass(frozen=True)
class Fetched:
    """The verified files of a data set.

    Parameters
    ----------
    name : str
        The data set.
    source : Source
        The entry of the catalog that they come from; ``source.label`` names it.
    paths : tuple of Path
        The files on this machine; an archive stays packed.
    """

    name: str
    source: Source
    paths: tuple[Path, ...]

    @property
    def files(self) -> tuple[DataFile, ...]:
        """tuple of DataFile: what the source's reader reads, members of an archive one by one."""
        if isinstance(self.source, UrlSource) and self.source.members:
            return tuple(DataFile(self.paths[0], member) for member in self.source.members)
        return tuple(map(DataFile, self.paths))


def fetch(name: str) -> Fetched:
    """Make sure that a data set's files are on this machine, verified.

    What is there already is used; a cached file whose digest is wrong is fetched again. Otherwise the catalog's
    sources are tried in order.

    Parameters
    ----------
    name : str
        One of `list_datasets`.

    Returns
    -------
    Fetched

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    FetchError
        If no source gives the files, or a file has another digest than the catalog says.

    Examples
    --------
    >>> fetch("wordsim353").source.label
    'the installed gensim'
    """
    info = dataset_info(name)
    for source in info.sources:
        if _ready(source):
            return Fetched(name, source, tuple(_places(source)))
    say = download.say
    say(f"{info.title}. Licence: {info.licence}; see {info.link}")
    failures = []
    for source in info.sources:
        try:
            say(f"{name}: getting it from {source.label}")
            _obtain(source)
        except SourceError as error:
            failures.append(f"{source.label} ({error})")
            say(f"{name}: it cannot be had from {failures[-1]}")
        else:
            return Fetched(name, source, tuple(_places(source)))
    raise FetchError(
        f"data set {name!r} cannot be had from {', nor from '.join(failures)}; {_by_hand(info.sources[0])}"
    )


def list_datasets() -> pd.DataFrame:
    """Return a table of all data sets.

    Returns
    -------
    pandas.DataFrame
        Columns name, kind, title, licence, link, cached (bool: loading needs no download); a row a data set, in the
        catalog's order.
    """
    rows = [
        (info.name, info.kind, info.title, info.licence, info.link, any(map(_present, info.sources)))
        for info in catalog().values()
    ]
    return pd.DataFrame(rows, columns=["name", "kind", "title", "licence", "link", "cached"])


def _places(source: Source) -> dict[Path, str]:
    """Return where a source's files lie on this machine, each with its digest."""
    match source:
        case UrlSource():
            return {cache_folder() / PurePosixPath(source.url).name: source.sha256}
        case WheelSource():
            home = cache_folder() / source.requirement.replace("==", "-")
            return {home / part.name: part.sha256 for part in source.files}
        case PackageSource():
            # not importlib.resources, which would import the package
            spec = importlib.util.find_spec(source.package)
            roots = spec.submodule_search_locations if spec else None
            return {Path(roots[0]) / part.path: part.sha256 for part in source.files} if roots else {}
        case ShippedSource():
            return {folder("data") / part.path: part.sha256 for part in source.shipped}


def _present(source: Source) -> bool:
    places = _places(source)
    return bool(places) and all(path.is_file() for path in places)


def _ready(source: Source) -> bool:
    if not _present(source):
        return False
    for path, sha256 in _places(source).items():
        if sha256_of(path) != sha256:
            if not isinstance(source, UrlSource | WheelSource):
                verify(path, sha256, str(path))
            download.say(f"{path} is damaged or is another file; it is fetched again")
            return False
    return True


def _obtain(source: Source) -> None:
    match source:
        case UrlSource():
            [(path, sha256)] = _places(source).items()
            store(path, sha256, partial(download.download, source.url))
        case WheelSource():
            with tempfile.TemporaryDirectory() as home:
                wheel = download.pip_download(source.requirement, Path(home))
                for part, path in zip(source.files, _places(source), strict=True):
                    store(path, part.sha256, partial(_extract, wheel, part.path))
        case _:
            raise SourceError("its files are missing")


def _extract(wheel: Path, member: str, target: Path) -> None:
    """Write the file of exactly this name in an archive, whose digest is not known yet; `store` checks the file's."""
    try:
        with zipfile.ZipFile(wheel) as archive, target.open("wb") as unpacked:
            size = archive.getinfo(member).file_size  # no more than this is unpacked
            if size > download.LARGEST:
                raise SourceError(f"{member} is {size:,} bytes long; at most {download.LARGEST:,} are unpacked")
            with archive.open(member) as packed:
                shutil.copyfileobj(packed, unpacked)
    except KeyError:
        raise SourceError(f"{wheel.name} has no file {member}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise SourceError(f"{wheel.name} is no whole archive: {error}") from error


def _by_hand(source: Source) -> str:
    match source:
        case UrlSource():
            return f"you can save {source.url} as {next(iter(_places(source)))} yourself"
        case WheelSource():
            files = " and ".join(part.path for part in source.files)
            return f"you can unpack {files} of {source.requirement} into {next(iter(_places(source))).parent} yourself"
        case _:
            return f"install {source.label.removeprefix('the installed ')} again"

"""The catalog: what data sets there are, under what licence, and where their files come from."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from toolkit.errors import DataError, UnknownNameError
from toolkit.inputs import read_structured
from toolkit.resources import folder

Kind = Literal["ratings", "corpus", "pairs", "analogies", "triples", "vectors"]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Inside = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_+-]*([./][A-Za-z0-9_+-]+)*$")]  # no way out of a folder


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Model):
    """A file of a source, by its path there and its digest."""

    path: Inside
    sha256: Sha256

    @property
    def name(self) -> str:
        """str: the file's name without its folders."""
        return PurePosixPath(self.path).name


class _Source(_Model):
    """What every source says: which reader takes its files, with which fixed options."""

    reader: str
    options: dict[str, Any] = {}


class UrlSource(_Source):
    """A file on the web; where it is a zip archive, the members that are read."""

    url: Annotated[str, Field(pattern=r"^https://[^/]+/(.*/)?[A-Za-z0-9_][A-Za-z0-9._-]*$")]  # its name is a file's
    sha256: Sha256
    members: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """str: the URL."""
        return self.url


class WheelSource(_Source):
    """Files inside a wheel, downloaded with pip but not installed."""

    requirement: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.]*$")]
    files: Annotated[tuple[Part, ...], Field(min_length=1)]

    @property
    def label(self) -> str:
        """str: the requirement."""
        return self.requirement


class PackageSource(_Source):
    """Files that come with a package which is installed."""

    package: str
    files: Annotated[tuple[Part, ...], Field(min_length=1)]

    @property
    def label(self) -> str:
        """str: the package."""
        return f"the installed {self.package}"


class ShippedSource(_Source):
    """Files that come with the toolkit, in the catalog's folder."""

    shipped: Annotated[tuple[Part, ...], Field(min_length=1)]

    @property
    def label(self) -> str:
        """str: the toolkit itself."""
        return "the toolkit"


Source = UrlSource | WheelSource | PackageSource | ShippedSource


class DatasetInfo(_Model):
    """An entry of the catalog.

    Attributes
    ----------
    name, title : str
        The name that `load_dataset` takes, and one for people.
    kind : str
        What `load_dataset` returns.
    licence, link : str
        The terms in a few words, and the page that has them and the reference to cite.
    sources : tuple
        Where the files come from; tried in this order.
    """

    name: str
    title: str
    kind: Kind
    licence: str
    link: Annotated[str, Field(pattern="^https?://")]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]


def read_catalog(path: Path) -> dict[str, DatasetInfo]:
    """Read a catalog.

    Raises
    ------
    DataError
        If it is missing or not TOML, or an entry lacks a field or has one that is not known.
    """
    tables = read_structured(path, "toml")
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise DataError(f"entry {name!r} is no table", path)
    try:
        return {name: DatasetInfo.model_validate({"name": name, **table}) for name, table in tables.items()}
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise DataError(f"{error.title} {place}: {first['msg']}", path) from error


@cache
def catalog() -> dict[str, DatasetInfo]:
    """Return the entries of the shipped catalog by name, in its order."""
    return read_catalog(folder("data") / "catalog.toml")


def dataset_info(name: str) -> DatasetInfo:
    """Return the catalog's entry for a data set.

    Raises
    ------
    UnknownNameError
        If there is none.

    Examples
    --------
    >>> info = dataset_info("wordsim353")
    >>> info.kind, info.title
    ('pairs', 'WordSim-353')
    """
    if name not in catalog():
        raise UnknownNameError("data set", name, catalog())
    return catalog()[name]

"""Vectors that somebody else trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from toolkit.datasets import dataset_names, load_dataset
from toolkit.embedder import Embedder, View
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError
from toolkit.keys import locate
from toolkit.vectors import load_vectors


class Pretrained(Embedder):
    """Vectors from the catalog or from a file, under the interface of an embedder.

    Parameters
    ----------
    source : str
        Name of vectors in the catalog, such as ``"glove-6b-50d"``, or path of a vector file.
    format : str, optional
        Format of the file, where its name and first bytes do not tell.
    limit : int, optional
        Read only so many vectors.
    restrict : bool, default False
        Keep only the keys of the data that it is fitted on, so that it is judged on the same keys as what is
        trained there.
    """

    view: ClassVar[View] = "none"

    def __init__(
        self, source: str = "", format: str | None = None, limit: int | None = None, restrict: bool = False
    ) -> None:
        self.source = source
        self.format = format
        self.limit = limit
        self.restrict = restrict

    def _learn(self, data: Any) -> Sequence[Embedding]:
        embedding = self._load()
        if not self.restrict:
            return [embedding]
        sequences = data.sequences()
        common = sequences.keys[locate(embedding.keys, sequences.keys) >= 0]
        if not len(common):
            raise DataError(f"{self.source} and {data.name} have no key in common")
        return [embedding.subset(common)]

    def _load(self) -> Embedding:
        if not self.source:
            raise ParameterError(
                "source of Pretrained is empty; give a vector file or the name of vectors in the catalog"
            )
        if self.source not in dataset_names() or Path(self.source).exists():
            return load_vectors(self.source, format=self.format, limit=self.limit)
        found = load_dataset(self.source, **({} if self.limit is None else {"limit": self.limit}))
        if not isinstance(found, Embedding):
            raise ParameterError(
                f"source of Pretrained is {self.source!r}, which is {type(found).__name__}, not vectors"
            )
        return found

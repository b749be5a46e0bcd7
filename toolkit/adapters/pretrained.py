"""Vectors that somebody else trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from toolkit.allowed import Allowed
from toolkit.datasets.sources import check_source, load_source
from toolkit.embedder import Embedder, View
from toolkit.embedding import Embedding
from toolkit.errors import DataError, ParameterError
from toolkit.keys import locate


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
    entity : str, optional
        What the keys name; by default what the file says.
    cache : bool, default False
        Keep a memory-mapped copy of a file, as `toolkit.load_vectors` does; of the catalog's vectors it is kept anyway.
    """

    view: ClassVar[View] = "none"
    allowed: ClassVar[Mapping[str, Allowed]] = {"limit": Allowed(int, 1, optional=True)}

    def __init__(
        self,
        source: str = "",
        format: str | None = None,
        limit: int | None = None,
        restrict: bool = False,
        entity: str | None = None,
        cache: bool = False,
    ) -> None:
        self.source = source
        self.format = format
        self.limit = limit
        self.restrict = restrict
        self.entity = entity
        self.cache = cache

    def check_params(self) -> None:
        """Refuse parameters whose values are not allowed, and a source that is not there.

        Raises
        ------
        ParameterError
            If a value is not allowed.
        UnknownNameError
            If the source is neither in the catalog nor a file.
        """
        super().check_params()
        if not self.source:
            raise ParameterError("source of Pretrained is empty; give a vector file or a name of the catalog")
        check_source(self.source, "vectors")

    def _learn(self, data: Any) -> Sequence[Embedding]:
        given = {"format": self.format, "limit": self.limit, "cache": self.cache or None}
        options = {name: value for name, value in given.items() if value is not None}
        embedding: Any = load_source(self.source, "vectors", **options)
        if self.entity is not None and self.entity != embedding.entity:
            embedding = Embedding(embedding.keys, embedding.vectors, self.entity)
        if not self.restrict:
            return [embedding]
        keys = data.sequences().keys
        common = keys[locate(embedding.keys, keys) >= 0]
        if not len(common):
            raise DataError(f"{self.source} and {data.name} have no key in common")
        return [embedding.subset(common)]

"""What the page holds of one entity of one experiment: keys, and for each method places, neighbours and clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.embedding import Embedding
from toolkit.harness.entities import BETWEEN
from toolkit.harness.tables import ENTITY_COLUMNS
from toolkit.inert import visible
from toolkit.keys import locate
from toolkit.metrics.overlap import chance_overlap, shared_neighbors
from toolkit.report.maps.layouts import CROWD, LEAST, has_umap, neighbor_plane, principal_plane
from toolkit.report.maps.lists import NEAREST, clusters, neighbors, telling
from toolkit.report.maps.packing import ABSENT, pack, quantized
from toolkit.report.vectors import Learned

MOST = 10_000  # points of a map
CLASSES = 32  # of an attribute: bits of a number
FREQUENT = 200  # keys among which the first one to be shown is looked for
LIKENESS = 1000  # keys by which the methods that are shown first are chosen
NO_CLUSTER = 255
MET = {"item": "ratings", "user": "ratings", "word": "occurrences", "person": "facts"}  # what a table counts


@dataclass(frozen=True, eq=False)
class Atlas:
    """The maps of one entity.

    Parameters
    ----------
    entity : str
        What the keys name.
    methods : tuple of Learned
        Those that can be drawn, in the order of the suite.
    table : pandas.DataFrame or None
        What the keys stand for, as ``entities/*.csv`` has it.
    ranks : tuple of int, optional
        Those of the methods that learn and were judged, best first.
    most : int, default 10,000
        How many keys are shown at most: the most frequent ones, or where that is not known, the first.
    umap : int, default 0
        How many of these UMAP lays out; 0 for none.
    """

    entity: str
    methods: tuple[Learned, ...]
    table: pd.DataFrame | None
    ranks: tuple[int, ...] = ()
    most: int = MOST
    umap: int = 0
    _kept: dict[int, Embedding] = field(default_factory=dict, repr=False, init=False)

    @cached_property
    def all_keys(self) -> pd.Index:
        """pandas.Index: every key that a method knows, most frequent first."""
        known = pd.Index([], dtype=object)
        for method in self.methods:
            known = known.append(method.embedding.keys[locate(known, method.embedding.keys) < 0])
        if self.table is None:
            return known
        listed = pd.Index(self.table["key"], dtype=object)
        return listed[locate(known, listed) >= 0].append(known[locate(listed, known) < 0])

    @property
    def keys(self) -> pd.Index:
        """pandas.Index: the keys that are shown."""
        return self.all_keys[: min(self.most, MOST)]

    @cached_property
    def about(self) -> pd.DataFrame:
        """pandas.DataFrame: the rows of the table for the keys shown, indexed by key; without columns if none."""
        if self.table is None:
            return pd.DataFrame(index=self.keys)
        return self.table.set_index("key").reindex(self.keys)

    @property
    def titles(self) -> list[str]:
        """list of str: a title for each key shown; the key itself where there is none."""
        titles = self.about["title"] if "title" in self.about else pd.Series("", index=self.keys)
        return [title if isinstance(title, str) and title else str(key) for key, title in titles.items()]

    @property
    def _has_titles(self) -> bool:
        return "title" in self.about and bool(self.about["title"].fillna("").any())

    def shown(self, position: int) -> Embedding:
        """Return a method's vectors of the keys that are shown."""
        if position not in self._kept:
            own = self.methods[position].embedding
            self._kept[position] = own.subset(self.keys[locate(own.keys, self.keys) >= 0])
        return self._kept[position]

    @cached_property
    def neighborhoods(self) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
        """list of pairs of ndarray, shapes (n, 10): each method's neighbours, rows of `keys` or -1, and cosines."""
        return [self._neighborhood(position) for position in range(len(self.methods))]

    def _neighborhood(self, position: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        own = self.shown(position)
        rows = locate(self.keys, own.keys)
        nearest, cosines = neighbors(own)
        found, values = np.full((len(self.keys), NEAREST), -1), np.zeros((len(self.keys), NEAREST))
        found[rows, : nearest.shape[1]], values[rows, : nearest.shape[1]] = rows[nearest], cosines
        return found, values

    @cached_property
    def pair(self) -> tuple[int, int]:
        """tuple of int: the methods shown first: the best, and of the better half the one least like it.

        Likeness is the number of neighbours in common, among the most frequent keys. Where nothing was judged, the
        first two methods that learn.
        """
        order = list(self.ranks) or [i for i, method in enumerate(self.methods) if not method.is_null]
        order += [i for i in range(len(self.methods)) if i not in order]
        others = order[1 : max(2, (len(self.ranks) + 1) // 2)]
        if not others:
            return order[0], order[0]
        return order[0], min(others, key=lambda other: self._likeness(order[0], other))

    def _likeness(self, first: int, second: int) -> float:
        keys = self.keys[:LIKENESS]
        for position in (first, second):
            keys = keys[locate(self.methods[position].embedding.keys, keys) >= 0]
        if len(keys) <= NEAREST:
            return 0.0
        ours, theirs = (self.methods[position].embedding.subset(keys).vectors for position in (first, second))
        return float(shared_neighbors(ours, theirs, NEAREST).mean())

    @cached_property
    def start(self) -> int:
        """int: of the most frequent keys, the one on whose neighbours the first two methods agree most."""
        first, second = (self.shown(position) for position in self.pair)
        common = first.keys[locate(second.keys, first.keys) >= 0]
        if len(common) <= NEAREST:
            return 0
        shared = shared_neighbors(first.subset(common).vectors, second.subset(common).vectors, NEAREST)
        rows = locate(self.keys, common)
        return int(rows[np.argmax(np.where(rows < FREQUENT, shared, -1))])

    def packed(self) -> str:
        """Return all of it as text for the page."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        methods = [dict(self._method(position, arrays)) for position in range(len(self.methods))]
        header = {
            "entity": self.entity,
            "keys": [visible(str(key)) for key in self.keys],
            "titles": [visible(title) for title in self.titles] if self._has_titles else None,
            "methods": methods,
            "layouts": ["pca", *(["umap"] if any("umap" in method["frames"] for method in methods) else [])],
            "attributes": list(self._attributes(arrays)),
            "counted": MET.get(self.entity, "occurrences") if "count" in self.about else None,
            "pair": list(self.pair),
            "start": self.start,
            "nearest": NEAREST,
            "chance": chance_overlap(len(self.keys), NEAREST) if len(self.keys) > NEAREST else None,
        }
        if "count" in self.about:
            arrays["count"] = self.about["count"].fillna(0).to_numpy().astype(np.uint32)
        return pack(header, arrays)

    def _method(self, position: int, arrays: dict[str, npt.NDArray[Any]]) -> Iterator[tuple[str, Any]]:
        """Yield the facts of a method, and put its arrays beside those of the others."""
        own, rows = self.shown(position), locate(self.keys, self.shown(position).keys)
        method, n = self.methods[position], len(self.keys)
        places, share = principal_plane(own.unit_vectors)
        drawn = {"pca": (rows, places)}
        few = rows < self.umap
        if few.sum() >= CROWD:
            drawn["umap"] = rows[few], neighbor_plane(own.unit_vectors[few], places[few])
        frames = {}
        for name, (at, of_some) in drawn.items():
            of_all = np.full((n, 2), np.nan)
            of_all[at] = of_some
            arrays[f"{position}.{name}"], frames[name] = quantized(of_all)
        nearest, cosines = self.neighborhoods[position]
        arrays[f"{position}.near"] = np.where(nearest < 0, ABSENT, nearest).astype(np.uint16).T
        arrays[f"{position}.cosine"] = _drops(cosines)
        groups = np.full(n, NO_CLUSTER, dtype=np.uint8)
        groups[rows] = clusters(own)
        arrays[f"{position}.cluster"] = groups
        yield from {"label": visible(method.label), "null": method.is_null, "dim": method.embedding.dim}.items()
        yield from {"share": round(share, 4), "frames": frames}.items()

    def _attributes(self, arrays: dict[str, npt.NDArray[Any]]) -> Iterator[Mapping[str, Any]]:
        """Yield the name and the classes of each attribute, the most telling class first, and put the bits aside."""
        learned = [position for position, method in enumerate(self.methods) if not method.is_null]
        neighborhoods = [self.neighborhoods[position][0] for position in learned]
        for name in (column for column in self.about.columns if column not in ENTITY_COLUMNS):
            flags = self.about[name].fillna("").str.get_dummies(BETWEEN)
            named = [column for column in flags.columns if column]
            flags = flags[sorted(named, key=lambda column: (-int(flags[column].sum()), column))[:CLASSES]]
            if flags.shape[1] < 2:
                continue
            order = telling(flags.to_numpy(dtype=bool), neighborhoods)
            ordered = flags.to_numpy(dtype=np.uint32)[:, order]
            bits = (ordered << np.arange(ordered.shape[1], dtype=np.uint32)).sum(axis=1)
            shown = visible(str(name))
            arrays[f"class.{shown}"] = bits.astype(np.uint32)
            yield {"name": shown, "classes": [visible(str(column)) for column in flags.columns[order]]}


def drawable(methods: Sequence[Learned]) -> tuple[Learned, ...]:
    """Return the methods whose vectors make a map: of two dimensions or more, and enough keys."""
    return tuple(each for each in methods if each.embedding.dim > 1 and len(each.embedding) >= LEAST)


def bytes_a_key() -> int:
    """Return how many bytes a key takes for each method, before they are deflated."""
    places = 8 if has_umap() else 4
    return places + 3 * NEAREST + 1


def _drops(cosines: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Return cosines in hundredths, shape (k, n): the first, counted from -1, then by how much each is less.

    Differences are mostly small and so deflate well; one that rounding turned negative wraps around.
    """
    levels = np.rint(cosines * 100).astype(np.int64).T + 100
    return np.concatenate([levels[:1], -np.diff(levels, axis=0)]).astype(np.uint8)

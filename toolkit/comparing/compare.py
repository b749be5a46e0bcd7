"""One leaderboard compared: intervals of its scores, differences between its entries, and strata of its cases."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from toolkit.comparing.boards import Board, Entry, gather, rules_of
from toolkit.errors import UnknownNameError
from toolkit.metrics.base import metric_info
from toolkit.stats import Sample, compare, intervals

STRATA = 3  # thirds of the cases
LEVEL = 0.95
Entries = Mapping[Entry, list[Sample]]
Rows = list[dict[str, Any]]


def compare_board(board: Board, random_state: int = 0) -> dict[str, Rows]:
    """Compare what stands in a leaderboard.

    Parameters
    ----------
    board : Board
        Which one.
    random_state : int, default 0
        Seed of resamples and permutations.

    Returns
    -------
    dict of str to list of dict
        Rows of the tables ``intervals``, ``differences`` and ``strata``.

    Notes
    -----
    Differences are tested between all pairs of embedder and readout, each at the dimension at which it is best here:
    the pairs of all dimensions would be so many that no test could tell any of them apart. Strata are of the best entry
    of each embedder.
    """
    found = gather(board)
    main = found.get(board.metric, {})
    if not main:
        return {"intervals": [], "differences": [], "strata": []}
    chosen = _best(main, board.metric, ("embedder", "readout"))
    each = _best({entry: main[entry] for entry in chosen}, board.metric, ("embedder",))
    return {
        "intervals": [
            row for metric, entries in found.items() for row in _intervals(board, metric, entries, random_state)
        ],
        "differences": list(_differences(board, board.metric, {entry: main[entry] for entry in chosen}, random_state)),
        "strata": list(_strata(board, each, random_state)),
    }


def differences_by(board: Board, metric: str, random_state: int = 0) -> Rows:
    """Return the rows of the table ``differences``, by a metric of the board.

    Raises
    ------
    UnknownNameError
        If the board has no such metric, or it is not made of units.
    """
    found = {name: entries for name, entries in gather(board).items() if entries}
    if metric not in found:
        raise UnknownNameError(f"metric of {board.task!r} that is made of units", metric, found)
    chosen = _best(found[metric], metric, ("embedder", "readout"))
    return list(_differences(board, metric, {entry: found[metric][entry] for entry in chosen}, random_state))


def value_of(parts: Iterable[Sample]) -> float:
    """Return a score: the mean over folds and seeds."""
    return float(np.mean([sample.value for sample in parts]))


def _best(entries: Entries, metric: str, named: tuple[str, ...]) -> list[Entry]:
    """Return the best of the entries that share some fields, in the order of the best."""
    sign = 1 if metric_info(metric).direction == "lower" else -1
    ordered = sorted(entries, key=lambda entry: (sign * value_of(entries[entry]), entry))
    first: dict[tuple[Any, ...], Entry] = {}
    for entry in ordered:
        first.setdefault(tuple(getattr(entry, name) for name in named), entry)
    return list(first.values())


def _intervals(board: Board, metric: str, entries: Entries, random_state: int) -> Iterator[dict[str, Any]]:
    if not entries:
        return
    found = intervals(list(entries.values()), level=LEVEL, random_state=random_state)
    for (entry, parts), interval in zip(entries.items(), found, strict=True):
        yield {
            **board.identity,
            **dict(zip(Entry._fields, _cells(entry), strict=True)),
            "metric": metric,
            **interval._asdict(),
            "unit": rules_of(board.task).noun,
            "n": _n_units(parts),
        }


def _n_units(parts: Iterable[Sample]) -> int:
    return len(set().union(*(part.units for part in parts)))


def _differences(board: Board, metric: str, entries: Entries, random_state: int) -> Iterator[dict[str, Any]]:
    if len(entries) < 2:
        return
    named = dict[Hashable, list[Sample]](entries.items())
    found = compare(named, level=LEVEL, random_state=random_state).differences
    for row in found.to_dict("records"):
        sides = {
            name: value
            for side in ("first", "second")
            for name, value in zip((side, f"{side}_dim", f"{side}_readout"), _cells(row.pop(side)), strict=True)
        }
        effect = row["effect"] if math.isfinite(row["effect"]) else None  # of a difference that is the same everywhere
        yield {**board.identity, "metric": metric, **sides, **row, "effect": effect}


def _cells(entry: Entry) -> tuple[str, int | None, str]:
    return entry.embedder, entry.embedding_dim or None, entry.readout


def _strata(board: Board, chosen: list[Entry], random_state: int) -> Iterator[dict[str, Any]]:
    """Yield the main metric of some entries in each third of the cases by each trait."""
    rules = rules_of(board.task)
    tables = [
        (part.entry, part.units.table[part.units.values.notna().any(axis=1)])
        for part in board.units()
        if part.entry in chosen
    ]
    for trait in rules.traits:
        known = pd.concat([table[trait] for entry, table in tables if entry == chosen[0]]).dropna()
        if known.nunique() < STRATA:
            continue
        ends = known.quantile(np.arange(1, STRATA) / STRATA).to_numpy()
        for stratum in range(STRATA):
            of_known = known[np.searchsorted(ends, known) == stratum]
            entries: dict[Entry, list[Sample | None]] = {entry: [] for entry in chosen}
            for entry, table in tables:
                within = table[(np.searchsorted(ends, table[trait]) == stratum) & table[trait].notna()]
                if len(within):  # a fold may have no such case, for any entry
                    entries[entry].append(rules.sample(within, board.metric))
            for row in _intervals(board, board.metric, _complete(entries), random_state):
                facts = {"trait": trait, "stratum": stratum + 1, "least": of_known.min(), "most": of_known.max()}
                yield {name: value for name, value in {**row, **facts}.items() if name != "unit"}


def _complete(entries: Mapping[Entry, list[Sample | None]]) -> dict[Entry, list[Sample]]:
    """Return the entries that have samples, and no table without one."""
    found = {entry: [part for part in parts if part is not None] for entry, parts in entries.items()}
    return {entry: parts for entry, parts in found.items() if parts and len(parts) == len(entries[entry])}

"""What the tests of an experiment come to: facts only; `verdict_wording` says them in words.

Where a method stands with several readouts or dimensions, its best entry speaks for it; a method is ahead of another
only where a test puts its best entry ahead of all entries of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.numbers import all_rounded
from toolkit.report.tables import ROW, Leaderboard, at_floor, best_of, is_null_entry
from toolkit.report.tested import Differences, Entry, entries_of, plain_name

NORMAL_95, NORMAL_80 = 1.96, 0.84  # quantiles of the normal distribution for a test at 5 % and a power of 80 %
Key = tuple[str, float]  # embedder and dimension: what somebody can choose


@dataclass(frozen=True)
class Standing:
    """Where the methods of a leaderboard stand.

    Parameters
    ----------
    best : Entry
        The best entry of all that were tested, null baselines among them.
    own : tuple of Entry
        Other entries of the same method that no test tells from it.
    tied : tuple of Entry
        Of each other method that no test tells from it, the best such entry; best first.
    next : Entry or None
        The best entry of the best method that a test tells from the best.
    groups : tuple of tuple of Entry
        Methods further down, each by its best entry, of which no test tells any two apart.
    null : Entry or None
        The best null baseline.
    failing : tuple of Entry
        The best entry of each method that no test puts ahead of `null`, whatever the readout.
    none_better : bool
        Whether that holds for all methods.
    absent : tuple of str
        The embedders that were not compared.
    """

    best: Entry
    own: tuple[Entry, ...]
    tied: tuple[Entry, ...]
    next: Entry | None
    groups: tuple[tuple[Entry, ...], ...]
    null: Entry | None
    failing: tuple[Entry, ...]
    none_better: bool
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """What to choose.

    Parameters
    ----------
    chosen : tuple of str and float
        Embedder and dimension.
    entries : dict of int to Entry
        Its best entry in each leaderboard, by the leaderboard's position, where it is tied for best.
    lost : tuple of int
        The leaderboards in which a test puts another method ahead of it.
    rivals : tuple of (str, float)
        Other embedders and dimensions that are tied for best in as many leaderboards.
    smallest, fastest : bool
        Whether it has fewer dimensions than each rival; whether it is fitted faster than each of its size.
    seconds : float
        What a fit of it takes; nan where that is not known.
    """

    chosen: Key
    entries: Mapping[int, Entry]
    lost: tuple[int, ...]
    rivals: tuple[Key, ...]
    smallest: bool
    fastest: bool
    seconds: float


def standing(board: Leaderboard) -> Standing | None:
    """Return where the methods of a leaderboard stand; None where nothing was tested."""
    best = board.best
    if best is None:
        return None
    main, found = board.main, board.differences
    ranked = [entry for entry in entries_of(board.ranked) if entry == best or found.between(entry, best)]
    tied = [entry for entry in ranked if found.tied(entry, best)]
    heads = _heads(tied)
    at_best = {head.method for head in heads}
    rest = [entry for entry in _heads(ranked) if entry.method not in at_best]
    null = is_null_entry(main)
    learned = set(entries_of(main[~null]))
    below = set(entries_of(at_floor(board)))
    good = {entry.method for entry in set(ranked) & learned - below}
    compared = {entry.embedder for entry in ranked}
    return Standing(
        best,
        tuple(entry for entry in tied if entry != best and entry.method == best.method),
        tuple(entry for entry in heads if entry.method != best.method),
        rest[0] if rest else None,
        _groups([entry for entry in rest if entry in learned and entry.method in good], found),
        board.best_null,
        tuple(entry for entry in _heads(filter(below.__contains__, ranked)) if entry.method not in good),
        bool(below) and not good,
        tuple(label for label in board.judged.cells["embedder"].drop_duplicates() if label not in compared),
    )


def needed_units(effect: float) -> int | None:
    """Return of how many units a difference of this size would be told in four of five tests at 5 %.

    Parameters
    ----------
    effect : float
        Mean difference of the units divided by its standard deviation.

    Returns
    -------
    int or None
        None where there is no difference.

    References
    ----------
    Cohen (1988), Statistical Power Analysis: the normal approximation n = ((z_.975 + z_.80) / d)² for pairs.

    Examples
    --------
    >>> needed_units(0.1), needed_units(0.0)
    (784, None)
    """
    if math.isnan(effect) or effect == 0:
        return None
    return math.ceil(round((NORMAL_95 + NORMAL_80) ** 2 / effect**2, 6))


def advise(
    boards: Sequence[Leaderboard], standings: Sequence[Standing | None], seconds: Mapping[Key, float]
) -> Advice | None:
    """Choose what is tied for best in most leaderboards; of several the smallest, and of these the fastest to fit.

    Parameters
    ----------
    boards : sequence of Leaderboard
        Those of an experiment.
    standings : sequence of Standing or None
        Of each leaderboard where its methods stand.
    seconds : mapping of (embedder, dimension) to float
        What a fit takes.

    Returns
    -------
    Advice or None
        None where no method is tied for best and, where a null baseline stands beside it, better than that.
    """
    at_best: dict[Key, dict[int, Entry]] = {}
    for position, (board, found) in enumerate(zip(boards, standings, strict=True)):
        for entry in _eligible(board) if found else []:
            at_best.setdefault((entry.embedder, entry.dim), {}).setdefault(position, entry)
    if not at_best:
        return None
    most = max(map(len, at_best.values()))
    equal = [key for key, entries in at_best.items() if len(entries) == most]
    chosen = min(equal, key=lambda key: (key[1] or math.inf, _time(seconds, key)))
    rivals = tuple(key for key in equal if key != chosen)
    same_size = [key for key in rivals if key[1] == chosen[1]]
    return Advice(
        chosen,
        at_best[chosen],
        tuple(i for i, board in enumerate(boards) if standings[i] and _is_beaten(board, chosen)),
        rivals,
        bool(rivals) and not same_size and chosen[1] > 0,
        bool(same_size) and all(_time(seconds, chosen) < _time(seconds, key) for key in same_size),
        seconds.get(chosen, math.nan),
    )


def winners(board: Leaderboard, by: str, chosen: str) -> dict[str, str]:
    """Return who else than a method has the best value by the other metrics or readouts, by that method's label.

    Parameters
    ----------
    board : Leaderboard
        The leaderboard.
    by : {"metric", "readout"}
        The other metrics, by whatever readout; or the main metric by each readout.
    chosen : str
        The embedder.

    Returns
    -------
    dict of str to str
        From metrics or readouts to the embedder; only those in which one method alone has the best value as shown, and
        which hold for rows that were judged on the same cases.
    """
    cells = board.cells[board.cells["complete"] & ~is_null_entry(board.cells)]
    cells = cells[cells["metric"] != board.metric] if by == "metric" else cells[cells["metric"] == board.metric]
    found = {}
    for name, column in cells.groupby(by, sort=False):
        metric = column["metric"].iloc[0]
        shown = all_rounded(metric, column["mean"])
        at_best = {plain_name(label): label for label in column.loc[shown == best_of(metric, shown), "embedder"]}
        alone = len(at_best) == 1 and plain_name(chosen) not in at_best
        if alone and len(set(column["embedder"])) > 1 and metric_info(metric).direction != "neutral":
            found[str(name)] = next(iter(at_best.values()))
    return found


def fit_seconds(trials: pd.DataFrame) -> dict[Key, float]:
    """Return the mean seconds of the fits that succeeded, by embedder and dimension."""
    fitted = trials[trials["status"] == "ok"].assign(embedding_dim=trials["embedding_dim"].fillna(0.0))
    means = fitted.groupby(ROW)["fit_seconds"].mean().reset_index()
    return {(label, dim): mean for label, dim, mean in means.itertuples(index=False)}


def _heads(ranked: Iterable[Entry]) -> list[Entry]:
    """Return the first entry of each method."""
    heads: dict[str, Entry] = {}
    for entry in ranked:
        heads.setdefault(entry.method, entry)
    return list(heads.values())


def _groups(ranked: list[Entry], found: Differences) -> tuple[tuple[Entry, ...], ...]:
    """Return runs of entries of which no test tells any two apart, from the best down; single entries are no group."""
    groups: list[list[Entry]] = []
    for entry in ranked:
        if groups and all(found.tied(entry, other) for other in groups[-1]):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return tuple(tuple(group) for group in groups if len(group) > 1)


def _eligible(board: Leaderboard) -> list[Entry]:
    """Return the entries that are tied for best and not known to be no better than null, best first."""
    ranked = board.ranked
    fit = ranked["tied"].fillna(False) & ranked["better_than_null"].fillna(True) & ~is_null_entry(ranked)
    return entries_of(ranked[fit])


def _is_beaten(board: Leaderboard, chosen: Key) -> bool:
    """Whether a test puts the best of a leaderboard ahead of all entries of an embedder and dimension."""
    own = [entry for entry in board.differences.entries if entry[:2] == chosen]
    best = board.best
    return bool(own) and best is not None and all(board.differences.ahead(best, entry) for entry in own)


def _time(seconds: Mapping[Key, float], key: Key) -> float:
    value = seconds.get(key, math.nan)
    return math.inf if math.isnan(value) else value

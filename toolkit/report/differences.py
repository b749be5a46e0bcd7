"""What stands beside a leaderboard for its tests: the table of differences to the best, warnings and footnotes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from toolkit.metrics.base import metric_info
from toolkit.report.numbers import MISSING, count, dimension, minus, p_value, percent, signed, written
from toolkit.report.parts import AT_FLOOR, TIED, Cell, Column, Row, Table
from toolkit.report.tables import Leaderboard, at_floor, dimensions_of, value_of
from toolkit.report.tested import LEVEL, Entry, entries_of
from toolkit.report.wording import entry_label, entry_list, few, listed, readout_title, row_label

PERCENT = percent(LEVEL)


def difference_table(board: Leaderboard, anchor: str) -> Table | None:
    """Return how far each entry is from the best of a leaderboard; None where nothing was tested.

    Parameters
    ----------
    board : Leaderboard
        What was tested.
    anchor : str
        Identifier of the table.

    Returns
    -------
    Table or None
    """
    best = board.best
    if best is None:
        return None
    several = len(dimensions_of(board.cells)) > 1, len(board.readouts) > 1
    columns = [Column("Embedder", kind="text"), *([Column("Dim")] if several[0] else [])]
    columns += [Column("Readout", kind="text")] if several[1] else []
    columns += [Column("Difference"), Column("95 % interval"), Column("p"), Column("Effect"), Column("Ahead on")]
    ranked = board.ranked
    rows = [
        _row(board, entry, best, several, is_null)
        for entry, is_null in zip(entries_of(ranked), ranked["is_null"], strict=True)
        if entry != best and entry in board.differences.entries
    ]
    caption = f"{metric_info(board.metric).title} minus that of the best, {entry_label(board, best)}."
    return Table(anchor, caption, tuple(columns), tuple(rows), (_how_tested(board), *_least(board, best)))


def _least(board: Leaderboard, best: Entry) -> Iterator[str]:
    """Say why many p-values are the same: no smaller one can come of the draws of the test."""
    found = [board.differences.between(entry, best) for entry in entries_of(board.ranked)]
    tests = [test for test in found if test is not None]
    least = min((test.p for test in tests), default=math.nan)
    shared = [test for test in tests if test.p == least and test.p_holm < LEVEL]
    if len(shared) > 1 and (text := p_value(shared[0].p_holm)) != p_value(0.0):
        yield f"A p of {text} is the least that so many random draws can give: the true one may be far smaller."


def _how_tested(board: Leaderboard) -> str:
    pairs, unit = count(board.differences.n_pairs, "pair"), board.unit or "case"
    chosen = (
        "Each embedder and readout is compared at the dimension that is best here, which the tests do not correct for. "
        if board.has_dimensions
        else ""
    )
    return chosen + (
        "Interval: of the single difference, not corrected. p: permutation test, after Holm's correction for the "
        f"{pairs} of this leaderboard; {TIED}: not told from the best at {PERCENT}. Effect: mean difference "
        f"of a {unit}'s part in the value, divided by its standard deviation. Ahead on: share of the {unit}s on which "
        "an entry is better than the best; ties count half."
    )


def _row(board: Leaderboard, entry: Entry, best: Entry, several: tuple[bool, bool], is_null: bool) -> Row:
    found = board.differences.between(entry, best)
    cells = [Cell(entry.embedder)]
    cells += [Cell(dimension(entry.dim))] if several[0] else []
    cells += [Cell(readout_title(entry.readout))] if several[1] else []
    readout = readout_title(entry.readout) if several[1] else ""
    if found is None:
        return Row((*cells, *[Cell(MISSING)] * 5), is_null, readout=readout)
    ends = f"{signed(board.metric, found.low)} to {signed(board.metric, found.high)}"
    share = board.differences.share_better(entry, best)
    numbers = (
        Cell(signed(board.metric, found.difference), tied=board.differences.tied(entry, best)),
        Cell(ends if math.isfinite(found.low) else MISSING),
        Cell(p_value(found.p_holm)),
        Cell(MISSING if math.isnan(found.effect) else minus(f"{found.effect:+.2f}")),
        Cell(percent(share)),
    )
    return Row((*cells, *numbers), is_null, readout=readout)


def warnings(board: Leaderboard) -> tuple[str, ...]:
    """Return what a reader of the leaderboard has to be warned of."""
    floor, below = board.best_null, at_floor(board)
    if floor is None or below.empty:
        return ()
    null = f"ahead of the best null baseline, {entry_label(board, floor)}"
    if len(board.readouts) == 1:
        return (f"No test puts {entry_list(board, entries_of(below))} {null}.",)
    return (f"No test puts these {null}: {'; '.join(_by_readouts(board, below))}.",)


def _by_readouts(board: Leaderboard, cells: pd.DataFrame) -> Iterator[str]:
    """Yield the rows of a leaderboard that some cells are from, those that share their readouts together."""
    judged = [entry[:2] for entry in entries_of(board.judged.main)]
    readouts: dict[tuple[str, float], set[str]] = {}
    for entry in entries_of(cells):
        readouts.setdefault((entry.embedder, entry.dim), set()).add(entry.readout)
    sharing: dict[tuple[str, ...], list[str]] = {}
    for key, own in readouts.items():
        everywhere = len(own) == judged.count(key) > 1
        names = () if everywhere else tuple(name for name in board.readouts if name in own)
        sharing.setdefault(names, []).append(row_label(*key, board.varied))
    for names, labels in sharing.items():
        how = f" with {listed(readout_title(name).lower() for name in names)}" if names else ", whatever the readout"
        yield f"{few(labels)}{how}"


def footnotes(board: Leaderboard) -> list[str]:
    """Return what the marks of a leaderboard mean, and whether there is a null baseline."""
    notes = []
    title, best, floor = metric_info(board.metric).title, board.best, board.best_null
    if best is not None:
        pairs = count(board.differences.n_pairs, "pair")
        tests = f"permutation tests at {PERCENT}, after Holm's correction for {pairs}"
        if int(board.main["tied"].sum()) > 1:
            notes.append(f"{TIED} {title} that no test tells from the best, {entry_label(board, best)} ({tests}).")
        else:
            notes.append(f"Tests tell the best {title} from every other that was compared ({tests}).")
    if best is not None and board.varied and not set(entries_of(board.judged.main)) <= board.differences.entries:
        notes.append("Of an embedder with several dimensions the best one is compared; the others bear no marks.")
    if floor is not None and len(at_floor(board)):
        value = written(board.metric, value_of(board, floor)["mean"])
        notes.append(
            f"{AT_FLOOR} Not better than null: no test at {PERCENT} puts it ahead of the best null baseline, "
            f"{entry_label(board, floor)} ({value})."
        )
    if not board.cells["is_null"].any():
        notes.append("No null baseline stands here, so how far a method gets that learns nothing is not known.")
    elif best is not None and floor is None:
        notes.append("No null baseline was compared here, so whether a method is better than one was not tested.")
    return notes

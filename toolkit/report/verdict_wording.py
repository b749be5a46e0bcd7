"""The verdict in words: each sentence says what `verdict` found, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from toolkit.harness.tables import TUNED
from toolkit.metrics.base import metric_info
from toolkit.report.differences import PERCENT
from toolkit.report.model import Results
from toolkit.report.numbers import count, p_value, seconds, signed, written
from toolkit.report.parts import Ruling, Verdict
from toolkit.report.tables import Leaderboard, value_of
from toolkit.report.tested import LEVEL, Entry, entries_of
from toolkit.report.verdict import (
    Advice,
    Standing,
    advise,
    fit_seconds,
    needed_units,
    standing,
    winners,
)
from toolkit.report.wording import board_title, entry_label, entry_list, few, finding, listed, readout_title, row_label

BYTES = 4  # of a number in a stored vector
UNTESTED = (
    "Nothing was tested in this run, so no sentence here says whether a difference is more than chance; these "
    "sentences restate the tables."
)
NO_TASK = "No number here is better high than low, so none says which vectors to choose; they show how the vectors lie."
SCOPE = (
    "Tested is whether a difference would hold for other users, pairs or questions of the same kind: those of the run "
    f"are drawn again and again, and a test at {PERCENT} has to tell two methods apart after Holm's correction for all "
    "pairs of a leaderboard; ± is half of a 95 % interval. Not tested is whether it would hold on other data sets, or "
    "with other training data or seeds than those of the run."
)


def verdict_part(
    title: str, anchor: str, boards: Sequence[Leaderboard], anchors: Sequence[str], results: Results
) -> Verdict:
    """Say what comes of an experiment.

    Parameters
    ----------
    title, anchor : str
        Of the experiment's chapter.
    boards : sequence of Leaderboard
        Its leaderboards.
    anchors : sequence of str
        Where each stands.
    results : Results
        The run.

    Returns
    -------
    Verdict
        Of leaderboards in which nothing was tested, who has the best value.
    """
    standings = [standing(board) for board in boards]
    rulings = [
        _ruling(board, found, results, place) for board, found, place in zip(boards, standings, anchors, strict=True)
    ]
    trials = results.trials[results.trials["experiment"].isin([board.experiment for board in boards])]
    found = advise(boards, standings, fit_seconds(trials))
    shown = tuple(ruling for ruling in rulings if ruling) or tuple(_without_direction(boards, anchors, results))
    if not any(standings):
        return Verdict(anchor, title, shown)
    if found is None:
        return Verdict(
            anchor,
            title,
            shown,
            "Nothing",
            "no test puts a method that is tied for best ahead of the best null baseline.",
        )
    tested = [(board, rank) for board, rank in zip(boards, standings, strict=True) if rank]
    alone = not any(rank.tied for _, rank in tested)
    unproven = any(_tied_only(board, found, i) for i, board in enumerate(boards))
    reason = " ".join([_reason(found, alone, len(tested), unproven), *_price(boards, found, results)])
    choice = with_dimension(*found.chosen)
    return Verdict(anchor, title, shown, choice, reason, tuple(_changes(boards, standings, found, results)))


def _without_direction(boards: Sequence[Leaderboard], anchors: Sequence[str], results: Results) -> Iterator[Ruling]:
    """Say of numbers of which none is better than another that they are such."""
    for board, place in zip(boards, anchors, strict=True):
        if metric_info(board.metric).direction == "neutral":
            yield Ruling(board_title(board, results), place, NO_TASK)


def _ruling(board: Leaderboard, found: Standing | None, results: Results, anchor: str) -> Ruling | None:
    if found is None:
        restated = finding(board, results)
        if restated is None:
            return None
        return Ruling(restated.topic, anchor, f"{restated.subject} {restated.text}")
    rest = [*_own(board, found), *_next(board, found), *_groups(board, found), *_absent(found)]
    return Ruling(board_title(board, results), anchor, _lead(board, found), tuple(rest), tuple(_beware(board, found)))


def _lead(board: Leaderboard, found: Standing) -> str:
    """Say who is ahead, or who cannot be told from the best."""
    best, title = _long(board, found.best), metric_info(board.metric).title
    null = bool(value_of(board, found.best)["is_null"])
    if found.tied:
        superlative = "highest" if metric_info(board.metric).direction == "higher" else "lowest"
        kind = ", a null baseline," if null else ""
        leading = f"{best}{kind} has the {superlative} {title}, {_value(board, found.best)}"
        return f"{leading}, but no test tells {entry_list(board, found.tied)} from it."
    subject = f"The null baseline {best}" if null else best
    others = "every other method that was compared" if found.absent else "every other method"
    behind = f"; next: {_beside(board, found.next, found.best)}" if found.next else ""
    return f"{subject} is ahead of {others} ({title} {_value(board, found.best)}{behind})."


def _own(board: Leaderboard, found: Standing) -> Iterator[str]:
    if found.own:
        yield f"Of the same method, {entry_list(board, found.own)} cannot be told from it."
    tuned = [entry for entry in entries_of(board.ranked) if entry.embedder == found.best.embedder + TUNED]
    if tuned and all(board.differences.ahead(found.best, entry) for entry in tuned):
        yield f"Tuned, it is worse here: {_beside(board, tuned[0], found.best)}."


def _next(board: Leaderboard, found: Standing) -> Iterator[str]:
    if found.tied and found.next:
        yield f"The best that a test tells from it: {_beside(board, found.next, found.best)}."


def _groups(board: Leaderboard, found: Standing) -> Iterator[str]:
    names = [entry_list(board, group) for group in found.groups]
    if names:
        yield f"Further down, {'; nor can '.join([f'{names[0]} cannot be told apart', *names[1:2]])}."


def _absent(found: Standing) -> Iterator[str]:
    if found.absent:
        yield f"Not compared: {few(found.absent)}, not judged on the same cases or not on every fold."


def _beware(board: Leaderboard, found: Standing) -> Iterator[str]:
    """Say which methods are no better than what learns nothing."""
    if found.null is None:
        yield "No null baseline was compared, so whether a method is better than one that learns nothing is not known."
        return
    floor = f"the best null baseline, {entry_label(board, found.null)} ({_figure(board, found.null)})"
    if found.none_better:
        yield f"No test puts any method ahead of {floor}."
    elif found.failing:
        names = [row_label(entry.embedder, entry.dim, board.varied) for entry in found.failing]
        yield f"No test puts {few(names)} ahead of {floor}."


def _tied_only(board: Leaderboard, found: Advice, position: int) -> bool:
    """Whether the chosen one is tied for best on a leaderboard, but not known to be better than null there."""
    tied = entries_of(board.ranked[board.ranked["tied"].fillna(False)])
    return position not in found.entries and any(entry[:2] == found.chosen for entry in tied)


def _reason(found: Advice, alone: bool, n_boards: int, unproven: bool) -> str:
    """Say why something is recommended; `unproven` says whether it is tied for best elsewhere, but with null."""
    rivals = few([with_dimension(*key) for key in found.rivals]) if found.rivals else ""
    if n_boards == 1 and not rivals:
        reason = "it is ahead of every other" if alone else "of those tied for best, it alone is better than null"
    elif n_boards == 1:
        reason = f"it is tied for best with {rivals}; {_size(found)}"
    else:
        often = f"all {n_boards}" if len(found.entries) == n_boards else f"{len(found.entries)} of {n_boards}"
        others = f", as {'is' if len(found.rivals) == 1 else 'are'} {rivals}; {_size(found)}" if rivals else ""
        only = "" if rivals else "; no other is on as many"
        best = "ahead or tied for best, and better than null," if unproven else "ahead or tied for best"
        reason = f"it is {best} on {often} leaderboards{only}{others}"
    return f"{reason}."


def _size(found: Advice) -> str:
    """Say what speaks for the chosen one among its rivals."""
    dims = found.chosen[1]
    vector = f"{count(round(dims), 'dimension')}, {round(BYTES * dims)} bytes a vector"
    time = f"({seconds(found.seconds)} s a fit)"
    if found.smallest:
        return f"of these it is the smallest ({vector})"
    if not found.fastest:
        return "of these none is smaller, and none as small is known to be fitted faster"
    if all(key[1] == dims for key in found.rivals):
        return f"of these it is fitted fastest {time}"
    return f"of these none is smaller ({vector}), and none as small is fitted faster {time}"


def _price(boards: Sequence[Leaderboard], found: Advice, results: Results) -> Iterator[str]:
    """Say by how much the chosen one is behind the best where it is not the best itself."""

    def where(board: Leaderboard) -> str:
        return f"{board_title(board, results)}; " if len(found.entries) > 1 else ""

    parts = []
    for position, entry in found.entries.items():
        board = boards[position]
        best = board.best
        gap = None if best is None else board.differences.between(entry, best)
        if best is not None and gap is not None:
            title = metric_info(board.metric).title
            parts.append(
                f"{written(board.metric, abs(gap.difference))} of {title} to {entry_label(board, best)} ({where(board)}"
                f"95 % interval of the difference {signed(board.metric, gap.low)} to {signed(board.metric, gap.high)})"
            )
    if parts:
        them = "that" if len(parts) == 1 else "these"
        yield f"It gives up {listed(parts)}; no test tells {them} from nothing after Holm's correction."


def _changes(
    boards: Sequence[Leaderboard], standings: Sequence[Standing | None], found: Advice, results: Results
) -> Iterator[str]:
    """Say what would lead to another choice."""
    for position in found.lost:
        board, rank = boards[position], standings[position]
        if rank is not None:
            own = next(entry for entry in entries_of(board.ranked) if entry[:2] == found.chosen)
            value = written(board.metric, value_of(board, own)["mean"])
            figure = f"{metric_info(board.metric).title} {written(board.metric, value_of(board, rank.best)['mean'])}"
            where = board_title(board, results)
            yield f"{where}: there a test puts {entry_label(board, rank.best)} ahead of it ({figure} against {value})."
    first, entry = next(iter(found.entries.items()))
    board, rank = boards[first], standings[first]
    title = board_title(board, results)
    for label, metrics in _by_winner(winners(board, "metric", found.chosen[0])).items():
        names = listed(metric_info(metric).title for metric in metrics)
        yield f"Another metric ({title}): {label} has the best {names}; that was not tested."
    others = winners(board, "readout", found.chosen[0]) if len(board.readouts) > 1 else {}
    sure = {readout: label for readout, label in others.items() if _wins(board, label, found.chosen, readout)}
    for label, readouts in _by_winner(sure).items():
        names = listed(readout_title(readout).lower() for readout in readouts)
        yield f"Another readout ({title}): with {names}, a test puts {label} ahead of it."
    if rank is not None:
        yield from _power(board, rank, entry, title)


def _wins(board: Leaderboard, label: str, chosen: tuple[str, float], readout: str) -> bool:
    """Whether a test puts a method, better than null, ahead of the chosen one under a readout."""
    ranked = board.ranked[(board.ranked["readout"] == readout) & board.ranked["better_than_null"].fillna(True)]
    winner = next((entry for entry in entries_of(ranked) if entry.embedder == label), None)
    own = Entry(*chosen, readout)
    return winner is not None and board.differences.ahead(winner, own)


def _by_winner(found: Mapping[str, str]) -> dict[str, list[str]]:
    return {
        label: [name for name, winner in found.items() if winner == label] for label in dict.fromkeys(found.values())
    }


def _power(board: Leaderboard, found: Standing, entry: Entry, title: str) -> Iterator[str]:
    """Say how many more units would tell the chosen one from the nearest method that is tied with it."""
    others = [other for other in (found.best, *found.tied) if other.method != entry.method]
    gap = board.differences.between(entry, others[0]) if others else None
    needed = None if gap is None else needed_units(gap.effect)
    if gap is None or needed is None:
        return
    name, unit = entry_label(board, others[0]), board.unit or "case"
    if needed > gap.n:
        yield (
            f"More data ({title}): to tell it from {name} takes about {count(needed, unit)} instead of {gap.n:,.0f}, "
            f"if the effect stays at {abs(gap.effect):.3f}: (1.96 + 0.84)² / effect², by which one test at {PERCENT} "
            "finds it four times in five."
        )
    elif gap.p < LEVEL:
        yield (
            f"Fewer comparisons ({title}): by itself its difference to {name} has {_p(gap.p)}; after Holm's correction "
            f"for {count(board.differences.n_pairs, 'pair')}, {_p(gap.p_holm)}."
        )


def with_dimension(embedder: str, dim: float) -> str:
    """Return an embedder with its number of dimensions, where it has vectors."""
    return f"{embedder} with {count(round(dim), 'dimension')}" if dim > 0 else embedder


def _long(board: Leaderboard, entry: Entry) -> str:
    name = with_dimension(entry.embedder, entry.dim)
    if len(board.readouts) == 1 or not entry.readout:
        return name
    return f"{name}{' and' if entry.dim > 0 else ' with'} the {readout_title(entry.readout).lower()} readout"


def _figure(board: Leaderboard, entry: Entry) -> str:
    return f"{metric_info(board.metric).title} {_value(board, entry)}"


def _value(board: Leaderboard, entry: Entry) -> str:
    """Return the value of the main metric with half its interval, where it has one."""
    cell = value_of(board, entry)
    half = (cell["high"] - cell["low"]) / 2
    return written(board.metric, cell["mean"]) + ("" if math.isnan(half) else f" ± {written(board.metric, half)}")


def _beside(board: Leaderboard, entry: Entry, best: Entry) -> str:
    """Return an entry with its value and the p-value of its difference to the best."""
    gap = board.differences.between(entry, best)
    value = written(board.metric, value_of(board, entry)["mean"])
    return f"{entry_label(board, entry)}, {value}" + (f", {_p(gap.p_holm)}" if gap else "")


def _p(p: float) -> str:
    text = p_value(p)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"

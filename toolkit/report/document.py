"""The report as a tree of parts, from the results of a run."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from toolkit.harness.tables import LEFT_OUT
from toolkit.metrics.base import metric_info
from toolkit.report import plotting
from toolkit.report.answers import answer
from toolkit.report.boards import board_part, metric_anchor, plot_points, split_text
from toolkit.report.glance import glance_table
from toolkit.report.ledger import failure_table, reason_table, reproduction_tables
from toolkit.report.maps import planned_maps
from toolkit.report.model import Experiment, Results
from toolkit.report.numbers import count, duration
from toolkit.report.parts import Chapter, Definition, Document, Fact
from toolkit.report.sections import of_experiment, sections
from toolkit.report.tables import Leaderboard, dimensions_of, leaderboards
from toolkit.report.trial_data import trial_data
from toolkit.report.verdict_wording import SCOPE, UNTESTED, verdict_part
from toolkit.report.wording import READOUTS, data_fact, direction_words, listed


def build_document(results: Results) -> Document:
    """Put the report together.

    Parameters
    ----------
    results : Results
        A run.

    Returns
    -------
    Document
        The same parts, whatever the format that writes them.
    """
    boards = leaderboards(results)
    anchors = Anchors()
    suite = results.info.suite
    present = [experiment for experiment in suite.experiments if experiment.name in set(results.trials["experiment"])]
    shown = [[board for board in boards if board.experiment == experiment.name] for experiment in present]
    chapters = [_chapter(*pair, results, anchors) for pair in zip(present, shown, strict=True)]
    narrowed = {experiment.name: of_experiment(results, experiment.name) for experiment in present}
    maps = planned_maps({name: (narrowed[name], own) for name, own in zip(narrowed, shown, strict=True)}, anchors.new)
    chapters = [
        replace(chapter, maps=maps.get(experiment.name)) for chapter, experiment in zip(chapters, present, strict=True)
    ]
    verdicts = [
        verdict_part(chapter.title, chapter.anchor, own, [part.anchor for part in chapter.boards], results)
        for chapter, own in zip(chapters, shown, strict=True)
    ]
    return Document(
        suite.title,
        suite.description,
        tuple(_run_facts(results)),
        tuple(verdicts),
        SCOPE if any(board.differences for board in boards) else UNTESTED,
        tuple(answer(result, anchors.new("question", result.study.name)) for result in results.studies),
        tuple(chapters),
        results.info.command,
        reproduction_tables(results),
        tuple(_definitions(boards)),
        trial_data(results),
    )


class Anchors:
    """Gives out identifiers that are readable, the same for the same run, and never given twice."""

    def __init__(self) -> None:
        self._given: set[str] = {"verdict", "summary", "reproduce", "definitions"}

    def new(self, *names: str) -> str:
        """Return an identifier made of the letters and digits of some names."""
        stem = "-".join(re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") for name in names if name) or "part"
        anchor, number = stem, 1
        while anchor in self._given:
            number += 1
            anchor = f"{stem}-{number}"
        self._given.add(anchor)
        return anchor


def _run_facts(results: Results) -> list[Fact]:
    info = results.info
    absent = int((results.trials["status"] == LEFT_OUT).sum())
    failed = int((results.trials["status"] != "ok").sum()) - absent
    fits = f"{len(results.trials):,}" + (f", {failed} of which failed" if failed else "")
    fits += f", {absent} left out" if absent else ""
    version = info.versions.get("embedding-comparison-toolkit", "")
    return [
        Fact("Run", f"{info.started[:10]}, {duration(info.seconds)}"),
        Fact("Fits", fits),
        *([Fact("Toolkit", version)] if version else []),
    ]


def _chapter(experiment: Experiment, boards: list[Leaderboard], results: Results, anchors: Anchors) -> Chapter:
    anchor = anchors.new("experiment", experiment.name)
    parts = tuple(
        board_part(board, results, anchors.new(experiment.name, board.task, board.target, board.split), domain)
        for board, domain in zip(boards, _domains(boards), strict=True)
    )
    return Chapter(
        anchor,
        experiment.title,
        tuple(_experiment_facts(experiment, boards, results)),
        parts,
        sections(experiment.name, boards, results, anchors.new),
        reason_table(results, experiment.name, f"{anchor}-reasons"),
        failure_table(results, experiment.name, f"{anchor}-failures"),
        glance_table([board.judged for board in boards], [part.anchor for part in parts], results, f"{anchor}-glance"),
    )


def _domains(boards: list[Leaderboard]) -> list[tuple[float, float]]:
    """Return the ends of each board's axis: boards of one task share them, so that they can be laid side by side."""
    points = [plot_points(board.judged) for board in boards]
    domains = []
    for board in boards:
        together = [frame for other, frame in zip(boards, points, strict=True) if other.task == board.task]
        floors = [floor for frame in together if (floor := plotting.null_floor(frame, board.metric)) is not None]
        ends = pd.concat([frame[side] for frame in together for side in ("low", "high")])
        domains.append(plotting.axis_domain(board.metric, ends, floors))
    return domains


def _experiment_facts(experiment: Experiment, boards: list[Leaderboard], results: Results) -> list[Fact]:
    trials = results.trials[results.trials["experiment"] == experiment.name]
    n_null = trials.loc[trials["is_null"], "embedder"].nunique()
    compared = count(trials["embedder"].nunique() - n_null, "embedder")
    compared += f" and {count(n_null, 'null baseline')}" if n_null else ", no null baseline"
    if dims := dimensions_of(trials):
        compared += f", with {listed(map(str, dims))} dimensions"
    facts = [Fact("Compared", compared)]
    data = results.info.datasets.get(experiment.dataset)
    if set(trials["name"]) == {"pretrained"}:
        facts.append(Fact("Trained on", "nothing here: the vectors are read from elsewhere"))
    elif data and data.kind == "vocabulary":
        facts.append(data_fact("Compared over", data))
    elif data:
        facts.append(data_fact("Trained on", data))
    else:
        facts.append(Fact("Trained on", experiment.dataset))
    splits = dict.fromkeys(text for board in boards if (text := split_text(board)))
    facts.append(Fact("Split", "; ".join(splits) or "none: what is judged on is a set of its own"))
    facts.append(Fact("Seeds", listed(trials["seed"].unique())))
    return facts


def _definitions(boards: list[Leaderboard]) -> list[Definition]:
    metrics = dict.fromkeys(metric for board in boards for metric in board.metrics)
    readouts = dict.fromkeys(readout for board in boards for readout in board.readouts if readout in READOUTS)
    found = []
    for name in metrics:
        info = metric_info(name)
        text = f"{info.definition} {direction_words(name).capitalize()}."
        found.append(Definition(metric_anchor(name), info.title, text))
    for name in readouts:
        title, text = READOUTS[name]
        found.append(Definition(f"readout-{name}", f"Readout: {title}", text))
    return found

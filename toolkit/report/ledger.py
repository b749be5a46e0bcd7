"""The tables beside the leaderboards: what it cost, what does not apply, what failed, and with what it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from toolkit.report.model import Results, RunInfo
from toolkit.report.numbers import MISSING, dimension, duration, megabytes, seconds
from toolkit.report.parts import Cell, Column, Row, Table
from toolkit.report.tables import ROW
from toolkit.report.trial_data import trial_groups
from toolkit.report.wording import listed, readout_title, web_link
from toolkit.tasks import task_info

COST_NOTE = (
    "Means over the fits that succeeded. CPU seconds count every core. Peak memory is by how much the process of "
    "a fit grew, with its data, beyond Python and the libraries."
)


def cost_frame(results: Results) -> pd.DataFrame:
    """Return what each embedder and dimension of one experiment cost, cheapest first.

    Returns
    -------
    pandas.DataFrame
        Columns embedder, embedding_dim, library, is_null, ok, fits, fit_seconds, cpu_seconds, evaluate_seconds,
        peak_memory_mb. An embedder of which no fit succeeded is left out.
    """
    trials = results.trials
    succeeded = trials["status"] == "ok"
    costs = (
        trials[succeeded]
        .groupby(ROW, dropna=False)
        .agg(
            library=("library", "first"),
            is_null=("is_null", "first"),
            ok=("trial", "size"),
            fit_seconds=("fit_seconds", "mean"),
            cpu_seconds=("cpu_seconds", "mean"),
            evaluate_seconds=("evaluate_seconds", "mean"),
            peak_memory_mb=("peak_memory_mb", "max"),
        )
    )
    costs["fits"] = trials.groupby(ROW, dropna=False).size().reindex(costs.index)
    return costs.reset_index().sort_values(["fit_seconds", *ROW], kind="stable", ignore_index=True)


def cost_table(costs: pd.DataFrame, anchor: str) -> Table | None:
    """Return the table of time and memory; None where no fit succeeded."""
    if costs.empty:
        return None
    columns = [Column("Embedder", kind="text"), Column("Dim"), Column("Library", kind="text"), Column("Fits")]
    columns += [Column(title) for title in ("Fit (s)", "CPU (s)", "Evaluation (s)", "Peak memory (MB)")]
    rows = []
    for cost in costs.itertuples():
        fits = str(cost.fits) if cost.ok == cost.fits else f"{cost.ok} of {cost.fits}"
        times = (seconds(cost.fit_seconds), seconds(cost.cpu_seconds), seconds(cost.evaluate_seconds))
        library = "toolkit" if cost.library == "embedding-comparison-toolkit" else cost.library
        texts = (cost.embedder, dimension(cost.embedding_dim), library, fits, *times)
        rows.append(_row(*texts, megabytes(cost.peak_memory_mb), is_null=cost.is_null))
    return Table(anchor, "Time and memory of one fit, fastest first.", tuple(columns), tuple(rows), (COST_NOTE,))


def reason_table(results: Results, experiment: str, anchor: str) -> Table | None:
    """Return why scores do not exist, one row a reason; None where all exist."""
    scores = results.scores
    notes = scores[(scores["experiment"] == experiment) & scores["value"].isna() & (scores["note"] != "")]
    if notes.empty:
        return None
    reasons = [_reason(*texts) for texts in zip(notes["note"], notes["name"], notes["embedder"], strict=True)]
    whom: dict[tuple[str, str, str], list[str]] = {}
    for (task, readout, reason), group in notes.assign(reason=reasons).groupby(
        ["task", "readout", "reason"], sort=False
    ):
        embedders = listed(group["embedder"].drop_duplicates())
        whom.setdefault((task, embedders, reason), []).append(readout_title(readout) or MISSING)
    rows = [
        _row(task_info(task).title, listed(dict.fromkeys(readouts)), embedders, reason)
        for (task, embedders, reason), readouts in whom.items()
    ]
    return _plain(anchor, "Scores that do not exist, and why.", ("Task", "Readout", "Embedders", "Why"), rows)


def _reason(note: str, name: str, label: str) -> str:
    """Return a note without the embedder that it begins with, so that several can share it."""
    for subject in (label, name):
        if note.casefold().startswith((f"{subject} ".casefold(), f"{subject}: ".casefold())):
            return note[len(subject) :].lstrip(": ")
    return note


def failure_table(results: Results, experiment: str, anchor: str) -> Table | None:
    """Return the fits that did not succeed, each with its error; None where all did."""
    trials = results.trials
    failed = trials[(trials["experiment"] == experiment) & (trials["status"] != "ok")]
    if failed.empty:
        return None
    fits = trial_groups(results)
    rows = []
    for trial in failed.itertuples():
        dim = dimension(trial.embedding_dim)
        texts = (text or MISSING for text in (trial.split, trial.fold, trial.seed, trial.status, trial.error))
        row = _row(trial.embedder, dim, *texts, is_null=trial.is_null)
        rows.append(replace(row, trials=fits[experiment, trial.embedder, dim]))
    titles = ("Embedder", "Dim", "Split", "Fold", "Seed", "Status", "Error")
    return _plain(anchor, "Fits that did not succeed.", titles, rows)


def reproduction_tables(results: Results) -> tuple[Table, ...]:
    """Return data fingerprints, embedders, versions and machine."""
    info = results.info
    data = []
    for key, item in info.datasets.items():
        title = Cell(item.title, link=web_link(item.link))
        data.append(Row((Cell(key), title, *map(Cell, (item.role, item.licence, item.fingerprint)))))
    embedders = [
        _row(method.label or method.name, experiment.title, method.name, _parameters(method.params))
        for experiment in info.suite.experiments
        for method in experiment.embedders
    ]
    run = [
        _row("started", info.started),
        _row("took", duration(info.seconds) + (f", beside {info.kept} results kept from before" if info.kept else "")),
        _row("seeds", listed(map(str, info.suite.seeds))),
        _row("the same once more", _repeatable(info)),
    ]
    machine = [
        _row(_spoken(name), MISSING if value in (None, "") else str(value)) for name, value in info.machine.items()
    ]
    versions = [_row(name, version) for name, version in info.versions.items()]
    return (
        _plain("data", "Data", ("Name", "Title", "Role", "Licence", "SHA-256"), data, code="SHA-256"),
        _plain("embedders", "Embedders", ("Embedder", "Experiment", "Name", "Parameters"), embedders),
        _plain("versions", "Versions", ("Package", "Version"), versions),
        _plain("machine", "Run and machine", ("What", "Value"), run + machine),
    )


def _repeatable(info: RunInfo) -> str:
    """Return whether a run that is made again, with the same versions, gives the same numbers.

    On a processor of another type, BLAS takes other kernels, and NumPy and PyTorch take other instructions.
    """
    methods = [method for experiment in info.suite.experiments for method in experiment.embedders]
    reasons = []
    for parameter in ("n_jobs", "blocks"):  # threads of a library, and parts of the data in Spark
        others = dict.fromkeys(each.label or each.name for each in methods if each.params.get(parameter, 1) != 1)
        if others:
            reasons.append(f"{listed(others)} may add up numbers in any order ({parameter})")
    if (threads := info.machine.get("threads_per_worker")) not in (None, 1):
        reasons.append(f"{threads} threads of each trial may, too (--threads)")
    blas = [library.partition(" for ")[0] for library in str(info.machine.get("blas") or "").split(", ")]
    if len(set(blas)) < len(blas):
        reasons.append("not all fits were made on processors of one type (BLAS)")
    if not reasons:
        return "to the last bit, on a processor of the same type"
    return f"but for the last digits, or more: {'; '.join(reasons)}"


def _spoken(name: str) -> str:
    return name.replace("_gib", " (GiB)").replace("blas", "BLAS").replace("_", " ")


def _parameters(params: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in params.items()) or MISSING


def _plain(anchor: str, caption: str, titles: tuple[str, ...], rows: list[Row], code: str = "") -> Table:
    columns = tuple(Column(title, kind="code" if title == code else "text") for title in titles)
    return Table(anchor, caption, columns, tuple(rows))


def _row(*texts: str, is_null: bool = False) -> Row:
    return Row(tuple(Cell(text) for text in texts), is_null)

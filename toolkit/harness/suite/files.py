"""Where suites come from: the TOML files that ship, those of the user, and what a run froze."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from toolkit.datasets.sources import check_source
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.harness.suite.specs import (
    LONGEST,
    EmbedderSpec,
    Experiment,
    SplitSpec,
    StudySpec,
    Suite,
    TaskSpec,
    TuneSpec,
)
from toolkit.inputs import read_structured
from toolkit.resources import folder


def suite_names() -> list[str]:
    """Return the names of the suites that ship with the toolkit."""
    return sorted(path.stem for path in folder("benchmarks").glob("*.toml"))


def load_suite(name: str | Path, quick: bool = False, tune: int | str | None = None) -> Suite:
    """Read a suite.

    Parameters
    ----------
    name : str or Path
        The name of one that ships with the toolkit, or the path of a TOML file, or of the ``run.json`` of a run, which
        holds the suite that was carried out.
    quick : bool, default False
        Take its quick version: what stands in a table ``quick`` replaces what stands beside that table.
    tune : int or str, optional
        In place of the suite's own budget for tuning: a number of trials, or of seconds, such as ``"60s"``.

    Returns
    -------
    Suite
        Checked: every key, and every name of an embedder, parameter, task, option, split and data set, is known.

    Raises
    ------
    UnknownNameError
        If a name or key is not known.
    DataError
        If the file is missing or is not a suite.
    ParameterError
        If it has no quick version and one is asked for, or `tune` is no budget.
    """
    budget = {} if tune is None else _budget(tune)
    path = _path_of(name)
    raw = _read(path)
    n_quick = _choose_version(raw, quick)
    if quick and not n_quick:
        raise ParameterError(f"suite {path.stem!r} has no quick version: no table in it is called quick")
    if budget:
        own = raw.get("tune")
        kept = own.items() if isinstance(own, dict) else ()
        raw["tune"] = {**{key: value for key, value in kept if key not in ("trials", "seconds")}, **budget}
    try:
        suite = Suite(**{"name": path.stem, **raw})
    except ValidationError as error:
        raise _explained(error, path) from None
    for experiment in suite.experiments:
        check_source(experiment.dataset, experiment.kind)
    return suite


def _path_of(name: str | Path) -> Path:
    """Return the file of a suite that ships, or that is given by its path."""
    if Path(name).suffix in (".toml", ".json"):
        return Path(name)
    if str(name) not in suite_names():
        raise UnknownNameError("suite", name, suite_names())
    return folder("benchmarks") / f"{name}.toml"


def _read(path: Path) -> dict[str, Any]:
    return _frozen(path) if path.suffix == ".json" else read_structured(path, "toml")


def _frozen(path: Path) -> dict[str, Any]:
    """Return the suite that a run froze."""
    found = read_structured(path, "json", table=False)
    suite = found.get("suite") if isinstance(found, dict) else None
    if not isinstance(suite, dict):
        raise DataError("holds no suite; the run.json of a run does", path)
    return suite


def _budget(tune: int | str) -> dict[str, int | float]:
    """Return the budget that a number of trials, or of seconds, stands for."""
    text = "" if isinstance(tune, bool) else str(tune)
    if re.fullmatch("[0-9]{1,9}", text) and int(text):
        return {"trials": int(text)}
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?s", text) and 0 < float(text[:-1]) <= LONGEST:
        return {"seconds": float(text[:-1])}
    raise ParameterError(
        f"tune is {tune!r}; it must be a number of trials for each method, such as 30, or of seconds, such as '60s'"
    )


def _choose_version(raw: dict[str, Any], quick: bool) -> int:
    """Take the tables ``quick`` out of a suite, put what they hold in place if asked to; return how many there were."""
    tables = [raw, *(table for kind in ("experiments", "studies") for table in _tables(raw.get(kind)))]
    found = [(table, table.pop("quick")) for table in tables if isinstance(table.get("quick"), dict)]
    for table, replacement in found:
        table.update(replacement if quick else {})
    return len(found)


def _tables(value: Any) -> list[dict[str, Any]]:
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []


def _explained(error: ValidationError, path: Path) -> Exception:
    """Return one fault in our own words; a key that is not known before one that is missing, as it may be meant."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    place = ".".join(str(step) for step in first["loc"])
    where = f"{place}: " if place else ""  # of a fault of the suite as a whole: nowhere
    if first["type"] == "extra_forbidden":
        *parents, key = first["loc"]
        return UnknownNameError(f"key of {path} at {place}:", key, _model_at(parents).model_fields)
    if first["type"] == "value_error":
        return DataError(f"{where}{first['ctx']['error']}", path)
    found = "" if first["type"] == "missing" else f", found {first['input']!r}"
    return DataError(f"{where}{first['msg'].lower()}{found}", path)


def _model_at(steps: list[Any]) -> type[BaseModel]:
    """Return which table of a suite a place lies in."""
    names: dict[str, type[BaseModel]] = {
        "experiments": Experiment,
        "splits": SplitSpec,
        "tasks": TaskSpec,
        "embedders": EmbedderSpec,
        "studies": StudySpec,
        "tune": TuneSpec,
    }
    found: type[BaseModel] = Suite
    for step in steps:
        found = names.get(step, found) if isinstance(step, str) else found
    return found

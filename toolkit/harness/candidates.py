"""Where the parameters that tuning tries are kept: Optuna studies, in a database that other programs can open too."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import DataError, ParameterError
from toolkit.harness.tables import CANDIDATES
from toolkit.search import Choice, Range, Whole

if TYPE_CHECKING:
    import optuna

WAIT = 60  # seconds that a process waits for another one to have written to an SQLite file
STATES = {"COMPLETE": "ok", "FAIL": "failed"}
ALONE = "tuning"  # name of a study in a file of its own
CUT_SHORT = "stopped"  # state of a candidate that was being tried when its process ended


def database(storage: str, folder: Path) -> str:
    """Return the URL of a storage, by default that of a file in the directory of the run.

    The path of an SQLite file is made absolute, as other processes may work in another directory.
    """
    from sqlalchemy import URL, make_url

    url = make_url(storage) if storage else URL.create("sqlite", database=str(folder / CANDIDATES))
    if url.get_backend_name() == "sqlite" and not str(url.database).startswith("file:"):
        url = url.set(database=str(Path(str(url.database)).resolve()))
    return url.render_as_string(hide_password=False)


def shown(storage: str) -> str:
    """Return a URL as it may be published: without a password.

    Raises
    ------
    ParameterError
        If it is none, or the database would vanish with the process that opens it.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(storage)
    except ArgumentError:
        raise ParameterError(
            "tune.storage is no URL that Optuna can open; it must be one such as 'sqlite:///tuning.db'"
        ) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ParameterError(
            f"tune.storage is {storage!r}, which other processes cannot see; name a file, as in 'sqlite:///tuning.db'"
        )
    return url.render_as_string(hide_password=True)


def open_storage(storage: str) -> optuna.storages.BaseStorage:
    """Open a storage; what it lacks is made.

    Raises
    ------
    DataError
        If it cannot be opened.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    engine = {"connect_args": {"timeout": WAIT}} if storage.startswith("sqlite") else {}
    try:
        with quiet():
            return optuna.storages.RDBStorage(storage, engine_kwargs=engine)
    except (SQLAlchemyError, ImportError, optuna.exceptions.StorageInternalError, RuntimeError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DataError(f"tune.storage cannot be opened: {reason}", shown(storage)) from error


def create_studies(storage: str, wanted: Mapping[str, bool]) -> dict[str, str]:
    """Make a study for each tuning; the next number is put behind a name that is taken.

    Parameters
    ----------
    storage : str
        The URL.
    wanted : dict of str to bool
        Names of studies, and whether low values are better.

    Returns
    -------
    dict of str to str
        By the names wanted, those that the studies were given.
    """
    from optuna.study import StudyDirection

    opened = open_storage(storage)
    taken = {study.study_name for study in opened.get_all_studies()}
    given = {}
    with quiet():
        for name, lower in wanted.items():
            numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
            given[name] = next(free for free in (name, *numbered) if free not in taken)
            taken.add(given[name])
            opened.create_new_study([StudyDirection.MINIMIZE if lower else StudyDirection.MAXIMIZE], given[name])
    return given


def adopt_study(source: Path, name: str, target: str) -> None:
    """Copy a study from a file into a storage, in place of one of that name.

    Parameters
    ----------
    source : Path
        An SQLite file, which is opened as a copy, for opening writes to it. The study in it is called `ALONE`.
    name : str
        What it shall be called.
    target : str
        The URL of the storage.
    """
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    with quiet(), tempfile.TemporaryDirectory(prefix="toolkit-tuning-") as folder:
        for path in source.parent.glob(f"{CANDIDATES}*"):  # with what SQLite needs to undo a change that was cut short
            shutil.copyfile(path, Path(folder) / path.name)
        opened, own = open_storage(target), open_storage(database("", Path(folder)))
        try:
            if name in optuna.get_all_study_names(opened):
                optuna.delete_study(study_name=name, storage=opened)
            optuna.copy_study(from_study_name=ALONE, from_storage=own, to_storage=opened, to_study_name=name)
        except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
            raise DataError(f"what tuning tried cannot be written: {str(error).splitlines()[0]}", target) from error


def load_study(storage: str, name: str, seed: int) -> optuna.Study:
    """Open a study with a sampler of its own."""
    import optuna

    sampler = optuna.samplers.TPESampler(seed=seed)
    return optuna.load_study(study_name=name, storage=open_storage(storage), sampler=sampler)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Optuna from telling of every step; progress is told elsewhere."""
    from optuna import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def suggest(trial: optuna.Trial, name: str, found: Range) -> Any:
    """Return a value of one range."""
    if isinstance(found, Choice):
        return trial.suggest_categorical(name, found.values)
    if isinstance(found, Whole):
        return trial.suggest_int(name, found.low, found.high, log=found.log)
    return trial.suggest_float(name, found.low, found.high, log=found.log)


def rows(tried: Iterable[optuna.trial.FrozenTrial], chosen: int | None) -> list[dict[str, Any]]:
    """Return what was tried as rows of a table, one a candidate.

    Parameters
    ----------
    tried : iterable of FrozenTrial
        The candidates.
    chosen : int, optional
        The number of the one that was chosen.

    Returns
    -------
    list of dict
        With number, state, value, seconds, parameters, chosen, confirmed and error.
    """
    return [
        {
            "number": trial.number,
            "state": STATES.get(trial.state.name, CUT_SHORT),
            "value": trial.value if trial.state.name == "COMPLETE" else None,
            "seconds": trial.user_attrs.get("seconds"),
            "parameters": json.dumps(trial.user_attrs.get("parameters", trial.params)),
            "chosen": trial.number == chosen,
            "confirmed": trial.user_attrs.get("confirmed"),
            "error": trial.user_attrs.get("error", ""),
        }
        for trial in tried
        if trial.state.name != "WAITING"
    ]

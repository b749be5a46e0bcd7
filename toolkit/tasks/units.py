"""What scores are made of, unit by unit, kept so that whatever is asked of a difference needs no new fit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from toolkit.atomic import replacing
from toolkit.errors import DataError
from toolkit.ipc import open_ipc, read_batches
from toolkit.keys import locate
from toolkit.stats import Sample, Statistic

BETWEEN = ": "  # a readout and the name of its column, in files


@dataclass(frozen=True, eq=False)
class Units:
    """The cases that a readout was judged on, and what it made of each.

    Parameters
    ----------
    task, entity, target, readout : str
        As in `Score`.
    cases : pandas.DataFrame, shape (n, some)
        What identifies each case, what it is compared with, and traits by which cases are told apart, such as how often
        an item was rated in training; the same for all methods.
    values : pandas.DataFrame, shape (n, some)
        What the readout made of each case; nan where it says nothing.
    variant : str, default ""
        As in `Score`.
    """

    task: str
    entity: str
    target: str
    readout: str
    cases: pd.DataFrame
    values: pd.DataFrame
    variant: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """pandas.DataFrame: cases and values side by side."""
        return pd.concat([self.cases, self.values], axis=1)


@dataclass(frozen=True)
class UnitRules:
    """How the scores of a task come from their units.

    Parameters
    ----------
    noun : str
        What could have been another one, and is resampled: a user, a pair, a question, an item.
    sample : callable
        From the table of a `Units` and the name of a metric to what the score is made of; None where it has no units.
    traits : sequence of str, default ()
        Columns of the cases by which they are told apart.
    """

    noun: str
    sample: Callable[[pd.DataFrame, str], Sample | None]
    traits: Sequence[str] = ()


def sample_of(
    statistic: Statistic, units: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike = 1
) -> Sample | None:
    """Return the sample of some units, or None where there are none; `second` may be one number for all."""
    keys = np.asarray(units)
    keys = pd.Index(keys, dtype=keys.dtype)  # of text too, whose lookup is then the faster one
    if not len(keys):
        return None
    values, others = (np.broadcast_to(np.asarray(side, dtype=np.float64), len(keys)) for side in (first, second))
    return Sample(statistic, keys, values, others)


def occurrences(codes: npt.NDArray[np.int32], keys: pd.Index, wanted: pd.Index) -> npt.NDArray[np.int32]:
    """Return how often each wanted key stands among codes into `keys`; 0 for one that is not there."""
    counts = np.append(np.bincount(codes, minlength=len(keys)), 0)  # the last is that of place -1
    return counts[locate(keys, wanted)].astype(np.int32)


def write_units(found: Iterable[Units], stem: Path) -> list[Path]:
    """Write units, a file for all readouts of one task and target.

    Parameters
    ----------
    found : iterable of Units
        Of one trial.
    stem : Path
        Folder, and how the files' names begin.

    Returns
    -------
    list of Path
        The files: Arrow IPC, compressed, cases first and then a column ``readout: name`` for each value.

    Raises
    ------
    DataError
        If one cannot be written.
    """
    groups: list[list[Units]] = []
    for units in found:
        group = next((group for group in groups if _together(group[0], units)), None)
        if group is None:
            groups.append([units])
        else:
            group.append(units)
    paths = []
    for number, group in enumerate(groups, 1):
        paths.append(stem.with_name(f"{stem.name}.{number}.arrow"))
        _write(group, paths[-1])
    return paths


def _together(first: Units, other: Units) -> bool:
    same = all(getattr(first, name) == getattr(other, name) for name in ("task", "entity", "target", "variant"))
    return same and (first.cases is other.cases or first.cases.equals(other.cases))


def _write(group: Sequence[Units], path: Path) -> None:
    named = [units.values.add_prefix(units.readout + BETWEEN) for units in group]
    table = pa.Table.from_pandas(pd.concat([group[0].cases, *named], axis=1), preserve_index=False)
    facts = {name: getattr(group[0], name) for name in ("task", "entity", "target", "variant")}
    facts["cases"] = len(group[0].cases.columns)
    table = table.replace_schema_metadata({"units": json.dumps(facts)})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    try:
        with (
            replacing(path) as partial,
            open(partial, "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=options) as writer,
        ):
            writer.write_table(table)
    except OSError as error:
        raise DataError(f"cannot be written: {error.strerror or error}", path) from error


def unit_files(folder: Path, stem: str) -> list[Path]:
    """Return the files that `write_units` wrote with a stem, in their order."""
    name = re.compile(re.escape(stem) + r"\.([0-9]+)\.arrow")
    found = {path: match for path in folder.iterdir() if (match := name.fullmatch(path.name))}
    return sorted(found, key=lambda path: int(found[path][1]))


def read_units(path: Path, task: str | None = None, target: str = "") -> Iterator[Units]:
    """Yield the units of a file, one a readout.

    Parameters
    ----------
    path : Path
        The file.
    task, target : str, optional
        With a task: nothing, where the units are of another task or target.

    Yields
    ------
    Units

    Raises
    ------
    DataError
        If it is not a file of `write_units`.
    """
    with open_ipc(path, "holds no units of a run") as file:
        facts, n_cases = _facts(file.schema, path)
        if task is not None and (facts["task"], facts["target"]) != (task, target):
            return
        frame = read_batches(file, file.schema.names).to_pandas(ignore_metadata=True)
    cases, values = frame.iloc[:, :n_cases], frame.iloc[:, n_cases:]
    readouts = [column.split(BETWEEN, 1)[0] for column in values.columns]
    for readout in dict.fromkeys(readouts):
        own = values.loc[:, [name == readout for name in readouts]]
        yield Units(
            **facts, readout=readout, cases=cases, values=own.rename(columns=lambda name: name.split(BETWEEN, 1)[1])
        )


def _facts(schema: pa.Schema, path: Path) -> tuple[dict[str, str], int]:
    """Return what a file says of its units, and how many of its columns are of the cases."""
    try:
        found: Mapping[str, object] = json.loads(schema.metadata[b"units"])
        facts = {name: str(found[name]) for name in ("task", "entity", "target", "variant")}
        n_cases = int(str(found["cases"]))
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise DataError(f"holds no units of a run: {error}", path) from error
    if not 0 <= n_cases <= len(schema) or len(set(schema.names)) < len(schema):
        raise DataError("holds no units of a run: its columns are others than it says", path)
    for field in schema:
        if not _is_plain(field.type):
            raise DataError(f"holds no units of a run: column {field.name!r} is {field.type}", path)
    if any(BETWEEN not in name for name in schema.names[n_cases:]):
        raise DataError("holds no units of a run: a column of values has no readout", path)
    return facts, n_cases


def _is_plain(kind: pa.DataType) -> bool:
    """Return whether a column holds numbers, flags or texts, these as categories too."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return bool(numeric or pa.types.is_string(kind) or pa.types.is_large_string(kind))

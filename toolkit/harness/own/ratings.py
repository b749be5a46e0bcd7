"""A suite for somebody's own ratings, or events without ratings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, combinations
from pathlib import Path
from typing import Any

from toolkit.data import Ratings
from toolkit.datasets.catalog import catalog
from toolkit.datasets.files import DataFile
from toolkit.datasets.guessing import guess_columns
from toolkit.datasets.items import guess_items, read_items
from toolkit.datasets.load import load_dataset
from toolkit.datasets.ratings import load_ratings
from toolkit.datasets.samples import read_sample
from toolkit.datasets.values import guess_scale
from toolkit.errors import DataError, ParameterError
from toolkit.harness.own.judging import division_of, load_of, tasks_of
from toolkit.harness.own.methods import NULLS, RATINGS, chosen_methods, named_methods
from toolkit.harness.own.prepared import Budget, Prepared, Wishes, prepared, stem_of
from toolkit.harness.suite import Experiment

FEWEST = 10  # ratings of which anything can be said
DIM = 50
LACK: dict[str, tuple[str, Any]] = {  # what a column that is left out lacks, and the option that leaves it out
    "timestamp": ("not every row has a time", False),
    "count": ("not every row has a number above 0", None),
}
DAMPED = (
    "an event that happened n times counts log2(1 + n) with methods that weigh events (als, lmf) or factorize them "
    "(pca, truncated-svd, nmf); the others learn from who met what, and by that all are judged"
)
OF_STARS = (5, 10)  # tops of scales that begin with 1 as a rule


@dataclass(frozen=True, eq=False)
class _Loaded:
    """Ratings, how they are loaded again, and what was guessed about them."""

    data: Ratings
    options: dict[str, Any]
    guesses: tuple[str, ...]


def prepare_ratings(source: str, wishes: Wishes, budget: Budget) -> Prepared:
    """Make a suite for ratings.

    Parameters
    ----------
    source : str
        A file, or ratings of the catalog.
    wishes : Wishes
        What is known about its columns.
    budget : Budget
        The time.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        If the file is no table of ratings, or leaves open which column plays which part.
    ParameterError
        If what is wished does not go with the data.
    """
    found = _of_catalog(source, wishes) if source in catalog() else _of_file(source, wishes)
    data = found.data
    _check_size(data, source)
    load = load_of(data, budget)
    split, about_split = division_of(data)
    tasks, about_tasks = tasks_of(data)
    dim = max(1, min(DIM, min(len(data.user_keys), len(data.item_keys)) // 3))
    wanted = [method for method in (*NULLS, *RATINGS) if data.explicit or not method.explicit]
    wanted = [method for method in wanted if method.name != "joined" or dim == DIM]  # of a fixed size
    chosen, left = chosen_methods(named_methods(wanted, wishes.only), load, dim)
    told = [
        f"{_size(data)}, {_density(data)}",
        about_split,
        *about_tasks,
        "no method is tuned",
    ]
    experiment = Experiment(
        name="ratings",
        title=f"Ratings: {stem_of(source)}" if data.explicit else f"Events: {stem_of(source)}",
        dataset=source,
        options=found.options,
        splits=(split,),
        tasks=tasks,
        embedders=tuple(chosen),
    )
    return prepared(source, experiment, found.guesses, told, left)


def _of_catalog(source: str, wishes: Wishes) -> _Loaded:
    if wishes.given():
        names = ", ".join(f"--{name}" for name in sorted(wishes.given()))
        raise ParameterError(f"{names} is for files of your own; it is known how data set {source!r} is read")
    data = load_dataset(source)
    if not isinstance(data, Ratings):
        raise DataError(f"data set {source!r} holds {type(data).__name__}; ratings are needed here")
    return _Loaded(data, {}, ())


def _of_file(source: str, wishes: Wishes) -> _Loaded:
    sample = read_sample(source)
    try:
        found = guess_columns(
            sample.columns,
            sample.frame,
            header=sample.header,
            given=wishes.columns,
            implicit=wishes.implicit or "count" in wishes.columns,
            item_keys=read_items(DataFile(Path(wishes.items))).index if wishes.items else None,
        )
    except DataError as error:
        raise DataError(str(error), source) from None
    options: dict[str, Any] = {role: found.columns.get(role, False) for role in ("user", "item", "rating", "timestamp")}
    options |= {"count": found.columns["count"]} if "count" in found.columns else {}
    options |= {"header": sample.header} if sample.text else {}
    options |= {"items": wishes.items} if wishes.items else {}
    guesses = [] if sample.header else [f"the file has no header, so its columns are called 1 to {len(sample.columns)}"]
    guesses += found.sentences
    data, left = _loaded(source, options, wishes)
    guesses += left
    data, repeated = _once(data)
    options |= {"distinct": True} if repeated else {}
    guesses += [repeated] if repeated else []
    if data.explicit:
        scale = wishes.scale or guess_scale(data.values)
        options["scale"] = list(scale)
        data = replace(data, scale=scale)
        guesses.append(f"ratings are given on a scale of {scale[0]:g} to {scale[1]:g}")
        guesses += _about_zeros(data, wishes)
    elif wishes.scale:
        raise ParameterError("--scale is for ratings; there are none in this file, every row of which is an event")
    elif (data.values != 1).any():
        data, options["damped"] = data.damped(), True
        guesses.append(DAMPED)
    if data.item_table is not None:
        guesses += [guess_items(wishes.items or "").sentence, _about_items(data)]
    return _Loaded(data, options, tuple(guesses))


def _loaded(source: str, options: dict[str, Any], wishes: Wishes) -> tuple[Ratings, list[str]]:
    """Return ratings, without times or counts that were guessed where some row has none, and sentences about that."""
    guessed = [role for role in LACK if options.get(role) and role not in wishes.columns]
    error: DataError | None = None
    for left in chain.from_iterable(combinations(guessed, n) for n in range(len(guessed) + 1)):
        tried = options | {role: LACK[role][1] for role in left}
        try:
            data = load_ratings(source, **tried, scale=wishes.scale)
        except DataError as found:
            error = error or found
            continue
        where = f", such as line {error.line}" if error and error.line and len(left) == 1 else ""
        told = [f"column {options[role]} is left out after all: {LACK[role][0]}{where}" for role in left]
        options.update(tried)
        return data, told
    raise error or DataError("holds no ratings", source)


def _once(data: Ratings) -> tuple[Ratings, str]:
    """Return one row of each user and item, and a sentence about the others, "" where there are none.

    Whom a ranking is judged by are users who met an item in the test part and not in training: where most events
    repeat, as plays of songs do, hardly a user would be left. A rating that repeats would stand in both parts.
    """
    once = data.distinct()
    if len(once) == len(data):
        return data, ""
    what = f"{len(data) - len(once):,} of {len(data):,}"
    if data.explicit:
        last = "the last by time" if data.timestamps is not None else "the last in the file"
        return once, f"{what} ratings are dropped, as the user rated the item more than once: {last} is kept"
    about = "the first is kept and counts as often, as rankings are judged by items that are new to a user"
    return once, f"{what} events repeat an earlier one of a user and an item: {about}"


def _about_zeros(data: Ratings, wishes: Wishes) -> list[str]:
    """Return a doubt about zeros: in exports of books and films, 0 often stands where nothing was rated."""
    zeros = int((data.values == 0).sum())
    if wishes.scale or not zeros or data.scale[1] not in OF_STARS or (data.values % 1).any():
        return []
    return [f"{zeros:,} ratings of 0 are the lowest; if they stand for no rating, leave these rows out of the file"]


def _about_items(data: Ratings) -> str:
    table = data.item_table
    if table is None or not (shared := int(data.item_keys.isin(table.index).sum())):
        raise DataError(
            "none of the items of the ratings stands in the table of items; are its keys in another column?"
        )
    return f"the table of items knows {shared:,} of {len(data.item_keys):,} items, with {' and '.join(table.columns)}"


def _check_size(data: Ratings, source: str) -> None:
    if len(data) < FEWEST or len(data.user_keys) < 3 or len(data.item_keys) < 3:
        raise DataError(f"holds {data.summary}; at least {FEWEST} of 3 items by 3 users are needed", source)


def _size(data: Ratings) -> str:
    return data.summary if data.explicit else data.summary.replace("ratings", "events", 1)


def _density(data: Ratings) -> str:
    share = len(data) / (len(data.user_keys) * len(data.item_keys))
    return f"{100 * share:.2g} % of all pairs of a user and an item"

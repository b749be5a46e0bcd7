"""Guessing what the columns of somebody's own table of ratings hold, from their names and their first values.

Pure: names and values in, a `Guess` out, with a sentence for all that was guessed. Where names and values leave open
which column holds the users or the items, nothing is guessed: the error names the options that say it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.datasets.columns import NAMES, guess
from toolkit.datasets.signs import about_dates, items_first
from toolkit.datasets.values import DATE, Column, column_of
from toolkit.errors import DataError, UnknownNameError

ROLES = ("user", "item", "rating", "timestamp", "count")
HOLDS = {
    "user": "the users",
    "item": "the items",
    "rating": "the ratings",
    "timestamp": "the times",
    "count": "how often, or how long, each event happened",
}
BY_PLACE = "by its place"
MOST_LIKELY = 3  # columns of ratings, above which they are a matrix
LONGEST = 40  # letters of a value that an error quotes
DECIMAL = re.compile(r"-?\d+,\d+")
_AS_POINT = ' (numbers are written with a point: "3.5")'
# names of columns of numbers that are no ratings, without case and punctuation
_COUNTS = "age amount day duration events hour index month number price row rowid seconds week weekday year"
COUNTS = frozenset([*_COUNTS.split(), *NAMES["count"].split()])


@dataclass(frozen=True)
class Guess:
    """What the columns of a table of ratings hold.

    Parameters
    ----------
    columns : dict of str to str
        By the role (``"user"``, ``"item"``, ``"rating"``, ``"timestamp"``, ``"count"``) the column, for the roles that
        are played.
    explicit : bool
        Whether there are ratings; if not, every row is an event.
    sentences : tuple of str
        What was guessed and why, as people are told.
    """

    columns: Mapping[str, str]
    explicit: bool
    sentences: tuple[str, ...]


def guess_columns(
    columns: Sequence[str],
    sample: pd.DataFrame,
    *,
    header: bool = True,
    given: Mapping[str, str] | None = None,
    implicit: bool = False,
    item_keys: Collection[str] | None = None,
) -> Guess:
    """Guess which column holds the users, the items, the ratings and the times.

    Parameters
    ----------
    columns : sequence of str
        Their names; their numbers, from 1, where the file has none.
    sample : pandas.DataFrame
        The first rows as text, a column for each name, in their order; None or "" where a field is empty.
    header : bool, default True
        Whether the names come from the file.
    given : mapping of str to str, optional
        Columns by their roles, where they are known; these are not guessed.
    implicit : bool, default False
        Take every row as an event: no ratings are looked for.
    item_keys : collection of str, optional
        Keys of a table of the items, where there is one.

    Returns
    -------
    Guess

    Raises
    ------
    UnknownNameError
        If a column that is given is not there.
    DataError
        If names and values leave open which column plays a part; the message names the options.

    Examples
    --------
    >>> sample = pd.DataFrame([["u1", "x", "5"], ["u2", "y", "1"], ["u1", "y", "5"]])
    >>> found = guess_columns(["userId", "movieId", "rating"], sample)
    >>> found.columns
    {'user': 'userId', 'item': 'movieId', 'rating': 'rating'}
    >>> found.sentences[0]
    'column userId holds the users (by its name)'
    """
    found = dict(given or {})
    for name in found.values():
        if name not in columns:
            raise UnknownNameError("column", name, columns)
    told = dict.fromkeys(found, "as you say")
    kinds = {name: column_of(name, sample.iloc[:, list(columns).index(name)]) for name in columns}
    if header:
        _by_names(kinds, found, told, implicit)
    _by_values(kinds, found, told, header, implicit)
    places = dict(zip(columns, range(len(columns)), strict=True))
    if told.get("user") == told.get("item") == BY_PLACE:
        first, second = (sample.iloc[:, places[found[role]]] for role in ("user", "item"))
        if why := items_first(first, second, item_keys):
            found["user"], found["item"] = found["item"], found["user"]
            told |= {"user": "no other is left", "item": why}
    for role in ("user", "item"):
        if role not in found:
            raise DataError(_unclear(role, columns, found, None if header else sample.iloc[0].tolist()))
    for role, name in found.items():
        if list(columns).count(name) > 1:
            raise DataError(f"several columns are called {name!r}; rename those that do not hold {HOLDS[role]}")
    sentences = [f"column {found[role]} holds {HOLDS[role]} ({told[role]})" for role in ROLES if role in found]
    if "timestamp" in found and not kinds[found["timestamp"]].number:
        dates = about_dates(sample.iloc[:, places[found["timestamp"]]].dropna().astype(str))
        sentences += [dates] if dates else []
    if "rating" in found and kinds[found["rating"]].distinct == 1:
        sentences[:] = [line for line in sentences if not line.startswith(f"column {found['rating']} holds")]
        sentences.append(f"column {found.pop('rating')} has the same value in every row, so these are no ratings")
    if "rating" not in found:
        counted = guess("count", [name for name in columns if name not in found.values()])
        if header and "count" not in found and counted is not None and kinds[counted].number:
            if kinds[counted].is_count:
                found["count"] = counted
            why = "by its name" if "count" in found else "by its name, but not above 0 in every row, so it is not used"
            sentences.append(f"column {counted} holds {HOLDS['count']} ({why})")
        sentences.append("there are no ratings: every row is an event, a user who met an item")
    rest = [name for name in columns if name not in found.values()]
    if rest:
        sentences.append(f"not used: {', '.join(name or '(without a name)' for name in rest)}")
    return Guess({role: found[role] for role in ROLES if role in found}, "rating" in found, tuple(sentences))


def _by_names(kinds: Mapping[str, Column], found: dict[str, str], told: dict[str, str], implicit: bool) -> None:
    """Give out the roles that the names of columns tell."""
    for role in ROLES[:-1]:  # how often something happened is asked only where nothing was rated
        free = [name for name in kinds if name not in found.values()]
        name = guess(role, free)
        if role in found or name is None or (role == "rating" and implicit):
            continue
        if role == "rating" and not kinds[name].number:
            if kinds[name].odd == name:
                raise DataError(
                    f"the header stands again among the rows, where column {name!r} holds {name!r}; delete it"
                )
            raise DataError(
                f"column {name!r} should hold the ratings, by its name, and holds {_shown(kinds[name].odd)}, which is "
                f"no number{_AS_POINT if DECIMAL.fullmatch(kinds[name].odd) else ''}; name another with --rating "
                "COLUMN, or take every row as an event with --implicit"
            )
        if role == "timestamp" and not (kinds[name].time or kinds[name].number):
            continue  # such as "morning": nothing that could be put in order
        found[role], told[role] = name, "by its name"


def _by_values(
    kinds: Mapping[str, Column], found: dict[str, str], told: dict[str, str], header: bool, implicit: bool
) -> None:
    """Give out the roles that are left to columns whose values fit."""

    def free() -> list[Column]:
        return [kind for name, kind in kinds.items() if name not in found.values()]

    times = [kind.name for kind in free() if kind.time]
    if "timestamp" not in found and len(times) == 1:
        found["timestamp"], told["timestamp"] = times[0], "by its values"
    if "rating" not in found and not implicit:
        _rating_by_values(free(), list(kinds), found, told, header)
    described = {_plain(name) for role in ("title", "genres", "year") for name in NAMES[role].split()}
    keys = [kind.name for kind in free() if kind.is_key and not (header and _plain(kind.name) in described | COUNTS)]
    missing = [role for role in ("user", "item") if role not in found]
    if header and missing == ["item"] and not keys:
        keys = [name for name in [guess("title", [kind.name for kind in free()])] if name is not None]
    if len(keys) == len(missing):
        why = BY_PLACE if len(keys) == 2 else "no other is left"
        for role, name in zip(missing, keys, strict=True):
            found[role], told[role] = name, why


def _rating_by_values(
    free: Sequence[Column], columns: Sequence[str], found: dict[str, str], told: dict[str, str], header: bool
) -> None:
    likely = [kind.name for kind in free if kind.is_rating and not (header and _plain(kind.name) in COUNTS)]
    if not header and len(columns) > 2 and len(likely) > 1 and columns[2] in likely:
        found["rating"], told["rating"] = columns[2], "by its place and its values"
    elif len(likely) == 1:
        found["rating"], told["rating"] = likely[0], "by its values"
    elif len(likely) > MOST_LIKELY:
        raise DataError(
            f"each of {len(likely)} columns may hold ratings, such as {likely[0]}; if there is a column for each item, "
            "make a table of it with a line for each rating, in columns user, item and rating, as pandas.melt does"
        )
    elif likely:
        raise DataError(
            f"the ratings may stand in {' or '.join(likely)}; say which with --rating COLUMN, or take every row as an "
            "event with --implicit"
        )


def _unclear(role: str, columns: Sequence[str], found: Mapping[str, str], first: Sequence[object] | None) -> str:
    """Say that a role is open; of a table without names, with the values of the first row."""
    there = ", ".join(columns if first is None else (f"{n} ({value})" for n, value in zip(columns, first, strict=True)))
    known = "".join(f", {name} holds {HOLDS[other]}" for other, name in found.items())
    return (
        f"cannot tell which column holds {HOLDS[role]}: there are {there}{known}; name columns with "
        "--user, --item, --rating and --timestamp"
    )


def guess_header(first: Sequence[str], rows: pd.DataFrame) -> bool:
    """Guess whether the first line of a table holds names.

    Parameters
    ----------
    first : sequence of str
        Its fields.
    rows : pandas.DataFrame
        The lines that follow, as text, a column for each field.

    Returns
    -------
    bool
        False if a field is a number or a date, or, where no field is a name that is known, stands again below.
    """
    if any(_is_number(field) or DATE.fullmatch(field) for field in first):
        return False
    if any(guess(role, [field]) for role in NAMES for field in first):
        return True
    return not any((rows.iloc[:, place] == field).any() for place, field in enumerate(first) if field)


def _shown(text: str) -> str:
    """Return a value as an error quotes it."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…") if text else "nothing"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())

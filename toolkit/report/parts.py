"""What a report is made of, before it takes the form of HTML, Markdown or LaTeX.

Every text in here is plain: the format that writes it escapes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


ARROWS = {"higher": "↑", "lower": "↓"}
TIED, AT_FLOOR = "≈", "‡"  # marks of cells; a note says what they mean
MARKS = {"tied": TIED, "at_floor": AT_FLOOR}


@dataclass(frozen=True)
class Cell:
    """A value, perhaps with its spread, perhaps the best of its column, perhaps a link.

    `tied` says that no test tells it from the best, and `at_floor` that none puts it ahead of the best null baseline.
    """

    text: str
    spread: str = ""
    best: bool = False
    link: str = ""
    tied: bool = False
    at_floor: bool = False


@dataclass(frozen=True)
class Column:
    """A heading; `group` stands above neighbours that share it.

    `direction` and `anchor`, the place of a definition, belong to the group where there is one. `readout` is the title
    of the readout that all numbers of the column are by, if it is one.
    """

    title: str
    group: str = ""
    direction: str = "neutral"
    anchor: str = ""
    kind: Literal["number", "text", "code"] = "number"
    readout: str = ""


@dataclass(frozen=True)
class Row:
    """Cells, the first of which names the row; `tag` is a remark beside that name.

    `readout` is the title of the readout that the whole row is by, if it is one; `trials` is the number of the group of
    fits that it rests on, as `toolkit.report.trial_data` counts them.
    """

    cells: tuple[Cell, ...]
    is_null: bool = False
    tag: str = ""
    readout: str = ""
    trials: int | None = None


@dataclass(frozen=True)
class Table:
    """Columns and rows under a caption, with remarks below."""

    anchor: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> list[tuple[Column, int]]:
        """The first column of each group with the group's width; empty where there are no groups."""
        runs = [list(columns) for _, columns in groupby(self.columns, key=attrgetter("group"))]
        return [(columns[0], len(columns)) for columns in runs] if any(column.group for column in self.columns) else []

    def starts_group(self, position: int) -> bool:
        """Whether a column is the first of a named group."""
        group = self.columns[position].group
        return bool(group) and group != self.columns[position - 1].group


@dataclass(frozen=True)
class Key:
    """An entry of a figure's legend: a series number, which stands for a colour and a shape, and its name."""

    series: int
    label: str


@dataclass(frozen=True)
class Figure:
    """A plot that is drawn only when a format has room for it.

    Parameters
    ----------
    anchor, title : str
        Its identifier and caption.
    description : str
        The alternative text.
    draw : callable
        Takes a width in pixels and returns the Altair chart.
    legend : tuple of Key
        The series, where there are several.
    rows : tuple of (str, bool)
        The method of each row or panel, and whether it is a null baseline, where a reader can filter by these.
    shades : tuple of str
        What stands at the faint and at the strong end of a scale of shades, where there is one.
    has_null : bool, default True
        Whether null baselines are among what is drawn, in grey.
    data : pandas.DataFrame or callable
        Its numbers as a reader gets them: tidy, a row a mark, with columns whose names can be read. None may lack them.
        A function makes them when they are asked for.
    """

    anchor: str
    title: str
    description: str
    draw: Callable[[int], alt.LayerChart | alt.FacetChart | alt.ConcatChart] = field(repr=False)
    legend: tuple[Key, ...] = ()
    has_null: bool = True
    data: pd.DataFrame | Callable[[], pd.DataFrame] = field(kw_only=True, repr=False, compare=False)
    rows: tuple[tuple[str, bool], ...] = field(default=(), kw_only=True)
    shades: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def numbers(self) -> pd.DataFrame:
        """pandas.DataFrame: the data, made now where they were not."""
        return self.data() if callable(self.data) else self.data


@dataclass(frozen=True)
class Fact:
    """A term and what holds for it."""

    term: str
    text: str
    link: str = ""


@dataclass(frozen=True)
class Finding:
    """A sentence in three parts: what was judged, who is best, by how much."""

    topic: str
    subject: str
    text: str


@dataclass(frozen=True)
class Ruling:
    """What the numbers of a leaderboard say: the first sentence, what belongs to it, and what to beware of."""

    topic: str
    anchor: str
    lead: str
    sentences: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What comes of an experiment: a ruling for each leaderboard; what to choose, why, and what would change that."""

    anchor: str
    title: str
    rulings: tuple[Ruling, ...]
    choice: str = ""
    reason: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Board:
    """One task on one target: how the numbers are made, the leaderboard, its plots and the differences in it.

    `metrics` holds the other metrics where the leaderboard has no room for them; `traits` says by what a reader can
    choose among leaderboards, such as ``{"Task": ("Ranking",)}``.
    """

    anchor: str
    title: str
    definition: str
    facts: tuple[Fact, ...]
    table: Table
    figures: tuple[Figure, ...]
    differences: Table | None = None
    metrics: Table | None = None
    warnings: tuple[str, ...] = ()
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """What is said of an experiment beyond its leaderboards: sentences, and the figures and tables that carry them.

    The sentences are made from the numbers of the tables; the first is the one that matters most.
    """

    anchor: str
    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Maps:
    """What each method of an experiment learned, as maps for a page with scripts, and a figure for one without.

    Parameters
    ----------
    anchor, title : str
        Its identifier and heading.
    sentences : tuple of str
        How to read it, and what is shown.
    still : Figure
        What stands there in print, and where scripts do not run.
    contents : tuple of triples
        For each entity an identifier, its name, and what computes its maps as text that the script opens.
    """

    anchor: str
    title: str
    sentences: tuple[str, ...]
    still: Figure
    contents: tuple[tuple[str, str, Callable[[], str]], ...] = field(repr=False)


@dataclass(frozen=True)
class Chapter:
    """One experiment; `glance` shows its leaderboards side by side."""

    anchor: str
    title: str
    facts: tuple[Fact, ...]
    boards: tuple[Board, ...]
    sections: tuple[Section, ...]
    reasons: Table | None
    failures: Table | None
    glance: Table | None = None
    maps: Maps | None = None


@dataclass(frozen=True)
class Answer:
    """A question that was studied: sentences made from the numbers, then the figures and tables that carry them.

    The first sentence is the answer; `facts` say how it was found, and what chance would give.
    """

    anchor: str
    question: str
    sentences: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A metric or readout and the sentence that fixes it."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Document:
    """The whole report; `scope` says what the verdicts rest on, and what was not tested.

    `trials` is what `toolkit.report.trial_data` returns.
    """

    title: str
    description: str
    facts: tuple[Fact, ...]
    verdicts: tuple[Verdict, ...]
    scope: str
    answers: tuple[Answer, ...]
    chapters: tuple[Chapter, ...]
    command: str
    reproduction: tuple[Table, ...]
    definitions: tuple[Definition, ...]
    trials: Mapping[str, Any]

    @property
    def tested(self) -> bool:
        """Whether some leaderboard was tested."""
        return any(board.differences for chapter in self.chapters for board in chapter.boards)

    @property
    def has_maps(self) -> bool:
        """Whether some experiment has maps, which a page draws by scripts."""
        return any(chapter.maps for chapter in self.chapters)

"""What the report says of an experiment beyond its leaderboards: a module a section.

Each takes the leaderboards and the tables of one experiment and returns a `toolkit.report.parts.Section`, or None where
the run holds nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from toolkit.report.model import Results
from toolkit.report.parts import Section
from toolkit.report.sections.agreement import agreement_section
from toolkit.report.sections.cost import cost_section
from toolkit.report.sections.dimensions import dimension_section
from toolkit.report.sections.policies import policy_section
from toolkit.report.sections.ranks import rank_section
from toolkit.report.sections.readouts import readout_section
from toolkit.report.sections.residuals import residual_section
from toolkit.report.sections.strata import strata_section
from toolkit.report.sections.tuned import tuning_section
from toolkit.report.tables import Leaderboard

Writer = Callable[[Sequence[Leaderboard], Results, str], Section | None]
WRITERS: dict[str, Writer] = {  # in the order of the report
    "readouts": readout_section,
    "ranks": rank_section,
    "strata": strata_section,
    "residuals": residual_section,
    "agreement": agreement_section,
    "dimensions": dimension_section,
    "policies": policy_section,
    "tuning": tuning_section,
    "cost": cost_section,
}


def sections(
    experiment: str, boards: Sequence[Leaderboard], results: Results, anchor: Callable[..., str]
) -> tuple[Section, ...]:
    """Return the sections of an experiment for which the run holds something.

    Parameters
    ----------
    experiment : str
        Its name.
    boards : sequence of Leaderboard
        Its leaderboards.
    results : Results
        The run.
    anchor : callable
        Makes an identifier of some names, each time another.

    Returns
    -------
    tuple of Section
    """
    own = _narrowed(results, experiment)
    written = (write(boards, own, f"{experiment}-{name}") for name, write in WRITERS.items())
    return tuple(_with_anchors(section, anchor) for section in written if section)


def _narrowed(results: Results, experiment: str) -> Results:
    def of(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["experiment"] == experiment]

    names = ("trials", "scores", "intervals", "differences", "strata", "ranks", "tuning")
    return replace(results, **{name: of(getattr(results, name)) for name in names})


def _with_anchors(section: Section, anchor: Callable[..., str]) -> Section:
    return replace(
        section,
        anchor=anchor(section.anchor),
        figures=tuple(replace(figure, anchor=anchor(figure.anchor)) for figure in section.figures),
        tables=tuple(replace(table, anchor=anchor(table.anchor)) for table in section.tables),
    )

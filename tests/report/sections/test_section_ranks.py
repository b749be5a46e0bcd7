"""Average ranks and the critical-difference diagram."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit.report.html import drawings
from toolkit.report.sections import charts
from toolkit.report.sections.ranks import FOLDS, rank_groups, rank_section

NAN = float("nan")
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def ranked(run):
    """Return a function that ranks labels and writes the section."""

    def write(ranks, p=0.001, difference=1.5, over="folds", blocks=5):
        run.fit("ALS", ridge=0.9)
        run.fit("Random", ridge=1.0)
        for label, rank in ranks.items():
            row = {"experiment": "films", "task": "rating-prediction", "metric": "rmse", "over": over}
            row |= {"embedder": label, "embedding_dim": 8, "readout": "ridge", "rank": rank, "blocks": blocks}
            run.compare("ranks", **row, entries=len(ranks), friedman_p=p, critical_difference=difference)
        return run.section(rank_section)

    return write


def test_who_is_told_apart(ranked, rows_of):
    section = ranked({"PCA": 2.0, "ALS": 1.2, "Random": 3.0, "NMF": 3.8})
    assert section.sentences == (
        "Rating prediction, by RMSE over 5 folds: ALS has the best mean rank, 1.20 of 4; Friedman's test tells that "
        f"not all are alike (p{SPACE}={SPACE}0.001). Two mean ranks that are less than 1.50 apart are not told apart "
        "(Nemenyi's test at 5 %): ALS is told apart from 2 of the others, but not from PCA.",
    )
    assert rows_of(section.tables[0]) == [
        ["ALS", "8", "1.20", "0.00", "no"],
        ["PCA", "8", "2.00", "0.80", "no"],
        ["Random", "8", "3.00", "1.80", "yes"],
        ["NMF", "8", "3.80", "2.60", "yes"],
    ]
    assert [row.is_null for row in section.tables[0].rows] == [False, False, True, False]
    assert [fact.text for fact in section.facts] == [FOLDS]


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (0.5, "ALS is told apart from all others."),
        (0.95, "ALS is told apart from all others."),
        (9.0, "asks for mean ranks 9.00 apart, more than there is between the first and the last."),
    ],
)
def test_all_and_none_are_told_apart(ranked, difference, text):
    assert ranked({"ALS": 1.0, "PCA": 2.0}, difference=difference).sentences[0].endswith(text)


def test_a_test_that_finds_nothing_says_so(ranked, rows_of):
    section = ranked({"ALS": 1.4, "PCA": 1.6}, p=0.6, over="data sets", blocks=3)
    assert section.sentences == (
        "Rating prediction, by RMSE over 3 data sets: ALS has the best mean rank, 1.40 of 2; Friedman's test tells no "
        f"difference between any of them (p{SPACE}={SPACE}0.600).",
    )
    assert {row[-1] for row in rows_of(section.tables[0])} == {"–"}
    assert section.facts == (), "data sets are independent of each other"


def test_ranks_that_were_not_tested(ranked):
    section = ranked({"ALS": 1.0, "PCA": 2.0}, p=NAN, difference=NAN, blocks=1)
    assert section.sentences[0].endswith("over 1 fold: ALS has the best mean rank, 1.00 of 2; ranks were not tested.")
    assert "a bar joins" not in section.figures[0].title
    assert "critical difference" not in drawings(section.figures[0])[0].body


def test_one_method_is_no_figure_and_none_is_no_section(ranked, run):
    section = ranked({"ALS": 1.0})
    assert section.sentences == ("Rating prediction, by RMSE over 5 folds: ALS alone was ranked.",)
    assert section.figures == ()


def test_rows_without_a_rank_are_left_out(ranked):
    assert ranked({"ALS": NAN, "PCA": NAN}) is None


@pytest.mark.parametrize(
    ("ranks", "difference", "expected"),
    [
        ([1, 2, 3], 5, [(0, 2)]),
        ([1, 2, 3], 0.5, []),
        ([1, 2, 3], 1, [(0, 1), (1, 2)]),
        ([1, 1.1, 4, 4.1, 9], 1, [(0, 1), (2, 3)]),
        ([2], 1, []),
    ],
)
def test_groups_are_as_large_as_can_be(ranks, difference, expected):
    assert rank_groups(pd.Series(ranks, dtype=float), difference) == expected


def test_diagram_has_a_bar_a_group_and_the_length_of_the_difference(ranked, nasty):
    section = ranked({nasty[0]: 1.0, "PCA": 2.0, "NMF": 3.0}, difference=1.2)
    (figure,) = section.figures
    spec = figure.draw(700).to_dict()
    bars = [rows for rows in spec["datasets"].values() if set(rows[0]) == {"rank", "high", "y"}]
    found = sorted([(row["rank"], row["high"]) for row in rows] for rows in bars)
    assert found == [[(1.0, 2.0), (2.0, 3.0)], [(1.0, 2.2)]]
    for drawing in drawings(figure):
        assert "critical difference 1.20" in drawing.body
        assert "<script" not in drawing.body


@pytest.mark.parametrize(
    ("most", "width", "ticks"), [(3, 400, [1, 2, 3]), (28, 400, [1, 5, 10, 15, 20, 25]), (1, 300, [1])]
)
def test_axis_of_ranks_begins_with_the_first(most, width, ticks):
    assert charts._ticks(most, width) == ticks

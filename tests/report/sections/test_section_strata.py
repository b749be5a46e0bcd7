"""Scores by thirds."""

from __future__ import annotations

import pytest

from toolkit.report.html import drawings
from toolkit.report.sections.strata import strata_section

NAN = float("nan")


@pytest.fixture
def divided(run, rating):
    """Return a function that writes the section of labels with a value a third, half a width either side."""

    def write(values, trait="item_count", half=0.01, spans=((1, 9), (10, 99), (100, 500))):
        for label, thirds in values.items():
            run.fit(label, ridge=thirds[-1])
            for stratum, (value, (least, most)) in enumerate(zip(thirds, spans, strict=False), 1):
                row = {"embedder": label, "embedding_dim": 8, "readout": "ridge", "metric": "rmse", "trait": trait}
                row |= {"stratum": stratum, "least": least, "most": most, "value": value, "n": 100 * stratum}
                row = {name: "" if number != number else number for name, number in row.items()}
                run.compare("strata", **rating, **row, low=value - half, high=value + half)
        return run.section(strata_section)

    return write


def test_the_best_is_followed_through_the_thirds_and_places_are_changed(divided, rows_of):
    section = divided({"ALS": (1.10, 0.90, 0.70), "PCA": (1.00, 0.92, 0.85), "Random": (1.2, 1.1, 1.0)})
    assert section.sentences == (
        "Rating prediction: RMSE of ALS is 1.1000 for the least popular items (1 to 9 ratings) and 0.7000 for the most "
        "popular items (100 to 500 ratings). By popularity of the item the order changes, with intervals that do not "
        "overlap: ALS is ahead of PCA at 100 to 500 ratings, and behind it at 1 to 9 ratings.",
    )
    (table,) = section.tables
    assert rows_of(table)[0] == ["ALS", "1.1000 [1.0900, 1.1100]", "0.9000 [0.8900, 0.9100]", "0.7000 [0.6900, 0.7100]"]
    assert [column.title for column in table.columns] == ["Embedder", "1 to 9", "10 to 99", "100 to 500"]
    assert {column.direction for column in table.columns[1:]} == {"lower"}
    assert table.notes == ("Cases in the thirds: 100, 200 and 300.",)
    assert [row.is_null for row in table.rows] == [False, False, True]


def test_no_change_of_order_is_named_where_intervals_overlap(divided):
    section = divided({"ALS": (1.10, 0.90, 0.70), "PCA": (1.00, 0.92, 0.85)}, half=0.06)
    assert section.sentences[0].endswith(
        "By popularity of the item no two methods change places with intervals that lie apart."
    )


@pytest.mark.parametrize(
    ("more", "ending"),
    [
        ({"NMF": (0.99, 0.93, 0.86)}, "; ALS is ahead of NMF at 100 to 500 ratings, and behind it at 1 to 9 ratings."),
        (
            {"NMF": (0.9, 0.93, 0.96), "SVD": (0.9, 0.94, 0.96)},
            "behind it at 1 to 9 ratings. Another 3 pairs change places as well.",
        ),
        (
            {"NMF": (0.99, 0.93, 0.86), "SVD": (1.00, 0.93, 0.86)},
            "1 to 9 ratings. Another pair changes places as well.",
        ),
    ],
)
def test_further_changes_are_counted(divided, more, ending):
    (text,) = divided({"ALS": (1.10, 0.90, 0.70), "PCA": (1.00, 0.92, 0.85), **more}).sentences
    assert text.endswith(ending)


def test_a_difference_of_thirds_that_the_intervals_do_not_bear_out(divided):
    section = divided({"ALS": (0.91, 0.90, 0.90)}, trait="rank")
    assert section.sentences == (
        "Rating prediction: RMSE of ALS is 0.9100 for the most frequent words (rank 1 to 9) and 0.9000 for the rarest "
        "words (rank 100 to 500), a difference that the intervals do not bear out.",
    )


def test_missing_values_ranges_and_thirds(divided, rows_of):
    section = divided({"ALS": (0.9, NAN, 0.7), "PCA": (0.9, 0.8, 0.7)}, spans=((5, 5), (NAN, NAN), (9, 12)), half=NAN)
    (table,) = section.tables
    assert [column.title for column in table.columns[1:]] == ["5", "third 2", "9 to 12"]
    assert rows_of(table) == [["ALS", "0.9000", "–", "0.7000"], ["PCA", "0.9000", "0.8000", "0.7000"]]
    assert drawings(section.figures[0])


def test_a_trait_that_is_not_known_stands_for_itself(divided):
    section = divided({"ALS": (0.9, 0.8, 0.7), "PCA": (0.95, 0.85, 0.75)}, trait="age")
    assert "By age no two methods change places" in section.sentences[0]
    assert "thirds of age." in section.tables[0].caption


def test_figure_shows_the_best_five_and_the_best_null(divided, nasty):
    labels = [nasty[0], "ALS", "PCA", "NMF", "SVD", "BPR"]
    values = {label: (1 + i / 10, 0.9 + i / 10, 0.8 + i / 10) for i, label in enumerate(labels)}
    section = divided({**values, "Random": (2.0, 1.9, 1.8), "Popularity": (1.9, 1.8, 1.7)})
    (figure,) = section.figures
    assert [key.label for key in figure.legend] == labels[:5]
    assert "the 5 best methods" in figure.title
    assert figure.title.endswith("In grey the best null baseline, Popularity.")
    (points,) = figure.draw(700).to_dict()["datasets"].values()
    assert sorted({row["series"] for row in points}) == [0, 1, 2, 3, 4, 5]
    assert {row["is_null"] for row in points if row["series"] == 5} == {True}
    for drawing in drawings(figure):
        assert "popularity of the item (ratings)" in drawing.body
        assert "100 to 500" in drawing.body


def test_of_tuned_and_default_the_better_is_drawn(divided):
    section = divided({"ALS": (1.0, 0.9, 0.8), "ALS (tuned)": (0.9, 0.8, 0.7), "PCA": (1.1, 1.0, 0.9)})
    assert [key.label for key in section.figures[0].legend] == ["ALS (tuned)", "PCA"]
    assert [row.cells[0].text for row in section.tables[0].rows] == ["ALS (tuned)", "ALS", "PCA"]


def test_no_strata_are_no_section(run):
    run.fit("ALS", ridge=0.9)
    assert run.section(strata_section) is None


def test_of_readouts_that_are_equal_the_one_that_was_divided_counts(run, divided, rows_of):
    run.fit("PCA", cosine=0.75, ridge=0.75)
    section = divided({"ALS": (0.9, 0.8, 0.7), "PCA": (0.95, 0.85, 0.75)})
    assert [row[0] for row in rows_of(section.tables[0])] == ["ALS", "PCA"]

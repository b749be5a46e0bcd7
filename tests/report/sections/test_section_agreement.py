"""The section on agreement: turned copies, noise, null baselines and names that hold markup."""

from __future__ import annotations

import html

import numpy as np
import pytest

from toolkit.report import write_report
from toolkit.report.answers.tables import number
from toolkit.report.html import drawings
from toolkit.report.sections.agreement import agreement_section


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    first = rng.normal(size=(60, 5)) * [3, 2, 1, 1, 1]
    return first, first @ np.linalg.qr(rng.normal(size=(5, 5)))[0], rng.normal(size=(60, 4)), rng.normal(size=(60, 3))


@pytest.fixture
def section(run, keep, vectors):
    for label, matrix in zip(("PCA", "ALS", "NMF", "Random"), vectors, strict=True):
        keep(label, matrix)
    return run.section(agreement_section)


def test_first_sentence_says_who_learned_the_same_and_who_stands_alone(section):
    (text,) = section.sentences
    assert text.startswith(
        "Items: PCA and ALS learned the same up to a rotation (CKA 0.995 or more); NMF stands alone (CKA with any "
    )
    assert "PCA and ALS share most (1.00 by Jaccard)" in text
    assert "Of the null baselines Random comes nearest" in text
    assert "alike" not in text, "what is the same is not said to be alike as well"


def test_tables_hold_what_the_figure_draws(section, rows_of):
    (figure,) = section.figures
    cka, overlap, nearest = section.tables
    numbers = figure.data.set_index(["method", "other method"])
    order = [row[0].split(" ", 1)[1] for row in rows_of(cka)]
    assert sorted(order) == ["ALS", "NMF", "PCA", "Random"]
    assert abs(order.index("PCA") - order.index("ALS")) == 1
    for table, column in ((cka, "CKA"), (overlap, "neighbours shared@10")):
        assert [row.is_null for row in table.rows] == [name == "Random" for name in order]
        for i, row in enumerate(rows_of(table)):
            for j, text in enumerate(row[1:]):
                pairs = [pair for pair in ((order[i], order[j]), (order[j], order[i])) if pair in numbers.index]
                assert text == ("" if i == j else number(numbers.loc[pairs[0], column], ".2f"))
    assert {row[0]: row[1] for row in rows_of(nearest)}["PCA"] == "ALS"
    assert len(figure.data) == 6


def test_tree_stands_beside_the_heat_map_where_there_is_room(section):
    wide, narrow = drawings(section.figures[0])
    assert "1 − CKA" in wide.body
    assert ">1.00<" in wide.body
    for drawing in (wide, narrow):
        assert all(name in drawing.body for name in ("PCA", "ALS", "NMF", "Random"))
    assert len(wide.body) < 60_000


def test_seventeen_methods_fit(run, keep):
    rng = np.random.default_rng(1)
    for i in range(17):
        keep(f"method {i}", rng.normal(size=(40, 3)))
    section = run.section(agreement_section)
    wide, narrow = drawings(section.figures[0])
    assert len(wide.body) < 60_000
    for drawing in (wide, narrow):
        assert drawing.body.count("fill-opacity=") == 17 * 17
    assert "1 − CKA" not in narrow.body


def test_names_that_hold_markup_are_text(run, keep, vectors, nasty):
    for label, matrix in zip((*nasty, "NMF"), vectors, strict=False):
        keep(label, matrix)
    path = write_report(run.builder.write(run.folder), run.folder.parent / "report.html")
    text = path.read_text(encoding="utf-8")
    assert "Agreement: which methods learned the same" in text
    assert nasty[0] not in text
    assert html.escape(nasty[0]) in text


def test_same_run_same_bytes(run, keep, vectors):
    for label, matrix in zip(("PCA", "ALS", "NMF", "Random"), vectors, strict=True):
        keep(label, matrix, user=matrix[:30])
    folder = run.builder.write(run.folder)
    pages = [write_report(folder, run.folder.parent / f"{i}.html").read_bytes() for i in range(2)]
    assert pages[0] == pages[1]


def test_of_tuned_and_default_the_better_is_compared(run, keep, vectors):
    keep("PCA", vectors[0], ridge=0.9)
    keep("PCA (tuned)", vectors[2], ridge=0.8)
    keep("ALS", vectors[1], ridge=0.95)
    section = run.section(agreement_section)
    assert set(section.figures[0].data["method"]) | set(section.figures[0].data["other method"]) == {
        "PCA (tuned)",
        "ALS",
    }


def test_each_entity_is_compared_the_main_one_first(run, keep, vectors):
    keep("PCA", vectors[0], user=vectors[2])
    keep("ALS", vectors[1], user=vectors[2])
    section = run.section(agreement_section)
    assert [text.split(":")[0] for text in section.sentences] == ["Items", "Users"]
    assert len(section.figures) == 2
    assert len(section.tables) == 5, "the neighbours of the main entity alone stand in a table"


def test_nothing_kept_no_section(run, keep, vectors):
    run.fit("ALS", ridge=0.9)
    assert run.section(agreement_section) is None
    keep("PCA", vectors[0])
    assert run.section(agreement_section) is None, "one method is like no other"
    keep("NMF", vectors[1], keys=[f"other {i}" for i in range(60)])
    assert run.section(agreement_section) is None


def test_sections_on_vectors_stand_between_strata_and_cost(run, keep, vectors, rating):
    entry = {"embedding_dim": 8, "readout": "ridge", "metric": "rmse"}
    for label, matrix in zip(("PCA", "ALS"), vectors, strict=False):
        keep(label, matrix)
        for stratum in (1, 2, 3):
            ends = {"least": stratum, "most": stratum, "value": 0.9, "low": 0.8, "high": 1.0, "n": 5}
            run.compare("strata", **rating, **entry, embedder=label, trait="item_count", stratum=stratum, **ends)
    folder = run.builder.write(run.folder)
    text = write_report(folder, run.folder.parent / "report.md").read_text(encoding="utf-8")
    titles = ("Strata", "Agreement", "Dimensions", "Cost")
    places = [text.index(f"### {title}") for title in titles]
    assert places == sorted(places)

"""The section on dimensions: orthogonal columns, columns that repeat each other, and how many are used."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit import metrics
from toolkit.report.html import drawings
from toolkit.report.sections.dimensions import dimension_section


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    orthogonal = np.linalg.qr(rng.normal(size=(80, 6)))[0] * [6, 5, 4, 3, 2, 1]
    column = rng.normal(size=(80, 1))
    return {
        "PCA": orthogonal,
        "NMF": np.abs(column) + 0.05 * rng.uniform(size=(80, 6)),
        "ALS": rng.normal(size=(80, 6)),
        "Random": rng.normal(size=(80, 6)),
    }


@pytest.fixture
def section(run, keep, vectors):
    for label, matrix in vectors.items():
        keep(label, matrix)
    return run.section(dimension_section)


def test_sentence_tells_orthogonal_columns_from_those_that_repeat(section, vectors):
    (text,) = section.sentences
    assert "Items: the columns of PCA are orthogonal; " in text
    assert "the columns of NMF mostly repeat each other (" in text
    rank = metrics.effective_rank(vectors["ALS"].astype(np.float32))
    assert f"ALS uses most of the dimensions asked for, {rank:.1f} of 6, and NMF least" in text
    assert "(Random: " in text


def test_table_holds_the_geometry(section, vectors, rows_of):
    (table,) = section.tables
    rows = {row[0]: row for row in rows_of(table)}
    titles = [column.title for column in table.columns]
    for label, matrix in vectors.items():
        found = dict(zip(titles, rows[label], strict=True))
        single = matrix.astype(np.float32)
        assert found["Dim"] == "6"
        assert found["Effective rank"] == f"{metrics.effective_rank(single):.1f}"
        assert found["Participation ratio"] == f"{metrics.participation_ratio(single):.1f}"
        assert found["Hubness"] == f"{metrics.hubness(single):.1f}".replace("-", "−")
    assert rows_of(table)[0][0] == "PCA", "most orthogonal first"
    assert [row.is_null for row in table.rows] == [row.cells[0].text == "Random" for row in table.rows]


def test_figures_hold_the_spectrum_and_the_cosines(section, vectors):
    spectra, gram = section.figures
    own = spectra.data[spectra.data["method"] == "PCA"]
    np.testing.assert_allclose(own["share of the largest"], np.array([6, 5, 4, 3, 2, 1]) / 6, atol=1e-5)
    cosines = gram.data[gram.data["method"] == "PCA"]
    assert len(cosines) == 15
    assert cosines["cosine"].abs().max() < 1e-3
    assert gram.data.loc[gram.data["method"] == "NMF", "cosine"].min() > 0.9
    for figure in section.figures:
        for drawing in drawings(figure):
            assert len(drawing.body) < 60_000
            assert "http" not in drawing.body
    assert drawings(gram)[0].body.count("data:image/png;base64,") == 4


def test_null_baseline_is_drawn_behind_the_others(section):
    wide = drawings(section.figures[0])[0].body
    assert wide.count('stroke-dasharray="4,3"') == 3, "in each panel but one of its own"
    assert "Dashed grey: Random." in section.figures[0].title
    assert ">6 of 6<" in wide


def test_a_hundred_dimensions_of_many_methods_stay_small(run, keep):
    rng = np.random.default_rng(0)
    for i in range(12):
        keep(f"method {i}", rng.normal(size=(150, 120)))
    spectra, gram = run.section(dimension_section).figures
    assert "the 100 strongest" in gram.title
    for figure, most in ((spectra, 60_000), (gram, 150_000)):
        assert all(len(drawing.body) < most for drawing in drawings(figure))


def test_one_dimension_is_no_spectrum(run, keep):
    keep("PCA", np.ones((30, 1)))
    run.fit("ALS", ridge=0.9)
    assert run.section(dimension_section) is None


def test_zero_vectors_and_null_baselines_alone_are_drawn(run, keep):
    keep("Random", np.zeros((30, 3)))
    section = run.section(dimension_section)
    assert section.sentences == ()
    assert all(drawings(figure) for figure in section.figures)

"""What is said of orthogonal columns: other numbers give other sentences."""

from __future__ import annotations

import pytest

from tests.report.answers.answering import NAN, at, nulls


def test_columns_are_orthogonal_where_they_are_made_so(said):
    verdict, used, rotated, lost = said("orthogonal")
    assert verdict == (
        "Only where the method makes them so: on films, the columns of pca are orthogonal, those of the other 2 are not"
        " (31 % to 58 % off the diagonal)."
    )
    assert used.endswith("on films from 7 (pca) to 31 (svd).")
    assert rotated.startswith(
        "A random rotation changes no dot product by more than 2e−15 of the largest, leaves neigh"
    )
    assert rotated.endswith("a column's mean correlation with itself is between 0.11 and 0.34 afterwards.")
    assert lost == "pca loses its orthogonal columns by it (off-diagonal share 62 %)."


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (at(1, orthogonality=0.2), "No: on films, no method has orthogonal columns (20 % to 58 % off the diagonal)."),
        (at([0, 1, 2], orthogonality=0), "Yes: on films, the columns of als, pca and svd are orthogonal."),
        (
            at(0, orthogonality=0),
            "Only where the method makes them so: on films, the columns of als and pca are orthogonal, those of svd are"
            " not (58 % off the diagonal).",
        ),
        (nulls, "No method that learns was looked at."),
    ],
)
def test_verdict_on_columns(said, geometry, expected):
    assert said("orthogonal", geometry=geometry)[0] == expected


def test_columns_of_which_nothing_is_known_are_not_orthogonal(said):
    verdict = said("orthogonal", geometry=at(0, orthogonality=NAN, participation_ratio=NAN))[0]
    assert "the columns of pca are orthogonal, those of the other 2 are not (58 % off" in verdict


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (at(0, neighbors=0.5), "changes neighbours (overlap at least 0.500) and CKA (at least 1.000) and mixes"),
        (at(0, cka=0.4), "changes neighbours (overlap at least 0.999) and CKA (at least 0.400) and mixes"),
        (at(0, predictions=0.3), "changes no dot product by more than 3e−01 of the largest"),
        (at(None, predictions=NAN), "A random rotation leaves neighbours (overlap at least 0.999) and CKA"),
        (at(None, axes=1.0), "does not mix all axes: a column's mean correlation with itself is 1.00 afterwards."),
    ],
)
def test_what_a_rotation_changes(said, rotation, expected):
    assert expected in said("orthogonal", rotation=rotation)[2]


def test_columns_that_stay_orthogonal_are_not_lost(said):
    assert len(said("orthogonal", rotation=at(1, orthogonality_after=1e-12))) == 3
    lost = said("orthogonal", rotation=at(0, orthogonality_before=0))[3]
    assert lost == "als and pca lose their orthogonal columns by it (off-diagonal share 30 % to 62 %)."
    assert len(said("orthogonal", rotation=nulls)) == 2

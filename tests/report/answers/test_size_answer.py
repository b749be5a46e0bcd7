"""What is said of the number of dimensions: other numbers give other sentences."""

from __future__ import annotations

import pytest

from tests.report.answers.answering import NAN, at, nulls


def test_fifty_is_near_enough_for_some(said):
    verdict, extremes, theory, bands = said("why-50")
    assert verdict == (
        "50 is near enough for a minority of the methods: on films, 50 is within 5 % of the best of 1 of 3 methods and"
        " the best of 1."
    )
    assert (
        "the best dimension goes from 8 (svd) to 128 (pca); the best score of all, 0.3500, is that of als" in extremes
    )
    assert extremes.endswith("50 to 128 dimensions are within 5 % of it.")
    assert theory.endswith(
        "26 for films, with 16 to 60 within 5 % of the least loss (the measured best of als lies there)."
    )
    assert bands == (
        "Between the fits of one method and dimension, scores differ by at most 0.0070 on films (als with 8)."
    )


@pytest.mark.parametrize(
    ("ranges", "start"),
    [
        (
            at(1, at_50=0.32),
            "50 is near enough for most of the methods: on films, 50 is within 5 % of the best of 2 of 3",
        ),
        (at([1, 2], at_50=0.3, best=0.31), "50 is near enough for all of the methods"),
        (
            at(0, at_50=0.3, best_dim=128),
            "50 is near enough for none of the methods: on films, 50 is within 5 % of the",
        ),
        (lambda table: table[1:].pipe(at(1, at_50=0.32)), "50 is near enough for half of the methods"),
        (at(0, least=8, most=512, at_50=0.1), "50 is near enough for none of the methods"),
        (at(None, at_50=NAN), "No method was fitted with 50 dimensions."),
        (nulls, "No method that learns was fitted with several dimensions."),
        (None, "No method that learns was fitted with several dimensions."),
    ],
)
def test_verdict_on_fifty(said, ranges, start):
    assert said("why-50", ranges=ranges)[0].startswith(start)


def test_scores_that_are_better_when_lower(said):
    extremes = said("why-50", ranges=at(None, metric="rmse"), curves=at(None, metric="rmse"))[1]
    assert (
        "the best score of all, 0.2900, is that of svd with 8; its next dimensions are not within 5 % of it" in extremes
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"choice": at(None, low=100, high=130)}, "(the measured best of pca lies there)."),
        ({"choice": at(None, low=20, high=40)}, "(no method's measured best lies there)."),
        ({"ranges": None}, "with 16 to 60 within 5 % of the least loss."),
    ],
)
def test_theory_with_and_without_a_measured_best(said, changes, expected):
    (theory,) = [line for line in said("why-50", **changes) if "theory chooses" in line]
    assert theory.endswith(expected)


def test_one_seed_has_no_band(said):
    assert not [line for line in said("why-50", curves=at(None, seeds=1)) if "Between the fits" in line]

"""What is said of one-hot vectors and a lookup: other numbers give other sentences."""

from __future__ import annotations

import pytest

from tests.report.answers.answering import NAN, at


def test_a_lookup_is_the_product(said):
    verdict, gradients, price = said("one-hot")
    assert verdict == (
        "Yes: a lookup and one-hot × W give the same numbers to the last bit, and training either from one start gives"
        " the same weights to the last bit."
    )
    assert "by up to 6.5e−06, and they differ by 0." in gradients
    assert price == (
        "With 1,000 keys, one-hot vectors that are really there take 31 times the time and 500 times the memory of the "
        "lookup: 1 MB for 256 keys."
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"identity": at(3, difference=7e-6)}, "where gradients differ"),
        ({"identity": at(2, difference=1e-7)}, "where forward results differ"),
        ({"identity": at(None, difference=1.0)}, "where forward results and gradients differ"),
        ({"identity": at(1, difference=NAN)}, "where gradients differ"),
        ({"training": at(1, difference=0.002)}, "where trained weights differ"),
        (
            {"identity": at(2, difference=1e-7), "training": at(0, difference=1.0)},
            "where forward results and trained weights differ",
        ),
    ],
)
def test_what_differs_by_more_than_rounding_is_named(said, changes, expected):
    assert said("one-hot", **changes)[0].startswith(f"Not in this run, {expected} by more than rounding explains: ")


def test_differences_within_rounding_are_told(said):
    verdict, gradients, _ = said(
        "one-hot", identity=at(3, difference=2e-6, same_bits=False), training=at(1, difference=1e-5)
    )
    assert verdict.startswith("Yes: ")
    assert "weights that differ by at most 1.0e−05 where they moved by 3" in verdict
    assert "the same to the last bit where each code occurs once and not the same to the last bit where" in gradients
    assert "they differ by 2.0e−06" in gradients

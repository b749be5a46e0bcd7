"""What is said of what methods share: other numbers give other sentences."""

from __future__ import annotations

import pytest

from tests.report.answers.answering import NAN, at, learning, nulls


def test_methods_that_share_much(said):
    verdict, films, words, skip_gram, layers, seeds = said("same-thing")
    assert verdict.startswith("Much of it: on films, als and pca are nearest (CKA 0.81), pca and svd furthest apart")
    assert verdict.endswith("half of all pairs above 0.67; random vectors reach at most 0.07.")
    assert films.startswith("Of the ten nearest films, two methods share from 0.120 (pca and svd) to 0.410")
    assert words.endswith("random neighbours 0.011.")
    assert (
        "its dot products follow it, the better the more dimensions they have: correlation 0.35 with 10," in skip_gram
    )
    assert "are one model: after 3 passes over 4,000 ratings no parameter" in layers
    assert seeds.startswith("Two seeds of one method on films agree with CKA 0.88 (pca) or more, and share 0.64 of")


@pytest.mark.parametrize(
    ("agreement", "start"),
    [
        (at(3, cka=0.05), "Not all of it: "),
        (at(5, cka=0.7), "Not all of it: "),
        (lambda table: table.assign(cka=table["cka"] / 2), "Some of it: "),
        (learning, "There is no null baseline to judge by: "),
        (nulls, "No two methods that learn were laid side by side."),
        (None, "No two methods that learn were laid side by side."),
        (at(None, cka=NAN), "No two methods that learn were laid side by side."),
        (at(0, cka=NAN), "Much of it: on films, als and svd are nearest (CKA 0.63)"),
    ],
)
def test_verdict_on_agreement(said, agreement, start):
    assert said("same-thing", agreement=agreement, merges=None)[0].startswith(start)


@pytest.mark.parametrize(
    ("pmi", "part"),
    [
        (at(1, pearson=0.96), "follow it: correlation 0.35 with 10, 0.96 with 50 and 0.94 with 300"),
        (at(None, pearson=0.01), "do not follow it: "),
        (at(None, pearson=-0.4), "do not follow it: correlation −0.40 with 10"),
        (
            lambda table: table[:1],
            "follow it: correlation 0.35 with 10 dimensions, weighted by how often pairs occur 0.",
        ),
        (lambda table: table[::-1], "follow it, the better the more dimensions they have: correlation 0.35 with 10,"),
    ],
)
def test_skip_gram_and_its_matrix(said, pmi, part):
    assert [line for line in said("same-thing", pmi=pmi) if part in line]


@pytest.mark.parametrize("column", ["items", "users", "predictions"])
@pytest.mark.parametrize("value", [1e-8, NAN])
def test_layers_that_differ_are_not_the_same_model(said, column, value):
    (line,) = [line for line in said("same-thing", svd=at(0, **{column: value})) if line.startswith("Surprise")]
    assert "are not the same model here: " in line
    assert f"differs by more than {'1e−08' if value > 0 else '–'}, where" in line


@pytest.mark.parametrize("left", ["pmi", "svd", "stability"])
def test_a_part_that_was_not_studied_has_no_sentence(said, left):
    whole, found = said("same-thing"), said("same-thing", **{left: None})
    assert len(found) == len(whole) - 1
    assert set(found) < set(whole)

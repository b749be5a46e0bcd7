"""What is said of family trees: other numbers give other sentences."""

from __future__ import annotations

import pytest

from tests.report.answers.answering import NAN, at, learning, nulls


def test_the_network_is_laid_beside_the_paper(said):
    verdict, others, *_ = said("family-trees")
    assert verdict.startswith("Yes: als answers 78 of 104 questions about held-out inputs in 26 runs (0.75 [0.73,")
    assert "which is 6.0 of 8 where the paper has 7, and nationality and generation can be read" in verdict
    assert others.endswith("pca does best of the others, with 0.50 [0.48, 0.58]; svd 0.38 and random 0.03.")


@pytest.mark.parametrize(
    ("changes", "start", "part"),
    [
        ({"probes": at(0, accuracy=0.61)}, "In part: ", "generation can be read from its vectors, above the 95 %"),
        ({"probes": at(0, accuracy=0.61)}, "In part: ", "labels; nationality cannot."),
        ({"probes": at(None, accuracy=0.2)}, "Not in this run: ", "has 7, and nationality and generation cannot."),
        ({"probes": at(None, accuracy=NAN)}, "Not in this run: ", "nationality and generation cannot."),
        ({"probes": None}, "Not in this run: ", "where the paper has 7."),
        ({"completion": at(0, low=0.02)}, "In part: ", "no better for certain than a null baseline with 0.03, which"),
        ({"completion": lambda table: table[::-1]}, "Yes: ", "svd answers 40 of 104"),
        ({"completion": learning}, "Yes: ", "als answers 78 of 104"),
        ({"completion": nulls, "probes": nulls}, "No method that learns was looked at.", ""),
    ],
)
def test_what_is_not_learned_is_told(said, changes, start, part):
    verdict = said("family-trees", **changes)[0]
    assert verdict.startswith(start)
    assert part in verdict


def test_one_other_method_is_alone(said):
    assert said("family-trees", completion=lambda table: table[:2])[1] == "pca answers 0.50 [0.48, 0.58] of them."
    assert not [line for line in said("family-trees", completion=lambda table: table[:1]) if "others" in line]

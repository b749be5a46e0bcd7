"""What is said of whether similar things are close: other numbers give other sentences."""

from __future__ import annotations

from tests.report.answers.answering import at, nulls


def test_similar_things_are_close(said):
    verdict, genres, men, simlex = said("close-together")
    assert verdict == (
        "Yes: on films, 57 % of the 10 nearest by als have genres in common, where chance gives 35 %; on words, the "
        "cosines of als follow what people say of 603 pairs (men) with a correlation of 0.62 [0.58, 0.67]."
    )
    assert genres == "By genres, 3 of 3 methods are above chance with their whole interval."
    assert men.endswith("als is highest with 0.62 [0.58, 0.67], and no other interval overlaps it.")
    assert simlex.startswith("On simlex999 (212 pairs), 3 of 3 methods are above 0")


def test_a_method_at_chance_is_named(said):
    verdict, genres, *_ = said("close-together", attributes=at(2, low=0.347))
    assert verdict.startswith("Not with every method: ")
    assert genres == "By genres, 2 of 3 methods are above chance with their whole interval (svd is not)."
    verdict, genres, men, simlex = said("close-together", pairs=at([1, 2], low=-0.01, high=0.6))
    assert verdict.startswith("Not with every method: ")
    assert "3 of 3" in genres
    assert "1 of 3 methods are above 0 with their whole interval (pca and svd are not); als is highest" in men
    assert men.endswith("and the intervals of pca and svd overlap with its own.")
    assert "3 of 3" in simlex


def test_a_null_baseline_below_chance_does_not_count(said):
    assert said("close-together", attributes=at(3, low=0.1), pairs=at(3, low=-0.2))[0].startswith("Yes: ")


def test_one_kind_of_data(said):
    assert said("close-together", pairs=None)[0].startswith("Yes: on films, 57 %")
    assert said("close-together", attributes=None, neighbors=None)[0].startswith("Yes: on words, the cosines")
    assert len(said("close-together", pairs=None)) == 2
    assert said("close-together", attributes=nulls, pairs=nulls) == ("No method that learns was looked at.",)

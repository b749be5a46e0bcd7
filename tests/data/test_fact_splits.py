"""Facts divided by input: every input held out once, with all its facts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit as tk
from toolkit import Ratings, Triples
from toolkit.errors import DataError, ParameterError, UnknownNameError
from toolkit.testing import small_ratings, small_triples

KEYS = st.sampled_from("abcde")
FACTS = st.lists(st.tuples(KEYS, st.sampled_from("rs"), KEYS), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def families() -> Triples:
    return tk.load_dataset("family-trees")


def test_26_folds_hold_out_each_of_104_inputs_once(families: Triples) -> None:
    tests = [families.split("inputs", fold=fold)[1] for fold in range(1, 27)]
    assert [len(test.inputs) for test in tests] == [4] * 26
    held = [given for test in tests for given in test.inputs]
    assert sorted(held) == sorted(families.inputs)
    assert sum(map(len, tests)) == len(families)


def test_persons_and_relations_stay_known_with_4_inputs_held_out(families: Triples) -> None:
    for fold in range(1, 27):
        train, _ = families.split("inputs", fold=fold)
        assert set(train.subjects) == set(families.subjects)
        assert set(train.relations) == set(families.relations)
        assert train.attributes is families.attributes


@given(facts=FACTS, data=st.data())
def test_no_input_is_on_both_sides_and_no_fact_is_lost(facts: list[tuple[str, str, str]], data: st.DataObject) -> None:
    triples = Triples(tuple(facts))
    if len(triples.inputs) < 2:
        with pytest.raises(DataError, match="one input alone"):
            triples.split("inputs")
        return
    n_folds = data.draw(st.integers(2, len(triples.inputs)))
    fold = data.draw(st.integers(1, n_folds))
    train, test = triples.split("inputs", fold=fold, n_folds=n_folds, random_state=data.draw(st.integers(0, 9)))
    assert not set(train.inputs) & set(test.inputs)
    assert sorted(train.facts + test.facts) == sorted(facts)
    for part in (train, test):
        assert list(part.facts) == [fact for fact in facts if fact[:2] in part.inputs]  # in their order
    assert abs(len(test.inputs) - len(triples.inputs) / n_folds) < 1


def test_the_seed_divides_otherwise(families: Triples) -> None:
    assert families.split("inputs")[1].facts == families.split("inputs", fold=1, random_state=0)[1].facts
    assert families.split("inputs")[1].facts != families.split("inputs", random_state=1)[1].facts
    assert families.split("inputs")[1].facts != families.split("inputs", fold=2)[1].facts


def test_what_stands_in_the_test_part_alone_is_unknown_in_training() -> None:
    triples = Triples((("a", "r", "b"), ("b", "s", "a")), attributes=pd.DataFrame({"x": [1, 2]}, index=["a", "b"]))
    parts = [triples.split("inputs", n_folds=2, fold=fold)[0] for fold in (1, 2)]
    assert {part.relations for part in parts} == {("r",), ("s",)}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fold": 0}, "fold is 0; it must be a whole number from 1 to 26"),
        ({"fold": 27}, "fold is 27"),
        ({"fold": True}, "fold is True"),
        ({"n_folds": 1}, "n_folds is 1; it must be a whole number from 2 to 48"),
        ({"n_folds": 49}, "n_folds is 49"),
        ({"random_state": -1}, "random_state is -1"),
    ],
)
def test_a_value_that_is_not_allowed(options: dict[str, int], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        small_triples().split("inputs", **options)


def test_names_that_are_not_known() -> None:
    with pytest.raises(UnknownNameError, match="unknown split 'input'; did you mean 'inputs'"):
        small_triples().split("input")
    with pytest.raises(UnknownNameError, match="unknown option of split 'inputs' 'folds'; did you mean 'fold'"):
        small_triples().split("inputs", folds=3)
    with pytest.raises(UnknownNameError, match="unknown split 'kfold'"):
        small_triples().split("kfold")
    with pytest.raises(UnknownNameError, match="unknown split 'inputs'"):
        small_ratings().split("inputs")
    assert isinstance(small_ratings().split("holdout")[0], Ratings)

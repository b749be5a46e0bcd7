"""Word sets and facts: what they hold, and that they cannot be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from toolkit import Analogies, Triples, WordPairs
from toolkit.data import TrainingData
from toolkit.errors import DataError

FACTS = (("Colin", "father", "James"), ("Colin", "mother", "Victoria"), ("Charlotte", "father", "James"))


def test_pairs_from_rows() -> None:
    pairs = WordPairs.from_rows([("cat", "dog", 8), ("cat", "car", 1.5)], name="mine")
    assert (pairs.first, pairs.second, pairs.scores) == (("cat", "cat"), ("dog", "car"), (8.0, 1.5))
    assert len(pairs) == 2
    assert repr(pairs) == "WordPairs('mine': 2 pairs)"
    with pytest.raises(FrozenInstanceError):
        pairs.name = "other"


def test_pairs_without_rows() -> None:
    with pytest.raises(DataError, match="no pairs"):
        WordPairs.from_rows([])


def test_fingerprint_of_pairs() -> None:
    rows = [("cat", "dog", 8), ("cat", "car", 1.5)]
    prints = [
        WordPairs.from_rows(changed).fingerprint()
        for changed in (rows, rows[::-1], rows[:1], [("cat", "dog", 8), ("cat", "car", 1.6)])
    ]
    assert len(set(prints)) == 4
    assert WordPairs.from_rows(rows, name="other").fingerprint() == prints[0]


def test_analogies() -> None:
    questions = Analogies({"family": [("a", "b", "c", "d")] * 2, "gram1": [("e", "f", "g", "h")]}, name="mine")
    assert len(questions) == 3
    assert repr(questions) == "Analogies('mine': 3 questions, sections: 2)"
    assert len(Analogies({})) == 0
    moved = Analogies({"family": [("a", "b", "c", "d")], "gram1": [("a", "b", "c", "d"), ("e", "f", "g", "h")]})
    assert moved.fingerprint() != questions.fingerprint()


def test_facts_as_two_views() -> None:
    triples = Triples(FACTS)
    assert isinstance(triples, TrainingData)
    assert len(triples) == 3
    assert triples.subjects == ("Colin", "James", "Victoria", "Charlotte")
    assert triples.relations == ("father", "mother")
    assert triples.inputs == (("Colin", "father"), ("Colin", "mother"), ("Charlotte", "father"))
    assert list(triples.sequences()) == [list(fact) for fact in FACTS]
    matrix = triples.matrix()
    assert matrix.row_keys.tolist() == list(triples.subjects)
    assert matrix.column_keys.tolist() == ["father James", "mother Victoria"]
    np.testing.assert_array_equal(matrix.csr.toarray(), [[1, 1], [0, 0], [0, 0], [1, 0]])


def test_a_fact_that_stands_twice_is_one_cell() -> None:
    triples = Triples((*FACTS, FACTS[0]))
    assert len(triples.inputs) == 3
    matrix = triples.matrix()
    assert len(matrix.values) == 3, "no cell of a matrix stands twice"
    assert matrix.csr.max() == 1


def test_no_facts_are_refused() -> None:
    with pytest.raises(DataError, match="there are no facts"):
        Triples(())


def test_facts_with_attributes_can_be_compared() -> None:
    attributes = pd.DataFrame({"nationality": ["English", "English"]}, index=["Colin", "James"])
    first, second = Triples(FACTS, attributes=attributes), Triples(FACTS, attributes=attributes.copy())
    assert isinstance(first == second, bool)
    assert isinstance(hash(first), int)


def test_columns_of_facts_that_read_alike_are_refused() -> None:
    with pytest.raises(DataError, match="read alike; write relations without spaces"):
        Triples((("x", "s t", "u"), ("x", "s", "t u"))).matrix()

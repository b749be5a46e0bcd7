from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

from toolkit.data import Triples
from toolkit.datasets import load_dataset
from toolkit.resources import folder


def families() -> Triples:
    loaded = load_dataset("family-trees")
    assert isinstance(loaded, Triples)
    return loaded


def test_the_counts_are_those_of_the_paper() -> None:
    trees = families()
    assert (len(trees), len(trees.inputs), len(trees.subjects), len(trees.relations)) == (112, 104, 24, 12)
    assert Counter(relation for _, relation, _ in trees.facts) == {
        **dict.fromkeys(("father", "mother", "son", "daughter"), 12),
        **dict.fromkeys(("husband", "wife"), 10),
        **dict.fromkeys(("brother", "sister"), 6),
        **dict.fromkeys(("uncle", "aunt", "nephew", "niece"), 8),
    }


def test_uncles_and_aunts_by_marriage_count() -> None:
    facts = set(families().facts)
    assert {target for person, relation, target in facts if (person, relation) == ("Colin", "uncle")} == {
        "Arthur",
        "Charles",
    }
    assert {target for person, relation, target in facts if (person, relation) == ("Sophia", "aunt")} == {
        "Gina",
        "Angela",
    }
    assert {fact for fact in facts if fact[0] == "Charles"} == {
        ("Charles", "wife", "Jennifer"),
        ("Charles", "nephew", "Colin"),
        ("Charles", "niece", "Charlotte"),
    }


def test_the_two_families_are_isomorphic_and_apart() -> None:
    trees = families()
    people = trees.attributes
    english, italian = (people.index[people["nationality"] == nation] for nation in ("English", "Italian"))
    counterpart = dict(zip(english, italian, strict=True))
    facts = set(trees.facts)
    assert {(counterpart[a], relation, counterpart[b]) for a, relation, b in facts if a in counterpart} == {
        fact for fact in facts if fact[0] not in counterpart
    }


def test_what_is_known_about_people() -> None:
    people = families().attributes
    assert list(people.columns) == ["nationality", "generation", "branch"]
    assert set(people.index) == set(families().subjects)
    assert people.loc["Colin"].tolist() == ["English", "3", "both"]
    assert people.loc["Lucia"].tolist() == ["Italian", "2", "left"]
    assert Counter(people["generation"]) == {"1": 8, "2": 12, "3": 4}


def test_the_script_writes_what_is_shipped(tmp_path: Path) -> None:
    runpy.run_path(str(folder("data") / "family_trees.py"))["write"](tmp_path)
    for name in ("family_trees.tsv", "family_people.tsv"):
        assert (tmp_path / name).read_bytes() == (folder("data") / name).read_bytes()

"""Write ``family_trees.tsv`` and ``family_people.tsv``: the two family trees of Hinton (1986).

Run it with ``python data/family_trees.py`` after a change. All facts follow from couples and parents; uncles, aunts,
nephews and nieces include those by marriage, as in the paper.

References
----------
Hinton (1986), Learning distributed representations of concepts, Proceedings of the 8th Annual Conference of the
Cognitive Science Society.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# One tree, told with places; the two families have the same form.
MEN, WOMEN = range(6), range(6, 12)
COUPLES = [(0, 6), (1, 7), (2, 8), (3, 9), (4, 10)]
CHILDREN = {(0, 6): [2, 9], (1, 7): [3, 10], (3, 9): [5, 11]}
GENERATION = {0: 1, 6: 1, 1: 1, 7: 1, 2: 2, 8: 2, 3: 2, 9: 2, 4: 2, 10: 2, 5: 3, 11: 3}
BRANCH = {0: "left", 6: "left", 2: "left", 8: "left", 9: "left", 5: "both", 11: "both"}  # the others: right
FAMILIES = {
    "English": "Christopher Andrew Arthur James Charles Colin Penelope Christine Margaret Victoria Jennifer Charlotte",
    "Italian": "Roberto Pierro Emilio Marco Tomaso Alfonso Maria Francesca Gina Lucia Angela Sophia",
}
RELATIONS = (
    *("father", "mother", "husband", "wife", "son", "daughter"),
    *("uncle", "aunt", "brother", "sister", "nephew", "niece"),
)


def relatives() -> dict[str, set[tuple[int, int]]]:
    """Return the pairs of places (person, relative) of each relation."""
    spouse = set(COUPLES) | {(wife, husband) for husband, wife in COUPLES}
    parent = {(child, person) for couple, children in CHILDREN.items() for child in children for person in couple}
    child = {(elder, younger) for younger, elder in parent}
    sibling = {(a, b) for children in CHILDREN.values() for a in children for b in children if a != b}
    by_blood = {(person, b) for person, elder in parent for a, b in sibling if a == elder}
    elders = by_blood | {(person, b) for person, elder in by_blood for a, b in spouse if a == elder}
    younger = {(elder, person) for person, elder in elders}
    pairs = {"father mother": parent, "husband wife": spouse, "son daughter": child}
    pairs |= {"uncle aunt": elders, "brother sister": sibling, "nephew niece": younger}
    return {
        relation: {(person, other) for person, other in related if other in sex}
        for names, related in pairs.items()
        for relation, sex in zip(names.split(), ({*MEN}, {*WOMEN}), strict=True)
    }


def facts() -> Iterator[tuple[str, str, str]]:
    """Yield subject, relation and object; "Colin, father, James" says that James is the father of Colin."""
    for names in map(str.split, FAMILIES.values()):
        for relation in RELATIONS:
            for person, other in sorted(relatives()[relation]):
                yield names[person], relation, names[other]


def people() -> Iterator[tuple[str, str, str, str]]:
    """Yield name, nationality, generation (1 the oldest) and branch of each person."""
    for nationality, names in FAMILIES.items():
        for place, name in enumerate(names.split()):
            yield name, nationality, str(GENERATION[place]), BRANCH.get(place, "right")


def write(folder: Path) -> None:
    """Write both tables into a folder."""
    tables = {
        "family_trees.tsv": [("subject", "relation", "object"), *facts()],
        "family_people.tsv": [("person", "nationality", "generation", "branch"), *people()],
    }
    for name, rows in tables.items():
        (folder / name).write_bytes("".join("\t".join(row) + "\n" for row in rows).encode())


if __name__ == "__main__":
    write(Path(__file__).parent)

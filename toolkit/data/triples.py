"""`Triples`: facts of the form subject, relation, object."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.data import splits
from toolkit.data.views import Matrix, Sequences
from toolkit.errors import DataError
from toolkit.keys import as_keys


@dataclass(frozen=True, repr=False)
class Triples:
    """Facts, such as those of Hinton's family trees.

    Parameters
    ----------
    facts : tuple of 3-tuples of str, length n
        Subject, relation, object.
    name : str, default "triples"
        Name of the data set.
    attributes : pandas.DataFrame, optional
        What is known about each subject, indexed by its key; for probing, never for training.

    Examples
    --------
    >>> Triples((("Colin", "father", "James"), ("Colin", "mother", "Victoria"))).inputs
    (('Colin', 'father'), ('Colin', 'mother'))
    """

    facts: tuple[tuple[str, str, str], ...]
    name: str = "triples"
    attributes: pd.DataFrame | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.facts:
            raise DataError("there are no facts")

    def __len__(self) -> int:
        return len(self.facts)

    def __repr__(self) -> str:
        return f"Triples({self.name!r}: {self.summary})"

    @property
    def summary(self) -> str:
        """str: the size in words."""
        return f"{len(self):,} facts, {len(self.subjects):,} subjects, {len(self.relations):,} relations"

    def fingerprint(self) -> str:
        """Return a SHA-256 of the facts, in hexadecimal."""
        return hashlib.sha256("\n".join("\t".join(fact) for fact in self.facts).encode()).hexdigest()

    @property
    def subjects(self) -> tuple[str, ...]:
        """tuple of str: subjects and objects, in order of first occurrence."""
        return tuple(dict.fromkeys(key for fact in self.facts for key in (fact[0], fact[2])))

    @property
    def relations(self) -> tuple[str, ...]:
        """tuple of str: the relations, in order of first occurrence."""
        return tuple(dict.fromkeys(fact[1] for fact in self.facts))

    @property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """tuple of pairs: the distinct (subject, relation); one may have several objects."""
        return tuple(dict.fromkeys(fact[:2] for fact in self.facts))

    def take(self, rows: npt.NDArray[np.int64]) -> Triples:
        """Return some facts, in the order given; subjects and relations that no longer occur are dropped."""
        return replace(self, facts=tuple(self.facts[row] for row in rows))

    def split(self, method: str = "inputs", **options: Any) -> tuple[Triples, Triples]:
        """Divide into a training and a test part.

        Parameters
        ----------
        method : str, default "inputs"
            ``"inputs"`` (`fold`, `n_folds`, `random_state`): folds by input, with all the facts of each; the default
            of 26 holds out 4 of the 104 inputs of Hinton's family trees at a time, as his paper does.
        **options
            See `toolkit.data.splits`.

        Returns
        -------
        train, test : Triples
            With the attributes of all subjects. A subject or a relation that stands in the test part alone is unknown
            to what is trained on the other.

        Raises
        ------
        UnknownNameError
            If there is no such method or option.
        ParameterError
            If an option's value is not allowed.
        DataError
            If there is one input alone.
        """
        train, test = splits.split_facts(self, method, **options)
        return self.take(train), self.take(test)

    def sequences(self) -> Sequences:
        """Return each fact as a sentence of three keys, relations among the persons."""
        codes, keys = pd.factorize(np.array(self.facts, dtype=object).ravel())
        offsets = np.arange(0, len(codes) + 1, 3, dtype=np.int64)
        return Sequences(as_keys(keys), codes.astype(np.int32), offsets, "person")

    def matrix(self) -> Matrix:
        """Return persons by (relation, person), a 1 for each fact.

        Raises
        ------
        DataError
            If two columns have the same key, because a relation or an object holds a space.
        """
        facts = list(dict.fromkeys(self.facts))
        contexts = [context(relation, target) for _, relation, target in facts]
        if len(set(contexts)) < len({fact[1:] for fact in facts}):
            raise DataError("two pairs of relation and object read alike; write relations without spaces")
        rows = pd.Index(self.subjects, dtype=object)
        columns = pd.Index(list(dict.fromkeys(contexts)), dtype=object)
        return Matrix(
            rows.get_indexer([fact[0] for fact in facts]).astype(np.int32),
            columns.get_indexer(contexts).astype(np.int32),
            np.ones(len(facts)),
            rows,
            columns,
            "person",
            "context",
            "person",
            (0.0, 1.0),
        )


def context(relation: str, target: str) -> str:
    """Return the key of the column of `Triples.matrix` that stands for a relation with an object."""
    return f"{relation} {target}"

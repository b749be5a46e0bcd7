"""A suite for somebody's own vectors, laid side by side over the keys that they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.datasets.catalog import catalog
from toolkit.datasets.items import guess_items
from toolkit.datasets.vocabulary import common_keys, load_vocabulary, open_vectors
from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.harness.own.prepared import Prepared, Wishes, prepared, stem_of
from toolkit.harness.own.wordsets import WordSets, gather_sets
from toolkit.harness.suite import EmbedderSpec, Experiment, TaskSpec

FEWEST = 12  # keys in common: one more than the neighbours that are looked at, and another
MOST = 200_000  # keys in common that are looked at: the first ones of the first file
KNOWN = 0.05  # share of the shipped pairs whose words are known from which keys are taken for words
WORDS = 20  # pairs of which both words are known, at least


def prepare_vectors(sources: Sequence[str], wishes: Wishes) -> Prepared:
    """Make a suite for vectors.

    Parameters
    ----------
    sources : sequence of str
        Files, or vectors of the catalog.
    wishes : Wishes
        Sets of one's own, and a table of what the keys name.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        If they have no key in common, or too few.
    """
    opened = [open_vectors(source) for source in sources]
    keys = common_keys(opened, sources)
    if len(keys) < FEWEST:
        raise DataError(f"{' and '.join(sources)} have {len(keys)} keys in common; at least {FEWEST} are needed")
    kept = keys[:MOST]
    sets = gather_sets(wishes)
    words, about_words = _are_words(kept, wishes, sets)
    entity = "word" if words else "item"
    table = load_vocabulary(sources[0], items=wishes.items).item_table if wishes.items else None
    labels = labels_of(sources)
    guesses = [about_words]
    if table is not None:
        shared = int(kept.isin(table.index).sum())
        if not shared:
            raise DataError("none of the keys stands in the table of items", wishes.items)
        guesses.append(guess_items(wishes.items or "").sentence)
        guesses.append(f"the table of items knows {shared:,} of {len(kept):,} keys, with {' and '.join(table.columns)}")
    told = [
        f"compared are {_sizes(labels, opened)}; {len(keys):,} keys stand in {'each' if len(sources) > 1 else 'it'}"
        + (f", of which the first {MOST:,} are looked at" if len(keys) > MOST else ""),
        *(sets.missing if words else ()),
        "all are judged over the same keys; the null baselines are the vectors of the first on the wrong keys, and "
        "random ones of as many dimensions",
        *(
            []
            if words or _has_attributes(table)
            else ["no task applies to these keys, so nothing says which vectors are better; it is shown how they lie"]
        ),
    ]
    experiment = Experiment(
        name="vectors",
        title="Vectors",
        dataset=sources[0],
        options=_options(sources[1:], entity, len(keys), wishes.items),
        tasks=_tasks(sets.tasks() if words else (), _has_attributes(table)),
        embedders=tuple(_embedders(sources, labels, opened[0], entity)),
    )
    title = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
    return prepared(sources[0], experiment, guesses, told, title=title)


def labels_of(sources: Sequence[str]) -> list[str]:
    """Return a name for each file: its stem, or as much of its path as tells it from the others.

    Examples
    --------
    >>> labels_of(["a.txt", "b.bin"]), labels_of(["x/a.txt", "x/a.bin"]), labels_of(["x/a.txt", "y/a.txt"])
    (['a', 'b'], ['a.txt', 'a.bin'], ['x/a.txt', 'y/a.txt'])
    """
    for names in ([stem_of(source) for source in sources], [Path(source).name for source in sources], list(sources)):
        if len(set(names)) == len(names) and not {"random", "shuffled " + names[0]} & set(names):
            return names
    return [f"{source} ({number})" for number, source in enumerate(sources, 1)]


def _are_words(keys: pd.Index, wishes: Wishes, sets: WordSets) -> tuple[bool, str]:
    """Tell whether keys are words, from how many of the shipped pairs they hold."""
    if wishes.pairs or wishes.analogies:
        return True, "the keys are words, as you name sets of words to judge them by"
    if wishes.items:
        return False, "the keys name items, as you give a table of them"
    upper = set(keys.str.upper())
    found = [pair for pairs in sets.shipped for pair in zip(pairs.first, pairs.second, strict=True)]
    known = sum(first.upper() in upper and second.upper() in upper for first, second in found)
    words = known >= max(WORDS, KNOWN * len(found))
    kind = "words" if words else "no words of English"
    return (
        words,
        f"the keys are {kind}: both words of {known:,} of {len(found):,} pairs that people judged are among them",
    )


def _has_attributes(table: pd.DataFrame | None) -> bool:
    return table is not None and "genres" in table


def _options(others: Sequence[str], entity: str, n_keys: int, items: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {"others": list(others), "entity": entity}
    options |= {"limit": MOST} if n_keys > MOST else {}
    return options | ({"items": items} if items else {})


def _tasks(on_words: tuple[TaskSpec, ...], attributes: bool) -> tuple[TaskSpec, ...]:
    on_items = (TaskSpec(name="item-similarity"),) if attributes and not on_words else ()
    return (*on_words, *on_items, TaskSpec(name="geometry"))


def _embedders(sources: Sequence[str], labels: Sequence[str], first: Embedding, entity: str) -> list[EmbedderSpec]:
    def read(source: str) -> dict[str, Any]:
        return {
            "source": source,
            "restrict": True,
            "entity": entity,
            **({} if source in catalog() else {"cache": True}),
        }

    shuffled = {"embedder": "pretrained", "params": read(sources[0])}
    return [
        EmbedderSpec(name="random", params={"embedding_dim": first.dim}),
        EmbedderSpec(name="shuffled", label=f"shuffled {labels[0]}", params=shuffled),
        *(
            EmbedderSpec(name="pretrained", label=label, params=read(source))
            for source, label in zip(sources, labels, strict=True)
        ),
    ]


def _sizes(labels: Sequence[str], opened: Sequence[Embedding]) -> str:
    return ", ".join(f"{label} ({len(one):,} × {one.dim})" for label, one in zip(labels, opened, strict=True))

"""Tables as the studies of the suite ``questions`` make them, by hand, for tests of what is said of them."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from toolkit.report.answers import WRITERS

LABELS = ("als", "pca", "svd", "random")


def _one_hot(labels):
    rows = product(("forward", "gradient"), (False, True))
    identity = pd.DataFrame(rows, columns=["what", "repeated"]).sort_values("repeated", ignore_index=True)
    identity = identity.assign(difference=0.0, bound=[0.0, 0.0, 0.0, 6.5e-6], same_bits=True)
    training = {"optimizer": ["SGD", "Adam"], "steps": 200, "moved": [2.95, 1.08], "difference": 0.0}
    cost = {
        "vocabulary": [100, 100, 1000, 1000],
        "way": ["lookup", "one-hot"] * 2,
        "seconds": [1e-5, 4e-5, 1.1e-5, 3.4e-4],
        "input_bytes": [2048, 102400, 2048, 1024000],
    }
    return {
        "identity": identity,
        "training": pd.DataFrame({**training, "other_start": [3.83, 4.66]}),
        "cost": pd.DataFrame(cost),
    }


def _family_trees(labels):
    right = [78, 52, 40, 3]
    completion = pd.DataFrame({"embedder": labels, "is_null": [False, False, False, True], "runs": 26, "right": right})
    share = completion["right"] / 104
    completion = completion.assign(asked=104, inputs=104, share=share, low=share - 0.02, high=share + 0.08)
    completion = completion.assign(strict=[0.71, np.nan, np.nan, np.nan], of_eight=8 * share)
    rows = [
        (label, label == labels[-1], trait, accuracy - 0.11 * i, 0.41, 0.62, max(0, 26 - 9 * i), 26, 24)
        for i, label in enumerate(labels)
        for trait, accuracy in (("nationality", 0.98), ("generation", 0.87))
    ]
    probes = ["embedder", "is_null", "attribute", "accuracy", "shuffled", "shuffled_high", "above", "runs", "n"]
    people = [("Anna", "English"), ("Bert", "English"), ("Cleo", "Italian"), ("Dino", "Italian")]
    weights = [
        {"trial": "f-1", "person": person, "unit": unit, "weight": (-1) ** unit * place, "nationality": nation}
        for place, (person, nation) in enumerate(people, 1)
        for unit in range(1, 13)
    ]
    return {
        "runs": pd.DataFrame(),
        "completion": completion,
        "probes": pd.DataFrame(rows, columns=probes),
        "weights": pd.DataFrame(weights),
    }


def _same_thing(labels):
    values = {(0, 1): (0.81, 0.41), (0, 2): (0.63, 0.22), (1, 2): (0.52, 0.12)}
    rows = []
    for experiment in ("films", "words"):
        for i, j in combinations(range(len(labels)), 2):
            cka, near = values.get((i, j), (0.03, 0.011))
            cka += 0.04 * (experiment == "words")
            pair = {"experiment": experiment, "first": labels[i], "second": labels[j], "is_null": j == len(labels) - 1}
            rows.append({**pair, "cka": cka, "neighbors": near, "chance": 0.0106, "n": 500})
    merges = {"first": [0, 2, 3], "second": [1, 4, 5], "distance": [0.19, 0.425, 0.97]}
    stability = {"experiment": "films", "embedder": labels[:2], "is_null": False, "seeds": "0 and 1"}
    pmi = {"dim": [10, 50, 300], "pearson": [0.35, 0.61, 0.94], "weighted": [0.55, 0.72, 0.97]}
    svd = {"epochs": [1, 3], "ratings": 4000, "moved": [0.021, 0.063], "items": [1e-16, 2e-16], "users": 3e-16}
    return {
        "agreement": pd.DataFrame(rows),
        "merges": pd.concat([pd.DataFrame(merges).assign(experiment=name) for name in ("films", "words")]),
        "stability": pd.DataFrame({**stability, "cka": [0.93, 0.88], "neighbors": [0.71, 0.64], "chance": 0.0106}),
        "pmi": pd.DataFrame({**pmi, "shuffled": [0.01, -0.02, 0.004], "pairs": 9911, "words": 300}),
        "svd": pd.DataFrame({**svd, "predictions": 4e-15, "other_order": [7e-4, 2e-3]}),
    }


def _close_together(labels):
    null = [False, False, False, True]
    attributes = pd.DataFrame({"experiment": "films", "embedder": labels, "is_null": null})
    value = np.array([0.57, 0.52, 0.44, 0.35])
    attributes = attributes.assign(
        value=value, low=value - 0.012, high=value + 0.013, chance=0.347, lift=value / 0.347, attribute="genres", k=10
    )
    pairs = []
    for name, n, best in (("men", 603, 0.62), ("simlex999", 212, 0.31)):
        for i, label in enumerate(labels):
            value = best - 0.13 * i if i < len(labels) - 1 else 0.01
            row = {"experiment": "words", "embedder": label, "is_null": null[i], "pairs": name, "value": value}
            pairs.append({**row, "low": value - 0.04, "high": value + 0.05, "n": n})
    neighbors = [
        {"experiment": "films", "embedder": label, "is_null": is_null, "item": item}
        | {f"near_{place}": f"Film {place}" if place < 5 else np.nan for place in range(1, 6)}
        for item in ("Star Wars (1977)", "Casablanca (1942)")
        for label, is_null in zip(labels, null, strict=True)
    ]
    return {
        "attributes": attributes.assign(n=1650),
        "pairs": pd.DataFrame(pairs),
        "neighbors": pd.DataFrame(neighbors),
    }


def _orthogonal(labels):
    shared = {"experiment": "films", "embedder": labels, "is_null": [False, False, False, True]}
    geometry = {"orthogonality": [0.31, 2e-14, 0.58, 0.03], "effective_rank": [46.2, 38.1, 44.0, 49.7]}
    geometry |= {"participation_ratio": [23.8, 7.4, 31.2, 48.3], "isoscore": 0.46, "mean_cosine": 0.02}
    gram = [
        {"experiment": "films", "embedder": label, "is_null": False, "row": row, "column": column}
        | {"cosine": 1.0 if row == column else 0.2}
        for label in labels
        for row, column in product(range(1, 4), repeat=2)
    ]
    rotation = {"predictions": [7e-16, np.nan, 2e-15, np.nan], "neighbors": [1.0, 0.999, 1.0, 1.0], "cka": 1.0}
    rotation |= {"axes": [0.11, 0.34, 0.17, 0.11], "orthogonality_before": geometry["orthogonality"]}
    return {
        "geometry": pd.DataFrame({**shared, **geometry, "hubness": 2.1, "norm_frequency": 0.75}),
        "gram": pd.DataFrame(gram),
        "rotation": pd.DataFrame({**shared, **rotation, "orthogonality_after": [0.3, 0.62, 0.5, 0.03]}),
    }


def _why_50(labels):
    shared = {"experiment": "films", "metric": "ndcg@10", "is_null": False}
    rows = []
    for label, scores in zip(labels, ((0.21, 0.35, 0.34), (0.24, 0.31, 0.33), (0.29, 0.26, 0.22)), strict=False):
        for dim, value in zip((8, 50, 128), scores, strict=True):
            band = {"value": value, "low": value - 0.004, "high": value + 0.003, "seeds": 2}
            rows.append({**shared, "embedder": label, "dim": dim, **band, "seconds": dim / 50, "memory_mb": 150 + dim})
    null = {"value": 0.05, "low": 0.05, "high": 0.05, "seeds": 2, "seconds": 0.01, "memory_mb": 150}
    rows += [{**shared, "embedder": labels[-1], "is_null": True, "dim": dim, **null} for dim in (8, 50, 128)]
    found = ((50, 0.35, 50, 128, 0.35), (128, 0.33, 128, 128, 0.31), (8, 0.29, 8, 8, 0.26), (8, 0.05, 8, 128, 0.05))
    columns = ["best_dim", "best", "least", "most", "at_50"]
    ranges = pd.DataFrame(found, columns=columns).assign(**shared, embedder=labels, seed_band=[0.007] * 3 + [0.0])
    pip = {"dim": range(1, 301), "loss": 1 + (np.log(np.arange(1, 301) / 26)) ** 2}
    choice = {
        "experiment": ["films"],
        "keys": 1500,
        "window": 5,
        "exponent": 0.5,
        "noise": 0.376,
        "best": 26,
        "low": 16,
        "high": 60,
    }
    return {
        "curves": pd.DataFrame(rows),
        "ranges": ranges.assign(is_null=[False, False, False, True]),
        "pip": pd.DataFrame(pip).assign(experiment="films"),
        "choice": pd.DataFrame(choice),
    }


MAKERS = {
    "one-hot": _one_hot,
    "family-trees": _family_trees,
    "same-thing": _same_thing,
    "close-together": _close_together,
    "orthogonal": _orthogonal,
    "why-50": _why_50,
}


@pytest.fixture(scope="session")
def made():
    """Return a function that makes the tables of a study of four methods, the last of which is a null baseline."""
    return lambda study, labels=LABELS: MAKERS[study](labels)


@pytest.fixture
def said(made):
    """Return a function that changes tables and returns the sentences about them.

    A change is a function of a table, or None for no table; without changes the tables are as they were made.
    """

    def sentences(study, **changes):
        tables = made(study)
        for name, change in changes.items():
            if change is None:
                del tables[name]
            else:
                tables[name] = change(tables[name].copy())
        return WRITERS[study]({name: table for name, table in tables.items() if len(table)}, "q", study).sentences

    return sentences

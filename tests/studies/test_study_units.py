"""Parts of the studies: keys and halves of sequences, ranges of dimensions, curves, neighbours, completions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Corpus
from toolkit.data import Sequences
from toolkit.errors import DataError, ParameterError
from toolkit.studies.closeness import close_together
from toolkit.studies.families import family_trees
from toolkit.studies.size import _curves, _ranges, halves, information, why_50
from toolkit.testing import small_ratings, small_triples

SENTENCES = st.lists(st.lists(st.sampled_from("abcde"), min_size=1, max_size=6), min_size=2, max_size=9)


def sequences(sentences: list[list[str]]) -> Sequences:
    return Corpus.from_sentences(sentences, min_count=1).sequences()


@given(SENTENCES, st.integers(1, 6))
def test_most_frequent_keeps_the_keys_that_occur_most(sentences: list[list[str]], size: int) -> None:
    data = sequences(sentences)
    few = data.most_frequent(size)
    kept = set(few.keys)
    assert len(kept) == min(size, len(data.keys))
    counts = dict(zip(data.keys, data.counts, strict=True))
    assert min(counts[key] for key in kept) >= max([counts[key] for key in counts if key not in kept], default=0)
    assert list(few) == [[word for word in sentence if word in kept] for sentence in data]
    assert few.entity == data.entity


def test_most_frequent_keeps_the_order_of_the_keys() -> None:
    data = Sequences(pd.Index(["x", "y", "z"]), np.array([0, 1, 1, 2, 2], np.int32), np.array([0, 3, 5]), "item")
    assert data.most_frequent(2).keys.tolist() == ["y", "z"]
    assert list(data.most_frequent(2)) == [["y", "y"], ["z", "z"]]


@given(SENTENCES, st.integers(0, 5))
def test_every_sequence_is_in_one_half(sentences: list[list[str]], seed: int) -> None:
    data = sequences(sentences)
    first, second = halves(data, seed)
    assert sorted([*first, *second]) == sorted(data)
    np.testing.assert_array_equal(first.counts + second.counts, data.counts)
    assert 0 <= len(first) - len(second) <= 1
    assert first.keys is data.keys
    assert [*halves(data, seed)[0]] == [*first]


def test_other_seeds_draw_other_halves() -> None:
    data = sequences([[letter] for letter in "abcdefghij"])
    assert len({tuple(map(tuple, halves(data, seed)[0])) for seed in range(4)}) > 1


def test_information_by_hand() -> None:
    data = sequences([["a", "b"], ["a", "b"], ["a", "c"]])
    found = pd.DataFrame(information(data), data.keys, data.keys)
    assert found.loc["a", "b"] == pytest.approx(np.log((2 / 6) / ((3 / 6) * (2 / 6))))
    assert found.loc["b", "c"] == 0
    np.testing.assert_allclose(found, found.T)


def test_information_reaches_five_keys_far() -> None:
    found = information(sequences([[*"abcdefg"]]))
    assert (found[0] != 0).tolist() == [False, *[True] * 5, False]


def ranged(values: dict[int, float], metric: str = "ndcg@10", band: float = 0.01) -> Any:
    rows = pd.DataFrame({"dim": list(values), "value": list(values.values())})
    rows = rows.assign(experiment="films", embedder="als", metric=metric, is_null=False)
    return list(_ranges(rows.assign(low=rows["value"] - band / 2, high=rows["value"] + band / 2)))


def test_range_of_a_score_that_is_better_when_higher() -> None:
    (row,) = ranged({2: 0.1, 8: 0.39, 50: 0.4, 128: 0.385, 512: 0.3})
    assert (row["best_dim"], row["best"], row["least"], row["most"]) == (50, 0.4, 8, 128)
    assert (row["at_50"], row["seed_band"], row["is_null"]) == (0.4, pytest.approx(0.01), False)


def test_range_of_a_score_that_is_better_when_lower() -> None:
    (row,) = ranged({2: 1.2, 8: 0.92, 50: 0.95, 128: 1.0}, "rmse")
    assert (row["best_dim"], row["least"], row["most"], row["at_50"]) == (8, 8, 50, 0.95)


def test_range_around_a_negative_best() -> None:
    (row,) = ranged({2: -0.2, 8: -0.104, 50: -0.1}, "spearman")
    assert (row["best_dim"], row["least"], row["most"]) == (50, 8, 50)


def test_range_has_no_holes() -> None:
    (row,) = ranged({128: 0.4, 2: 0.1, 50: 0.3, 8: 0.395, 512: 0.399})
    assert (row["least"], row["most"]) == (128, 512), "8 is as good, but what lies between is not"


def test_score_with_50_is_measured_with_50() -> None:
    (row,) = ranged({8: 0.4, 48: 0.4})
    assert np.isnan(row["at_50"])


def test_one_dimension_has_no_range() -> None:
    assert ranged({50: 0.4}) == []


@pytest.fixture
def scored(gathered: Any) -> Any:
    data = small_ratings(60, 40)
    for label in ("als", "random"):
        for dim in (2, 8):
            for seed in (0, 1):
                trial = gathered.trial("films", label, data, seed, dim)
                gathered.score(trial, dim / 10 + seed / 100, readout="cosine")
                gathered.score(trial, 0.5, readout="native")
                gathered.score(trial, float("nan"), readout="cosine", metric="auc")
    return gathered


def test_curves_hold_the_band_of_the_seeds(scored: Any) -> None:
    found = _curves(scored.evidence(), "films", {"metric": "ndcg@10", "readout": "cosine"})
    assert found[["embedder", "dim"]].to_numpy().tolist() == [["als", 2], ["als", 8], ["random", 2], ["random", 8]]
    row = found.iloc[1]
    assert (row["value"], row["low"], row["high"], row["seeds"]) == (pytest.approx(0.805), 0.8, pytest.approx(0.81), 2)
    assert found["is_null"].tolist() == [False, False, True, True]
    assert (row["seconds"], row["memory_mb"], row["metric"]) == (1, 100, "ndcg@10")


@pytest.mark.parametrize(
    ("wanted", "kind", "message"),
    [
        ({"metrik": "rmse"}, ParameterError, "measured.films names 'metrik'; it may name task, metric, readout"),
        ({"metric": "rmse"}, DataError, r"experiment 'films' has no score with \{'metric': 'rmse'\}"),
        ({"metric": "auc"}, DataError, "has no score with"),
        ({"metric": "ndcg@10"}, ParameterError, "measured.films leaves several scores a trial; name readout"),
    ],
)
def test_what_is_no_curve(scored: Any, wanted: dict[str, str], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        _curves(scored.evidence(), "films", wanted)


def test_dimensions_chosen_where_keys_are_few(scored: Any) -> None:
    wanted = {"films": {"metric": "ndcg@10", "readout": "cosine"}}
    tables = why_50(scored.evidence(), measured=wanted, n_keys=30)
    assert tables["choice"]["keys"].tolist() == [30]
    assert tables["pip"]["dim"].tolist() == list(range(1, 31)), "no more than keys"
    assert tables["pip"]["loss"].min() == 1
    (choice,) = tables["choice"].itertuples()
    assert choice.low <= choice.best <= choice.high
    assert tables["ranges"]["embedder"].tolist() == ["als", "random"]


def test_neighbours_and_attributes_of_few_films(gathered: Any) -> None:
    data = small_ratings(60, 12)
    table = pd.DataFrame({"title": [f"Film {key}" for key in data.item_keys]}, index=data.item_keys)
    table["genres"] = [["odd", "even"][int(key) % 2 == 0] for key in data.item_keys]
    data = type(data)(**{**vars(data), "item_table": table})
    taste = np.array([[int(key) % 2, 1 - int(key) % 2] for key in data.item_keys], dtype=float)
    gathered.trial("films", "als", data, dim=2, item=(data.item_keys, taste))
    gathered.trial("films", "random", data, dim=2, item=(data.item_keys, np.ones_like(taste)))
    tables = close_together(gathered.evidence(), dim=2, k=3)
    first, null = tables["attributes"].itertuples()
    assert (first.value, first.low, first.high, first.n) == (1, 1, 1, 12)
    assert first.chance == null.chance == pytest.approx(2 * 15 / 66)
    assert first.lift == pytest.approx(1 / first.chance)
    near = tables["neighbors"].set_index("embedder").loc["als"]
    assert near.columns.tolist() == ["experiment", "is_null", "item", *(f"near_{place}" for place in range(1, 6))]
    assert len(near) == 5
    assert all((int(row.near_1[5:]) - int(row.item[5:])) % 2 == 0 for row in near.itertuples())


def test_attribute_that_is_not_there(gathered: Any) -> None:
    data = small_ratings()
    gathered.trial("films", "als", data, dim=2, item=(data.item_keys, np.ones((len(data.item_keys), 2))))
    with pytest.raises(DataError, match="small says nothing of 'genres' about its items"):
        close_together(gathered.evidence(), dim=2)


@pytest.fixture
def facts(gathered: Any) -> Any:
    """Two folds with two seeds each, one method that learns and one that does not."""
    data = small_triples()
    keys = data.sequences().keys
    for fold, right in ((1, 0.75), (2, 0.5)):
        for seed in (0, 1):
            for label in ("family-tree", "random"):
                vectors = np.random.default_rng(seed).standard_normal((len(keys), 3))
                trial = gathered.trial("families", label, data, seed, 3, person=(keys, vectors))
                share = right if label == "family-tree" else 0.0
                where = {"task": "fact-completion", "fold": fold, "n": 4}
                gathered.score(trial, share, **where, metric="right", target="")
                for metric, value in (("accuracy", 0.9 - seed), ("shuffled", 0.4), ("shuffled_high", 0.6), ("p", 0.0)):
                    probe = {"task": "attribute-probe", "metric": f"probe_{metric}", "target": "ring", "fold": fold}
                    gathered.score(trial, value, **{**where, **probe, "n": 16})
    return gathered


def test_completion_counts_an_input_once_however_many_seeds(facts: Any) -> None:
    found = family_trees(facts.evidence())["completion"].set_index("embedder")
    row = found.loc["family-tree"]
    assert (row["runs"], row["right"], row["asked"], row["inputs"]) == (4, 10, 16, 8)
    assert row["share"] == pytest.approx(10 / 16)
    assert row["of_eight"] == pytest.approx(5)
    assert row["low"] < 10 / 16 < row["high"]
    assert np.isnan(row["strict"]), "no run has strict answers"
    assert found["is_null"].tolist() == [False, True]


def test_probes_are_means_and_counts_over_runs(facts: Any) -> None:
    row = family_trees(facts.evidence())["probes"].iloc[0]
    assert (row["attribute"], row["runs"], row["above"], row["n"]) == ("ring", 4, 2, 16)
    assert row["accuracy"] == pytest.approx(0.4)
    assert (row["shuffled"], row["shuffled_high"]) == (pytest.approx(0.4), pytest.approx(0.6))


def test_weights_are_those_of_the_first_trial_of_the_method_shown(facts: Any) -> None:
    evidence = facts.evidence()
    weights = family_trees(evidence, shown="random")["weights"]
    assert set(weights["trial"]) == {"families-001"}
    vectors = evidence.embedding("families-001", "person")
    assert len(weights) == len(vectors) * 3
    found = weights.set_index(["person", "unit"])["weight"]
    assert found["a0", 2] == pytest.approx(float(vectors["a0"][1]))
    assert "weights" not in family_trees(evidence, shown="nobody")


def test_no_completion_is_nothing_to_sum_up(scored: Any) -> None:
    with pytest.raises(DataError, match="the experiments have no score of fact-completion"):
        family_trees(scored.evidence())

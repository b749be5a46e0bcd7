"""Two pairs that are said to be one model, agreement of vectors, and the tree of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toolkit as tk
from toolkit.adapters.torch import plain
from toolkit.studies import sameness as module
from toolkit.studies.sameness import _merges, _stability, first_words, same_thing
from toolkit.testing import small_corpus, small_ratings

EXACT, APART = 1e-12, 1e-6  # float64 rounding of a few hundred steps; what another order makes at the least


def layers(n: int = 120) -> pd.DataFrame:
    return pd.DataFrame(list(module.svd_beside_layers(small_ratings(), n, 0)))


def test_surprise_and_embedding_layers_are_one_model() -> None:
    rows = layers()
    assert rows["epochs"].tolist() == [1, 3]
    assert rows["ratings"].tolist() == [120, 120]
    assert (rows[["items", "users", "predictions"]] < EXACT).all(axis=None)
    assert (rows["other_order"] > APART).all()
    assert (rows["moved"] > 1e3 * EXACT).all()
    assert rows["moved"].is_monotonic_increasing


def _other_start(monkeypatch: pytest.MonkeyPatch) -> None:
    start = plain.svd_start
    monkeypatch.setattr(plain, "svd_start", lambda *args, random_state: start(*args, random_state=random_state + 1))


def _other_step(monkeypatch: pytest.MonkeyPatch) -> None:
    train = plain.train_like_svd
    monkeypatch.setattr(plain, "train_like_svd", lambda *args, **more: train(*args, **more, learning_rate=0.00501))


@pytest.mark.parametrize("broken", [_other_start, _other_step])
def test_layers_from_another_start_or_with_another_step_are_not(monkeypatch: pytest.MonkeyPatch, broken: Any) -> None:
    broken(monkeypatch)
    rows = layers(60)
    assert (rows[["items", "users", "predictions"]] > APART / 10).all(axis=None)


def test_fewer_ratings_than_asked_for_are_all() -> None:
    assert set(layers(10_000)["ratings"]) == {len(small_ratings())}


def factorized(corpus: tk.Corpus, dims: tuple[int, ...] = (2, 30)) -> pd.DataFrame:
    return pd.DataFrame(list(module.skip_gram_beside_pmi(corpus, 30, dims, 10, 0)))


def test_skip_gram_follows_the_matrix_of_pmi(lee: tk.Corpus) -> None:
    few, many = factorized(lee).itertuples()
    assert (few.words, many.words, few.dim, many.dim) == (30, 30, 2, 30)
    assert many.pearson > 0.9
    assert many.weighted > 0.9
    assert few.pearson < many.pearson - 0.1, "with enough dimensions"
    assert max(abs(few.shuffled), abs(many.shuffled)) < 4 / np.sqrt(few.pairs)


def test_skip_gram_does_not_follow_another_matrix(lee: tk.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = module.pmi

    def mixed(counts: Any) -> Any:
        order = np.random.default_rng(1).permutation(counts.shape[0])
        return kept(counts[order][:, order])

    monkeypatch.setattr(module, "pmi", mixed)
    monkeypatch.setattr(module, "_weighted_pearson", lambda *_: 0.0)  # of cells that hold no counts here
    assert factorized(lee, (30,))["pearson"].iloc[0] < 0.3


@pytest.mark.parametrize("weights", [np.ones(40), np.arange(40.0)])
def test_weighted_correlation_against_repeated_cells(weights: Any) -> None:
    rng = np.random.default_rng(0)
    first = rng.standard_normal(40)
    second = first + rng.standard_normal(40)
    times = weights.astype(int)
    expected = np.corrcoef(np.repeat(first, times), np.repeat(second, times))[0, 1]
    assert module._weighted_pearson(first, second, weights) == pytest.approx(expected, abs=1e-12)


def test_first_words_drops_the_others_before_windows_are_laid() -> None:
    corpus = tk.Corpus.from_sentences([["a", "x", "b"], ["y"], ["a", "b", "a", "b"], ["x", "y"]], min_count=1, window=3)
    few = first_words(corpus, 2)
    assert few.words.tolist() == ["a", "b"]
    assert [list(sentence) for sentence in few.sequences()] == [["a", "b"], ["a", "b", "a", "b"]], "no empty sentences"
    assert (few.window, few.name) == (3, corpus.name)
    assert list(first_words(corpus, 99).sequences()) == list(corpus.sequences())
    assert list(first_words(corpus, 4).sequences()) == list(corpus.sequences())


def pair(first: str, second: str, cka: float) -> dict[str, Any]:
    return {"experiment": "films", "first": first, "second": second, "cka": cka}


def test_merges_join_what_is_most_alike_first() -> None:
    pairs = [pair("a", "b", 0.2), pair("a", "c", 0.9), pair("b", "c", 0.4)]
    found = list(_merges(pairs, ["a", "b", "c"]))
    assert [(row["first"], row["second"]) for row in found] == [(0, 2), (1, 3)]
    assert [row["distance"] for row in found] == pytest.approx([0.1, (0.8 + 0.6) / 2])
    assert {row["experiment"] for row in found} == {"films"}


def test_merges_of_what_has_no_alignment_come_last() -> None:
    pairs = [pair("a", "b", float("nan")), pair("a", "c", 0.5), pair("b", "c", float("nan"))]
    found = list(_merges(pairs, ["a", "b", "c"]))
    assert [(row["first"], row["second"]) for row in found] == [(0, 2), (1, 3)]
    assert found[-1]["distance"] == 1


def test_merges_allow_for_rounding_and_need_two() -> None:
    assert [row["distance"] for row in _merges([pair("a", "b", 1 + 1e-15)], ["a", "b"])] == [0]
    assert list(_merges([], ["a"])) == []
    assert list(_merges([], [])) == []


@pytest.fixture
def films(gathered: Any) -> Any:
    """Two methods that differ by a rotation, with two seeds each, and random vectors."""
    data = small_ratings(80, 60)
    rng = np.random.default_rng(0)
    vectors, noise = rng.standard_normal((2, 60, 4))
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    for seed in (0, 1):
        gathered.trial("films", "pca", data, seed=seed, item=(data.item_keys, vectors + seed * noise))
        gathered.trial("films", "als", data, seed=seed, item=(data.item_keys[::-1], (vectors @ turn)[::-1]))
    gathered.trial("films", "random", data, item=(data.item_keys, rng.standard_normal((60, 4))))
    return gathered


def test_methods_are_laid_side_by_side_by_key(films: Any) -> None:
    tables = same_thing(films.evidence(), dim=4, n_keys=50, ratings=100)
    assert set(tables) == {"agreement", "stability", "merges", "svd"}, "there is no corpus"
    first, *others = tables["agreement"].itertuples()
    assert (first.first, first.second, first.is_null) == ("pca", "als", False)
    assert first.cka == pytest.approx(1, abs=1e-6), "keys in another order"
    assert (first.neighbors, first.n) == (1, 50)
    assert all(row.is_null and abs(row.cka) < 0.3 and row.neighbors < 0.4 for row in others)
    assert tables["merges"][["first", "second"]].iloc[0].tolist() == [0, 1]
    assert [row.cka == pytest.approx(1) for row in tables["stability"].itertuples()] == [False, True]
    assert tables["stability"]["seeds"].tolist() == ["0 and 1"] * 2


def test_stability_needs_two_seeds(films: Any) -> None:
    found = module.learned(films.evidence(), "films", 4)
    assert [row["embedder"] for row in _stability(found, 50)] == ["pca", "als"]
    assert not list(_stability([each for each in found if each.seed == 0], 50))


def test_a_single_method_leaves_the_identities(gathered: Any) -> None:
    data = small_corpus()
    rng = np.random.default_rng(0)
    gathered.trial("words", "sgns", data, word=(data.words, rng.standard_normal((len(data.words), 3))))
    tables = same_thing(gathered.evidence(), dim=3, vocabulary=20, pmi_dims=(2, 3), epochs=1)
    assert set(tables) == {"pmi"}
    assert all(few <= many for few, many in pairwise(tables["pmi"]["dim"]))

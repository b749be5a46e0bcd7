"""What a verdict recommends, why, and what would change that."""

from __future__ import annotations

import math

import pytest

from tests.report.verdicts import TASK, advice_of, every, read, verdict_of
from toolkit.report.verdict import needed_units, winners


@pytest.mark.parametrize(
    ("apart", "lead"),
    [
        (
            [("Random", "PCA")],
            "The null baseline Random with 8 dimensions is ahead of every other method (RMSE 0.9500 ",
        ),
        (
            [],
            "Random with 8 dimensions, a null baseline, has the lowest RMSE, 0.9500 ± 0.0100, but no test tells PCA",
        ),
    ],
)
def test_nothing_is_recommended_where_a_null_baseline_is_best(builder, tmp_path, apart, lead):
    builder.tested({"PCA": 0.97, "Random": 0.95}, apart)
    verdict = verdict_of(builder, tmp_path)
    (ruling,) = verdict.rulings
    assert ruling.lead.startswith(lead)
    assert ruling.warnings == (
        "No test puts any method ahead of the best null baseline, Random (RMSE 0.9500 ± 0.0100).",
    )
    assert (verdict.choice, verdict.reason) == (
        "Nothing",
        "no test puts a method that is tied for best ahead of the best null baseline.",
    )


def test_the_smallest_of_those_tied_is_recommended(builder, tmp_path):
    values = {("PCA", 64, "ridge"): 0.88, ("ALS", 16, "ridge"): 0.881, ("NMF", 32, "ridge"): 0.882, "Random": 0.95}
    builder.tested(values, every("Random", *list(values)[:3]), effect=-0.02)
    found = advice_of(builder, tmp_path)
    assert found.chosen == ("ALS", 16)
    assert found.rivals == (("PCA", 64), ("NMF", 32))
    assert (found.smallest, found.fastest, found.lost) == (True, False, ())
    verdict = verdict_of(builder, tmp_path)
    assert verdict.choice == "ALS with 16 dimensions"
    assert verdict.reason == (
        "it is tied for best with PCA with 64 dimensions and NMF with 32 dimensions; of these it is the smallest "
        "(16 dimensions, 64 bytes a vector). It gives up 0.0010 of RMSE to PCA (95 % interval of the difference "
        "−0.0090 to +0.0110); no test tells that from nothing after Holm's correction."
    )
    assert verdict.changes == (
        "More data (Rating prediction): to tell it from PCA takes about 19,600 users instead of 100, if the effect "
        "stays at 0.020: (1.96 + 0.84)² / effect², by which one test at 5 % finds it four times in five.",
    )


def test_of_those_equally_small_the_fastest_is_recommended(builder, tmp_path):
    builder.tested({"PCA": 0.881, "ALS": 0.88, "Random": 0.95}, every("Random", "PCA", "ALS"))
    found = advice_of(builder, tmp_path)
    assert (found.chosen, found.smallest, found.fastest, found.seconds) == (("PCA", 8), False, True, 1.0)
    assert "it is tied for best with ALS with 8 dimensions; of these it is fitted fastest (1.00 s a fit)." in (
        verdict_of(builder, tmp_path).reason
    )


def test_larger_rivals_and_slower_ones_are_told_apart(builder, tmp_path):
    values = {"PCA": 0.881, "ALS": 0.88, ("NMF", 16, "ridge"): 0.88, "Random": 0.95}
    builder.tested(values, every("Random", "PCA", "ALS", ("NMF", 16, "ridge")))
    assert (
        "of these none is smaller (8 dimensions, 32 bytes a vector), and none as small is fitted faster (1.00 s a fit)."
        in (verdict_of(builder, tmp_path).reason)
    )


def test_fit_times_that_are_not_known_give_no_reason(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.88, "Random": 0.95}, every("Random", "PCA", "ALS"))
    for trial in builder.trials:
        trial["fit_seconds"] = ""
    assert "; of these none is smaller, and none as small is known to be fitted faster." in (
        verdict_of(builder, tmp_path).reason
    )


def test_what_is_tied_but_not_better_than_null_is_not_recommended(builder, tmp_path):
    builder.tested({("PCA", 64, "ridge"): 0.88, "ALS": 0.89, "Random": 0.95}, [(("PCA", 64, "ridge"), "Random")])
    found = advice_of(builder, tmp_path)
    assert (found.chosen, found.rivals) == (("PCA", 64), ())
    assert verdict_of(builder, tmp_path).reason == "of those tied for best, it alone is better than null."


def test_what_is_best_most_often_is_recommended(builder, tmp_path):
    for task, metric, values, best in (
        (TASK, "rmse", {"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, "PCA"),
        ("ranking", "ndcg@10", {"PCA": 0.2, "ALS": 0.3, "Random": 0.1}, "ALS"),
        ("item-similarity", "precision@10", {"PCA": 0.5, "ALS": 0.6, "Random": 0.1}, "ALS"),
    ):
        builder.tested(
            values, [*every(best, *set(values) - {best}), ("PCA", "Random"), ("ALS", "Random")], task, metric
        )
    found = advice_of(builder, tmp_path)
    assert (found.chosen, sorted(found.entries), found.lost, found.rivals) == (("ALS", 8), [1, 2], (0,), ())
    verdict = verdict_of(builder, tmp_path)
    assert verdict.reason == "it is ahead or tied for best on 2 of 3 leaderboards; no other is on as many."
    assert verdict.changes == ("Rating prediction: there a test puts PCA ahead of it (RMSE 0.8800 against 0.9000).",)


def test_what_is_best_everywhere_with_a_rival(builder, tmp_path):
    for task, metric in ((TASK, "rmse"), ("ranking", "ndcg@10")):
        builder.tested(
            {"PCA": 0.5, "ALS": 0.501, "Random": 0.95 if task == TASK else 0.1},
            [("PCA", "Random"), ("ALS", "Random")],
            task,
            metric,
            effect=0.0,
        )
    verdict = verdict_of(builder, tmp_path)
    often = "it is ahead or tied for best on all 2 leaderboards, as is ALS with 8 dimensions"
    assert verdict.reason.startswith(f"{often}; of these it is fitted fastest (2.50 s a fit). ")
    assert verdict.reason.endswith(
        "It gives up 0.0010 of NDCG@10 to ALS (Ranking; 95 % interval of the difference −0.0110 to +0.0090); no test "
        "tells that from nothing after Holm's correction."
    )
    assert verdict.changes == (), "no effect, so no number of users would do"


def test_other_metrics_and_readouts_with_another_winner_are_named(builder, tmp_path):
    values = {
        ("PCA", 8, "ridge"): 0.88,
        ("PCA", 8, "native"): 0.94,
        ("ALS", 8, "ridge"): 0.9,
        ("ALS", 8, "native"): 0.93,
    }
    values |= {("Random", 8, "ridge"): 0.99}
    told = [*every(("PCA", 8, "ridge"), *list(values)[1:]), *every(("Random", 8, "ridge"), *list(values)[:-1])]
    builder.tested(values, [*told, (("PCA", 8, "native"), ("ALS", 8, "native"))])
    for score in list(builder.scores):
        label, readout = score["embedder"], score["readout"]
        builder.scores.append(score | {"metric": "mae", "value": 0.7 if (label, readout) == ("ALS", "ridge") else 0.8})
        builder.scores.append(score | {"metric": "coverage", "value": 1.0})
    verdict = verdict_of(builder, tmp_path)
    assert verdict.changes == (
        "Another metric (Rating prediction): ALS has the best MAE; that was not tested.",
        "Another readout (Rating prediction): with native, a test puts ALS ahead of it.",
    )
    _, (board,) = read(builder, tmp_path)
    assert winners(board, "metric", "ALS") == {}
    assert winners(board, "readout", "ALS") == {"ridge": "PCA"}


def test_what_counts_by_itself_but_not_among_many_is_told(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.89, "Random": 0.95}, every("Random", "PCA", "ALS"), effect=-0.5, p=0.02)
    assert verdict_of(builder, tmp_path).changes == (
        "Fewer comparisons (Rating prediction): by itself its difference to ALS has p = 0.020; after Holm's correction "
        "for 3 pairs, p = 0.400.",
    )


@pytest.mark.parametrize(
    ("effect", "needed"), [(0.1, 784), (-0.1, 784), (0.28, 100), (3.0, 1), (0.0, None), (math.nan, None)]
)
def test_units_needed_by_the_power_formula(effect, needed):
    assert needed_units(effect) == needed


def test_a_winner_by_a_readout_that_no_test_tells_changes_nothing(builder, tmp_path):
    best, own, other = ("PCA", 8, "ridge"), ("PCA", 8, "native"), ("ALS", 8, "native")
    builder.tested({best: 0.88, own: 0.94, other: 0.93, "Random": 0.95}, every(best, own, other, "Random"))
    assert verdict_of(builder, tmp_path).changes == ()


def test_a_tie_with_a_null_baseline_is_not_counted_for_the_chosen_one(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, [*every("PCA", "ALS", "Random"), ("ALS", "Random")])
    builder.tested({"PCA": 0.3, "ALS": 0.2, "Random": 0.1}, task="ranking", metric="ndcg@10")
    assert verdict_of(builder, tmp_path).reason == (
        "it is ahead or tied for best, and better than null, on 1 of 2 leaderboards; no other is on as many."
    )

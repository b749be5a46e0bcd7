"""The verdict: what the tests come to, and the sentences that say it."""

from __future__ import annotations

import math

import pytest

from toolkit.report.document import build_document
from toolkit.report.model import read_results
from toolkit.report.tables import leaderboards
from toolkit.report.tested import Entry
from toolkit.report.verdict import advise, fit_seconds, needed_units, standing, winners
from toolkit.report.verdict_wording import SCOPE, UNTESTED
from toolkit.report.write import write_report

TASK = "rating-prediction"


def read(builder, folder):
    results = read_results(builder.write(folder))
    return results, leaderboards(results)


def standing_of(builder, folder):
    _, (board,) = read(builder, folder)
    return standing(board)


def advice_of(builder, folder):
    results, boards = read(builder, folder)
    return advise(boards, [standing(board) for board in boards], fit_seconds(results.trials))


def verdict_of(builder, folder):
    (verdict,) = build_document(read_results(builder.write(folder))).verdicts
    return verdict


def names(entries):
    return [entry.embedder for entry in entries]


def every(first, *others):
    return [(first, other) for other in others]


def test_one_is_ahead_of_every_other(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, [("PCA", "ALS"), ("PCA", "Random"), ("ALS", "Random")])
    found = standing_of(builder, tmp_path)
    assert found.best == Entry("PCA", 8, "ridge")
    assert (found.tied, found.own, found.absent, found.failing) == ((), (), (), ())
    assert found.next == Entry("ALS", 8, "ridge")
    verdict = verdict_of(builder, tmp_path)
    (ruling,) = verdict.rulings
    assert ruling.topic == "Rating prediction"
    assert ruling.lead == (
        "PCA with 8 dimensions is ahead of every other method (RMSE 0.8800 ± 0.0100; next: ALS, 0.9000, p = 0.001)."
    )
    assert (ruling.sentences, ruling.warnings) == ((), ())
    assert (verdict.choice, verdict.reason) == ("PCA with 8 dimensions", "it is ahead of every other.")
    assert verdict.changes == ()


def test_what_cannot_be_told_from_the_best_is_named(builder, tmp_path):
    values = {"PCA": 0.88, "ALS": 0.881, "NMF": 0.882, "BPR": 0.9, "Random": 0.95}
    told = [*every("BPR", "PCA", "ALS", "NMF"), *every("Random", "PCA", "ALS", "NMF", "BPR")]
    builder.tested(values, told)
    found = standing_of(builder, tmp_path)
    assert names(found.tied) == ["ALS", "NMF"]
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.lead == (
        "PCA with 8 dimensions has the lowest RMSE, 0.8800 ± 0.0100, but no test tells ALS and NMF from it."
    )
    assert ruling.sentences == ("The best that a test tells from it: BPR, 0.9000, p = 0.001.",)


def test_a_method_tied_by_one_of_its_readouts_is_no_other_method(builder, tmp_path):
    two, one, other = ("PCA", 8, "ridge-two-sided"), ("PCA", 8, "ridge"), ("ALS", 8, "ridge")
    builder.tested(
        {two: 0.88, one: 0.885, other: 0.9, "Random": 0.95}, [(two, other), *every("Random", two, one, other)]
    )
    found = standing_of(builder, tmp_path)
    assert found.tied == ()
    assert found.own == (Entry("PCA", 8, "ridge"),)
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.lead.startswith(
        "PCA with 8 dimensions and the two-sided ridge readout is ahead of every other method"
    )
    assert "next: ALS (ridge), 0.9000" in ruling.lead
    assert ruling.sentences == ("Of the same method, PCA (ridge) cannot be told from it.",)


def test_a_method_is_ahead_only_if_it_is_of_all_entries_of_another(builder, tmp_path):
    best, weak, strong = ("PCA", 8, "ridge"), ("ALS", 8, "ridge"), ("ALS", 8, "native")
    builder.tested({best: 0.88, weak: 0.95, strong: 0.96}, [(best, weak)])
    assert standing_of(builder, tmp_path).tied == (Entry("ALS", 8, "native"),)


@pytest.mark.parametrize(
    ("readouts", "phrase"),
    [
        (("ridge", "ridge"), "no test tells ALS and NMF (both ridge) from it"),
        (("native", "ridge"), "no test tells ALS (native) and NMF (ridge) from it"),
        (("dot", "dot", "dot"), "no test tells ALS, BPR and NMF (all dot product) from it"),
    ],
)
def test_a_readout_that_all_share_is_named_once(builder, tmp_path, readouts, phrase):
    pairs = zip(("ALS", "NMF", "BPR"), readouts, strict=False)
    builder.tested({("PCA", 8, "ridge-two-sided"): 0.88} | {(label, 8, readout): 0.89 for label, readout in pairs})
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert phrase in ruling.lead


def test_a_tuned_method_is_the_same_method(builder, tmp_path):
    builder.tested({"PCA (tuned)": 0.88, "PCA": 0.89, "Random": 0.95}, every("Random", "PCA", "PCA (tuned)"))
    found = standing_of(builder, tmp_path)
    assert (names(found.own), found.tied) == (["PCA"], ())


def test_groups_further_down_hold_only_what_no_test_tells_apart(builder, tmp_path):
    values = {"PCA": 0.80, "ALS": 0.85, "NMF": 0.86, "BPR": 0.87, "LMF": 0.88, "Random": 0.99}
    told = [*every("PCA", "ALS", "NMF", "BPR", "LMF", "Random"), ("ALS", "BPR"), ("NMF", "LMF"), ("ALS", "LMF")]
    builder.tested(values, [*told, *every("Random", "ALS", "NMF", "BPR", "LMF")])
    found = standing_of(builder, tmp_path)
    assert [names(group) for group in found.groups] == [["ALS", "NMF"], ["BPR", "LMF"]]
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.sentences == ("Further down, ALS and NMF cannot be told apart; nor can BPR and LMF.",)


def test_what_is_no_better_than_null_is_warned_of(builder, tmp_path):
    values = {"PCA": 0.80, "ALS": 0.94, "NMF": 0.96, "Random": 0.95}
    builder.tested(values, every("PCA", "ALS", "NMF", "Random"))
    found = standing_of(builder, tmp_path)
    assert names(found.failing) == ["ALS", "NMF"]
    assert found.groups == ()
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.warnings == (
        "No test puts ALS and NMF ahead of the best null baseline, Random (RMSE 0.9500 ± 0.0100).",
    )


def test_one_method_that_is_no_better_than_null(builder, tmp_path):
    builder.tested({"PCA": 0.80, "ALS": 0.94, "Random": 0.95}, every("PCA", "ALS", "Random"))
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.warnings == ("No test puts ALS ahead of the best null baseline, Random (RMSE 0.9500 ± 0.0100).",)


def test_one_readout_better_than_null_is_enough_for_a_method(builder, tmp_path):
    good, bad = ("ALS", 8, "ridge"), ("ALS", 8, "native")
    builder.tested({good: 0.9, bad: 0.97, "Random": 0.95}, [(good, "Random")])
    assert standing_of(builder, tmp_path).failing == ()


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


def test_without_a_null_baseline_that_is_said(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9}, [("PCA", "ALS")])
    verdict = verdict_of(builder, tmp_path)
    (warning,) = verdict.rulings[0].warnings
    assert warning.startswith("No null baseline was compared, so whether a method is better")
    assert verdict.choice == "PCA with 8 dimensions"


def test_what_was_not_compared_is_named(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, every("PCA", "ALS", "Random"))
    builder.score(builder.trial("films", "GloVe", 8, "canonical", "u1"), TASK, "rmse", 0.5, "ridge")
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert "is ahead of every other method that was compared" in ruling.lead
    assert ruling.sentences == ("Not compared: GloVe, not judged on the same cases or not on every fold.",)


def test_a_long_list_of_names_is_cut(builder, tmp_path):
    labels = [f"m{i}" for i in range(9)]
    builder.tested(dict.fromkeys(labels, 0.9))
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert "no test tells m1, m2, m3, m4, m5 and 3 more from it" in ruling.lead


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


def test_a_board_with_one_entry_has_nothing_to_compare(builder, tmp_path):
    builder.tested({"PCA": 0.88})
    verdict = verdict_of(builder, tmp_path)
    (ruling,) = verdict.rulings
    assert ruling.lead == "PCA has RMSE 0.8800; there is nothing to compare it with."
    assert (verdict.choice, verdict.changes) == ("", ())
    assert standing_of(builder, tmp_path) is None


def test_a_run_without_tests_says_so_and_restates_the_tables(builder, tmp_path):
    for label, value in {"PCA": 0.88, "Random": 0.95}.items():
        builder.score(builder.trial("films", label, 8, "canonical", "u1"), TASK, "rmse", value, "ridge")
    document = build_document(read_results(builder.write(tmp_path)))
    (verdict,) = document.verdicts
    assert document.scope == UNTESTED
    assert not document.tested
    assert verdict.rulings[0].lead.startswith(
        "PCA has the lowest RMSE, 0.8800: 0.0700 better than the best null baseline"
    )
    assert verdict.choice == ""
    text = write_report(tmp_path, format="md").read_text(encoding="utf-8")
    assert UNTESTED in text
    assert "Recommended" not in text


def test_a_leaderboard_without_tests_stands_beside_tested_ones(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, every("PCA", "ALS", "Random"))
    builder.score(builder.trial("films", "PCA", 8, "canonical", "u1"), "ranking", "ndcg@10", 0.3, "dot")
    document = build_document(read_results(builder.write(tmp_path)))
    assert document.scope == SCOPE
    assert [ruling.lead[:20] for ruling in document.verdicts[0].rulings] == [
        "PCA with 8 dimension",
        "PCA has NDCG@10 0.30",
    ]
    assert document.verdicts[0].reason == "it is ahead of every other.", "of one tested leaderboard"


def test_the_verdict_opens_the_report_and_is_escaped(builder, tmp_path, nasty):
    builder.tested({nasty[0]: 0.88, nasty[1]: 0.88, "Random": 0.95}, every("Random", *nasty))
    folder = builder.write(tmp_path)
    html = write_report(folder).read_text(encoding="utf-8")
    assert html.index("<h1>") < html.index('<h2 id="verdict-h">') < html.index("<nav")
    assert "<script>alert" not in html
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt; with 8 dimensions has the lowest" in html
    text = write_report(folder, format="md").read_text(encoding="utf-8")
    assert "**&lt;script>alert(1)&lt;/script> with 8 dimensions has the lowest" in text


def test_a_winner_by_a_readout_that_no_test_tells_changes_nothing(builder, tmp_path):
    best, own, other = ("PCA", 8, "ridge"), ("PCA", 8, "native"), ("ALS", 8, "native")
    builder.tested({best: 0.88, own: 0.94, other: 0.93, "Random": 0.95}, every(best, own, other, "Random"))
    assert verdict_of(builder, tmp_path).changes == ()


def test_that_tuning_made_the_best_worse_is_told(builder, tmp_path):
    builder.tested({"PCA": 0.88, "PCA (tuned)": 0.89, "Random": 0.95}, every("PCA", "PCA (tuned)", "Random"))
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.sentences == ("Tuned, it is worse here: PCA (tuned), 0.8900, p = 0.001.",)


def test_a_tie_with_a_null_baseline_is_not_counted_for_the_chosen_one(builder, tmp_path):
    builder.tested({"PCA": 0.88, "ALS": 0.9, "Random": 0.95}, [*every("PCA", "ALS", "Random"), ("ALS", "Random")])
    builder.tested({"PCA": 0.3, "ALS": 0.2, "Random": 0.1}, task="ranking", metric="ndcg@10")
    assert verdict_of(builder, tmp_path).reason == (
        "it is ahead or tied for best, and better than null, on 1 of 2 leaderboards; no other is on as many."
    )

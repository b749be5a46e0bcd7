"""The verdict: what the tests come to, and the sentences that say it."""

from __future__ import annotations

import pytest

from tests.report.verdicts import TASK, every, names, standing_of, verdict_of
from toolkit.report.document import build_document
from toolkit.report.model import read_results
from toolkit.report.tested import Entry
from toolkit.report.verdict_wording import SCOPE, UNTESTED
from toolkit.report.write import write_report


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


def test_that_tuning_made_the_best_worse_is_told(builder, tmp_path):
    builder.tested({"PCA": 0.88, "PCA (tuned)": 0.89, "Random": 0.95}, every("PCA", "PCA (tuned)", "Random"))
    (ruling,) = verdict_of(builder, tmp_path).rulings
    assert ruling.sentences == ("Tuned, it is worse here: PCA (tuned), 0.8900, p = 0.001.",)

"""What the vectors give and what the predictor gives."""

from __future__ import annotations

from toolkit.report.html import drawings
from toolkit.report.sections.readouts import readout_section

SPACE = "\N{NO-BREAK SPACE}"


def test_shares_of_the_way_are_those_by_hand(run, rows_of):
    run.fit("SVD", native=0.93, mean=1.20, bias=0.96, ridge=0.91, two_sided=0.90)
    run.fit("PCA", mean=1.20, bias=0.96, ridge=0.95, two_sided=0.94)
    run.fit("Random", mean=1.20, bias=0.96, ridge=0.97, two_sided=0.98)
    section = run.section(readout_section)
    (text,) = section.sentences
    assert text == (
        "Rating prediction: biases alone make 80 % of the way from always the mean (RMSE 1.2000) to the best (0.9000: "
        "SVD under the two-sided ridge readout). Under the best common readout, vectors take at most 0.0600 more off, "
        "20 % of the way: those of SVD. Better under the best common readout than by its own predictor: SVD (0.0300, "
        "two-sided ridge)."
    )
    assert [(fact.term, fact.text) for fact in section.facts[:2]] == [
        ("Always the mean", "RMSE 1.2000"),
        ("Biases alone", "RMSE 0.9600"),
    ]
    (table,) = section.tables
    assert rows_of(table) == [
        ["SVD", "0.9300", "0.9100", "0.9000", "+0.0600", "−0.0300", "100 %"],
        ["PCA", "–", "0.9500", "0.9400", "+0.0200", "–", "87 %"],
        ["Random", "–", "0.9700", "0.9800", "−0.0100", "–", "77 %"],
    ]
    assert [row.is_null for row in table.rows] == [False, False, True]
    assert [column.direction for column in table.columns] == ["neutral", *["lower"] * 3, *["higher"] * 3]


def test_p_of_two_readouts_is_found_either_way_round(run, rating):
    for label, first, second, p in (("SVD", "native", "ridge", 0.0001), ("NMF", "ridge", "native", 0.4)):
        run.fit(label, native=0.93, bias=0.96, mean=1.2, ridge=0.92)
        pair = {"first": label, "first_dim": 8, "first_readout": first, "second": label, "second_dim": 8}
        test = {"difference": 0.01, "p": p, "p_holm": p, "effect": 0.1, "wins": 0.5, "n": 9}
        run.compare("differences", **rating, metric="rmse", **pair, second_readout=second, **test)
    (text,) = run.section(readout_section).sentences
    assert f"Better under the ridge readout than by its own predictor: SVD (0.0100, p{SPACE}<{SPACE}0.001)." in text
    same = "As good, as far as can be told, by its own predictor as under the ridge readout"
    assert f"{same}: NMF (0.0100, p{SPACE}={SPACE}0.400)." in text


def test_the_best_may_be_a_methods_own_predictor(run):
    run.fit("SVD", native=0.90, mean=1.2, bias=1.0, ridge=0.95)
    run.fit("SVD++", native=0.92, mean=1.2, bias=1.0, ridge=0.96)
    (text,) = run.section(readout_section).sentences
    assert "biases alone make 67 % of the way" in text
    assert "to the best (0.9000: SVD by its own predictor)" in text
    assert "vectors take at most 0.0500 more off, 17 % of the way: those of SVD." in text
    assert "Better by their own predictors than under the ridge readout: SVD (0.0500) and SVD++ (0.0400)." in text


def test_no_share_without_the_mean_and_nothing_that_beats_biases(run):
    run.fit("SVD", native=0.95, bias=0.96, ridge=0.955)
    (text,) = run.section(readout_section).sentences
    assert text.startswith(
        "Rating prediction: the best (0.9500: SVD by its own predictor) is 0.0100 better than biases alone."
    )
    assert "%" not in text


def test_no_method_is_better_than_biases(run):
    run.fit("PCA", native=0.97, bias=0.96, mean=1.2, ridge=0.98)
    (text,) = run.section(readout_section).sentences
    assert text.startswith("Rating prediction: no method is better than biases alone (RMSE 0.9600).")


def test_biases_are_those_of_the_baseline_where_no_readout_has_them(run):
    run.fit("PCA", ridge=0.94)
    run.fit("Biases", dim="", native=0.96)
    section = run.section(readout_section)
    assert section.sentences[0].startswith(
        "Rating prediction: the best (0.9400: PCA under the ridge readout) is 0.0200 better than biases"
    )
    assert [row.cells[0].text for row in section.tables[0].rows] == ["PCA", "Biases"]


def test_one_readout_is_nothing_to_compare(run):
    run.fit("PCA", ridge=0.94, bias=0.96)
    assert run.section(readout_section) is None


def test_of_tuned_and_default_the_better_is_spoken_of_and_both_are_in_the_table(run):
    run.fit("SVD", native=0.95, ridge=0.94, bias=0.96, mean=1.2)
    run.fit("SVD (tuned)", native=0.93, ridge=0.92, bias=0.96, mean=1.2)
    section = run.section(readout_section)
    assert section.sentences[0].count("SVD") == section.sentences[0].count("SVD (tuned)") == 3
    assert [row.cells[0].text for row in section.tables[0].rows] == ["SVD (tuned)", "SVD"]
    assert "SVD (tuned)" in drawings(section.figures[0])[0].body
    assert ">SVD<" not in drawings(section.figures[0])[0].body


def test_ranking_has_no_share_of_biases(run):
    for label, native, cosine in (("ALS", 0.4, 0.3), ("BPR", 0.1, 0.35)):
        trial = run.fit(label)
        run.builder.score(trial, "ranking", "ndcg@10", native, "native")
        run.builder.score(trial, "ranking", "ndcg@10", cosine, "cosine")
    section = run.section(readout_section)
    assert section.sentences == (
        "Ranking: the best NDCG@10 is that of ALS by its own predictor, 0.4000; under the cosine readout, it is that "
        "of BPR, 0.3500. Better under the cosine readout than by its own predictor: BPR (0.2500). Better by its own "
        "predictor than under the cosine readout: ALS (0.1000).",
    )


def test_labels_are_escaped_and_what_is_incomplete_is_left_out(run, nasty):
    for fold in ("u1", "u2"):
        run.fit(nasty[0], fold=fold, native=0.95, ridge=0.94, bias=0.96, mean=1.2)
        run.fit("PCA", fold=fold, native=0.95, ridge=0.945, bias=0.96, mean=1.2)
    run.fit("NMF", fold="u1", native=0.90, ridge=0.90, bias=0.96, mean=1.2)
    section = run.section(readout_section)
    assert [row.cells[0].text for row in section.tables[0].rows] == [nasty[0], "PCA"]
    assert section.tables[0].notes == ("Left out, as not judged on the same cases as most: NMF.",)
    for drawing in drawings(section.figures[0]):
        assert "<script" not in drawing.body
        assert ">biases alone<" in drawing.body

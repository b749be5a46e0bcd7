"""What each policy for unknown words does."""

from __future__ import annotations

import pytest

from toolkit.report.sections.policies import policy_section

SIMILARITY = "word-similarity"


@pytest.fixture
def judged(run):
    """Return a function that adds a label's correlation, plain and under policies, and the share of unknown pairs."""

    def add(label, plain, unknown="", own_unknown="", target="ws", **policies):
        trial = run.builder.trial("films", label, 8)
        names = {"zero": "oov=zero", "mean": "oov=mean", "own": "own vocabulary"}
        for variant, value in {"": plain, **{names[name]: value for name, value in policies.items()}}.items():
            run.builder.score(trial, SIMILARITY, "spearman", value, "cosine", target, variant=variant)
        for variant, value in (("", unknown), ("own vocabulary", own_unknown)):
            if value != "":
                run.builder.score(trial, SIMILARITY, "oov", value, "cosine", target, variant=variant)
        return trial

    return add


def test_moves_are_those_by_hand(run, judged, rows_of):
    run.builder.dataset("ws", "WordSim-353", "word pairs", "353 pairs")
    judged("PCA", 0.50, 10.0, 4.0, own=0.52, zero=0.40, mean=0.47)
    judged("ALS", 0.45, 10.0, 10.0, own=0.45, zero=0.44, mean=0.46)
    judged("Random", 0.05, 10.0, 10.0, own=0.05, zero=0.95, mean=0.05)
    section = run.section(policy_section)
    assert section.sentences == (
        "Word similarity: WordSim-353: the largest move is that of PCA by taking unknown words as zero vectors, from "
        "Spearman 0.5000 to 0.4000 (−0.1000).",
    ), "a null baseline's move is no news"
    (table,) = section.tables
    assert rows_of(table) == [
        ["PCA", "4.0", "0.5000", "0.5200", "0.4000", "0.4700", "+0.0200", "−0.1000", "−0.0300"],
        ["ALS", "10.0", "0.4500", "0.4500", "0.4400", "0.4600", "0.0000", "−0.0100", "+0.0100"],
        ["Random", "10.0", "0.0500", "0.0500", "0.9500", "0.0500", "0.0000", "+0.9000", "0.0000"],
    ]
    assert [row.is_null for row in table.rows] == [False, False, True]
    assert [column.direction for column in table.columns] == ["neutral", "lower", *["higher"] * 4, *["neutral"] * 3]


def test_every_set_of_pairs_has_its_own_table(run, judged):
    judged("PCA", 0.5, zero=0.4)
    trial = run.builder.trial("films", "ALS", 8)
    for variant, value in (("", 0.3), ("oov=zero", 0.31)):
        run.builder.score(trial, SIMILARITY, "spearman", value, "cosine", "simlex", variant=variant)
    section = run.section(policy_section)
    assert [table.caption for table in section.tables] == [
        "Word similarity: ws: Spearman under each policy for unknown words.",
        "Word similarity: simlex: Spearman under each policy for unknown words.",
    ]
    assert len(section.sentences) == 2


def test_only_the_policies_that_were_tried_are_columns_and_a_missing_one_is_a_dash(run, judged, rows_of):
    judged("PCA", 0.5, zero=0.4)
    judged("ALS", 0.4)
    (table,) = run.section(policy_section).tables
    assert [column.title for column in table.columns] == ["Embedder", "as in the leaderboard", "zero", "zero"]
    assert rows_of(table)[1] == ["ALS", "0.4000", "–", "–"]


def test_no_unknown_word_is_no_section(run, judged):
    judged("PCA", 0.5, 0.0, 0.0, own=0.5, zero=0.5, mean=0.5)
    assert run.section(policy_section) is None


def test_unknown_words_that_move_nothing_are_told(run, judged):
    judged("PCA", 0.5, 2.0, 2.0, zero=0.50001)
    assert run.section(policy_section).sentences == ("Word similarity: ws: no policy moves a score.",)


def test_policies_that_were_not_tried_are_no_section(run, judged):
    judged("PCA", 0.5, 10.0)
    assert run.section(policy_section) is None


def test_null_baselines_alone_have_a_table_and_no_sentence(run, judged):
    judged("Random", 0.05, zero=0.01)
    section = run.section(policy_section)
    assert section.sentences == ()
    assert len(section.tables) == 1

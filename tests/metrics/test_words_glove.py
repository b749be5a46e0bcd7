"""Real vectors against figures measured once with gensim 4.4.0 on the same vectors and files."""

import pytest

import toolkit as tk

# Of each section: right answers and questions answered, within the first 30,000 and 300,000 words; all questions.
SECTIONS = {
    "capital-common-countries": ((403, 506), (401, 506), 506),
    "capital-world": ((2006, 2715), (3099, 4524), 4524),
    "currency": ((31, 236), (73, 808), 866),
    "city-in-state": ((354, 2203), (378, 2467), 2467),
    "family": ((259, 342), (349, 506), 506),
    "gram1-adjective-to-adverb": ((127, 870), (151, 992), 992),
    "gram2-opposite": ((45, 380), (77, 812), 812),
    "gram3-comparative": ((699, 1332), (690, 1332), 1332),
    "gram4-superlative": ((202, 600), (321, 1122), 1122),
    "gram5-present-participle": ((397, 930), (439, 1056), 1056),
    "gram6-nationality-adjective": ((1362, 1445), (1376, 1599), 1599),
    "gram7-past-tense": ((586, 1560), (585, 1560), 1560),
    "gram8-plural": ((680, 1056), (798, 1332), 1332),
    "gram9-plural-verbs": ((242, 702), (299, 870), 870),
}

# The same by 3CosMul, within the first 30,000 words: gensim's most_similar_cosmul asked each question, as its
# evaluate_word_analogies takes a similarity_function and does not use it.
BY_3COSMUL = {
    "capital-common-countries": 364,
    "capital-world": 1718,
    "currency": 32,
    "city-in-state": 241,
    "family": 259,
    "gram1-adjective-to-adverb": 99,
    "gram2-opposite": 33,
    "gram3-comparative": 604,
    "gram4-superlative": 172,
    "gram5-present-participle": 307,
    "gram6-nationality-adjective": 1326,
    "gram7-past-tense": 494,
    "gram8-plural": 571,
    "gram9-plural-verbs": 214,
}

# Set, treatment of unknown words: Pearson, Spearman, percentage of pairs with an unknown word.
PAIRS = {
    ("wordsim353", "skip"): (0.5066191864084476, 0.503319577396603, 0.0),
    ("wordsim353", "zero"): (0.5066191864084476, 0.503319577396603, 0.0),
    ("simlex999", "skip"): (0.2922692200209622, 0.26306011525070383, 0.10010010010010009),
    ("simlex999", "zero"): (0.29437558760520804, 0.26459327768479296, 0.10010010010010009),
}


@pytest.fixture(scope="module")
def glove():
    return tk.load_dataset("glove-6b-50d")


@pytest.mark.parametrize(("case", "expected"), PAIRS.items())
def test_pairs_agree_with_gensim(glove, case, expected):
    name, oov = case
    found = tk.evaluate_pairs(glove, tk.load_dataset(name), restrict_vocab=300_000, oov=oov)
    assert (found.pearson, found.spearman, found.oov) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("restrict_vocab", "column", "accuracy", "accuracy_unknown_wrong"),
    [(30_000, 0, 0.4969415876856893, 0.37827466230045026), (300_000, 1, 0.463717540798522, 9036 / 19544)],
)
def test_analogies_agree_with_gensim(glove, restrict_vocab, column, accuracy, accuracy_unknown_wrong):
    found = tk.evaluate_analogies(glove, tk.load_dataset("google-analogies"), restrict_vocab)
    counts = {row.section: (row.correct, row.total) for row in found.sections.itertuples()}
    assert counts == {name: row[column] for name, row in SECTIONS.items()}
    everything = found.sections["total"] + found.sections["skipped"]
    assert everything.tolist() == [row[2] for row in SECTIONS.values()]
    assert found.accuracy == pytest.approx(accuracy, rel=1e-12)
    assert found.accuracy * found.n / (found.n + found.skipped) == pytest.approx(accuracy_unknown_wrong, rel=1e-12)


def test_3cosmul_agrees_with_gensim(glove):
    found = tk.evaluate_analogies(glove, tk.load_dataset("google-analogies"), 30_000, "3cosmul")
    assert dict(zip(found.sections["section"], found.sections["correct"], strict=True)) == BY_3COSMUL


def test_totals_are_over_8869_semantic_and_10675_syntactic_questions(glove):
    found = tk.evaluate_analogies(glove, tk.load_dataset("google-analogies"), restrict_vocab=30_000)
    grammar = found.sections["section"].str.startswith("gram")
    everything = found.sections["total"] + found.sections["skipped"]
    assert (everything[~grammar].sum(), everything[grammar].sum()) == (8869, 10675)
    assert found.semantic == (403 + 2006 + 31 + 354 + 259) / (506 + 2715 + 236 + 2203 + 342)
    assert found.syntactic == (127 + 45 + 699 + 202 + 397 + 1362 + 586 + 680 + 242) / (
        870 + 380 + 1332 + 600 + 930 + 1445 + 1560 + 1056 + 702
    )

import math

import numpy as np
import pytest
from gensim.models import KeyedVectors

from toolkit import Embedding
from toolkit.data import Analogies, WordPairs
from toolkit.errors import ParameterError, UnknownNameError
from toolkit.metrics import analogy_search, evaluate_analogies, evaluate_pairs

SEEDS = range(4)


def vocabulary(seed, n_words=120, dim=6):
    """Random vectors; many words occur in two cases, as ``w7`` and ``W7``, the rarer one further down."""
    rng = np.random.default_rng(seed)
    stems = [f"w{number}" for number in range(n_words)]
    keys = stems + [stem.upper() for stem in stems[::3]]
    return Embedding(keys, rng.standard_normal((len(keys), dim))), rng


def words(rng, n, n_words=140):
    """Words of either case; those beyond the vocabulary's 120 are unknown."""
    names = [f"w{number}" for number in rng.integers(n_words, size=n)]
    return [name.upper() if upper else name for name, upper in zip(names, rng.random(n) < 0.5, strict=True)]


def in_gensim(embedding):
    vectors = KeyedVectors(embedding.dim)
    vectors.add_vectors(list(embedding.keys), embedding.vectors)
    return vectors


def slow_answer(embedding, question, method="3cosadd"):
    """Answer one question in double precision, going through all words."""
    unit = embedding.vectors / np.linalg.norm(embedding.vectors.astype(np.float64), axis=1, keepdims=True)
    upper = [key.upper() for key in embedding.keys]
    asked = [word.upper() for word in question[:3]]
    a, b, c = (unit @ unit[upper.index(word)] for word in asked)
    scores = {"3cosadd": b - a + c, "3cosmul": (b + 1) / 2 * (c + 1) / 2 / ((a + 1) / 2 + 1e-6)}[method]
    return max((row for row in range(len(upper)) if upper[row] not in asked), key=lambda row: scores[row])


def random_questions(embedding, rng, n):
    """Questions about known and unknown words; every second one that can be answered expects the right answer."""
    known = {key.upper() for key in embedding.keys}
    rows = [tuple(words(rng, 4)) for _ in range(n)]
    for place, row in enumerate(rows[::2]):
        if known.issuperset(word.upper() for word in row[:3]):
            rows[2 * place] = (*row[:3], embedding.keys[slow_answer(embedding, row)].lower())
    return Analogies({"capitals": rows[: n // 2], "gram1": rows[n // 2 : -1], "gram2": rows[-1:]})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("restrict_vocab", [None, 90, 130])
@pytest.mark.parametrize("dummy", [False, True])
def test_pairs_agree_with_gensim(tmp_path, seed, restrict_vocab, dummy):
    embedding, rng = vocabulary(seed)
    pairs = WordPairs(tuple(words(rng, 80)), tuple(words(rng, 80)), tuple(rng.integers(0, 9, 80).tolist()))
    path = tmp_path / "pairs.tsv"
    rows = zip(pairs.first, pairs.second, pairs.scores, strict=True)
    path.write_text("".join(f"{first}\t{second}\t{score}\n" for first, second, score in rows))
    expected = in_gensim(embedding).evaluate_word_pairs(str(path), restrict_vocab=restrict_vocab, dummy4unknown=dummy)
    found = evaluate_pairs(embedding, pairs, restrict_vocab, oov="zero" if dummy else "skip")
    assert found.pearson == pytest.approx(expected[0].statistic, abs=1e-6)
    assert found.spearman == pytest.approx(expected[1].statistic, abs=1e-6)
    assert found.oov == pytest.approx(expected[2])
    assert found.oov > 0
    assert found.n == len(found.gold) == len(found.predicted)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("restrict_vocab", [90, 130, 300_000])
def test_analogies_agree_with_gensim(tmp_path, seed, restrict_vocab):
    embedding, rng = vocabulary(seed, dim=3)
    questions = random_questions(embedding.subset(embedding.keys[:restrict_vocab]), rng, 200)
    path = tmp_path / "questions.txt"
    lines = [line for name, rows in questions.sections.items() for line in (f": {name}", *map(" ".join, rows))]
    path.write_text("\n".join(lines))
    accuracy, sections = in_gensim(embedding).evaluate_word_analogies(str(path), restrict_vocab=restrict_vocab)
    found = evaluate_analogies(embedding, questions, restrict_vocab)
    expected = {
        section["section"]: (len(section["correct"]), len(section["correct"]) + len(section["incorrect"]))
        for section in sections
    }
    total = expected.pop("Total accuracy")
    counts = {row.section: (row.correct, row.total) for row in found.sections.itertuples()}
    assert counts == expected
    assert (found.accuracy, found.n) == (accuracy, total[1])
    assert 0 < total[0] < total[1] < len(questions)
    assert found.n + found.skipped == len(questions)
    assert found.oov == pytest.approx(100 * found.skipped / len(questions))


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_answers_agree_with_their_definition(method):
    embedding, rng = vocabulary(0, dim=4)
    rows = [tuple(words(rng, 3, n_words=120)) for _ in range(200)]
    answers = [embedding.keys[slow_answer(embedding, row, method)] for row in rows]
    right = [(*row, answer.lower()) for row, answer in zip(rows, answers, strict=True)]
    wrong = [(*row, "w0" if answer.lower() != "w0" else "w1") for row, answer in zip(rows, answers, strict=True)]
    found = evaluate_analogies(embedding, Analogies({"right": right, "wrong": wrong}), method=method)
    assert found.sections["correct"].tolist() == [200, 0]


def test_methods_differ():
    embedding, rng = vocabulary(1, dim=4)
    rows = [tuple(words(rng, 3, n_words=120)) for _ in range(200)]
    add, mul = ([slow_answer(embedding, row, method) for row in rows] for method in ("3cosadd", "3cosmul"))
    assert add != mul


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
@pytest.mark.parametrize("cells", [1, 2000])
def test_blocks_change_nothing(monkeypatch, method, cells):
    embedding, rng = vocabulary(2)
    questions = random_questions(embedding, rng, 200)
    whole = evaluate_analogies(embedding, questions, method=method)
    monkeypatch.setattr(analogy_search, "_CELLS", cells)
    monkeypatch.setattr(analogy_search, "_SPAN", 16)
    parts = evaluate_analogies(embedding, questions, method=method)
    assert parts.sections.equals(whole.sections)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_no_word_left_is_a_wrong_answer(method):
    embedding = Embedding(["a", "b", "A", "B"], np.eye(4))
    found = evaluate_analogies(embedding, Analogies({"x": [("a", "b", "b", "b"), ("a", "a", "a", "b")]}), method=method)
    assert found.sections.loc[0, ["correct", "total"]].tolist() == [1, 2]


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_first_of_equal_words_is_the_answer(method):
    embedding = Embedding(["a", "b", "c", "d", "e"], [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 1]])
    questions = Analogies({"d": [("a", "b", "c", "d")], "e": [("a", "b", "c", "e")]})
    found = evaluate_analogies(embedding, questions, method=method)
    assert found.sections["correct"].tolist() == [1, 0]


def test_opposite_vectors_lose_to_no_excluded_word():
    # The only word left is opposite to b and c: its 3CosMul score is the lowest there is, but it is the answer.
    embedding = Embedding(["a", "b", "c", "d"], [[0, 1], [1, 0], [1, 0], [-1, 0]])
    questions = Analogies({"x": [("a", "b", "c", "d")]})
    assert evaluate_analogies(embedding, questions, method="3cosmul").accuracy == 1


def test_totals_by_kind_of_section():
    embedding, _ = vocabulary(0)
    answer = embedding.keys[slow_answer(embedding, ("w0", "w1", "w2"))]
    right, wrong, unknown = ("w0", "w1", "w2", answer), ("w0", "w1", "w2", "w1"), ("w0", "w1", "w2", "xx")
    sections = {"family": [right, wrong, wrong, unknown], "gram1": [right], "gram2": [wrong, unknown], "empty": []}
    found = evaluate_analogies(embedding, Analogies(sections))
    assert found.sections.columns.tolist() == ["section", "correct", "total", "skipped"]
    assert found.sections.to_numpy().tolist() == [
        ["family", 1, 3, 1],
        ["gram1", 1, 1, 0],
        ["gram2", 0, 1, 1],
        ["empty", 0, 0, 0],
    ]
    assert (found.accuracy, found.semantic, found.syntactic) == (2 / 5, 1 / 3, 1 / 2)
    assert (found.n, found.skipped, found.oov) == (5, 2, pytest.approx(200 / 7))


def test_nothing_to_answer():
    embedding, _ = vocabulary(0)
    for sections in ({}, {"x": []}, {"x": [("xx", "w1", "w2", "w3")]}):
        found = evaluate_analogies(embedding, Analogies(sections))
        assert found.n == 0
        assert all(map(math.isnan, (found.accuracy, found.semantic, found.syntactic)))


def test_unknown_word_by_each_treatment():
    embedding = Embedding(["cat", "dog", "cow"], [[3, 0], [0, 1], [0, 2]])
    pairs = WordPairs.from_rows([("cat", "dog", 1), ("dog", "cow", 9), ("cat", "unicorn", 5), ("xx", "yy", 4)])
    skip, zero, mean = (evaluate_pairs(embedding, pairs, oov=oov) for oov in ("skip", "zero", "mean"))
    assert (skip.n, zero.n, mean.n) == (2, 4, 4)
    assert skip.oov == zero.oov == mean.oov == 50
    np.testing.assert_allclose(skip.predicted, [0, 1])
    np.testing.assert_allclose(zero.predicted, [0, 1, 0, 0])
    # The mean vector is (1, 1); two unknown words share it.
    np.testing.assert_allclose(mean.predicted, [0, 1, 0.5**0.5, 1])
    assert skip.gold.tolist() == [1, 9]


def test_unknown_words_are_those_of_the_restricted_vocabulary():
    embedding = Embedding(["cat", "dog", "cow"], [[3, 0], [0, 1], [0, 2]])
    found = evaluate_pairs(embedding, WordPairs.from_rows([("cat", "cow", 5)]), restrict_vocab=2, oov="mean")
    np.testing.assert_allclose(found.predicted, [1.5 / (1.5**2 + 0.5**2) ** 0.5])
    assert found.oov == 100


def test_one_embedding_with_several_restrictions():
    embedding = Embedding(["Cat", "dog", "cat", "cow"], [[3, 0], [0, 1], [0, 2], [1, 1]])
    pairs = WordPairs.from_rows([("cat", "dog", 1), ("CAT", "cow", 5)])
    for restrict_vocab, known in ((2, 1), (None, 2), (3, 1), (1, 0), (9, 2)):
        found = evaluate_pairs(embedding, pairs, restrict_vocab)
        np.testing.assert_allclose(found.predicted, [0, 0.5**0.5][:known], atol=1e-7)


def test_correlations_that_do_not_exist_are_nan():
    embedding = Embedding(["cat", "dog", "cow"], [[1, 0], [0, 1], [0, 0]])
    constant = evaluate_pairs(embedding, WordPairs.from_rows([("cat", "cow", 5), ("dog", "cow", 6), ("cat", "dog", 7)]))
    assert constant.n == 3
    assert math.isnan(constant.pearson)
    assert math.isnan(constant.spearman)
    single = evaluate_pairs(embedding, WordPairs.from_rows([("cat", "dog", 5), ("cat", "xx", 5)]))
    assert (single.n, single.oov) == (1, 50)
    assert math.isnan(single.pearson)
    empty = evaluate_pairs(embedding, WordPairs((), (), ()))
    assert empty.n == 0
    assert math.isnan(empty.oov)


def test_wrong_requests_are_refused():
    embedding, rng = vocabulary(0)
    pairs, questions = WordPairs.from_rows([("w1", "w2", 3)]), random_questions(embedding, rng, 4)
    with pytest.raises(UnknownNameError, match="'skipped'; did you mean 'skip'"):
        evaluate_pairs(embedding, pairs, oov="skipped")
    with pytest.raises(UnknownNameError, match="'3cosad'; did you mean '3cosadd'"):
        evaluate_analogies(embedding, questions, method="3cosad")
    with pytest.raises(ParameterError, match="restrict_vocab is 0"):
        evaluate_analogies(embedding, questions, restrict_vocab=0)
    with pytest.raises(ParameterError, match="the embedding is empty"):
        evaluate_pairs(Embedding([], np.zeros((0, 2))), pairs)

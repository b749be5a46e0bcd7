"""Vectors made up for unknown words: gensim's bits, and only where they are asked for."""

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import load_facebook_model, load_facebook_vectors, save_facebook_model

from toolkit import Embedding
from toolkit.errors import DataError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.vectors import SubwordEmbedding, load_vectors, save_vectors
from toolkit.vectors.streams import open_to_write

SENTENCES = [
    ["the", "naïve", "café", "owner", "met", "東京", "tower", "guides"],
    ["émile", "visited", "the", "straße", "of", "københavn", "and", "東京都庁"],
    ["guides", "and", "owners", "visit", "towers", "🎈", "in", "the", "cafés"],
] * 5
UNKNOWN = ["towering", "cafeteria", "naïveté", "東京タワー", "straßen", "🎈🎈", "x", "émil", "<>", "a b", "ÿ"]


@pytest.fixture(scope="module", params=[(3, 6, 500), (1, 2, 37), (2, 2, 10_000), (4, 5, 50)], ids=str)
def model(request, tmp_path_factory):
    """The path of a model that gensim trained and wrote, and gensim's vectors read back from it."""
    min_n, max_n, bucket = request.param
    trained = FastText(
        SENTENCES, vector_size=7, min_count=1, min_n=min_n, max_n=max_n, bucket=bucket, epochs=2, seed=1, workers=1
    )
    path = tmp_path_factory.mktemp("model") / "model.bin"
    save_facebook_model(trained, str(path))
    return path, load_facebook_vectors(str(path))


def has_ngrams(vectors, word):
    return len(word) + 2 >= vectors.min_n


def test_unknown_words_have_gensims_bits(model):
    path, theirs = model
    words = [word for word in UNKNOWN if has_ngrams(theirs, word)]
    assert not set(words) & set(theirs.key_to_index)
    inferred = load_vectors(path, subwords=True).infer(words)
    assert type(inferred) is Embedding
    assert list(inferred.keys) == words
    for word in words:
        np.testing.assert_array_equal(inferred[word].view(np.uint32), theirs.get_vector(word).view(np.uint32))


def test_known_words_keep_their_own(model):
    path, theirs = model
    ours, plain = load_vectors(path, subwords=True), load_vectors(path)
    assert isinstance(ours, SubwordEmbedding)
    assert type(plain) is Embedding
    np.testing.assert_array_equal(ours.vectors, plain.vectors)
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)
    mixed = ours.infer(["towering", "the", "towers", "cafeteria"])
    np.testing.assert_array_equal(mixed["the"], ours["the"])
    np.testing.assert_array_equal(mixed["towering"], theirs.get_vector("towering"))
    assert len(ours.infer([])) == 0


def test_nothing_is_made_up_unasked(model):
    ours = load_vectors(model[0], subwords=True)
    assert "towering" not in ours
    for ask in (lambda: ours["towering"], lambda: ours.subset(["towering"]), lambda: ours.neighbors("towering")):
        with pytest.raises(UnknownNameError, match="unknown word 'towering'"):
            ask()


def test_a_limit_makes_words_unknown(model):
    path, theirs = model
    few = load_vectors(path, limit=2, subwords=True)
    assert list(few.keys) == theirs.index_to_key[:2]
    left_out = theirs.index_to_key[-1]
    assert left_out not in few
    if has_ngrams(theirs, left_out):
        assert np.isfinite(few.infer([left_out])[left_out]).all()


def test_a_word_without_ngrams(model):
    path, theirs = model
    if has_ngrams(theirs, ""):
        assert len(load_vectors(path, subwords=True).infer([""])) == 1
    else:
        with pytest.raises(UnknownNameError, match="unknown word ''"):
            load_vectors(path, subwords=True).infer(["towering", "", "x"])


def test_what_infer_refuses(model):
    ours = load_vectors(model[0], subwords=True)
    with pytest.raises(DataError, match="'towering' stands twice"):
        ours.infer(["towering", "towering"])
    with pytest.raises(DataError, match="is not valid Unicode"):
        ours.infer(["\ud800abc"])


def test_what_is_saved_is_plain(model, tmp_path):
    ours = load_vectors(model[0], subwords=True)
    ours.save(tmp_path / "v.arrow")
    assert type(SubwordEmbedding.load(tmp_path / "v.arrow")) is Embedding
    assert type(ours.subset(["the"])) is Embedding


def test_a_compressed_model(model, tmp_path):
    path, theirs = model
    with open_to_write(tmp_path / "model.bin.gz") as stream:
        stream.write(path.read_bytes())
    ours = load_vectors(tmp_path / "model.bin.gz", subwords=True)
    np.testing.assert_array_equal(ours.infer(["towering"])["towering"], theirs.get_vector("towering"))


def test_a_model_without_ngrams(tmp_path):
    trained = FastText(SENTENCES, vector_size=4, min_count=1, max_n=0, bucket=1, epochs=1, seed=1, workers=1)
    save_facebook_model(trained, str(tmp_path / "model.bin"))
    ours = load_vectors(tmp_path / "model.bin", subwords=True)
    np.testing.assert_array_equal(ours.vectors, load_facebook_vectors(str(tmp_path / "model.bin")).vectors)
    with pytest.raises(UnknownNameError, match="unknown word 'towering'"):
        ours.infer(["towering"])


def test_more_words_than_a_block(model, monkeypatch):
    path, _ = model
    whole = load_vectors(path, subwords=True).infer(["towering", "cafeteria", "the"])
    monkeypatch.setattr("toolkit.vectors.subwords.BLOCK", 2)
    parts = load_vectors(path, subwords=True)
    np.testing.assert_array_equal(parts.vectors, load_vectors(path).vectors)
    np.testing.assert_array_equal(parts.infer(["towering", "cafeteria", "the"]).vectors, whole.vectors)


def test_ngrams_stay_in_the_file_and_a_limit_reads_little(model, tmp_path):
    """Damage in the n-grams' part that no wanted word needs is not met."""
    path, theirs = model
    few = load_vectors(path, limit=1)
    from gensim.models.fasttext import ft_ngram_hashes

    needed = set(ft_ngram_hashes(few.keys[0], theirs.min_n, theirs.max_n, theirs.bucket))
    spare = next((row for row in range(theirs.bucket) if row not in needed), None)
    if spare is not None:
        content = bytearray(path.read_bytes())
        start = content.index(load_facebook_model(str(path)).wv.vectors_ngrams.tobytes()) + spare * 7 * 4
        content[start : start + 28] = np.full(7, np.nan, dtype="<f4").tobytes()
        (tmp_path / "model.bin").write_bytes(content)
        np.testing.assert_array_equal(load_vectors(tmp_path / "model.bin", limit=1).vectors, few.vectors)


def test_where_there_are_none(model, tmp_path):
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / "v.txt")
    with pytest.raises(UnsupportedError, match=r"v\.txt: a file of format 'word2vec' has no subwords"):
        load_vectors(tmp_path / "v.txt", subwords=True)
    with pytest.raises(ParameterError, match="exclude each other"):
        load_vectors(model[0], subwords=True, cache=True)

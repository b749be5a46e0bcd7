"""gensim's own files are pickles: read only where the user says so, and then with a warning."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from toolkit import load_vectors
from toolkit.cli import main
from toolkit.errors import DataError, ToolkitError, ToolkitWarning, UnsupportedError
from toolkit.vectors import SubwordEmbedding

SENTENCES = [["cat", "sat", "mat"], ["dog", "sat", "cat"]] * 5


class Trap:
    """Runs a program when it is unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.sprung,)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    found = Word2Vec(SENTENCES, vector_size=5, min_count=1, workers=1, seed=0)
    found.save(str(tmp_path / "words.model"))
    found.wv.save(str(tmp_path / "words.kv"))
    return tmp_path


@pytest.mark.parametrize("name", ["words.model", "words.kv"])
def test_a_trusted_file_is_read_and_the_danger_named(model: Path, name: str) -> None:
    with pytest.warns(ToolkitWarning, match=rf"{name}: is unpickled.*runs now with your rights") as caught:
        found = load_vectors(model / name, trust=True, limit=3, entity="token")
    assert [warning.filename for warning in caught] == [__file__]
    expected = KeyedVectors.load(str(model / "words.kv"))
    assert found.keys.tolist() == expected.index_to_key[:3]
    np.testing.assert_array_equal(found.vectors, expected.vectors[:3])
    assert found.entity == "token"


@pytest.mark.parametrize("name", ["words.model", "words.kv", "words"])
def test_without_trust_nothing_is_unpickled(model: Path, name: str) -> None:
    sprung = model / "sprung"
    (model / name).write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(UnsupportedError, match=r"is a pickle.*trust=True.*save_word2vec_format"):
        load_vectors(model / name)
    assert not sprung.exists()


@pytest.mark.parametrize("suffix", [".bin", ".npz", ".txt", ".vec", ".arrow", ".txt.gz"])
@pytest.mark.parametrize("trust", [False, True])
def test_a_pickle_under_another_name_is_never_unpickled(tmp_path: Path, suffix: str, trust: bool) -> None:
    sprung, path = tmp_path / "sprung", tmp_path / f"v{suffix}"
    path.write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(ToolkitError):
        load_vectors(path, trust=trust)
    np.savez(tmp_path / "objects.npz", keys=np.array([Trap(sprung)], dtype=object), vectors=np.ones((1, 2)))
    with pytest.raises(DataError, match="pickled objects"):
        load_vectors(tmp_path / "objects.npz", trust=trust)
    assert not sprung.exists()


def test_fasttext_models_keep_their_subwords(tmp_path: Path) -> None:
    model = FastText(SENTENCES, vector_size=5, min_count=1, workers=1, seed=0, bucket=100)
    model.save(str(tmp_path / "f.model"))
    with pytest.warns(ToolkitWarning, match="is unpickled"):
        found = load_vectors(tmp_path / "f.model", trust=True, subwords=True)
    assert isinstance(found, SubwordEmbedding)
    np.testing.assert_allclose(found.infer(["cats"]).vectors[0], model.wv["cats"], rtol=1e-5, atol=1e-7)


def test_what_holds_no_vectors_or_none_with_subwords(model: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ToolkitWarning)
        (model / "list.kv").write_bytes(pickle.dumps([1, 2]))
        with pytest.raises(DataError, match=r"list\.kv: "):
            load_vectors(model / "list.kv", trust=True)
        (model / "cut.kv").write_bytes((model / "words.kv").read_bytes()[:100])
        with pytest.raises(DataError, match=r"cut\.kv: cannot be unpickled"):
            load_vectors(model / "cut.kv", trust=True)
        with pytest.raises(UnsupportedError, match="no subwords"):
            load_vectors(model / "words.kv", trust=True, subwords=True)


def test_the_commands_ask_for_trust_too(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(model / "words.kv"), str(model / "out.txt")]) == 2
    assert "--trust" in capsys.readouterr().err
    with pytest.warns(ToolkitWarning, match="is unpickled"):
        assert main(["convert", "--trust", str(model / "words.kv"), str(model / "out.txt")]) == 0
    assert len(load_vectors(model / "out.txt")) == 4
    with pytest.warns(ToolkitWarning, match="is unpickled"):
        assert main(["neighbors", "--trust", str(model / "words.kv"), "cat"]) == 0
    assert "dog" in capsys.readouterr().out

"""NumPy archives and the toolkit's own Arrow files."""

import pickle
import zipfile

import numpy as np
import pytest

from toolkit.embedding import Embedding
from toolkit.errors import DataError, ToolkitWarning
from toolkit.vectors import load_vectors, save_vectors

EMBEDDING = Embedding(["a", "b", "c"], [[1, 2], [3, 4], [5, 6]])


def test_npz_without_an_entity(tmp_path):
    np.savez(tmp_path / "v.npz", keys=["a", "b"], vectors=np.eye(2))
    emb = load_vectors(tmp_path / "v.npz", entity="item")
    assert (list(emb.keys), emb.entity) == (["a", "b"], "item")
    np.testing.assert_array_equal(emb.vectors, np.eye(2, dtype=np.float32))


def test_npz_with_integer_keys(tmp_path):
    np.savez_compressed(tmp_path / "v.npz", keys=[50, 7], vectors=[[1], [2]])
    assert list(load_vectors(tmp_path / "v.npz").keys) == ["50", "7"]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"vectors": np.eye(2)}, "lacks the array 'keys'; it holds vectors"),
        ({"keys": ["a"]}, "lacks the array 'vectors'; it holds keys"),
        ({"other": [1]}, "lacks the array 'keys'; it holds none"),
        ({"keys": [["a"]], "vectors": [[1]]}, r"keys must be one row of strings, not of shape \(1, 1\)"),
        ({"keys": [b"a"], "vectors": [[1]]}, r"keys must be .* dtype \|S1"),
        ({"keys": ["a"], "vectors": [[1], [2]]}, "vectors must be 1 rows of numbers"),
        ({"keys": ["a"], "vectors": [1]}, "vectors must be 1 rows of numbers"),
        ({"keys": ["a"], "vectors": [["x"]]}, "vectors must be 1 rows of numbers"),
        ({"keys": ["a"], "vectors": [[1e39]]}, "the vector of 'a' holds a value that is not finite"),
        ({"keys": np.array(["a"], dtype=object), "vectors": [[1]]}, "not an .npz archive of plain arrays"),
    ],
)
def test_npz_with_the_wrong_arrays(tmp_path, arrays, message):
    np.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(DataError, match=message):
        load_vectors(tmp_path / "v.npz")


def test_an_npz_array_that_promises_more_than_there_is(tmp_path):
    np.savez(tmp_path / "v.npz", keys=["a"], vectors=np.eye(1))
    with zipfile.ZipFile(tmp_path / "v.npz") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert b"(1, 1)" in members["vectors.npy"]
    for lie in (b"(9, 9)", b"(9999999999999, 9)"):
        with zipfile.ZipFile(tmp_path / "lie.npz", "w") as archive:
            for name, content in members.items():
                padded = content.replace(b"(1, 1), }" + b" " * (len(lie) - 6), lie + b", }")
                archive.writestr(name, padded)
        with pytest.raises(DataError, match=r"lie\.npz: not an \.npz archive of plain arrays"):
            load_vectors(tmp_path / "lie.npz")


def test_files_that_are_no_npz(tmp_path):
    np.save(tmp_path / "array.npy", np.eye(2))
    (tmp_path / "array.npy").rename(tmp_path / "array.npz")
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps({"keys": ["a"]}))
    (tmp_path / "empty.npz").touch()
    save_vectors(EMBEDDING, tmp_path / "cut.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:-30])
    for name, message in {
        "array.npz": "holds one array",
        "pickle.npz": "not an .npz archive",
        "empty.npz": "cannot be read or is damaged",
        "cut.npz": "cannot be read or is damaged",
        "absent.npz": "no such file",
    }.items():
        with pytest.raises(DataError, match=message):
            load_vectors(tmp_path / name)


@pytest.mark.parametrize("suffix", [".npz", ".arrow"])
@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_limit(tmp_path, suffix, limit):
    save_vectors(EMBEDDING, tmp_path / f"v{suffix}")
    emb = load_vectors(tmp_path / f"v{suffix}", limit=limit)
    assert list(emb.keys) == list(EMBEDDING.keys[:limit])
    np.testing.assert_array_equal(emb.vectors, EMBEDDING.vectors[:limit])


def test_npz_duplicates(tmp_path):
    np.savez(tmp_path / "v.npz", keys=["a", "b", "a"], vectors=[[1], [2], [3]])
    with pytest.warns(ToolkitWarning, match="1 vectors passed over") as caught:
        emb = load_vectors(tmp_path / "v.npz")
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(emb.vectors, [[1], [2]])


@pytest.mark.parametrize("limit", [None, 2])
def test_arrow_vectors_stay_in_the_file(tmp_path, limit):
    save_vectors(EMBEDDING, tmp_path / "v.arrow")
    vectors = load_vectors(tmp_path / "v.arrow", limit=limit).vectors
    assert not vectors.flags.writeable
    while isinstance(vectors, np.ndarray):
        assert not vectors.flags.owndata
        vectors = vectors.base


def test_a_damaged_arrow_file(tmp_path):
    (tmp_path / "v.arrow").write_bytes(b"ARROW1 and then nothing")
    with pytest.raises(DataError, match="not an Arrow vector file"):
        load_vectors(tmp_path / "v.arrow")

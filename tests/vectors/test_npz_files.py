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


@pytest.mark.parametrize("limit", [None, 1])
@pytest.mark.parametrize("content", [b"", b"no array at all"])
def test_a_member_that_is_no_array(tmp_path, content, limit):
    np.savez(tmp_path / "v.npz", keys=["a"])
    with zipfile.ZipFile(tmp_path / "v.npz", "a") as archive:
        archive.writestr("vectors.npy", content)
    with pytest.raises(DataError, match=r"not an \.npz archive of plain arrays"):
        load_vectors(tmp_path / "v.npz", limit=limit)


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
        "empty.npz": "the file is empty",
        "cut.npz": "not an .npz archive",
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


@pytest.mark.parametrize("limit", [1, 2, 3, 9, None])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, ">f4"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_the_first_of_any_array(tmp_path, limit, dtype, order, save):
    vectors = np.arange(6).reshape(3, 2).astype(dtype, order=order)
    save(tmp_path / "v.npz", keys=["a", "bc", "é"], vectors=vectors, entity=np.array("item"))
    emb = load_vectors(tmp_path / "v.npz", limit=limit)
    assert (list(emb.keys), emb.entity) == (["a", "bc", "é"][:limit], "item")
    np.testing.assert_array_equal(emb.vectors, vectors[:limit])


def test_what_comes_after_the_limit_is_not_read(tmp_path):
    vectors = np.random.default_rng(0).standard_normal((20_000, 10))
    np.savez(tmp_path / "v.npz", keys=np.arange(20_000), vectors=vectors)
    content = bytearray((tmp_path / "v.npz").read_bytes())
    last = content.index(vectors[-1].tobytes())
    content[last] ^= 0xFF
    (tmp_path / "v.npz").write_bytes(content)
    np.testing.assert_array_equal(load_vectors(tmp_path / "v.npz", limit=5).vectors, vectors[:5].astype(np.float32))
    with pytest.raises(DataError, match="cannot be read or is damaged"):
        load_vectors(tmp_path / "v.npz")


@pytest.mark.parametrize("limit", [1, None])
def test_arrays_that_cannot_be_read_by_rows(tmp_path, limit):
    np.savez(tmp_path / "v.npz", keys=np.array(["a"], dtype=object), vectors=[[1]])
    with pytest.raises(DataError, match=r"not an \.npz archive of plain arrays"):
        load_vectors(tmp_path / "v.npz", limit=limit)
    np.savez(tmp_path / "v.npz", keys=np.array("a"), vectors=[[1]])
    with pytest.raises(DataError, match="keys must be one row of strings"):
        load_vectors(tmp_path / "v.npz", limit=limit)

"""Compressed files: what is in them, and what is wrong with them."""

import bz2
import gzip
import lzma
import os
import zipfile

import pytest

from toolkit.embedding import Embedding
from toolkit.errors import DataError
from toolkit.vectors import load_vectors, save_vectors
from toolkit.vectors.formats import detect

TEXT = b"".join(b"key%d %d 2\n" % (row, row) for row in range(20_000))
PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
UNPACKED = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}


@pytest.mark.parametrize("suffix", PACKED)
def test_other_programs_files(tmp_path, suffix):
    (tmp_path / f"v.txt{suffix}").write_bytes(PACKED[suffix](TEXT))
    emb = load_vectors(tmp_path / f"v.txt{suffix}")
    assert (len(emb), emb["key19999"].tolist()) == (20_000, [19_999, 2])


@pytest.mark.parametrize("suffix", PACKED)
def test_other_programs_can_unpack(tmp_path, suffix):
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / f"v.txt{suffix}")
    assert UNPACKED[suffix]((tmp_path / f"v.txt{suffix}").read_bytes()) == b"1 2\na 1 2\n"


@pytest.mark.parametrize("suffix", PACKED)
def test_a_compressed_file_that_breaks_off(tmp_path, suffix):
    content = PACKED[suffix](TEXT)
    (tmp_path / f"v.txt{suffix}").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="cannot be read or is damaged"):
        load_vectors(tmp_path / f"v.txt{suffix}")


@pytest.mark.parametrize("suffix", [*PACKED, ".zip"])
def test_a_file_that_is_not_compressed_as_its_name_says(tmp_path, suffix):
    (tmp_path / f"v.txt{suffix}").write_bytes(TEXT)
    with pytest.raises(DataError, match="cannot be read or is damaged"):
        load_vectors(tmp_path / f"v.txt{suffix}")


@pytest.mark.parametrize("suffix", PACKED)
def test_a_byte_that_is_wrong(tmp_path, suffix):
    content = bytearray(PACKED[suffix](TEXT))
    content[len(content) // 2] ^= 0xFF
    (tmp_path / f"v.txt{suffix}").write_bytes(content)
    with pytest.raises(DataError):
        load_vectors(tmp_path / f"v.txt{suffix}")


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, "" if name.endswith("/") else "1 2\na 1 2\n")
    return path


@pytest.mark.parametrize(
    "members",
    [
        ["v.txt"],
        ["data"],
        ["folder/", "folder/v.vec"],
        ["README.md", "v.txt", "LICENSE"],
        ["v.txt", "__MACOSX/._v.txt"],
    ],
)
def test_a_zip_with_one_vector_file(tmp_path, members):
    assert list(load_vectors(zipped(tmp_path / "archive.zip", members)).keys) == ["a"]


def test_the_format_is_that_of_the_member(tmp_path):
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / "v.bin")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.write(tmp_path / "v.bin", "v.bin")
    assert detect(tmp_path / "archive.zip").name == "word2vec-bin"
    assert list(load_vectors(tmp_path / "archive.zip").keys) == ["a"]


@pytest.mark.parametrize(
    ("members", "listed"),
    [
        (["a.50d.txt", "a.100d.txt"], "a.50d.txt, a.100d.txt"),
        (["README", "LICENSE"], "README, LICENSE"),
        ([], "nothing"),
    ],
)
def test_a_zip_that_leaves_open_what_is_meant(tmp_path, members, listed):
    path = zipped(tmp_path / "archive.zip", members)
    with pytest.raises(DataError) as caught:
        load_vectors(path)
    assert str(caught.value) == (
        f"{path}: a zip must hold one vector file; this one holds {listed}. Unpack it and name the file"
    )


def test_an_encrypted_zip(tmp_path):
    content = bytearray(zipped(tmp_path / "archive.zip", ["v.txt"]).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "archive.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"v\.txt is encrypted; unpack it first"):
        load_vectors(tmp_path / "archive.zip")


def test_a_zip_that_breaks_off(tmp_path):
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / "v.txt.zip")
    (tmp_path / "v.txt.zip").write_bytes((tmp_path / "v.txt.zip").read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read or is damaged"):
        load_vectors(tmp_path / "v.txt.zip")


def test_the_member_of_a_written_zip_has_the_plain_name(tmp_path):
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / "v.txt.zip")
    assert zipfile.ZipFile(tmp_path / "v.txt.zip").namelist() == ["v.txt"]


def test_files_are_as_readable_as_others(tmp_path):
    (tmp_path / "other").touch()
    save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / "v.txt")
    assert os.stat(tmp_path / "v.txt").st_mode == os.stat(tmp_path / "other").st_mode


def test_compressed_files_are_the_same_every_time(tmp_path):
    for name in ("one.txt.gz", "two.txt.gz"):
        save_vectors(Embedding(["a"], [[1, 2]]), tmp_path / name)
    assert (tmp_path / "one.txt.gz").read_bytes() == (tmp_path / "two.txt.gz").read_bytes()

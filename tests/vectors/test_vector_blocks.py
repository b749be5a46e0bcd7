"""However a file falls into blocks, what is read is what a plain loop reads."""

import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.errors import DataError
from toolkit.vectors import load_vectors
from toolkit.vectors.lines import parse_any, parse_regular
from toolkit.vectors.records import find
from toolkit.vectors.rows import Rows

PATCHED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \n\r\ufeff"), min_size=1, max_size=5)
NUMBERS = st.one_of(
    st.floats(-1e30, 1e30, allow_nan=False).map(repr),
    st.decimals(-1000, 1000, allow_nan=False, places=30).map(str),
    st.integers(-(10**40), 10**40).map(lambda number: f"{number}e-30"),
)


@PATCHED
@given(st.data(), st.integers(1, 60), st.integers(1, 3))
def test_binary_records(tmp_path, monkeypatch, data, block, width):
    keys = data.draw(st.lists(KEYS, min_size=1, max_size=8, unique=True))
    bits = st.binary(min_size=4 * width, max_size=4 * width).filter(
        lambda raw: np.isfinite(np.frombuffer(raw, "<f4")).all()
    )
    raw = [data.draw(bits | st.just(b"    " * width)) for _ in keys]
    ends = [data.draw(st.sampled_from([b"", b"\n", b"\n\n"])) for _ in keys]
    content = b"".join(key.encode() + b" " + row + end for key, row, end in zip(keys, raw, ends, strict=True))
    (tmp_path / "v.bin").write_bytes(b"%d %d\n" % (len(keys), width) + content)
    monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", block)
    limit = data.draw(st.none() | st.integers(1, 9))
    read = load_vectors(tmp_path / "v.bin", "word2vec-bin", limit)
    assert list(read.keys) == keys[:limit]
    assert read.vectors.tobytes() == b"".join(raw[:limit])


@PATCHED
@given(st.binary(max_size=40), st.integers(1, 2), st.integers(1, 5))
def test_records_in_any_bytes(tmp_path, content, width, most):
    expected, start = [], 0
    while len(expected) < most:
        space = content.find(b" ", start)
        if space < 0 or space + 1 + 4 * width > len(content):
            break
        expected.append((content[start:space], space + 1))
        start = space + 1 + 4 * width
    keys, starts = find(content, width, most, tmp_path)
    assert list(zip(keys.split(b" ") if len(starts) else [], starts.tolist(), strict=True)) == expected


@PATCHED
@given(st.data(), st.integers(1, 80), st.integers(1, 3))
def test_text_lines(tmp_path, monkeypatch, data, block, width):
    keys = data.draw(st.lists(KEYS.filter(lambda key: key.strip() == key), min_size=1, max_size=8, unique=True))
    rows = [[data.draw(NUMBERS) for _ in range(width)] for _ in keys]
    tail = data.draw(st.sampled_from(["", "\n", "\n\n", "\n \n\t\n", "\n\r\n"]))
    lines = "\n".join(" ".join([key, *row]) for key, row in zip(keys, rows, strict=True))
    (tmp_path / "v.txt").write_bytes(f"{len(keys)} {width}\n{lines}{tail}".encode())
    monkeypatch.setattr("toolkit.vectors.text.BLOCK", block)
    limit = data.draw(st.none() | st.integers(1, 9))
    read = load_vectors(tmp_path / "v.txt", "word2vec", limit)
    assert list(read.keys) == keys[:limit]
    expected = np.array([[np.float32(number) for number in row] for row in rows[:limit]], dtype=np.float32)
    np.testing.assert_array_equal(read.vectors.view(np.uint32), expected.view(np.uint32))


@PATCHED
@given(st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_both_parsers_give_the_same_bits(tmp_path, rows):
    block = "".join(f"k {' '.join(row)}\n" for row in rows).encode()
    _, fast = parse_regular(block, 2)
    _, slow = parse_any(block, 2, tmp_path, 1)
    np.testing.assert_array_equal(fast.view(np.uint32), slow.view(np.uint32))


def test_a_vector_of_many_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", 64)
    vector = np.random.default_rng(0).standard_normal(50_000).astype("<f4")
    (tmp_path / "v.bin").write_bytes(b"1 50000\na " + vector.tobytes())
    np.testing.assert_array_equal(load_vectors(tmp_path / "v.bin").vectors[0], vector)


@pytest.mark.parametrize("block", [16, 1 << 21])
def test_rows_that_outgrow_what_was_expected(tmp_path, monkeypatch, block):
    monkeypatch.setattr("toolkit.vectors.word2vec.BLOCK", block)
    keys = [b"k" * 500, *(b"%d" % row for row in range(300))]
    records = b"".join(key + b" " + struct.pack("<f", row) for row, key in enumerate(keys))
    (tmp_path / "v.bin").write_bytes(b"301 1\n" + records)
    read = load_vectors(tmp_path / "v.bin")
    assert read.vectors[:, 0].tolist() == list(range(301))


def test_an_error_in_the_last_block_is_not_lost(tmp_path, monkeypatch):
    (tmp_path / "v.bin").write_bytes(b"1 1\na " + struct.pack("<f", 1))

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("toolkit.vectors.rows.Rows.append", fail)
    with pytest.raises(DataError, match="needs more memory than there is"):
        load_vectors(tmp_path / "v.bin")


def test_what_has_no_space_for_long_is_no_key(tmp_path):
    with pytest.raises(DataError, match="a key is longer than 65536 bytes"):
        find(b"a 1234" + b"x" * 70_000, 1, 5, tmp_path)


def test_no_room_is_set_aside_beyond_a_limit():
    key, vector = np.array(["a"], dtype=object), np.array([[1, 2]], dtype=np.float32)
    with pytest.raises(MemoryError):
        Rows(2, 1 << 60).append(key, vector, 6)  # as many rows as this one would fit into the file
    rows = Rows(2, 1 << 60, most=1)
    rows.append(key, vector, 6)
    assert rows.finish()[1].tolist() == [[1, 2]]

"""The toolkit's own vector file: exact, memory-mapped, whole or not there, and wary of foreign files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.ipc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from toolkit import Embedding
from toolkit.errors import DataError

VECTORS = pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32(), 2))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.arrow"
    vectors = np.random.default_rng(0).standard_normal((2000, 16))
    Embedding([f"key {row}" for row in range(2000)], vectors, entity="item").save(path)
    return path


def foreign(folder: Path, columns: dict[str, object] | pa.Table) -> Path:
    """Write an Arrow file that the toolkit did not."""
    path, table = folder / "foreign.arrow", columns if isinstance(columns, pa.Table) else pa.table(columns)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.data())
def test_round_trip_is_exact(tmp_path: Path, data: st.DataObject) -> None:
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    keys = data.draw(st.lists(text, unique=True, max_size=6))
    finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
    vectors = data.draw(hnp.arrays(np.float32, (len(keys), data.draw(st.integers(1, 4))), elements=finite))
    path = tmp_path / "v.arrow"
    Embedding(keys, vectors, entity=data.draw(st.sampled_from(["word", "film é"]))).save(path)
    loaded = Embedding.load(path)
    assert loaded.keys.tolist() == keys
    assert loaded.keys.dtype == object
    assert loaded.vectors.dtype == np.float32
    assert loaded.vectors.shape == vectors.shape
    assert loaded.vectors.tobytes() == vectors.tobytes()


def test_entity_and_lookups_survive(saved: Path) -> None:
    loaded = Embedding.load(saved)
    assert loaded.entity == "item"
    assert loaded["key 7"].tolist() == loaded.vectors[7].tolist()
    assert loaded.neighbors("key 7", 3).equals(Embedding(loaded.keys, loaded.vectors).neighbors("key 7", 3))


def test_vectors_stay_in_the_file(saved: Path) -> None:
    before = pa.total_allocated_bytes()
    loaded = Embedding.load(saved)
    assert pa.total_allocated_bytes() - before < loaded.vectors.nbytes / 100
    assert not loaded.vectors.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        loaded.vectors[0, 0] = 1


def test_views_of_larger_arrays_are_written_as_they_look(tmp_path: Path) -> None:
    vectors = np.arange(24, dtype=np.float32).reshape(4, 6)
    Embedding(["a", "b"], vectors[::2, ::3]).save(tmp_path / "v.arrow")
    assert Embedding.load(tmp_path / "v.arrow").vectors.tolist() == [[0, 3], [12, 15]]


def test_any_arrow_reader_opens_it(saved: Path) -> None:
    table = pa.ipc.open_file(saved.read_bytes()).read_all()
    assert table.column_names == ["key", "vector"]
    assert table.schema.metadata[b"entity"] == b"item"
    assert table.num_rows == 2000


def test_others_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    Embedding(["a"], [[1.0]]).save(tmp_path / "v.arrow")
    assert stat.S_IMODE((tmp_path / "v.arrow").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_write_that_fails_leaves_everything_as_it_was(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises((OSError, DataError), match="No space left"):
        Embedding(["a"], [[1.0]]).save(saved)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    assert saved.read_bytes() == before


def test_a_file_that_is_open_can_be_replaced(saved: Path) -> None:
    loaded = Embedding.load(saved)
    first = loaded.vectors[0].copy()
    Embedding(["a"], [[1.0]]).save(saved)
    np.testing.assert_array_equal(loaded.vectors[0], first)
    assert Embedding.load(saved).keys.tolist() == ["a"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere.v\.arrow"):
        Embedding(["a"], [[1.0]]).save(tmp_path / "nowhere" / "v.arrow")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"v\.arrow: no such file"):
        Embedding.load(tmp_path / "v.arrow")
    with pytest.raises(DataError, match="it is a folder"):
        Embedding.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"cat 1 2\ndog 3 4\n" * 50, b"ARROW1\0\0" + bytes(200) + b"ARROW1"])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.arrow").write_bytes(content)
    with pytest.raises(DataError, match=r"v\.arrow: not an Arrow vector file"):
        Embedding.load(tmp_path / "v.arrow")


def test_a_file_that_was_cut_off(saved: Path) -> None:
    whole = saved.read_bytes()
    for end in [*range(0, len(whole), 9973), len(whole) - 1]:
        saved.write_bytes(whole[:end])
        with pytest.raises(DataError, match="not an Arrow vector file"):
            Embedding.load(saved)


@pytest.mark.parametrize(
    "columns",
    [
        {"word": ["a", "b"], "vector": VECTORS},
        {"key": ["a", "b"], "vector": [[1.0, 2.0], [3.0]]},
        {"key": ["a", "b"], "vector": [1.0, 2.0]},
        {"key": [1, 2], "vector": VECTORS},
        {"key": ["a", None], "vector": VECTORS},
        {"key": ["a", "a"], "vector": VECTORS},
        {"key": ["a", "b"], "vector": pa.array([[1, 2], None], pa.list_(pa.float32(), 2))},
        {"key": ["a", "b"], "vector": pa.array([[1, None], [3, 4]], pa.list_(pa.float32(), 2))},
        {"key": ["a", "b"], "vector": pa.array([["1"], ["2"]], pa.list_(pa.string(), 1))},
    ],
    ids=[
        "no keys",
        "ragged",
        "no vectors",
        "numbers for keys",
        "missing key",
        "key twice",
        "missing vector",
        "missing value",
        "text for vectors",
    ],
)
def test_an_arrow_file_of_another_form(tmp_path: Path, columns: dict[str, object]) -> None:
    path = foreign(tmp_path, columns)
    with pytest.raises(DataError, match=r"foreign\.arrow: "):
        Embedding.load(path)


@pytest.mark.parametrize("twice", ["key", "vector"])
def test_a_column_that_stands_twice_is_refused(tmp_path: Path, twice: str) -> None:
    table = pa.table({"key": ["a", "b"], "vector": pa.array([[1.0], [2.0]], pa.list_(pa.float32(), 1))})
    path = foreign(tmp_path, table.append_column(twice, table[twice]))
    with pytest.raises(DataError, match="not one key and one vector"):
        Embedding.load(path)


@pytest.mark.parametrize("dtype", [pa.float32(), pa.float64(), pa.float16()], ids=str)
def test_vectors_are_float32_or_refused(tmp_path: Path, dtype: pa.DataType) -> None:
    path = foreign(tmp_path, {"key": ["a", "b"], "vector": pa.array([[1.0], [2.0]], pa.list_(dtype, 1))})
    if dtype == pa.float32():
        assert Embedding.load(path).vectors.dtype == np.float32
    else:
        with pytest.raises(DataError, match="float32"):
            Embedding.load(path)


def test_several_record_batches_are_one_embedding(tmp_path: Path) -> None:
    path = tmp_path / "v.arrow"
    table = pa.table({"key": ["a", "b"], "vector": VECTORS})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    loaded = Embedding.load(path)
    assert loaded.keys.tolist() == ["a", "b"]
    assert loaded.vectors.tolist() == [[1, 2], [3, 4]]


DAMAGE = """
import random, sys
from pathlib import Path
from toolkit import Embedding, ToolkitError
path = Path(sys.argv[1])
whole, draw, refused = path.read_bytes(), random.Random(0), 0
for _ in range(200):
    damaged = bytearray(whole)
    for _ in range(3):  # in the file's head or foot, where its structure is
        place = draw.choice([draw.randrange(600), draw.randrange(len(whole) - 800, len(whole))])
        damaged[place] = draw.randrange(256)
    path.write_bytes(damaged)
    try:
        float(Embedding.load(path).vectors.sum(dtype="float64"))
    except ToolkitError:
        refused += 1
print(refused)
"""


def test_damaged_bytes_are_refused_and_crash_nothing(saved: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DAMAGE, str(saved)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-500:]}"
    assert int(done.stdout) > 50


def test_keys_are_counted_unless_they_are_those_that_were_written(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    count = pa.compute.count_distinct
    monkeypatch.setattr(pa.compute, "count_distinct", lambda keys: (counted.append(1), count(keys))[1])
    Embedding.load(saved)
    assert not counted
    whole = saved.read_bytes()
    assert whole.count(b"key 7key 8") == 1
    saved.unlink()  # a mapped file must not change
    saved.write_bytes(whole.replace(b"key 7key 8", b"key 8key 8"))
    with pytest.raises(DataError, match="a key stands twice"):
        Embedding.load(saved)
    assert counted


@pytest.mark.parametrize("dtype", [pa.string(), pa.large_string()])
def test_files_without_a_digest_of_the_keys(tmp_path: Path, dtype: pa.DataType) -> None:
    path = foreign(tmp_path, {"key": pa.array(["a", "b"], dtype), "vector": VECTORS})
    assert Embedding.load(path).keys.tolist() == ["a", "b"]

"""Arrow IPC files that others wrote, opened memory-mapped.

Arrow checks that what a file says of itself can be read, but takes its word for how much there is: a buffer of twenty
bytes may say that it unpacks to ten gigabytes, and a footer may name one batch a thousand times. So the sizes are added
up first, from the flatbuffers of footer and messages, and the arrays are checked before anything looks into them.

References
----------
The Arrow columnar format, "IPC File Format" and "Compression"; File.fbs and Message.fbs there.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from toolkit.errors import DataError
from toolkit.inputs import bound, readable, too_large

MAGIC = b"ARROW1"


class _Table:
    """A table of a flatbuffer, which begins at a place in a file."""

    def __init__(self, data: mmap.mmap, place: int) -> None:
        self._data, self._place = data, place
        self._fields = place - _int("<i", data, place)
        self._size = _int("<H", data, self._fields)

    def field(self, number: int) -> int:
        """Return where a field stands; 0 where it is not given."""
        place = 4 + 2 * number
        offset = _int("<H", self._data, self._fields + place) if place < self._size else 0
        return self._place + offset if offset else 0

    def table(self, number: int) -> _Table:
        """Return the table that a field refers to."""
        place = self.field(number)
        return _Table(self._data, place + _int("<I", self._data, place))

    def structs(self, number: int, size: int) -> Iterator[int]:
        """Yield where the structs of some size begin, of which a field holds a list."""
        if place := self.field(number):
            start = place + _int("<I", self._data, place)
            for index in range(_int("<I", self._data, start)):
                yield start + 4 + size * index


@contextmanager
def open_ipc(path: Path, otherwise: str) -> Iterator[pa.ipc.RecordBatchFileReader]:
    """Open an Arrow IPC file whose contents are not larger than it may hold; see `read_batches`.

    Parameters
    ----------
    path : Path
        The file.
    otherwise : str
        What is said of a file that is not of this form.

    Raises
    ------
    DataError
        If the file is missing, is no such file, or its parts are larger than all of it, or unpack to too much; and
        for whatever Arrow says against it while it is open.
    """
    with readable(path):
        try:
            reader = pa.ipc.open_file(pa.memory_map(str(path)))
            _check_sizes(path)
            yield reader
        except (pa.ArrowException, UnicodeDecodeError, struct.error, IndexError) as error:
            raise DataError(f"{otherwise}: {' '.join(str(error).split())}", path) from error


def read_batches(reader: pa.ipc.RecordBatchFileReader, columns: Iterable[str]) -> pa.Table:
    """Read columns of an open file, checked to the last offset and letter; they stay in the file if they can.

    Raises
    ------
    pa.ArrowException
        If something is damaged.
    """
    table = reader.read_all().select(list(columns))
    table.validate(full=True)  # a damaged offset would otherwise be followed out of the file
    return table


def _check_sizes(path: Path) -> None:
    """Refuse a file whose buffers are, by its own word, larger than what it may hold."""
    total, packed = 0, False
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for place, body in _batches(data):
            batch = _Table(data, place)
            compressed = bool(batch.field(3))
            packed |= compressed
            rows = _int("<q", data, batch.field(0)) if batch.field(0) else 0
            if rows > 8 * bound(len(data)):  # a bit is the least that a row takes
                raise too_large(len(data), path)
            for buffer in batch.structs(2, 16):
                start, size = _int("<q", data, buffer), _int("<q", data, buffer + 8)
                unpacked = _int("<q", data, body + start) if compressed and size >= 8 else -1
                total += max(size if unpacked < 0 else unpacked, 0)
        if packed and total > bound(len(data)):
            raise too_large(len(data), path)
        if not packed and total > len(data):
            raise DataError("its parts are larger than the whole file: it is damaged", path)


def _batches(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Yield where the tables of all batches begin, those of dictionaries too, and their bodies."""
    end = len(data) - len(MAGIC) - 4
    start = end - _int("<i", data, end)
    footer, used = _Table(data, start + _int("<I", data, start)), 0
    for number in (2, 3):  # dictionaries, batches
        for block in footer.structs(number, 24):
            offset, length = _int("<q", data, block), _int("<i", data, block + 8)
            used += max(length, 8)
            if used > len(data):  # one that stands many times would take long
                raise struct.error("its batches are larger than the whole file")
            start = offset + (8 if _int("<I", data, offset) == 0xFFFFFFFF else 4)  # files of before 2019 lack the mark
            batch = _Table(data, start + _int("<I", data, start)).table(2)
            if number == 2:
                batch = batch.table(1)
            yield batch._place, offset + length


def _int(layout: str, data: mmap.mmap, place: int) -> int:
    if place < 0:
        raise struct.error("a place before the beginning")
    found: int = struct.unpack_from(layout, data, place)[0]
    return found

"""Reading Parquet files that others wrote.

What twenty bytes stand for may be ten gigabytes: a run of one value repeated, or an entry of a dictionary that every
row refers to. So what the footer promises is compared with what the file may hold, texts stay in their dictionaries,
and rows are counted as they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.errors import DataError
from toolkit.inputs import bound, check_regular, readable, too_large

BLOCK = 1 << 16  # rows decoded together
LARGEST_FOOTER = 10_000_000  # texts and lists in it, of which each takes room before it is read


@contextmanager
def open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """Open a file whose footer promises no more than the file may hold.

    Raises
    ------
    DataError
        If the file is missing, is no Parquet file, or promises too much; and for whatever Arrow says against it while
        it is open.
    """
    size = check_regular(path)
    limits = {name: min(size, LARGEST_FOOTER) for name in ("thrift_string_size_limit", "thrift_container_size_limit")}
    with readable(path):
        try:
            with pq.ParquetFile(path, **limits) as schema:
                texts = [field.name for field in schema.schema_arrow if _is_text(field.type)]
            with pq.ParquetFile(path, read_dictionary=texts, **limits) as file:
                _check_promises(file.metadata, size, path)
                yield file
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            raise DataError(f"not a Parquet file: {' '.join(str(error).split())}", path) from error


def read_parquet(file: pq.ParquetFile, path: Path, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
    """Read columns of an open file, each of which stands there once.

    Parameters
    ----------
    file : pyarrow.parquet.ParquetFile
        The file.
    path : Path
        Where it is, for error messages.
    columns : sequence of str
        Their names.
    most : int, optional
        Read only so many rows.

    Returns
    -------
    pandas.DataFrame
        Texts as plain ones.

    Raises
    ------
    DataError
        If a column holds neither numbers, texts nor times, or what is read is more than the file may hold.
    """
    schema, size = file.schema_arrow, path.stat().st_size
    for name in columns:
        if not _is_read(schema.field(name).type):
            raise DataError(f"column {name!r} holds {schema.field(name).type}; numbers, texts or times are read", path)
    batches, rows, room = [], 0, 0
    for batch in file.iter_batches(min(BLOCK, most or BLOCK), columns=list(columns)):
        batch.validate(full=True)
        rows += len(batch)
        room += sum(map(_room, batch.columns))
        if rows > bound(size) or room > bound(size):
            raise too_large(size, path)
        batches.append(batch)
        if most is not None and rows >= most:
            break
    if not batches:
        return pd.DataFrame(columns=list(columns))
    table = pa.Table.from_batches(batches).select(list(columns)).slice(0, most)
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(plain, names=list(columns)).to_pandas(ignore_metadata=True)


def _check_promises(found: pq.FileMetaData, size: int, path: Path) -> None:
    """Refuse a footer that promises more rows or bytes than the file may hold."""
    unpacked = sum(max(found.row_group(group).total_byte_size, 0) for group in range(found.num_row_groups))
    if found.num_rows < 0 or max(found.num_rows, unpacked) > bound(size):
        raise too_large(size, path)


def _room(column: pa.Array) -> int:
    """Return how many bytes a column takes once its texts are written out."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).take(column.indices)
    return int(pc.sum(lengths).as_py() or 0) + 8 * len(column)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_read(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    checks = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_temporal, pa.types.is_decimal)
    return _is_text(kind) or any(check(kind) for check in checks)

"""The toolkit's own vector file: an Arrow IPC file that is read back memory-mapped.

One record batch with two columns, ``key`` (string) and ``vector`` (fixed-size list of float32); the entity stands
in the schema's metadata. Any Arrow reader opens it, and nothing in it is pickled.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from toolkit.atomic import replacing
from toolkit.errors import DataError

FloatArray = npt.NDArray[np.float32]


def write(path: str | Path, keys: pd.Index, vectors: FloatArray, entity: str) -> None:
    """Write keys and vectors; the file appears whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where to write.
    keys : pandas.Index, shape (n,)
        The keys.
    vectors : ndarray of float32, shape (n, d)
        A row for each key.
    entity : str
        What the keys name, such as ``"word"``.
    """
    flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1))
    table = pa.table(
        {
            "key": pa.array(keys, type=pa.large_string()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
        }
    ).replace_schema_metadata({"entity": entity})
    with replacing(path) as partial, open(partial, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)


def read(path: str | Path) -> tuple[pd.Index, FloatArray, str]:
    """Open a file written by `write`.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    keys : pandas.Index, shape (n,)
        The keys.
    vectors : ndarray of float32, shape (n, d)
        Read-only, backed by the memory-mapped file.
    entity : str
        What the keys name.

    Raises
    ------
    DataError
        If the file is missing or is not of this form.
    """
    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        table.validate(full=True)  # a damaged offset would otherwise be followed out of the file
        names = table.schema.names
        if "key" not in names or "vector" not in names or not pa.types.is_fixed_size_list(table["vector"].type):
            raise DataError(
                f"an Arrow vector file has the columns key and vector, of lists of one size, not {names}", path
            )
        vectors = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=True)
        keys = pd.Index(table["key"].to_numpy(zero_copy_only=False), dtype=object)
        entity = (table.schema.metadata or {}).get(b"entity", b"key").decode()
    except FileNotFoundError:
        raise DataError("no such file", path) from None
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise DataError(f"not an Arrow vector file: {error}", path) from error
    return keys, vectors.reshape(len(table), table["vector"].type.list_size), entity

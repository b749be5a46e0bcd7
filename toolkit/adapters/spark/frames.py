"""Small tables from our arrays to Spark, and vectors from Spark to our arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.data.views import Matrix, Sequences

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def of_matrix(spark: SparkSession, matrix: Matrix) -> DataFrame:
    """Return the cells of a matrix as columns user, item and rating: codes, and values as Spark's ALS keeps them."""
    import pyarrow as pa

    columns = {"user": matrix.rows, "item": matrix.columns, "rating": matrix.values.astype(np.float32)}
    return spark.createDataFrame(pa.table(columns))


def of_sequences(spark: SparkSession, sequences: Sequences) -> DataFrame:
    """Return sequences as columns place and sentence, whose words are the keys."""
    import pyarrow as pa

    words = pa.array(sequences.keys, pa.string())
    sentences = pa.ListArray.from_arrays(sequences.offsets.astype(np.int32), words.take(pa.array(sequences.codes)))
    return spark.createDataFrame(pa.table({"place": np.arange(len(sequences)), "sentence": sentences}))


def arranged(frame: DataFrame, blocks: int, *order: str) -> DataFrame:
    """Return rows in a number of parts, each part's in a fixed order: sums of numbers depend on it."""
    whole = frame.repartition(1) if blocks == 1 else frame.repartition(blocks, order[0])
    return whole.sortWithinPartitions(*order)


def vectors(frame: DataFrame, name: str, column: str) -> tuple[Any, npt.NDArray[np.float32]]:
    """Return a column of names, as an Arrow array, and one of lists of equally many floats, shape (n, d)."""
    table = frame.select(name, column).toArrow().combine_chunks()
    lists = table.column(column).combine_chunks()
    flat = lists.flatten().to_numpy(zero_copy_only=False)
    return table.column(name), flat.reshape(len(lists), -1).astype(np.float32)


def placed(codes: npt.NDArray[np.integer], found: npt.NDArray[np.float32], n: int, dim: int) -> npt.NDArray[np.float32]:
    """Return vectors in the order of their codes, shape (n, dim); zeros for a code that has none."""
    ordered = np.zeros((n, dim), dtype=np.float32)
    ordered[codes] = found
    return ordered

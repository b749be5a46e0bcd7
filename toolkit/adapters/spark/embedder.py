"""What the methods that Spark trains share: the data that they take, and the seed."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from toolkit.adapters.spark.ratings import SparkRatings
from toolkit.allowed import Allowed
from toolkit.data.views import TrainingData
from toolkit.embedder import Embedder

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SEEDS = 2**31  # where nobody chose one


class SparkEmbedder(Embedder):
    """Base of the methods that learn in Spark.

    A fit uses the session that is active. Where there is none, it starts one on this machine, with a Java process of
    its own that ends with the fit; what ``spark-defaults.conf`` says, such as ``spark.driver.memory``, holds there too.
    """

    library: ClassVar[str] = "pyspark"
    module: ClassVar[str] = "pyspark"
    extra: ClassVar[str | None] = "spark"
    allowed: ClassVar[Mapping[str, Allowed]] = {"blocks": Allowed(int, 1)}

    n_jobs: int
    master: str | None
    random_state: int | None

    def fit(self, data: TrainingData | SparkRatings | DataFrame) -> Self:
        """Learn from a data set, or from ratings that are in Spark.

        Parameters
        ----------
        data : TrainingData or SparkRatings or pyspark.sql.DataFrame
            A DataFrame has columns ``user`` and ``item`` and, where known, ``rating`` and ``timestamp``; without
            ratings it is implicit. `SparkRatings.from_frame` takes other names.

        Returns
        -------
        SparkEmbedder
            Itself.

        Raises
        ------
        DataError
            If the data does not hold what it should.
        MissingDependencyError
            If Spark or Java is not installed.
        ToolkitError
            If Spark fails.
        """
        with warnings.catch_warnings():  # no table of ours goes through pandas
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            return super().fit(data)  # type: ignore[arg-type]  # `_learn` is given it as it is

    def _seed(self) -> int:
        """Return the seed; one of chance for None, in whose place Spark would take the same each time."""
        return secrets.randbelow(SEEDS) if self.random_state is None else self.random_state


def in_spark(data: Any) -> SparkRatings | None:
    """Return ratings that are in Spark, or None for data of another kind."""
    from pyspark.sql import DataFrame

    if isinstance(data, DataFrame):
        given = {column: column for column in ("rating", "timestamp") if column in data.columns}
        return SparkRatings.from_frame(data, rating=given.get("rating"), timestamp=given.get("timestamp"))
    return data if isinstance(data, SparkRatings) else None

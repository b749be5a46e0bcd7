"""The methods of Spark, on a real Spark of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from threadpoolctl import threadpool_limits

import toolkit as tk
from toolkit.adapters.spark.session import _check_java
from toolkit.embedder import PredictsRatings
from toolkit.errors import DataError, MissingDependencyError, ParameterError, UnknownNameError, UnsupportedError
from toolkit.testing import small_corpus, small_ratings

pytestmark = pytest.mark.usefixtures("spark")  # one Java process for all
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # starts sooner
PERF = Path(__file__).parents[2] / "benchmarks" / "perf"


def frame(spark: Any, **columns: Any) -> Any:
    return spark.createDataFrame(pa.table(columns))


def in_order() -> pd.DataFrame:
    """Ratings whose keys occur in the order in which Spark sorts them, and whose times do not repeat."""
    found = small_ratings().to_frame()
    found["user"], found["item"] = "u" + found["user"].str.zfill(2), "i" + found["item"].str.zfill(2)
    first = found.sort_values(["user", "item"], ignore_index=True)
    whole = {"user": "u00", "item": sorted(set(first["item"])), "rating": 3.0}  # whoever comes first meets all items
    rest = first[first["user"] != "u00"]
    together = pd.concat([pd.DataFrame(whole), rest], ignore_index=True)
    return together.assign(timestamp=np.arange(len(together)))


METHODS = [
    tk.SparkALS(embedding_dim=5, epochs=2),
    tk.SparkExplicitALS(embedding_dim=5, epochs=2),
    tk.SparkWord2Vec(embedding_dim=5, epochs=2),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
def test_a_frame_gives_what_ratings_give(spark: Any, method: tk.Embedder) -> None:
    table = in_order()
    ratings = tk.Ratings.from_frame(table, timestamp="timestamp", scale=(1, 5))
    mixed = spark.createDataFrame(pa.Table.from_pandas(table.sample(frac=1, random_state=0), preserve_index=False))
    ours, theirs = method.clone().fit(ratings), method.clone().fit(mixed.repartition(3))
    assert set(theirs.embeddings_) == set(ours.embeddings_)
    for entity, embedding in ours.embeddings_.items():
        assert theirs.embedding(entity).keys.tolist() == embedding.keys.tolist() == sorted(embedding.keys)
        assert np.array_equal(theirs.embedding(entity).vectors, embedding.vectors)
    if isinstance(ours, PredictsRatings) and isinstance(theirs, PredictsRatings):
        pairs = [*table["user"][:9], "nobody"], [*table["item"][:9], "i01"]
        assert np.allclose(ours.predict(*pairs), theirs.predict(*pairs), rtol=1e-12)


def test_columns_may_have_any_names(spark: Any) -> None:
    data = frame(spark, who=[7, 7, 10, 8], what=["x", "y", "x", "y"], plays=[3, 1, 2, 5])
    ratings = tk.SparkRatings.from_frame(data, "who", "what", rating=None, count="plays", name="plays")
    assert repr(ratings) == "SparkRatings('plays': 4 ratings)"
    assert not ratings.explicit
    als = tk.SparkALS(embedding_dim=2, epochs=1).fit(ratings)
    assert als.embedding("user").keys.tolist() == ["10", "7", "8"]
    assert als.score_items([7]).shape == (1, 2)


def test_of_what_repeats_events_add_up_and_the_last_rating_counts(spark: Any) -> None:
    data = frame(
        spark, user=["a", "a", "a", "b"], item=["x", "x", "x", "y"], rating=[5.0, 2.0, 4.0, 3.0], timestamp=[1, 3, 3, 9]
    )
    rated = tk.SparkRatings.from_frame(data, timestamp="timestamp")
    counted = tk.SparkRatings.from_frame(data, rating=None, count="rating")
    for ratings, first in ((rated, 4.0), (counted, 11.0)):
        with ratings.cells() as (cells, users, items):
            assert [tuple(row) for row in cells.sort("user").collect()] == [(0, 0, first), (1, 1, 3.0)]
            assert (users.tolist(), items.tolist()) == (["a", "b"], ["x", "y"])


def test_spark_keeps_no_table_beyond_the_fit(spark: Any) -> None:
    data = frame(spark, user=["a", "b", "b"], item=["x", "y", "x"], rating=[5.0, 2.0, 4.0])
    kept = spark._jsparkSession.sharedState().cacheManager()
    with tk.SparkRatings.from_frame(data).cells():
        assert not kept.isEmpty()
    assert kept.isEmpty()
    tk.SparkExplicitALS(embedding_dim=2, epochs=1).fit(data)
    assert kept.isEmpty()


@pytest.mark.parametrize(
    ("columns", "options", "error", "message"),
    [
        ({"user": ["a"]}, {}, UnknownNameError, "unknown column 'item'"),
        ({"rating": [None]}, {}, DataError, "column 'rating' has rows without a number: 1 of 1"),
        ({"rating": [float("nan")]}, {}, DataError, "column 'rating' has rows without a number"),
        ({"user": pa.array([None], pa.string())}, {}, DataError, "column 'user' has rows without a value: 1 of 1"),
        ({"user": [1.5]}, {}, DataError, "column 'user' is of type double; keys must be text or whole numbers"),
        ({"rating": [6.0]}, {"scale": (1, 5)}, DataError, "ratings run from 6 to 6, outside the scale 1 to 5"),
        ({"rating": [0.0]}, {"rating": None, "count": "rating"}, DataError, "count 0 is not above 0"),
        ({}, {"count": "rating"}, ParameterError, "keep one, such as rating=None"),
    ],
)
def test_a_wrong_frame_is_refused(
    spark: Any, columns: dict[str, Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"user": ["a"], "item": ["x"], "rating": [3.0], **columns}
    given = {name: pa.array(values, pa.float64()) if values == [None] else values for name, values in given.items()}
    if message.startswith("unknown"):
        del given["item"]
    with pytest.raises(error, match=message):
        tk.SparkRatings.from_frame(frame(spark, **given), **options)


def test_what_a_frame_lacks_is_named(spark: Any) -> None:
    data = frame(spark, user=["a", "a"], item=["x", "x"], rating=[1.0, 2.0])
    with pytest.raises(DataError, match="the table is empty"):
        tk.SparkALS().fit(data.filter("rating > 9"))
    with pytest.raises(DataError, match="more than once; give timestamp="):
        tk.SparkExplicitALS().fit(data)
    with pytest.raises(DataError, match="rows have no order in Spark; give timestamp="):
        tk.SparkWord2Vec().fit(data)
    with pytest.raises(UnsupportedError, match="SparkRatings does not offer"):
        tk.ALS().fit(tk.SparkRatings.from_frame(data))  # type: ignore[arg-type]  # what is refused


def test_an_error_of_spark_is_one_line(spark: Any, capfd: pytest.CaptureFixture[str]) -> None:
    data = frame(spark, user=["a"], item=["x"]).selectExpr("user", "item", "raise_error('a broken disk') AS rating")
    with pytest.raises(tk.ToolkitError, match=r"^Spark: .*a broken disk") as caught:
        tk.SparkALS().fit(data.selectExpr("user", "item", "CAST(rating AS double) AS rating"))
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_without_java_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingDependencyError, match=r"Java 17 or newer: install it, .*JAVA_HOME is"):
        _check_java()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match="or set JAVA_HOME; there is none on the path"):
        _check_java()


@pytest.mark.parametrize(
    ("said", "quoted"),
    [('openjdk version "11.0.2" 2019', "is Java 11"), ('java version "1.8.0_431"', "is Java 8"), ("bad", "says 'bad'")],
)
def test_a_java_that_is_too_old_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, quoted: str
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingDependencyError, match=f"Java 17 or newer.*{quoted}"):
        _check_java()


def solved(cells: Any, others: Any, penalty: float, alpha: float | None) -> Any:
    """Return the factors of rows that are best for those of columns, in double precision, as documented."""
    y, found = others.astype(np.float64), []
    for row in cells.toarray():
        met = np.flatnonzero(row)
        near = y[met]
        if alpha is None:
            left, right = near.T @ near, near.T @ row[met]
        else:
            confidence = 1 + alpha * row[met]
            left = y.T @ y + near.T @ ((confidence - 1)[:, None] * near)
            right = near.T @ confidence
        found.append(np.linalg.solve(left + penalty * len(met) * np.eye(y.shape[1]), right))
    return np.array(found)


@pytest.mark.parametrize("explicit", [False, True])
def test_users_are_best_for_the_items_by_what_the_docstring_says(explicit: bool) -> None:
    matrix = small_ratings().matrix()
    method: Any = tk.SparkExplicitALS if explicit else tk.SparkALS
    given = {} if explicit else {"alpha": 3.0}
    factors = method(embedding_dim=4, epochs=3, regularization=0.2, **given).fit(small_ratings()).factors_
    expected = solved(matrix.csr, factors.columns, 0.2, given.get("alpha"))
    assert np.allclose(factors.rows, expected, rtol=1e-4, atol=1e-5)
    assert not np.allclose(factors.rows, solved(matrix.csr, factors.columns, 0.1, given.get("alpha")), rtol=1e-2)


def test_predictions_are_those_of_spark(spark: Any, movielens: tk.Ratings) -> None:
    from pyspark.ml.recommendation import ALS

    train, test = movielens.split("u1")
    with threadpool_limits(1):
        model = tk.SparkExplicitALS(embedding_dim=8, epochs=3).fit(train)
    users, items = test.user_keys[test.users], test.item_keys[test.items]
    predicted = model.predict(users, items)
    matrix = train.matrix()
    codes = train.user_keys.get_indexer(users), train.item_keys.get_indexer(items)
    data = frame(spark, user=matrix.rows, item=matrix.columns, rating=matrix.values.astype(np.float32))
    peer = ALS(rank=8, maxIter=3, seed=0, numUserBlocks=1, numItemBlocks=1, userCol="user", itemCol="item")
    theirs = peer.fit(data.repartition(1).sortWithinPartitions("user", "item")).transform(
        frame(spark, user=codes[0].astype(np.int32), item=codes[1].astype(np.int32), row=np.arange(len(users)))
    )
    expected = theirs.sort("row").toArrow().column("prediction").to_numpy()
    known = ~np.isnan(expected)
    assert known.sum() > 19_000
    assert np.allclose(predicted[known], np.clip(expected[known], 1, 5), atol=2e-6)
    assert np.allclose(predicted[~known], train.values.mean())
    assert np.sqrt(np.mean((predicted - test.values) ** 2)) < 0.99


def test_from_one_start_spark_and_implicit_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PERF))
    import spark_agreement

    with threadpool_limits(1):
        found = spark_agreement.from_one_start((1, 5))
    assert np.allclose(found["Spark's objective"], found["implicit's"], rtol=1e-6)
    assert found["factors apart"].max() < 1e-5
    assert found["Spark's objective"].is_monotonic_decreasing


def test_on_movielens_they_agree_as_far_as_their_penalties_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PERF))
    import spark_agreement

    with threadpool_limits(1):
        scores, agreement = spark_agreement.on_movielens(dim=8, epochs=8, alpha=10.0, regularization=10.0)
    names = {library: [f"{library} {seed}" for seed in (0, 1)] for library in ("implicit", "Spark")}
    for library, own in names.items():  # each is best at what it minimizes itself
        other = names["Spark" if library == "implicit" else "implicit"]
        assert scores.loc[own, f"{library}'s objective"].max() < scores.loc[other, f"{library}'s objective"].min()
    assert abs(scores.loc[names["Spark"], "ndcg@10"].mean() - scores.loc[names["implicit"], "ndcg@10"].mean()) < 0.05
    across = agreement.loc[["implicit 0, Spark 0", "implicit 1, Spark 1"]]
    assert across["linear CKA"].min() > 0.7
    assert across["10 neighbours shared"].min() > 0.25  # by chance it would be .003


def test_words_of_a_topic_are_neighbors() -> None:
    found = tk.SparkWord2Vec(embedding_dim=8, epochs=40, learning_rate=0.1).fit(small_corpus()).embedding()
    for word in ("a0", "b3"):
        assert {key[0] for key in found.neighbors(word, k=6)["key"]} == {word[0]}


def test_a_seed_of_none_is_one_of_chance() -> None:
    method = tk.SparkALS(embedding_dim=2, epochs=1, random_state=None)
    first, second = (method.fit(small_ratings()).embedding().vectors for _ in range(2))
    assert not np.array_equal(first, second)


# in a process of its own: a session that ends, then one that is left open
ALONE = """
import json, os, sys
import toolkit as tk
from toolkit.adapters.spark.session import session
from toolkit.testing import small_ratings
found = {}
with session(1):
    from pyspark import SparkContext
found["left"] = SparkContext._active_spark_context is not None or SparkContext._gateway is not None
with session(1) as spark:
    for method in (tk.SparkALS, tk.SparkExplicitALS, tk.SparkWord2Vec):
        found[method.__name__] = method(embedding_dim=5, epochs=2).fit(small_ratings()).embedding().fingerprint()
    print(json.dumps({**found, "java": spark.sparkContext._gateway.proc.pid, "files": os.listdir()}), flush=True)
    sys.stdin.read()
"""


def test_one_core_gives_the_same_bits_and_java_ends_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", QUICK)
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", ALONE],
        cwd=tmp_path,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        found = json.loads(child.stdout.readline())
        listening = _listening(found["java"])
    finally:
        child.kill()
        said = child.communicate()
    assert said == ("", "")  # nothing of Java's words reached the console
    assert not found["left"]
    assert found["files"] == []
    assert listening
    assert all(address.endswith("0100007F") for address in listening), "on the loopback interface alone"
    for method in METHODS:  # fitted here on two cores
        assert method.clone().fit(small_ratings()).embedding().fingerprint() == found[type(method).__name__]
    deadline = time.monotonic() + 20
    while _alive(found["java"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(found["java"]), "a killed process must leave no Java behind"


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def _listening(pid: int) -> list[str]:
    """Return the addresses at which a process waits for others, as the kernel writes them."""
    sockets = {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return [row[1].rpartition(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]


def test_a_suite_fits_it_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", QUICK)
    suite = tmp_path / "suite.toml"
    suite.write_text(
        """
        title = "Spark"
        [[experiments]]
        name = "films"
        dataset = "movielens-100k"
        splits = ["u1"]
        tasks = ["ranking"]
        embedders = [{ name = "spark-als", params = { embedding_dim = 4, epochs = 1 } }]
        """
    )
    run = tk.run(str(suite), out=str(tmp_path / "run"), workers=1)
    assert run.trials["status"].tolist() == ["ok"]
    assert (run.scores["metric"] == "ndcg@10").any()

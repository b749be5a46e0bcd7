"""The Spark session that a fit uses: the one that is there, or one of its own on this machine.

A session of our own has a Java process of its own, which ends with the fit. It listens on the loopback interface
alone, shows no page and writes nothing to the console. Java reads from a pipe that this process holds, so that it ends
with this process, however that ends.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from toolkit.errors import MissingDependencyError, ToolkitError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = "Spark needs Java 17 or newer: install it, such as by apt-get install openjdk-17-jre-headless, or set JAVA_HOME"
SETTINGS = {
    "spark.app.name": "toolkit",
    "spark.driver.extraJavaOptions": "-Xss16m",  # plans of many epochs are deep, and Java reads them by recursion
    "spark.executor.extraJavaOptions": "-Xss16m",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
LOOPBACK = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
LEAST = 17
LAST = 4096  # bytes of what Java said that are looked at when it fails


@contextmanager
def session(n_jobs: int = 1, master: str | None = None) -> Iterator[SparkSession]:
    """Yield the session that is active, or else one that ends with the block.

    Parameters
    ----------
    n_jobs : int, default 1
        Threads of a session of our own on this machine; 0 takes all cores.
    master : str, optional
        Address of the cluster that a session of our own uses, such as ``"spark://host:7077"``; by default none.

    Yields
    ------
    pyspark.sql.SparkSession

    Raises
    ------
    MissingDependencyError
        If there is no session and no Java to start one.
    ToolkitError
        If Java does not start, or what is done within the block fails in Spark; in one line.
    """
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with _in_one_line():
        if SparkContext._active_spark_context is not None:
            yield SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()
            return
        with tempfile.TemporaryDirectory(prefix="toolkit-spark-") as folder, _java(folder, n_jobs, master) as started:
            yield started


@contextmanager
def _java(folder: str, n_jobs: int, master: str | None) -> Iterator[SparkSession]:
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    _check_java()
    conf = SparkConf(loadDefaults=False)
    place = {"spark.master": master} if master else {"spark.master": f"local[{n_jobs or '*'}]", **LOOPBACK}
    for name, value in {**SETTINGS, **place, "spark.sql.warehouse.dir": folder}.items():
        conf.set(name, value)
    with Path(folder, "java.log").open("w+b") as log:
        gateway = _started(conf, log)
        try:
            context = SparkContext(conf=conf, gateway=gateway)
            if not master:  # plans are cut there every few epochs; a cluster needs a folder that all its machines see
                context.setCheckpointDir(folder)
            yield SparkSession(context)
        finally:
            _end(gateway)


def _check_java() -> None:
    """Refuse to start what cannot run; that costs a tenth of a second, and Spark's own words say little."""
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if found is None or not os.access(found, os.X_OK):
        where = f"JAVA_HOME is {home!r}, where there is none" if home else "there is none on the path"
        raise MissingDependencyError(f"{JAVA}; {where}")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)  # noqa: S603  # the user's
    version = re.search(r'version "(?:1\.)?(\d+)', told.stderr)
    if version is None or int(version[1]) < LEAST:
        said = f"is Java {version[1]}" if version else f"says {' '.join(told.stderr.split())[:200]!r}"
        raise MissingDependencyError(f"{JAVA}; {found} {said}")


def _started(conf: Any, log: IO[bytes]) -> Any:
    """Return the gateway to a new Java process, whose words go to a file."""
    from pyspark import java_gateway
    from pyspark.errors import PySparkRuntimeError

    launch: Any = java_gateway.launch_gateway
    try:
        return launch(conf, {"stdout": log, "stderr": log})
    except PySparkRuntimeError as error:
        log.seek(max(0, log.seek(0, os.SEEK_END) - LAST))
        lines = log.read().decode(errors="replace").split("\n\tat ")[0].strip().splitlines()
        raise ToolkitError(
            f"Spark's Java process did not start: {lines[-1] if lines else 'it said nothing'}"
        ) from error


def _end(gateway: Any) -> None:
    """End a session and its Java process, whatever state they are in, so that another can be started."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with suppress(Exception):  # Java may have died
        if (running := SparkSession._instantiatedSession) is not None:
            running.stop()
    with suppress(Exception):
        gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.kill()
    gateway.proc.wait()
    SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
    SparkSession._instantiatedSession = None


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn errors of Spark, which hold hundreds of lines of Java, into one that says what went wrong."""
    from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
    from pyspark.errors import PySparkException

    log = logging.getLogger("SQLQueryContextLogger")  # prints each error once more, with all of Java's lines
    silent, log.disabled = log.disabled, True
    try:
        yield
    except (Py4JNetworkError, ConnectionError) as error:
        raise ToolkitError("Spark's Java process ended; it may have run out of memory (spark.driver.memory)") from error
    except (Py4JError, PySparkException) as error:
        words = _words(error.java_exception) if isinstance(error, Py4JJavaError) else str(error)
        if "StackOverflowError" in words:
            words = "java.lang.StackOverflowError: call sparkContext.setCheckpointDir, or take fewer epochs"
        raise ToolkitError(f"Spark: {next(iter(words.splitlines()), type(error).__name__)}") from error
    finally:
        log.disabled = silent


def _words(exception: Any) -> str:
    """Return what the innermost cause of an exception of Java says."""
    while exception.getCause() is not None:
        exception = exception.getCause()
    return str(exception.toString())

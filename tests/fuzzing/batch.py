"""Feeds a reader, in a process of its own whose memory is bounded, so that a crash is seen as one of that reader.

``python -m tests.fuzzing.batch [--inputs N] [--out FOLDER] [READER ...]`` prints a line of JSON for each reader.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.fuzzing.mutations import damaged
from tests.fuzzing.targets import TARGETS, Target
from toolkit.errors import DataError, ToolkitError

SECONDS = 5  # that one input may take
ROOM = 512 << 20  # bytes of memory beyond what the process has when it begins
WORST = 20  # faults of one reader that are kept


class Hang(BaseException):
    """An input took too long."""


class FaultError(Exception):
    """An error of ours that does not say what it should."""


def feed(target: Target, content: bytes, folder: Path) -> bool:
    """Let a reader read an input; return whether it gives a value.

    Raises
    ------
    FaultError
        If its error does not name the file.
    BaseException
        Whatever else comes out of it.
    """
    path = folder / f"input{target.suffix}"
    path.unlink(missing_ok=True)  # a mapped file must not change
    path.write_bytes(content)
    try:
        target.read(path)
        return True
    except ToolkitError as error:
        if type(error) is DataError and not (error.path or str(folder) in str(error)):
            raise FaultError(f"an error that does not name the file: {error}") from error
        return False


@contextmanager
def alarmed(seconds: float = SECONDS) -> Any:
    """Raise `Hang` in what takes too long."""

    def ring(*_: object) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def inputs_of(corpus: list[bytes], material: list[bytes], inputs: int) -> Iterable[bytes]:
    """Yield the inputs of a reader: its valid and nasty files, then damaged ones."""
    yield from corpus
    for seed in range(max(inputs - len(corpus), 0)):
        yield damaged(material, seed)


def run_batch(target: Target, inputs: int, folder: Path) -> dict[str, Any]:
    """Feed a reader in this process, and return what came of it."""
    corpus = target.corpus(folder)
    faults: list[dict[str, str]] = []
    counts = {"inputs": 0, "values": 0, "hangs": 0, "others": 0}
    slowest, started = 0.0, time.perf_counter()
    for content in inputs_of(corpus, target.material(folder), inputs):
        begun = time.perf_counter()
        try:
            with alarmed():
                counts["values"] += feed(target, content, folder)
        except (Exception, Hang) as error:
            counts["hangs" if isinstance(error, Hang) else "others"] += 1
            kind = f"{type(error).__name__} in {_place(error)}"
            if len(faults) < WORST and all(fault["kind"] != kind for fault in faults):
                faults.append({"kind": kind, "error": traceback.format_exc()[-3000:], "input": content.hex()})
        counts["inputs"] += 1
        slowest = max(slowest, time.perf_counter() - begun)
    return {**counts, "seconds": time.perf_counter() - started, "slowest": slowest, "faults": faults}


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/toolkit/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def forked(call: Callable[[], dict[str, Any]], folder: Path, limit: float) -> dict[str, Any]:
    """Return what a call gives in a process of its own; of one that dies, the signal that it died of."""
    answer, started = folder / "answer.json", time.monotonic()
    child = os.fork()
    if not child:
        code = 1
        try:
            _bound_memory()
            answer.write_text(json.dumps(call()))
            code = 0
        except BaseException:  # the parent tells of it
            traceback.print_exc()
        finally:
            os._exit(code)
    while not (ended := os.wait4(child, os.WNOHANG))[0]:
        if time.monotonic() - started > limit:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.01)
    _, status, usage = ended
    peak = {"peak_mb": usage.ru_maxrss // 1024, "crashes": int(status != 0)}
    return {**(json.loads(answer.read_text()) if status == 0 else {"faults": [], "status": status}), **peak}


def _bound_memory() -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, taken + ROOM))


def main(arguments: list[str] | None = None) -> int:
    """Feed readers, one after the other; return 1 if any had a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", choices=[[], *TARGETS], metavar="READER")
    parser.add_argument("--inputs", type=int, help="for each (default: 2000, of the report 200)")
    parser.add_argument("--out", type=Path, help="where inputs with faults are written")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    pa.set_memory_pool(pa.system_memory_pool())  # others set room aside that counts against the bound
    faulty = False
    for name in options.readers or TARGETS:
        target = TARGETS[name]
        folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=_memory()))
        try:
            inputs = options.inputs or target.inputs
            found = forked(lambda t=target, n=inputs, f=folder: run_batch(t, n, f), folder, 30 + inputs * 0.5)
            if found["crashes"]:  # the file that it died of still lies there
                content = (folder / f"input{target.suffix}").read_bytes()
                found["faults"].append({"kind": "crash", "error": f"status {found['status']}", "input": content.hex()})
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        faulty |= bool(found["faults"])
        if options.out:
            _keep(name, target, found, options.out)
        print(json.dumps({"reader": name, **found}), flush=True)  # noqa: T201  # what the parent reads
    return int(faulty)


def _keep(name: str, target: Target, found: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for number, fault in enumerate(found["faults"]):
        (out / f"{name}--{number}{target.suffix}").write_bytes(bytes.fromhex(fault["input"]))


def _memory() -> str | None:
    """Return a folder in memory, where there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a folder of its own is made there


if __name__ == "__main__":
    sys.exit(main())

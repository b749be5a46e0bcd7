"""A process for every call: what comes back, and that one that goes wrong takes no other with it."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.processes import started, wait_until
from toolkit.harness.deadline import Deadline
from toolkit.harness.isolation import THREAD_VARIABLES, Call, Ended, Limits, isolated
from toolkit.harness.local import LocalExecutor

Submit = Callable[..., Future[Ended]]


def told(data: tuple[Path, ...], folder: Path, *arguments: Any) -> Any:
    """Return what a call was given."""
    return os.getpid(), data, folder, arguments


def evaluated(data: tuple[Path, ...], folder: Path, text: str) -> Any:
    return eval(text, {"os": os, "sys": sys, "time": time, "ctypes": ctypes, "signal": signal})  # noqa: S307  # ours


def call(text: str, **limits: Any) -> Call:
    return Call(evaluated, (), Path(), (text,), Limits(**{"timeout": 60, **limits}))


@pytest.fixture
def pool() -> Iterator[LocalExecutor]:
    with LocalExecutor(2) as executor:
        yield executor


def test_results_come_back(pool: LocalExecutor) -> None:
    assert [future.result().value for future in [pool.submit(isolated, call(f"{n} + {n}")) for n in range(3)]] == [
        0,
        2,
        4,
    ]
    assert [ended.value for ended in pool.map(isolated, [call("-1"), call("-2")])] == [-1, -2]


def test_a_call_is_given_its_data_its_folder_and_its_arguments(tmp_path: Path) -> None:
    ended = isolated(Call(told, (tmp_path / "data",), tmp_path, (1, "two")))
    assert ended.value[1:] == ((tmp_path / "data",), tmp_path, (1, "two"))


def test_every_call_has_its_own_process() -> None:
    pids = {isolated(Call(told, (), Path())).value[0] for _ in range(3)} | {os.getpid()}
    assert len(pids) == 4


def test_an_exception_comes_back_in_words() -> None:
    ended = isolated(call("int('x')"))
    assert (ended.status, ended.error) == ("failed", "ValueError: invalid literal for int() with base 10: 'x'")
    assert "Traceback (most recent call last)" in ended.trace


def test_an_error_is_told_in_one_line() -> None:
    assert isolated(call("{}['two\\nlines']")).error == "KeyError: 'two\\nlines'"
    assert isolated(call("sys.exit('two\\nlines')")).error == "SystemExit: two lines"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("os._exit(7)", "its process ended with exit code 7"),
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            r"its process was ended by SIGKILL, from outside; .*\(--memory limits",
        ),
        ("os.kill(os.getpid(), signal.SIGTERM)", "its process was ended by SIGTERM, from outside"),
        ("ctypes.string_at(0)", "its process was ended by SIGSEGV, a fault in native code"),
        ("os.abort()", "its process was ended by SIGABRT, a fault in native code"),
    ],
)
def test_a_crash_takes_no_other_call_with_it(pool: LocalExecutor, text: str, error: str) -> None:
    others = [pool.submit(isolated, call(f"{n} + 1")) for n in range(2)]
    crashed = pool.submit(isolated, call(text))
    others += [pool.submit(isolated, call(f"{n} + 1")) for n in range(2, 4)]
    assert crashed.result().status == "crashed"
    assert re.match(error, crashed.result().error)
    assert [future.result().value for future in others] == [1, 2, 3, 4]


def test_a_call_that_hangs_is_ended() -> None:
    started = time.monotonic()
    assert isolated(call("time.sleep(600)", timeout=1.5)) == Ended("timeout", error="took longer than 1.5 s")
    assert time.monotonic() - started < 60
    assert isolated(call("1 + 1")).value == 2


@pytest.mark.parametrize("text", ["ctypes.string_at(0)", "os._exit(5)", "1 + 1"])
def test_what_a_call_has_forked_neither_holds_it_up_nor_outlives_it(tmp_path: Path, text: str) -> None:
    note = tmp_path / "pid"
    child = f"(open({str(note)!r}, 'w').write(str(os.getpid())), time.sleep(600), os._exit(0))"
    started = time.monotonic()
    ended = isolated(call(f"os.fork() and ([time.sleep(0.01) for _ in range(50)], {text}) or {child}"))
    assert ended.status == ("ok" if text == "1 + 1" else "crashed"), ended
    assert time.monotonic() - started < 30
    if note.exists() and psutil.pid_exists(int(note.read_text())):
        psutil.Process(int(note.read_text())).wait(30)


def test_a_call_that_takes_too_much_memory_is_ended() -> None:
    limit = 1 << 30
    ended = isolated(call("[bytearray(1 << 24) for _ in range(10**6)]", memory=limit))
    assert ended == Ended("memory", error="held more than 1,024 MiB of memory (--memory)")
    assert isolated(call("len(bytearray(1 << 24))", memory=limit)).value == 1 << 24


def test_memory_of_what_a_call_starts_counts_too() -> None:
    hungry = "import time; kept = bytearray(1 << 30); time.sleep(600)"
    text = f"__import__('subprocess').run([sys.executable, '-c', {hungry!r}])"
    assert isolated(call(text, memory=1 << 30)).status == "memory"


def test_time_that_is_up_ends_what_runs_and_lets_nothing_begin() -> None:
    assert isolated(call("1 + 1", deadline=Deadline(time.monotonic() + 60, 1))).value == 2
    soon = Deadline(time.monotonic() + 1.5, 0.025)
    running, waiting = (isolated(call("time.sleep(600)", deadline=soon)) for _ in range(2))
    assert running.status == waiting.status == "left out"
    assert running.error in [f"ended after {n} s, as there was no time left (--minutes 0.025)" for n in (1, 2)]
    assert waiting.error == "no time left (--minutes 0.025)"


def test_the_shorter_of_timeout_and_deadline_counts() -> None:
    ended = isolated(call("time.sleep(600)", timeout=1, deadline=Deadline(time.monotonic() + 50, 1)))
    assert ended.error == "took longer than 1 s"


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.3])
def test_stopping_ends_what_runs_and_what_waits(delay: float) -> None:
    executor = LocalExecutor(1)
    running = executor.submit(isolated, call("time.sleep(20)"))
    waiting = executor.submit(isolated, call("1 + 1"))
    while not running.running():
        time.sleep(0.001)
    time.sleep(delay)  # its process may not have started, be starting or be at work
    started = time.monotonic()
    executor.shutdown(cancel_futures=True)
    assert running.result() == Ended("crashed", error="the run was stopped")
    assert time.monotonic() - started < 15
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        executor.submit(isolated, call("1 + 1"))


@pytest.mark.parametrize(
    "pool", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2), lambda: LocalExecutor(2)]
)
def test_any_executor_will_do(pool: Callable[[], Executor]) -> None:
    with pool() as executor:
        calls = [call("6 * 7"), call("os._exit(3)"), call("[]['x']"), call("time.sleep(600)", timeout=0.5)]
        assert [ended.status for ended in executor.map(isolated, calls)] == ["ok", "crashed", "failed", "timeout"]


LEFT = """
import sys
from pathlib import Path
from toolkit.harness.isolation import Call, Limits, isolated
from tests.harness.test_isolation import evaluated
text = f"(open({sys.argv[1]!r}, 'w').write(str(os.getpid())), time.sleep(600))"
isolated(Call(evaluated, (), Path(), (text,), Limits()))
"""


def test_a_call_ends_with_who_waits_for_it(tmp_path: Path) -> None:
    """Even where that one had no time to say so."""
    note = tmp_path / "pid"
    with started([sys.executable, "-c", LEFT, str(note)], cwd=Path(__file__).parents[2]):
        wait_until(lambda: note.is_file() and note.read_text())
        running = psutil.Process(int(note.read_text()))
    running.wait(30)


def test_the_caller_is_left_as_it_was() -> None:
    main = sys.modules["__main__"]
    before = {name: main.__dict__.get(name, "nothing") for name in ("__file__", "__spec__")}
    variables = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    isolated(call("1 + 1"))
    assert {name: main.__dict__.get(name, "nothing") for name in before} == before
    assert {name: os.environ.get(name) for name in THREAD_VARIABLES} == variables


PRELOADING = """
import gc, multiprocessing, sys
from pathlib import Path
from tests.harness.test_isolation import evaluated
from toolkit.harness.isolation import Call, Limits, isolated
limits = Limits(1, 60, preload=("broken_library", "good_library"))
gc_there = "__import__('gc')"
for text in ("'good_library' in sys.modules", f"{gc_there}.get_freeze_count() > 0", f"{gc_there}.isenabled()"):
    print(isolated(Call(evaluated, (), Path(), (text,), limits)).value)
print(gc.isenabled())
with multiprocessing.get_context("forkserver").Pool(1) as others:
    print(others.apply(gc.isenabled))
"""


def test_a_library_that_is_broken_ends_nothing_and_other_pools_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "broken_library.py").write_text("raise ValueError('numpy.dtype size changed')")
    (tmp_path / "good_library.py").touch()
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    done = subprocess.run(
        [sys.executable, "-c", PRELOADING], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True"] * 5, done.stderr


def test_the_folder_is_that_of_the_caller(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        folder = tmp_path_factory.mktemp(name)
        monkeypatch.chdir(folder)
        assert os.path.samefile(isolated(call("os.getcwd()")).value, folder)

"""A process for every call: what comes back, and that one that goes wrong takes no other with it."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.harness.deadline import Deadline
from toolkit.harness.pool import (
    THREAD_VARIABLES,
    IsolatedExecutor,
    OutOfTimeError,
    TrialCrashError,
    TrialFailedError,
    TrialTimeoutError,
)


@pytest.fixture
def pool() -> Iterator[IsolatedExecutor]:
    with IsolatedExecutor(2, 1, timeout=60) as executor:
        yield executor


def test_results_come_back(pool: IsolatedExecutor) -> None:
    assert [future.result() for future in [pool.submit(operator.add, n, n) for n in range(3)]] == [0, 2, 4]
    assert list(pool.map(operator.neg, [1, 2])) == [-1, -2]


def test_every_call_has_its_own_process(pool: IsolatedExecutor) -> None:
    pids = {pool.submit(os.getpid).result() for _ in range(3)} | {os.getpid()}
    assert len(pids) == 4


def test_an_exception_comes_back_in_words(pool: IsolatedExecutor) -> None:
    with pytest.raises(
        TrialFailedError, match=r"^ValueError: invalid literal for int\(\) with base 10: 'x'$"
    ) as caught:
        pool.submit(int, "x").result()
    assert "Traceback (most recent call last)" in caught.value.trace


def test_an_error_is_told_in_one_line(pool: IsolatedExecutor) -> None:
    with pytest.raises(TrialFailedError) as caught:
        pool.submit(exec, "raise ValueError('two\\nlines')").result()
    assert str(caught.value) == "ValueError: two lines"


def test_leaving_is_an_exception_too(pool: IsolatedExecutor) -> None:
    with pytest.raises(TrialFailedError, match="SystemExit: 3"):
        pool.submit(sys.exit, 3).result()


def test_a_crash_takes_no_other_call_with_it(pool: IsolatedExecutor) -> None:
    others = [pool.submit(operator.add, n, 1) for n in range(2)]
    crashed = pool.submit(os._exit, 7)
    others += [pool.submit(operator.add, n, 1) for n in range(2, 4)]
    with pytest.raises(TrialCrashError, match="its process ended with exit code 7"):
        crashed.result()
    assert [future.result() for future in others] == [1, 2, 3, 4]


def test_a_call_that_hangs_is_ended() -> None:
    with IsolatedExecutor(1, 1, timeout=1.5) as executor:
        started = time.monotonic()
        hanging = executor.submit(time.sleep, 600)
        with pytest.raises(TrialTimeoutError, match=r"took longer than 1\.5 s"):
            hanging.result()
        assert time.monotonic() - started < 60
        assert executor.submit(operator.add, 1, 1).result() == 2


def test_time_that_is_up_ends_what_runs_and_lets_nothing_begin() -> None:
    with IsolatedExecutor(1, 1, timeout=60) as executor:
        assert executor.submit_by(Deadline(time.monotonic() + 60, 1), operator.add, 1, 1).result() == 2
        assert executor.submit_by(None, operator.add, 1, 2).result() == 3
        soon = Deadline(time.monotonic() + 1.5, 0.025)
        running, waiting = (executor.submit_by(soon, time.sleep, 600) for _ in range(2))
        with pytest.raises(OutOfTimeError, match=r"ended after [12] s, as there was no time left \(--minutes 0.025\)"):
            running.result()
        with pytest.raises(OutOfTimeError, match=r"^no time left \(--minutes 0.025\)$"):
            waiting.result()


def test_the_shorter_of_timeout_and_deadline_counts() -> None:
    with IsolatedExecutor(1, 1, timeout=1) as executor, pytest.raises(TrialTimeoutError, match="took longer than 1 s"):
        executor.submit_by(Deadline(time.monotonic() + 50, 1), time.sleep, 600).result()


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.3])
def test_stopping_ends_what_runs_and_what_waits(delay: float) -> None:
    executor = IsolatedExecutor(1, 1)
    running = executor.submit(time.sleep, 20)
    waiting = executor.submit(operator.add, 1, 1)
    while not running.running():
        time.sleep(0.001)
    time.sleep(delay)  # its process may not have started, be starting or be at work
    executor.shutdown(cancel_futures=True)
    with pytest.raises(TrialCrashError):
        running.result()
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        executor.submit(operator.add, 1, 1)


def test_the_caller_is_left_as_it_was(pool: IsolatedExecutor) -> None:
    main = sys.modules["__main__"]
    before = {name: main.__dict__.get(name, "nothing") for name in ("__file__", "__spec__")}
    variables = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    pool.submit(operator.add, 1, 1).result()
    assert {name: main.__dict__.get(name, "nothing") for name in before} == before
    assert {name: os.environ.get(name) for name in THREAD_VARIABLES} == variables


PRELOADING = """
import gc, multiprocessing, sys
from toolkit.harness.pool import IsolatedExecutor
with IsolatedExecutor(1, 1, 60, ["broken_library", "good_library"]) as pool:
    print(pool.submit(eval, "'good_library' in __import__('sys').modules").result())
    print(pool.submit(eval, "__import__('gc').get_freeze_count() > 0").result())
    print(pool.submit(gc.isenabled).result(), gc.isenabled())
with multiprocessing.get_context("forkserver").Pool(1) as others:
    print(others.apply(gc.isenabled))
"""


def test_a_library_that_is_broken_ends_nothing_and_other_pools_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "broken_library.py").write_text("raise ValueError('numpy.dtype size changed')")
    (tmp_path / "good_library.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PRELOADING], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True"] * 5, done.stderr


def test_the_folder_is_that_of_the_caller(
    pool: IsolatedExecutor, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        folder = tmp_path_factory.mktemp(name)
        monkeypatch.chdir(folder)
        assert os.path.samefile(pool.submit(os.getcwd).result(), folder)

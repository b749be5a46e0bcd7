"""Ctrl-C ends a command, also where the main thread is in a library that takes no notice of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import started
from toolkit import stopping
from toolkit.stopping import PATIENCE, StoppedError, stopped_in_order

BUSY = """
import hashlib, sys, time, toolkit.cli as cli
def busy():
    print("busy", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # takes minutes, lets other threads run, and asks for no signals
def run(options):
    {body}
cli._run = run
sys.exit(cli.main(["run", "quickstart", *sys.argv[1:]]))
"""
WITHIN = """
    from pathlib import Path
    with replacing(Path({path!r}, "a")) as partial, temporary_folder(Path({path!r})) as folder:
        partial.write_text("half")
        (folder / "b").write_text("half")
        busy()
"""

# lets the thread that waits find at once that the first signal was noticed, and the second signal
SLOW = """import os; read = os.read
    os.read = lambda *asked: (read(*asked), time.sleep(0.5))[0]
    """


@contextmanager
def busy(*options: str, body: str = "busy()") -> Iterator[subprocess.Popen[str]]:
    """Start a command whose main thread is in a library for minutes; kill it at the end."""
    command = [sys.executable, "-c", BUSY.format(body=body), *options]
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        time.sleep(0.5)  # between what it prints and the library
        yield process


@pytest.mark.parametrize(
    ("number", "code", "options", "again"),
    [
        (signal.SIGINT, 130, [], "the same command goes on from there"),
        (signal.SIGTERM, 143, ["--fresh"], "the same command without --fresh goes on from there"),
    ],
)
def test_a_command_whose_main_thread_is_busy_ends(
    number: signal.Signals, code: int, options: list[str], again: str
) -> None:
    with busy(*options) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert said == f"toolkit: stopped; what had ended is kept, and {again}\n"


def test_it_ends_also_where_nobody_reads_what_it_says() -> None:
    with busy() as process:
        assert process.stderr is not None
        process.stderr.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def test_it_leaves_no_unfinished_file(tmp_path: Path) -> None:
    within = "from toolkit.atomic import replacing, temporary_folder" + WITHIN.format(path=str(tmp_path))
    with busy(body=within) as process:
        assert len(list(tmp_path.iterdir())) == 2
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("slow", [False, True])
def test_a_second_signal_ends_what_is_cleaned_up_without_end(slow: bool) -> None:
    body = """try:
        print("busy", flush=True); time.sleep(60)
    finally:
        print("again", flush=True); busy()"""
    with busy(body=(SLOW if slow else "") + body) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "again\n"
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def test_a_child_that_is_told_to_end_ends_alone() -> None:
    ready, begun = os.pipe()
    with stopped_in_order(lambda: "never said"):
        child = os.fork()
        if not child:
            try:
                if not (grandchild := os.fork()):
                    os._exit(0)
                os.waitpid(grandchild, 0)
                os.write(begun, b"x")
                time.sleep(60)
            except StoppedError:
                os._exit(7)
            os._exit(0)
        os.read(ready, 1)
        os.kill(child, signal.SIGTERM)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        time.sleep(2 * PATIENCE)
    os.close(ready)
    os.close(begun)


def test_a_child_that_leaves_ends_no_watch_but_its_own() -> None:
    child = -1
    try:
        with stopped_in_order(lambda: "never said"):
            child = os.fork()
            if not child:
                raise LookupError
            assert os.waitpid(child, 0)[1] == 0
            time.sleep(0.1)
            assert "stopping" in {thread.name for thread in threading.enumerate()}
    finally:
        if not child:
            os._exit(0)


def test_that_one_signal_was_noticed_says_nothing_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(stopping, "PATIENCE", 0.1)
    monkeypatch.setattr(stopping._Watch, "_leave", lambda _, code: left.append(code))
    with stopped_in_order(lambda: "never said"):
        told = [signal.SIGINT, signal.SIGTERM, stopping.NOTICED + signal.SIGINT]
        os.write(stopping._watching[-1].told, bytes(told))
        time.sleep(1)
    assert left == [143]


def test_a_signal_while_it_begins_or_ends_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    set_fd = signal.set_wakeup_fd

    def interrupted(fd: int, **options: bool) -> int:
        old = set_fd(fd, **options)
        if fd == -1:
            signal.raise_signal(signal.SIGINT)
        return old

    monkeypatch.setattr(signal, "set_wakeup_fd", interrupted)
    with pytest.raises(StoppedError), stopped_in_order(lambda: "never said"):
        pass
    assert signal.getsignal(signal.SIGINT) is before
    assert "stopping" not in {thread.name for thread in threading.enumerate()}


def test_what_takes_notice_is_given_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.stopping.PATIENCE", 0.1)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ended = []

    def slowly() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)
        finally:
            time.sleep(0.5)
            ended.append(True)

    with pytest.raises(StoppedError) as stopped, stopped_in_order(lambda: "never said"):
        slowly()
    assert ended
    assert stopped.value.code == 143
    assert {number: signal.getsignal(number) for number in before} == before
    assert "stopping" not in {thread.name for thread in threading.enumerate()}


def test_in_another_thread_signals_stay_with_the_main_one() -> None:
    seen = []

    def look() -> None:
        with stopped_in_order(lambda: "never said"):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]

"""Ctrl-C ends a command, also where the main thread is in a library that takes no notice of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.harness.test_resume import heeding
from toolkit.stopping import StoppedError, stopped_in_order

BUSY = """
import hashlib, sys, toolkit.cli as cli
def busy(options):
    print("busy", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # takes minutes, lets other threads run, and asks for no signals
cli._run = busy
sys.exit(cli.main(["run", "quickstart", *sys.argv[1:]]))
"""


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
    command = [sys.executable, "-c", BUSY, *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeding
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert said == f"toolkit: stopped; what had ended is kept, and {again}\n"


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

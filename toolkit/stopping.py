"""Ctrl-C and SIGTERM end a command in order; where the main thread cannot take notice, they end it all the same.

Python tells the main thread of a signal, once the call into a library that it is in has come back: reading a large
table may take minutes. Another thread waits for that, not for ever.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from toolkit.inert import one_line

PATIENCE = 1.5  # seconds in which the main thread must take notice
INTERRUPTED, TERMINATED = 130, 143  # exit codes of a program that was stopped: 128 + the signal
CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: TERMINATED}


class StoppedError(KeyboardInterrupt):
    """Somebody asks the program to end: with Ctrl-C, or the system, or who manages the machine."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.code = CODES[signal.Signals(number)]


def say(line: str) -> None:
    """Write a line to standard error, whatever is shown there; the cursor may have been hidden."""
    shown = b"\r\x1b[K\x1b[?25h" if os.isatty(2) else b""
    os.write(2, shown + f"toolkit: {one_line(line)}\n".encode())


@contextmanager
def stopped_in_order(last_words: Callable[[], str]) -> Iterator[None]:
    """Raise `StoppedError` where Ctrl-C is pressed or SIGTERM comes; what runs is ended, what was written stays whole.

    Parameters
    ----------
    last_words : callable
        Returns what is said if the process is ended from beside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone may say what a signal does
        yield
        return
    noticed = threading.Event()

    def notice(number: int, _: FrameType | None) -> NoReturn:
        noticed.set()
        raise StoppedError(number)

    def wait() -> None:
        while told := os.read(heard, 1):
            code = CODES.get(told[0])  # type: ignore[call-overload]  # signals are integers
            if code is not None and not noticed.wait(PATIENCE):
                say(last_words())
                os._exit(code)

    ignored = {number for number in CODES if signal.getsignal(number) is signal.SIG_IGN}  # as in the background
    before = {number: signal.signal(number, notice) for number in CODES.keys() - ignored}
    heard, told = os.pipe()
    os.set_blocking(told, False)
    fd = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    waiter = threading.Thread(target=wait, name="stopping", daemon=True)
    waiter.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(told)
        waiter.join()
        os.close(heard)

"""Ctrl-C and SIGTERM end a command in order; where the main thread cannot take notice, they end it all the same.

Python tells the main thread of a signal, once the call into a library that it is in has come back: reading a large
table may take minutes. Another thread waits for that, not for ever.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from toolkit.atomic import remove_unfinished
from toolkit.inert import one_line

PATIENCE = 1.5  # seconds in which the main thread must take notice
SPEAKING = 0.2  # seconds in which standard error must take the last words
INTERRUPTED, TERMINATED = 130, 143  # exit codes of a program that was stopped: 128 + the signal
CODES = {int(signal.SIGINT): INTERRUPTED, int(signal.SIGTERM): TERMINATED}
# what the waiting thread is told beside the numbers of signals, which are below 65
END = 0
NOTICED = 128  # and the number of the signal


class StoppedError(KeyboardInterrupt):
    """Somebody asks the program to end: with Ctrl-C, or the system, or who manages the machine.

    Parameters
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = CODES[number]


@contextmanager
def stopped_in_order(last_words: Callable[[], str]) -> Iterator[None]:
    """Raise `StoppedError` where Ctrl-C is pressed or SIGTERM comes; what runs is ended, what was written stays whole.

    Parameters
    ----------
    last_words : callable
        Returns what is said where the main thread takes no notice. Called in another thread, after which the process
        ends; of what would be cleaned up, unfinished files alone are.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone may say what a signal does
        yield
        return
    watch = _Watch(last_words)
    try:
        try:
            watch.begin()
            yield
        finally:
            watch.raises = False
    finally:
        watch.raises = False
        watch.end()
    if watch.came:
        raise StoppedError(watch.came[0])


class _Watch:
    """What takes notice of signals, and the thread that waits for it to."""

    def __init__(self, last_words: Callable[[], str]) -> None:
        self.raises = False
        self.came: list[int] = []  # where nothing could be raised
        self._last_words = last_words
        self._before: dict[int, Callable[[int, FrameType | None], object] | int] = {}
        self._heard, self.told = os.pipe()
        os.set_blocking(self.told, False)
        self._fd: int | None = None
        self._waiter = threading.Thread(target=self._wait, name="stopping", daemon=True)

    def begin(self) -> None:
        _watching.append(self)
        self._waiter.start()
        self._fd = signal.set_wakeup_fd(self.told, warn_on_full_buffer=False)
        for number in CODES:
            handler = signal.getsignal(number)
            if handler is not None and handler is not signal.SIG_IGN:  # ignored in the background; None is a library's
                self._before[number] = handler
                signal.signal(number, self._notice)
        self.raises = True

    def end(self) -> None:
        if self._fd is not None:
            signal.set_wakeup_fd(self._fd)
        _watching.remove(self)
        if self.listens():
            os.write(self.told, bytes([END]))
            self._waiter.join()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self.told)
        os.close(self._heard)

    def listens(self) -> bool:
        """Whether the thread that waits is there: it is not in a child that was forked, nor after the end."""
        return self._waiter.is_alive()

    def _notice(self, number: int, _: FrameType | None) -> None:
        if self.listens():
            with suppress(OSError):  # that the pipe is full, or that somebody closed it, must not hide the signal
                os.write(self.told, bytes([NOTICED + number]))
        if self.raises:
            raise StoppedError(number)
        self.came.append(number)

    def _wait(self) -> None:
        """Wait for signals, and after each for the main thread: what it noticed stands behind the signal in the pipe.

        The pipe is asked with a limit of time, as the system answers that also while the main thread lets no other run.
        """
        pipe = select.poll()
        pipe.register(self._heard, select.POLLIN)
        ends: dict[int, float] = {}  # of patience, by signal
        while True:
            left = max(0.0, min(ends.values()) - time.monotonic()) * 1000 if ends else None
            if not pipe.poll(left):
                self._leave(CODES[min(ends, key=lambda number: ends[number])])
            for told in os.read(self._heard, 64):
                if told == END:
                    return
                if told in CODES:
                    ends.setdefault(told, time.monotonic() + PATIENCE)
                else:
                    ends.pop(told - NOTICED, None)

    def _leave(self, code: int) -> NoReturn:
        """End the process; what standard error does not take is not said."""
        speaker = threading.Thread(target=_say, args=(self._last_words(),), daemon=True)
        speaker.start()
        remove_unfinished()
        speaker.join(SPEAKING)
        os._exit(code)


def _say(line: str) -> None:
    """Write a line to standard error, whatever is shown there; the cursor may have been hidden."""
    with suppress(OSError):
        shown = b"\r\x1b[K\x1b[?25h" if os.isatty(2) else b""
        os.write(2, shown + f"toolkit: {one_line(line)}\n".encode())


_watching: list[_Watch] = []


def _tell(nobody: bool) -> None:
    """Tell the thread that waits, or nobody: a child that is forked would tell its parent's of its own signals."""
    if _watching and threading.current_thread() is threading.main_thread():
        told = _watching[-1].told if _watching[-1].listens() and not nobody else -1
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)


os.register_at_fork(
    before=lambda: _tell(nobody=True),
    after_in_parent=lambda: _tell(nobody=False),
    after_in_child=lambda: _tell(nobody=True),
)

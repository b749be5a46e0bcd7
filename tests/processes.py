"""Commands that tests start beside themselves, and waiting for what they do."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def _heeding() -> None:
    """Let Ctrl-C end a process also where the tests run in the background, for which shells have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a command, whose standard error can be read; whatever happens in the block, it is over after it."""
    with subprocess.Popen(command, text=True, preexec_fn=_heeding, **{"stderr": subprocess.PIPE, **options}) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(true: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait until a function returns something true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)

"""Getting files over the network: a URL, or a wheel through pip."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import RequestException
    from rich.console import Console
    from rich.progress import Progress

TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of the answer
PIECE = 1 << 16


class SourceError(Exception):
    """A source does not give its file, for the reason in the message; another source may."""


def console() -> Console:
    """Return what progress is shown on: standard error."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def download(url: str, target: Path) -> None:
    """Write what is at a URL to a file.

    Raises
    ------
    SourceError
        If there is no connection, no such file, or the connection breaks off.
    """
    import pooch
    import requests
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    shown = console()
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        fetch = pooch.HTTPDownloader(progressbar=_Bar(progress, target.name), chunk_size=PIECE, timeout=TIMEOUT)
        try:
            fetch(url, str(target), None)
        except requests.RequestException as error:
            raise SourceError(_reason(error)) from error


def pip_download(requirement: str, folder: Path) -> Path:
    """Download a wheel with pip, as the user has set pip up, and return its path.

    Raises
    ------
    SourceError
        If pip does not find it.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--progress-bar=off"]
    with console().status(f"pip download {requirement}"):
        done = subprocess.run(  # noqa: S603  # no shell; the requirement comes from the catalog
            [*command, "--dest", str(folder), requirement],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stdout.splitlines() if line.strip()]
        raise SourceError(f"pip: {said[-1].removeprefix('ERROR: ')}" if said else f"pip failed with {done.returncode}")
    return wheels[0]


class _Bar:
    """What pooch asks of a progress bar, drawn by rich."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._progress, self._task = progress, progress.add_task(label, total=None)
        self._total = 0

    @property
    def total(self) -> int:
        return self._total

    @total.setter
    def total(self, size: int) -> None:
        self._total = size
        self._progress.update(self._task, total=size or None)

    def update(self, size: int) -> None:
        self._progress.advance(self._task, size)

    def reset(self) -> None:
        self._progress.reset(self._task, total=self._total or None)

    def close(self) -> None:
        self._progress.stop_task(self._task)


def _reason(error: RequestException) -> str:
    from requests import exceptions

    if error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, exceptions.SSLError):
        return "its certificate is not accepted"
    if isinstance(error, exceptions.ProxyError):
        return "the proxy does not let it through"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "no connection" if isinstance(error, exceptions.ConnectionError) else str(error)

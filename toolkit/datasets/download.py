"""Getting files over the network: a URL, or a wheel through pip.

Nothing but https is asked, also where a server sends on to another address; an answer ends where it said that it would,
and at the latest after `LARGEST` bytes. What has come is used only if it has the digest of the catalog: see `cache`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.inert import one_line

if TYPE_CHECKING:
    from requests import RequestException, Response, Session
    from rich.console import Console

TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of the answer
PIECE = 1 << 16
LARGEST = 2 << 30  # bytes of one file: more than twice the largest of the catalog, less than most disks have left
SCHEMES = ("https://",)  # how an address must begin that is asked


class SourceError(Exception):
    """A source does not give its file, for the reason in the message; another source may."""


def console() -> Console:
    """Return what progress is shown on: standard error."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def say(line: str) -> None:
    """Show a line on standard error."""
    console().print(one_line(line))


def download(url: str, target: Path) -> None:
    """Write what is at a URL to a file.

    Parameters
    ----------
    url : str
        It begins with ``https://``, and so does every address that the server sends on to.
    target : Path
        Where to write. After an error something may be there; it is not the file.

    Raises
    ------
    SourceError
        If there is no connection, no such file, or the connection breaks off; if the answer is longer than `LARGEST`
        or than it said; or if an address is not one of https.
    """
    import requests
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    shown = console()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with (
        _session() as session,
        Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress,
    ):
        task = progress.add_task(one_line(target.name), total=None)
        try:
            with session.get(url, stream=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}) as answer:
                answer.raise_for_status()
                size = _declared(answer)
                progress.update(task, total=size)
                _save(answer, size, target, lambda count: progress.advance(task, count))
        except requests.RequestException as error:
            raise SourceError(_reason(error)) from error


def _session() -> Session:
    """Return a session that knows how to ask addresses of https, and no others; it asks all that it is sent on to."""
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.adapters.clear()
    for scheme in SCHEMES:
        session.mount(scheme, HTTPAdapter())
    return session


def _declared(answer: Response) -> int | None:
    """Return how many bytes an answer says that it has, if it says so of the file itself and not of a packed form."""
    told = answer.headers.get("Content-Length", "")
    size = int(told) if told.isascii() and told.isdigit() and "Content-Encoding" not in answer.headers else None
    if size is not None and size > LARGEST:
        raise SourceError(f"it is {size:,} bytes long; at most {LARGEST:,} are fetched")
    return size


def _save(answer: Response, size: int | None, target: Path, tell: Callable[[int], None]) -> None:
    """Write an answer to a file as it comes, at most as many bytes as are allowed."""
    come = 0
    with target.open("wb") as sink:
        for piece in answer.iter_content(PIECE):
            come += len(piece)
            if come > LARGEST:
                raise SourceError(f"it goes on after {LARGEST:,} bytes; at most so many are fetched")
            sink.write(piece)
            tell(len(piece))
    if size is not None and come != size:
        raise SourceError(f"the connection broke off after {come:,} of {size:,} bytes")


def pip_download(requirement: str, folder: Path) -> Path:
    """Download a wheel with pip, as the user has set pip up, and return its path.

    Raises
    ------
    SourceError
        If pip does not find it.
    """
    # -P: a file pip.py in the folder where the user stands is not pip
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    with console().status(f"pip download {requirement}"):
        done = subprocess.run(  # noqa: S603  # no shell; the requirement comes from the catalog, and is no option
            [*command, "--progress-bar=off", "--dest", str(folder), "--", requirement],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stdout.splitlines() if line.strip()]
        said = [line for line in said if line.startswith("ERROR: ")] or said
        raise SourceError(f"pip: {said[-1].removeprefix('ERROR: ')}" if said else f"pip failed with {done.returncode}")
    return wheels[0]


def _reason(error: RequestException) -> str:
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        return f"HTTP status {error.response.status_code}"
    if isinstance(error, exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, exceptions.SSLError):
        return "its certificate is not accepted"
    if isinstance(error, exceptions.ProxyError):
        return "the proxy does not let it through"
    if isinstance(error, exceptions.InvalidSchema | exceptions.MissingSchema | exceptions.InvalidURL):
        return "it is at, or is sent on to, an address that does not begin with https://"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "no connection" if isinstance(error, exceptions.ConnectionError) else str(error)

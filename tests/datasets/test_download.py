from __future__ import annotations

import contextlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from requests import exceptions
from rich.console import Console

from toolkit.datasets.download import PIECE, SCHEMES, SourceError, download, pip_download

CONTENT = bytes(range(256)) * 1000
SENT_ON = {  # the same server by another name stands for one that is not asked
    "/there": "http://127.0.0.1:{port}/file",
    "/elsewhere": "http://localhost:{port}/file",
    "/round": "http://127.0.0.1:{port}/round",
    "/from-disk": "file:///etc/hostname",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        if self.path in SENT_ON:
            self.send_response(302)
            self.send_header("Location", SENT_ON[self.path].format(port=self.server.server_port))
            self.end_headers()
            return
        self.send_response(200)
        if self.path == "/said-long":
            self.send_header("Content-Length", str(10**12))
        elif self.path != "/endless":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.path.startswith("/cut/"):
            self.wfile.write(CONTENT[: int(self.path.removeprefix("/cut/"))])
        elif self.path == "/endless":
            with contextlib.suppress(OSError):  # until nobody listens any more
                while True:
                    self.wfile.write(CONTENT)
        elif self.path != "/said-long":
            self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        # this server takes the place of all that are asked by https
        monkeypatch.setattr("toolkit.datasets.download.SCHEMES", (f"http://127.0.0.1:{running.server_port}/",))
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_file_comes_as_it_is(server: str, tmp_path: Path) -> None:
    download(f"{server}/file", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize(("path", "reason"), [("missing", "HTTP status 404"), ("round", r"Exceeded 30 redirects\.")])
def test_a_failure_tells_its_reason(server: str, tmp_path: Path, path: str, reason: str) -> None:
    with pytest.raises(SourceError, match=f"^{reason}$"):
        download(f"{server}/{path}", tmp_path / "file")


@pytest.mark.parametrize("size", [0, 1, 1000, PIECE, len(CONTENT) - 1])
def test_an_answer_that_is_cut_is_none(server: str, tmp_path: Path, size: int) -> None:
    with pytest.raises(SourceError, match=r"^the connection broke off"):
        download(f"{server}/cut/{size}", tmp_path / "file")


def test_only_https_is_asked(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert SCHEMES == ("https://",)
    with pytest.raises(SourceError, match=r"does not begin with https://$"):
        download(f"{server}/file", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_a_server_may_send_on_within_what_is_asked(server: str, tmp_path: Path) -> None:
    download(f"{server}/there", tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("path", ["elsewhere", "from-disk"])
def test_a_server_that_sends_on_to_something_else_is_not_followed(server: str, tmp_path: Path, path: str) -> None:
    with pytest.raises(SourceError, match=r"does not begin with https://$"):
        download(f"{server}/{path}", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_an_answer_without_end_does_not_fill_the_disk(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.datasets.download.LARGEST", 1_000_000)
    with pytest.raises(SourceError, match=r"^it goes on after 1,000,000 bytes"):
        download(f"{server}/endless", tmp_path / "file")
    assert (tmp_path / "file").stat().st_size <= 1_000_000


def test_an_answer_that_says_it_is_too_long_is_not_begun(server: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^it is 1,000,000,000,000 bytes long; at most"):
        download(f"{server}/said-long", tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_no_connection_tells_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as other:
        port = other.server_port
    monkeypatch.setattr("toolkit.datasets.download.SCHEMES", ("http://127.0.0.1",))
    with pytest.raises(SourceError, match=r"^no connection$"):
        download(f"http://127.0.0.1:{port}/file", tmp_path / "file")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (exceptions.ConnectTimeout(), "no answer in time"),
        (exceptions.ReadTimeout(), "no answer in time"),
        (exceptions.SSLError(), "its certificate is not accepted"),
        (exceptions.ProxyError(), "the proxy does not let it through"),
        (exceptions.TooManyRedirects("too many redirects"), "too many redirects"),
    ],
)
def test_every_failure_of_the_network_tells_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: exceptions.RequestException, reason: str
) -> None:
    def fail(session: requests.Session, url: str, **options: object) -> None:
        raise error

    monkeypatch.setattr(requests.Session, "get", fail)
    with pytest.raises(SourceError, match=f"^{reason}$"):
        download("https://example.org/file", tmp_path / "file")


def test_a_terminal_shows_how_far_the_download_is(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    shown = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("toolkit.datasets.download.console", lambda: shown)
    download(f"{server}/file", tmp_path / "film.zip")
    assert "film.zip" in screen.getvalue()
    assert "256.0/256.0 kB" in screen.getvalue()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheel in it, as the only place that pip looks at."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinydata-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinydata/a.txt", "content")
        wheel.writestr("tinydata-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinydata\nVersion: 1.0\n")
        wheel.writestr("tinydata-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tinydata-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_pip_brings_a_wheel_from_where_the_user_has_set_it_to_look(wheels: Path, tmp_path: Path) -> None:
    wheel = pip_download("tinydata==1.0", tmp_path)
    assert wheel.parent == tmp_path
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("tinydata/a.txt") == b"content"


def test_a_wheel_that_pip_cannot_find_tells_what_pip_said(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^pip: No matching distribution found for tinydata==2\.0$"):
        pip_download("tinydata==2.0", tmp_path)


def test_a_file_called_pip_where_the_user_stands_is_not_run(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    assert pip_download("tinydata==1.0", tmp_path).is_file()
    assert not (tmp_path / "ran").exists()


def test_a_requirement_is_never_an_option(wheels: Path, tmp_path: Path) -> None:
    for requirement in ("--help", "--find-links=elsewhere", "-rwheels"):
        with pytest.raises(SourceError, match=r"^pip: Invalid requirement: "):
            pip_download(requirement, tmp_path)

"""`toolkit compare`: what it says before, that it ends well, and one clear line where it cannot begin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.testing import small_ratings

QUICK = ["--only", "popularity", "pca", "--workers", "1"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    small_ratings(40, 20).to_frame().to_csv("mine.csv", index=False)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a comparison that must be refused, and return its one line."""
    try:
        code = main(["compare", *arguments])
    except SystemExit as stop:  # argparse ends the process itself
        code = stop.code
    err = capsys.readouterr().err
    assert code == 2
    assert len(err.splitlines()) == 1, err
    return err


def test_ratings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "mine.csv", *QUICK]) == 0
    said = capsys.readouterr()
    assert "Guessed: column user holds the users (by its name).\n" in said.err
    assert "report: runs/mine/report.html" in said.out
    report = (folder / "runs" / "mine" / "report.md").read_text()
    assert "column user holds the users (by its name)" in report
    before = (folder / "runs" / "mine" / "scores.csv").read_bytes()
    assert main(["compare", "mine.csv", *QUICK]) == 0
    assert "2 of 2 are there from before\n" in capsys.readouterr().err
    assert (folder / "runs" / "mine" / "scores.csv").read_bytes() == before
    (folder / "elsewhere").mkdir()
    shutil.copy(folder / "mine.csv", folder / "elsewhere")
    assert "already holds a run of 'mine' on mine.csv, and this is one on" in refused(
        capsys, "elsewhere/mine.csv", *QUICK
    )
    assert (folder / "runs" / "mine" / "scores.csv").read_bytes() == before
    assert main(["compare", "mine.csv", *QUICK, "--fresh", "--implicit"]) == 0


def test_columns_that_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renamed = (folder / "mine.csv").read_text().replace("user,item,rating", "a,b,c", 1)
    (folder / "odd.csv").write_text(renamed)
    named = ["--user", "a", "--item", "b", "--rating", "c", "--scale", "0", "10", "--minutes", "0.5", "--out", "x"]
    assert main(["compare", "odd.csv", *named, *QUICK]) == 0
    assert "Guessed: ratings are given on a scale of 0 to 10." in capsys.readouterr().err
    assert "--user a --item b --rating c --scale 0 10" in (folder / "x" / "report.md").read_text()


def test_wrong_requests(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "text.csv").write_text("It was a dark and stormy night, they say\nand so it went, my dear\n")
    assert "unknown file or data set 'nowhere.csv'" in refused(capsys, "nowhere.csv")
    assert "text.csv: cannot tell which column holds the users" in refused(capsys, "text.csv")
    assert "--pairs does not apply to ratings" in refused(capsys, "mine.csv", "--pairs", "a.tsv")
    assert "minutes is 0" in refused(capsys, "mine.csv", "--minutes", "0")
    assert "minutes is nan" in refused(capsys, "mine.csv", "--minutes", "nan")
    assert "workers is 0" in refused(capsys, "mine.csv", "--workers", "0")
    assert "unknown column 'usr'; did you mean 'user'?" in refused(capsys, "mine.csv", "--user", "usr")
    assert "keep one" in refused(capsys, "mine.csv", "--implicit", "--rating", "rating")
    assert "the lowest rating comes first" in refused(capsys, "mine.csv", "--scale", "5", "1")
    assert "did you mean 'pca'?" in refused(capsys, "mine.csv", "--only", "pcaa")
    assert "nowhere.csv: no such file" in refused(capsys, "mine.csv", "--items", "nowhere.csv")
    assert not (folder / "runs").exists()

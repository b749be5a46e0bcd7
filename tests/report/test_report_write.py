"""`write_report`: formats, paths and errors."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest

from toolkit.errors import DataError, UnknownNameError
from toolkit.report import write_report


@pytest.fixture
def small(builder, tmp_path):
    """A run of one embedder and one metric."""
    trial = builder.trial("films", "ALS", 8, "canonical", "u1")
    builder.score(trial, "rating-prediction", "rmse", 0.9, "ridge")
    return builder.write(tmp_path / "run")


@pytest.mark.parametrize(
    ("format", "file", "text"),
    [
        (None, "report.html", "<!doctype html>"),
        ("html", "report.html", "<!doctype html>"),
        ("md", "report.md", "# One"),
        ("csv", "report.csv", "experiment,task"),
        ("latex", "report.tex", '% Tables of the run "One"'),
    ],
)
def test_default_path_is_in_the_run_directory(small, format, file, text):
    path = write_report(small, format=format)
    assert path == small / file
    assert path.read_text(encoding="utf-8").startswith(text)


@pytest.mark.parametrize(
    ("file", "text"), [("a.HTM", "<!doctype"), ("a.markdown", "# One"), ("a.csv", "experiment,"), ("a.tex", "% Tables")]
)
def test_ending_says_the_format(small, tmp_path, file, text):
    path = write_report(small, tmp_path / file)
    assert path == tmp_path / file
    assert path.read_text(encoding="utf-8").startswith(text)


def test_format_goes_before_the_ending(small, tmp_path):
    assert write_report(small, tmp_path / "notes.txt", format="md").read_text(encoding="utf-8").startswith("# One")


def test_unknown_format_and_ending_are_refused(small, tmp_path):
    with pytest.raises(UnknownNameError, match="unknown report format 'markdwn'"):
        write_report(small, format="markdwn")
    with pytest.raises(UnknownNameError, match=r"unknown ending of a report '.pdf'"):
        write_report(small, tmp_path / "report.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_missing_folder_is_named(small, tmp_path):
    with pytest.raises(DataError, match="nowhere: there is no folder"):
        write_report(small, tmp_path / "nowhere" / "report.html")


@pytest.mark.parametrize("file", ["trials.csv", "studies.csv", "intervals.csv", "studies/my-study/found.csv"])
def test_what_the_run_holds_is_not_written_over(builder, tmp_path, file):
    builder.study("my-study", {"found": pd.DataFrame({"x": [1]})})
    builder.compare("intervals", experiment="films", metric="rmse", value=0.9)
    folder = builder.write(tmp_path / "run")
    before = (folder / file).read_bytes()
    with pytest.raises(DataError, match="is part of the run itself"):
        write_report(folder, folder / file)
    assert (folder / file).read_bytes() == before


@pytest.mark.parametrize("file", ["steps.csv", "tuning.db", "errors/films-001.txt"])
def test_what_a_run_may_hold_is_not_made_into_a_report(small, file):
    (small / file).parent.mkdir(exist_ok=True)
    (small / file).write_text("kept")
    with pytest.raises(DataError, match="is part of the run itself"):
        write_report(small, small / file, format="md")
    assert (small / file).read_text() == "kept"


def test_a_place_that_cannot_be_written_to_is_named(small, tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(DataError, match=r"report\.html: cannot be written: Is a directory"):
        write_report(small, tmp_path / "report.html")
    assert {path.name for path in tmp_path.iterdir()} == {"run", "report.html"}


def test_damaged_run_leaves_an_old_report_alone(small):
    old = write_report(small, format="md").read_bytes()
    (small / "scores.csv").unlink()
    with pytest.raises(DataError, match=r"scores\.csv: no such file"):
        write_report(small, format="md")
    assert (small / "report.md").read_bytes() == old


def test_nothing_but_the_report_is_written(small):
    before = {path.name for path in small.iterdir()}
    write_report(small, format="md")
    assert {path.name for path in small.iterdir()} == before | {"report.md"}


@pytest.mark.parametrize("ending", ["html", "md", "csv", "tex"])
def test_same_run_gives_the_same_bytes(run_dir, tmp_path, ending):
    first, second = (write_report(run_dir, tmp_path / f"{name}.{ending}").read_bytes() for name in ("a", "b"))
    assert first == second


def test_bytes_do_not_hang_on_the_process(small, tmp_path):
    here = write_report(small).read_bytes()
    code = f"from toolkit.report import write_report; write_report({str(small)!r}, {str(tmp_path / 'b.html')!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONHASHSEED": "12345"})
    assert (tmp_path / "b.html").read_bytes() == here


def test_nothing_that_draws_is_imported_before_it_is_needed():
    code = "import sys, toolkit.report; sys.exit(not {'altair', 'vl_convert', 'gensim'}.isdisjoint(sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_run_in_which_all_fits_failed_has_a_report(builder, tmp_path):
    builder.trial("films", "ALS", 8, "canonical", "u1", status="timeout", error="stopped after 60 s")
    text = write_report(builder.write(tmp_path)).read_text(encoding="utf-8")
    assert "No embedder has a score to compare." in text
    assert "stopped after 60 s" in text
    assert "<svg" not in text


def test_links_that_are_not_of_the_web_are_left_out(builder, tmp_path):
    builder.info["datasets"]["ml"]["link"] = "javascript:alert(1)"
    folder = builder.write(tmp_path)
    for ending in ("html", "md"):
        assert "javascript" not in write_report(folder, tmp_path / f"a.{ending}").read_text(encoding="utf-8")


def test_a_dimension_sweep_is_drawn(sweep_html):
    assert "each embedder at its best dimension" in sweep_html
    assert "RMSE against dimension (log scale)" in sweep_html
    assert "Mean ± standard deviation over 2 folds and 2 seeds." in sweep_html


def test_a_row_that_misses_a_fold_says_so(sweep_html):
    assert "SVD++ †" in sweep_html
    assert "† Not judged on the same cases as most, or not on every fold" in sweep_html

"""Texts of other people: visible in a terminal, no formulas in a table, and read back as they were."""

from __future__ import annotations

import csv
import io
import re
import time
import unicodedata
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

import toolkit as tk
from tests.payloads import PAYLOADS
from toolkit.cli import main
from toolkit.errors import DataError, MissingDependencyError, ParameterError, ToolkitWarning, UnknownNameError
from toolkit.harness.progress import Reporter
from toolkit.harness.tables import csv_text, lines, read_entities, read_study, read_table
from toolkit.inert import cell, one_line, uncell, visible, visible_parts
from toolkit.vectors.exports import export_projector

CONTROLS = "".join(sign for sign in map(chr, range(0xA0)) if unicodedata.category(sign) == "Cc" and sign not in "\n\t")
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # Unicode, UAX 9: all there are
UNSEEN = "\u200b\u2060\ufeff\xad\u180e\u2028\u2029\ud800\udfff\ufffe\uffff\U000e0041"
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
texts = st.text(st.sampled_from("'\"=+-@;\t\r\n a1＝\0")) | st.text(st.characters(exclude_categories=["Cs"]))


def test_there_are_enough_that_try() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("sign", [*CONTROLS, *TURNING, *UNSEEN], ids=ascii)
def test_every_sign_that_acts_or_is_not_seen_is_written_out(sign: str) -> None:
    assert visible(f"a{sign}b") == "a" + ascii(sign)[1:-1] + "b"


@pytest.mark.parametrize("text", ["", "Žluťoučký kůň", "می‌خواهم", "👩‍👧", "𝔸\ta\nb", "C:\\x1b"])
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


def test_parts_of_parts_are_visible() -> None:
    assert visible_parts({"\x07": ["\x1b", ("\x00", 1, None)]}) == {"\\x07": ["\\x1b", ["\\x00", 1, None]]}


@given(texts)
@example("'=1")
@example("' =1")
@example("a;'\t=1")
def test_a_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    made = cell(text)
    assert uncell(made) == text
    assert cell(made) == made or made != text
    for part in (made, *made.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";")):
        assert not part.lstrip(' "\0').startswith(STARTS[:4])
    assert not made.startswith(STARTS)


@pytest.mark.parametrize("letter", ["'", " ", ";", "\t", "\n", "\r", "; ", "\n'", "\x1b"])
def test_long_texts_take_no_longer_than_their_length(letter: str) -> None:
    started = time.perf_counter()
    assert uncell(cell(letter * 300_000)) == letter * 300_000
    visible(letter * 300_000)
    assert time.perf_counter() - started < 5


def test_numbers_and_labels_as_they_are_written_stay() -> None:
    plain = ["als", "PCA (tuned)", "embedding-layer", "'tis", '{"alpha": -0.5}', "C++", "a - b", ""]
    assert [cell(text) for text in plain] == plain
    assert csv_text(pd.DataFrame({"a": [-0.5, 1.0], "b": [-1, 2], "c": plain[:2]})) == "a,b,c\n-0.5,-1,als\n" + (
        "1.0,2,PCA (tuned)\n"
    )


def test_a_table_of_a_run_holds_no_formula_and_is_read_back(tmp_path: Path) -> None:
    table = tmp_path / "trials.csv"
    rows = [{"embedder": text, "error": text, "value": -0.5} for text in PAYLOADS]
    table.write_text("embedder,error,value\n" + lines(rows, ["embedder", "error", "value"]), newline="")
    with table.open(newline="", encoding="utf-8") as source:
        _, *written = csv.reader(source)
    assert all(row[2] == "-0.5" for row in written)
    assert not [field for row in written for field in row[:2] if field.lstrip(' "\0').startswith(STARTS)]
    read = read_table(table, ["embedder", "value"], {"value"})
    assert read["embedder"].tolist() == read["error"].tolist() == PAYLOADS
    assert read["value"].eq(-0.5).all()


@given(st.lists(texts, min_size=1, max_size=5, unique=True))
def test_any_table_is_read_back_with_its_columns(tmp_path_factory: pytest.TempPathFactory, given: list[str]) -> None:
    folder = tmp_path_factory.mktemp("read")
    table = pd.DataFrame({"key": given, "title": given[::-1], "count": 1, "=a": given})
    (folder / "films.csv").write_text(csv_text(table, quote=True), encoding="utf-8", newline="")
    read = read_entities(folder / "films.csv")
    pd.testing.assert_frame_equal(read.astype(table.dtypes), table)


def test_the_tables_of_a_study_are_read_back(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"=what": ["=1", "-x", "plain"], "value": [-1.0, 2.0, float("nan")], "told": [True, False, True]}
    )
    (tmp_path / "found.csv").write_text(csv_text(table), newline="")
    pd.testing.assert_frame_equal(read_study(tmp_path)["found"], table)


def test_the_projector_s_tables_hold_no_formula(tmp_path: Path) -> None:
    embedding = tk.Embedding(PAYLOADS, [[-1.0, float(i)] for i in range(len(PAYLOADS))], "item")
    facts = pd.DataFrame({"=title": PAYLOADS, "count": -1}, index=embedding.keys)
    export_projector(embedding, facts, tmp_path, "films")
    rows = (tmp_path / "films.metadata.tsv").read_text(encoding="utf-8").split("\n")
    assert len(rows) == len(PAYLOADS) + 2
    for row in rows[:-1]:
        key, title, count = row.split("\t")
        assert not key.lstrip(' "').startswith(STARTS)
        assert not title.lstrip(' "').startswith(STARTS)
        assert count in ("count", "-1")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_errors_and_warnings_show_what_they_hold(payload: str) -> None:
    for error in (
        DataError(payload, payload, 3),
        ParameterError(payload),
        MissingDependencyError(payload),
        UnknownNameError("key", payload, [payload, "a"]),
    ):
        assert visible(str(error)) == str(error)
        assert "\n" not in str(error)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(payload, ToolkitWarning, stacklevel=1)
    [warning] = caught
    assert str(warning.message) == visible(payload).replace("\n", " ")


def is_harmless(shown: str) -> bool:
    """Whether a terminal only shows what was written to it."""
    return not set(shown) & set(CONTROLS + TURNING + UNSEEN)


def test_neighbours_with_hostile_keys_only_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [f"{payload}{place}" for place, payload in enumerate(PAYLOADS)]
    tk.Embedding(keys, [[1.0, float(i)] for i in range(len(keys))], "word").save(tmp_path / "words.arrow")
    for key in keys[::8]:
        assert main(["neighbors", str(tmp_path / "words.arrow"), key, "-k", "100"]) == 0
    shown = capsys.readouterr().out
    assert is_harmless(shown)
    for key in keys:
        assert one_line(key).strip() in shown


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if "\0" not in text])
def test_what_is_wrong_is_said_in_one_harmless_line(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", f"a{payload}"]) == 2
    said = capsys.readouterr().err
    assert is_harmless(said)
    assert said.count("\n") == 1
    with pytest.raises(SystemExit):
        main([f"a{payload}"])
    assert is_harmless(capsys.readouterr().err)


def test_lines_of_progress_show_names_and_errors_only() -> None:
    screen = io.StringIO()
    reporter = Reporter(len(PAYLOADS), Console(file=screen, force_terminal=False, width=1000))
    for payload in PAYLOADS:
        reporter.end(payload, False, f"failed: {payload}")
    assert is_harmless(screen.getvalue())
    assert screen.getvalue().count("\n") == len(PAYLOADS)


def test_a_bar_shows_names_only() -> None:
    reporter = Reporter(1, Console(file=io.StringIO(), force_terminal=True, width=1000))
    with reporter:
        reporter.show_running(PAYLOADS)
        assert reporter._bar is not None
        assert len(reporter._bar.tasks) == 1 + len(PAYLOADS)
        assert all(is_harmless(task.description) for task in reporter._bar.tasks)


def test_notebooks_show_texts_only() -> None:
    for payload in PAYLOADS:
        embedding = tk.Embedding([f"{payload}a", "b"], [[1.0, 0.5], [0.5, 1.0]], "item")
        frame = pd.DataFrame({"user": [payload, "b"], "item": ["c", f"{payload}d"], "rating": [1.0, 2.0]})
        ratings = tk.Ratings.from_frame(frame, name=payload)
        for shown in (embedding._repr_html_(), ratings._repr_html_(), repr(embedding), repr(ratings)):
            assert is_harmless(shown)
        made = set(re.findall(r"<[a-z!]+", embedding._repr_html_() + ratings._repr_html_()))
        assert made <= {f"<{tag}" for tag in ("div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td")}

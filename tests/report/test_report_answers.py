"""What studies found, in the report: first, as it is, and with a word where there is nothing."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from toolkit.errors import DataError
from toolkit.report import write_report
from toolkit.report.answers.tables import number, plain_table
from toolkit.report.numbers import MISSING

NAN = float("nan")


@pytest.fixture
def found(nasty):
    """A table that no format may take for markup."""
    return pd.DataFrame({nasty[0]: [*nasty, "plain"], nasty[1]: [0.25, -1234.0, NAN], "is_null": [False, False, True]})


@pytest.fixture
def folder(builder, tmp_path, found, nasty):
    """A run with three studies, none of which has words of its own."""
    trial = builder.trial("films", "ALS", 8, "canonical", "u1", seed=4)
    builder.score(trial, "rating-prediction", "rmse", 0.9, "ridge")
    builder.study("my-study", {"found": found, "more": pd.DataFrame({"n": [7]})})
    builder.study("one-hot", status="failed", error=f"ValueError: {nasty[0]}")
    builder.study(nasty[1].replace("/", ""), status="left out")
    return builder.write(tmp_path / "run")


def written(folder, ending):
    return write_report(folder, folder.parent / f"report.{ending}").read_text(encoding="utf-8")


@pytest.mark.parametrize(("ending", "chapter"), [("html", '<h2 id="experiment-films-h"'), ("md", "## Films")])
def test_answers_come_before_the_experiments(folder, ending, chapter):
    text = written(folder, ending)
    question = "Is an embedding layer just one-hot times a matrix?"
    assert (
        text.index(question)
        < text.index("The tables hold what was found.", text.index(question))
        < text.rindex(chapter)
    )
    assert text.index("my-study") < text.index(question), "in the order of the suite"
    assert text.count(question) == (3 if ending == "html" else 2)


def test_a_study_without_words_shows_its_tables(folder, nasty):
    text = written(folder, "md")
    section = text[text.index("## my-study") : text.index("## Is an embedding")]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    assert [row[1] for row in rows[2:5]] == ["0.250", "−1,234", MISSING]
    assert rows[4][0] == "plain (null)"
    assert rows[5:] == [["n"], ["---"], ["7"]], "the first column names the rows"


def test_a_study_that_did_not_end_well_says_why(folder):
    for ending in ("html", "md"):
        text = written(folder, ending)
        assert text.count("Not answered: ValueError: ") == 2, "in the summary, and in its section"
        assert text.count("Not answered: left out.") == 2


def test_markup_is_inert_in_html(folder):
    text = written(folder, "html")
    assert "<script>" not in text, "those of the page have a type"
    whole = text.replace("<wbr>", "")  # where a line may end
    assert whole.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4, "heading, cell, and twice the error"
    found = re.findall(r' id="([^"]*)"', text)
    assert len(found) == len(set(found))
    assert not [name for name in found if re.search(r"[^a-z0-9-]", name)]
    assert set(re.findall(r'href="#([^"]*)"', text)) <= set(found)


def test_markup_is_inert_in_markdown(folder, nasty):
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written(folder, "md"))
    assert not [token for token in tokens if token.type == "html_block"]
    parts = [part for token in tokens for part in token.children or ()]
    assert not [part for part in parts if part.type == "html_inline"]
    shown = ["".join(part.content for part in token.children) for token in tokens if token.children]
    assert [shown.count(label) for label in nasty] == [2, 3], "heading and cell; the third is a study of that name"


def test_latex_holds_the_tables_of_answers_first(folder):
    source = written(folder, "tex")
    assert source.count(r"\begin{tabular}") == 4
    labels = re.findall(r"\\label\{tab:(.*?)\}", source)
    assert labels[:2] == ["question-my-study-table-1", "question-my-study-table-2"]
    assert r"\caption{Table 'found'. \textit{Italics}: null baseline.}" in source
    assert source.count("{") - source.count(r"\{") == source.count("}") - source.count(r"\}")
    assert r"\textless{}script\textgreater{}" in source
    assert r"\ensuremath{-}1,234" in source


def test_identifiers_of_tables_never_meet(builder, tmp_path):
    builder.study("a", {"b-c": pd.DataFrame({"x": [1]}), "odd name": pd.DataFrame({"x": [1]})})
    builder.study("a-b", {"c": pd.DataFrame({"x": [1]})})
    text = written(builder.write(tmp_path / "run"), "html")
    found = re.findall(r' id="([^"]*)"', text)
    assert len(found) == len(set(found))
    assert not [name for name in found if " " in name]


def test_a_table_that_an_answer_lacks_is_an_error_of_the_run(builder, tmp_path):
    builder.study("one-hot", {"identity": pd.DataFrame({"what": ["forward"]})})
    with pytest.raises(DataError, match=r"studies.one-hot: no table, or no column of one, is called 'training'"):
        write_report(builder.write(tmp_path / "run"))


def test_what_was_left_out_is_told(builder, tmp_path):
    trial = builder.trial("films", "ALS", 8, "canonical", "u1")
    builder.score(trial, "rating-prediction", "rmse", 0.9, "ridge")
    builder.trial("films", "PCA", 8, "canonical", "u1", status="failed", error="no")
    builder.trial(
        "films", "Random", 8, "canonical", "u1", status="left out", error="x is not installed: pip install 'x'"
    )
    text = written(builder.write(tmp_path / "run"), "md")
    assert "- Fits: 3, 1 of which failed, 1 left out" in text
    assert "x is not installed: pip install 'x'" in text


def test_seeds_are_those_of_the_fits(folder):
    assert "- Seeds: 4" in written(folder, "md")


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("als", ".3f", "als"),
        (NAN, ".3f", MISSING),
        (None, "", MISSING),
        (3, "", "3"),
        (-12000.0, "", "−12,000"),
        (0.1234, "", "0.123"),
        (-0.00012, "", "−1.2e−04"),
        (0.0, "", "0"),
        (0.0, ".1e", "0"),
        (1e-7, ".1e", "1.0e−07"),
        (float("inf"), "", "inf"),
        (True, "", "yes"),
        (False, "", "no"),
        (2.0, lambda value: f"{value:.0f} times", "2 times"),
    ],
)
def test_numbers_as_they_stand_in_tables(value, form, expected):
    assert number(value, form) == expected


def test_plain_table_takes_the_columns_asked_for_in_their_order():
    frame = pd.DataFrame({"a": [0.5, 2.0], "b": ["x", "y"], "is_null": [True, np.nan], "c": [True, False]})
    table = plain_table(frame, "t", "Some", {"b": "B", "a": "A"}, {"a": ".2f"}, ["A note."])
    assert [(column.title, column.kind) for column in table.columns] == [("B", "text"), ("A", "number")]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["x", "0.50"], ["y", "2.00"]]
    assert [row.is_null for row in table.rows] == [True, False], "an empty cell says nothing of a null baseline"
    assert (table.anchor, table.caption, table.notes) == ("t", "Some", ("A note.",))
    assert [column.title for column in plain_table(frame, "t", "").columns] == ["a", "b", "c"]
    assert plain_table(frame[:0], "t", "").rows == ()

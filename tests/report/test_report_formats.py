"""Markdown, CSV and LaTeX."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from toolkit.report import latex, markdown, write_report
from toolkit.report.parts import Cell, Column, Row, Table

PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=40)


@pytest.fixture(scope="module")
def written(run_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    return {
        ending: write_report(run_dir, folder / f"report.{ending}").read_text(encoding="utf-8")
        for ending in ("md", "csv", "tex")
    }


def rendered(source):
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [
        "".join(part.content for part in token.children)
        for token in parser.parse(source)
        if token.type == "inline" and token.children
    ]


def test_markdown_tables_hold_the_labels_as_they_are(written, nasty):
    texts = rendered(written["md"])
    for label in nasty:
        assert label in texts
    assert "ValueError: <script>alert(1)</script> a|b, 50%_$&" in texts
    assert "Random (null)" in texts
    assert "has no vectors" in texts


def test_markdown_holds_no_html(written):
    tokens = MarkdownIt("commonmark").enable("table").parse(written["md"])
    assert not [token for token in tokens if token.type == "html_block"]
    assert not [part for token in tokens for part in token.children or () if part.type == "html_inline"]


def test_markdown_tables_line_up(written):
    for block in re.findall(r"(?:^\|.*\n)+", written["md"], flags=re.MULTILINE):
        assert len({len(line) for line in block.splitlines()}) == 1


def test_markdown_marks_the_best(written):
    assert re.search(r"^\| LMF +\| +– \| +\*\*0\.8594\*\* \| +\*\*0\.8444\*\* \|", written["md"], flags=re.MULTILINE)


@given(PRINTABLE)
def test_markdown_shows_any_text_as_it_is(text):
    plain = " ".join(text.split())
    assert rendered(markdown.escape(text)) == ([plain] if plain else [])


@given(PRINTABLE)
def test_markdown_cells_show_any_text_as_it_is(text):
    table = Table("t", "", (Column("Name", kind="text"), Column("x")), (Row((Cell("key"), Cell(text))),))
    assert rendered(markdown.pipe_table(table))[3:] == ([" ".join(text.split())] if text.strip() else [])


@pytest.mark.parametrize("code", ["toolkit run x", "a ``` b", "````"])
def test_markdown_fence_is_longer_than_any_in_the_code(code):
    (token,) = MarkdownIt("commonmark").parse(markdown.fence(code))
    assert (token.type, token.content) == ("fence", code + "\n")


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "https://a b", "https://x)y"])
def test_markdown_link_needs_a_plain_address(address):
    assert markdown.link("text", address) == "text"


def test_csv_is_tidy(written, nasty):
    table = pd.read_csv(io.StringIO(written["csv"]))
    keys = ["experiment", "task", "target", "split", "embedder", "embedding_dim", "readout", "metric"]
    assert not table.duplicated(keys).any()
    assert set(nasty) <= set(table["embedder"])
    lmf = table.query("embedder == 'LMF' and metric == 'rmse' and readout == 'ridge-two-sided'").iloc[0]
    assert lmf["mean"] == pytest.approx(0.8444, abs=5e-5)
    assert lmf["best"]
    assert lmf["direction"] == "lower"
    assert lmf["count"] == 1
    assert not table.query("metric == 'rmse' and is_null")["best"].any()


def test_csv_of_a_run_without_scores_has_its_header(builder, tmp_path):
    path = write_report(builder.write(tmp_path), format="csv")
    assert path.read_text(encoding="utf-8").startswith("experiment,task,target,split,dataset,embedder,")


def test_latex_tables_are_balanced(written):
    source = written["tex"]
    assert source.count(r"\begin{tabular}") == source.count(r"\end{tabular}") == source.count(r"\toprule") == 13
    assert source.count("{") - source.count(r"\{") == source.count("}") - source.count(r"\}")
    for block in re.findall(r"\\begin\{tabular\}\{([lr]+)\}.*?\\midrule\n(.*?)\\bottomrule", source, flags=re.DOTALL):
        widths = {len(re.findall(r"(?<!\\)&", line)) + 1 for line in block[1].splitlines()}
        assert widths == {len(block[0])}


def test_latex_groups_readouts_under_their_metric(written):
    assert r"\multicolumn{3}{c}{RMSE $\downarrow$}" in written["tex"]
    assert r"\cmidrule(lr){2-4}" in written["tex"]


def test_latex_marks_best_and_null(written):
    assert r"\textbf{0.8444}" in written["tex"]
    assert r"\textit{Random}" in written["tex"]


@given(PRINTABLE)
def test_latex_leaves_no_character_with_a_meaning(text):
    commands = sorted(set(latex.CHARACTERS.values()), key=len, reverse=True)
    bare = re.sub("|".join(map(re.escape, commands)), "", latex.escape(text))
    assert not set(bare) & set("\\{}$&#_%~^<>|`")

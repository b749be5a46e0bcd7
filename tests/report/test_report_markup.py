"""Markdown, LaTeX and the notebook's displays of a run whose every text tries to act."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

import toolkit as tk
from tests.payloads import PAYLOADS
from tests.report.runs import RunBuilder
from toolkit.inert import visible
from toolkit.report import latex, markdown, write_report

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")
OURS = ("heading", "paragraph", "list_item", "bullet_list", "ordered_list", "table", "thead", "tbody", "tr", "th", "td")
TABLE = ("table", "thead", "tbody", "tr", "th", "td")
NAMED = re.compile(r"\\([A-Za-z]+)")
COMMANDS = {  # what the report writes itself
    *("begin", "end", "centering", "small", "caption", "label", "resizebox", "textwidth", "toprule", "midrule"),
    *("bottomrule", "multicolumn", "cmidrule", "textit", "textbf", "uparrow", "downarrow", "ensuremath", "pm"),
    *("textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar", "textasciigrave"),
    *("textperiodcentered", "textdagger", "textdaggerdbl", "approx", "ldots"),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run in whose every text every payload stands, and each alone in a label and in an error."""
    whole = " ".join(PAYLOADS)
    build = RunBuilder(title=whole, description=whole)
    build.info["command"] = whole
    build.dataset("ml", whole, "ratings", whole, "training", licence=whole, link=f"https://a.invalid/{PAYLOADS[3]}")
    labels = [re.sub("[\0\r]", " ", text) for text in PAYLOADS]
    build.experiment("films", whole, "ml", labels, ["u1"], ["rating-prediction"])
    for index, label in enumerate(labels):
        trial = build.trial("films", label, 8, "canonical", "u1", library=label)
        build.score(trial, "rating-prediction", "rmse", 0.8 + index / 200, "ridge", convention="standard")
        build.trial("films", label, 9, "canonical", "u1", 0, "failed", f"ValueError: {label}")
    return build.write(tmp_path_factory.mktemp("markup") / "run")


def parsed(text: str) -> tuple[set[str], list[dict[str, object]]]:
    """Return what Markdown makes of a text beside plain letters, and where its links and images lead."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = [token for block in reader.parse(text) for token in (block, *(block.children or []))]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    return kinds, [token.attrs for token in tokens if token.type in ("link_open", "image")]


def test_a_report_in_markdown_holds_texts_only(run: Path) -> None:
    text = write_report(run, format="md").read_text(encoding="utf-8")
    kinds, links = parsed(text)
    assert kinds <= {*OURS, "inline", "text", "strong", "fence", "softbreak"}
    assert links == []
    before, _, after = text.partition("\n```\n")
    assert not re.search(r"://|\bwww\.", before + after.partition("\n```\n")[2]), "GitHub makes links of these"
    assert not HIDDEN.search(text)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_in_markdown_is_a_text_wherever_it_stands(payload: str) -> None:
    text = markdown.escape(payload)
    for line in (text, f"# {text}", f"- {text}", f"| a |\n| --- |\n| {text} |", f"a\n{text}", f"**{text}**"):
        kinds, links = parsed(line)
        assert kinds <= {*OURS, "inline", "text", "strong", "softbreak"}
        assert links == []
    assert [token.children[0].content for token in MarkdownIt().parse(f"x {text}") if token.children] == [
        " ".join(["x", *visible(" ".join(payload.split())).split()])
    ]


@pytest.mark.parametrize("text", ["---", "===", "- - -", "--", "+++"])
def test_no_line_becomes_a_heading_or_a_rule(text: str) -> None:
    assert parsed(f"a\n{markdown.escape(text)}")[0] <= {"paragraph", "inline", "text", "softbreak"}
    assert parsed(markdown.escape(text))[0] <= {"paragraph", "inline", "text"}


def test_a_report_in_latex_holds_texts_only(run: Path) -> None:
    comment, _, text = write_report(run, format="latex").read_text(encoding="utf-8").partition("\n")
    assert comment.startswith("%")
    assert set(NAMED.findall(text)) <= {*COMMANDS, "usepackage"}
    assert not HIDDEN.search(comment + text)
    lines = [re.sub(r"\$\\(up|down)arrow\$", "", line) for line in text.splitlines()[1:]]
    assert not [line for line in lines if re.search(r"(?<!\\)[%#$~^]", line)]
    assert not [line for line in lines if line.startswith(("[", "*"))], "options of what stands before"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_in_latex_is_a_text(payload: str) -> None:
    text = latex.escape(payload)
    assert set(NAMED.findall(text)) <= COMMANDS
    assert not HIDDEN.search(text)
    assert "\n" not in text


def test_figures_and_runs_in_a_notebook_hold_texts_only(run: Path) -> None:
    opened = tk.open_run(run)
    shown = [opened._repr_html_(), opened.figures._repr_html_()]
    for figure in opened.figures.values():
        shown.append(figure._repr_html_())
        assert not HIDDEN.search(figure.svg)
        for element in ElementTree.fromstring(figure.svg).iter():  # noqa: S314  # our own drawing
            assert element.tag.rpartition("}")[2] not in ("script", "image", "foreignObject", "a", "style", "animate")
            assert not [name for name in element.attrib if name.startswith("on") or name.endswith("href")]
    assert len(shown) > 2
    for text in shown:
        assert not HIDDEN.search(text)
        tags = set(re.findall(r"<([a-z!]+)", text))
        assert tags <= {*TABLE, "div", "p", "strong", "br", "ul", "li", "figure", "figcaption", "img", "span", "a"}
        assert {Path(href).name for href in re.findall('href="([^"]*)"', text)} <= {"report.html"}  # if it was written
        assert set(re.findall(r' src="([a-z]+:)', text)) <= {"data:"}


def test_a_folder_called_javascript_is_a_folder(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "javascript:alert(1)"
    folder.symlink_to(run, target_is_directory=True)
    write_report(run)
    shown = tk.open_run(folder.name)._repr_html_()
    assert re.findall('href="([^"]*)"', shown) == ["javascript%3Aalert%281%29/report.html"]

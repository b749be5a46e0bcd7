"""The HTML report as a page: well formed, self-contained, accessible and escaped."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from toolkit.report.document import build_document
from toolkit.report.html import render_html
from toolkit.report.model import read_results
from toolkit.report.parts import Cell, Column, Row, Table

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Page(HTMLParser):
    """Checks nesting and collects what the tests look at."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.texts, self.rows, self.row = [], [], [], [], None
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.row.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "tr":
            self.rows.append([" ".join(cell.split()) for cell in self.row])

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)
        if self.row and {"td", "th"} & set(self.open):
            self.row[-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=["run_html", "sweep_html"])
def page(request):
    text = request.getfixturevalue(request.param)
    return Page(text.removeprefix("<!doctype html>\n")), text


def test_page_is_html_in_english(page):
    parsed, text = page
    assert text.startswith("<!doctype html>\n")
    assert parsed.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in parsed.all("meta")


def test_page_is_one_file_that_asks_for_nothing(page):
    parsed, text = page
    assert not {name for name, _ in parsed.tags} & {"link", "img", "iframe", "object", "image", "use"}
    assert not any(key.startswith("on") for _, attributes in parsed.tags for key in attributes)
    assert "@import" not in text
    assert "url(" not in text
    assert not {key for _, attributes in parsed.tags for key in attributes} & {"src", "srcset", "xlink:href", "poster"}


def test_identifiers_are_unique_and_references_have_targets(page):
    parsed, _ = page
    found = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    assert len(found) == len(set(found))
    wanted = [a["href"][1:] for a in parsed.all("a") if a["href"].startswith("#")]
    wanted += [name for _, attributes in parsed.tags for name in attributes.get("aria-labelledby", "").split()]
    assert set(wanted) <= set(found)


def test_headings_never_skip_a_level(page):
    parsed, _ = page
    levels = [int(name[1]) for name, _ in parsed.tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_landmarks_and_alternative_texts(page):
    parsed, _ = page
    assert [len(parsed.all(tag)) for tag in ("header", "nav", "main")] == [1, 1, 1]
    drawings = parsed.all("svg")
    assert drawings
    assert all(svg["role"] == "img" and len(svg["aria-labelledby"].split()) == 2 for svg in drawings)
    assert len(parsed.all("desc")) == len(drawings)
    assert all(region["tabindex"] == "0" for region in parsed.all("div") if region.get("role") == "group")


def test_labels_and_errors_are_shown_as_they_are(page, nasty):
    parsed, text = page
    shown = "".join(parsed.texts)
    for label in nasty:
        assert label in shown
    assert "ValueError: <script>alert(1)</script> a|b, 50%_$&" in shown
    assert all(label not in text for label in nasty), "each stands there escaped"


def test_the_page_runs_one_script_and_no_other(page):
    parsed, text = page
    assert [script["type"] for script in parsed.all("script") if script["type"] != "application/json"] == ["module"]
    assert text.count("<script") == len(parsed.all("script")) == len(re.findall("^<script", text, re.M))
    (rules,) = [meta["content"] for meta in parsed.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    (digest,) = re.findall("sha256-([^']+)'", rules)
    (script,) = re.findall('(?s)<script type="module">(.*?)</script>', text)
    assert base64.b64decode(digest) == hashlib.sha256(script.encode()).digest()
    assert rules.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in rules.split(";")[1]


def test_every_figure_holds_its_numbers_once(page):
    parsed, text = page
    texts = [json.loads(found) for found in re.findall('(?s)class="numbers">(.*?)</script>', text)]
    plots = [figure for figure in parsed.all("figure") if figure["class"] == "plot"]
    assert len(texts) == len(plots) > 0
    for numbers in texts:
        first, *rows = csv.reader(io.StringIO(numbers), strict=True)
        assert rows
        assert all(len(row) == len(first) for row in rows)


def test_marks_say_what_they_are_but_not_to_screen_readers(page):
    parsed, text = page
    tips = [attributes["data-tip"] for _, attributes in parsed.tags if "data-tip" in attributes]
    assert any(re.search(r"^PCA.* · RMSE 0\.\d+", tip) for tip in tips)
    assert "graphics-symbol" not in text
    assert "aria-roledescription" not in text


def test_every_row_of_a_leaderboard_names_its_fits(run_html, run_dir):
    (text,) = re.findall('(?s)<script type="application/json" id="trials">(.*?)</script>', run_html)
    data = json.loads(text)
    trials = read_results(run_dir).trials
    assert sum(len(group["fits"]) for group in data["groups"]) == len(trials)
    for number, name in re.findall(
        'data-trials=([0-9]+)[^>]*>\\s*<th scope="row">([^<]*)', run_html.replace("<wbr>", "")
    ):
        assert data["groups"][int(number)]["name"] == html.unescape(name).strip().removesuffix(" †")


def test_tables_of_many_columns_are_set_close(run_dir):
    tables = [
        Table(f"of-{size}", "A table.", (Column("Name"),) * size, (Row((Cell("x"),) * size),)) for size in (12, 13)
    ]
    document = replace(build_document(read_results(run_dir)), reproduction=tuple(tables))
    found = re.findall(r'<table aria-labelledby="of-(\d+)-caption"( class="close-set")?>', render_html(document))
    assert found == [("12", ""), ("13", ' class="close-set"')]


def test_reasons_and_failures_are_listed(run_html):
    rows = Page(run_html.removeprefix("<!doctype html>\n")).rows
    assert ["Item similarity", "Cosine", "Biases and Popularity", "has no vectors"] in rows
    failure = ["SVD++", "48", "canonical", "u1", "0", "failed", "ValueError: <script>alert(1)</script> a|b, 50%_$&"]
    assert failure in rows


def test_readouts_stand_side_by_side(run_html):
    rows = Page(run_html.removeprefix("<!doctype html>\n")).rows
    head = next(i for i, row in enumerate(rows) if row[1:2] == ["RMSE ↓ (lower is better)"])
    assert rows[head + 1][:4] == ["Embedder", "Native", "Ridge", "Two‑sided ridge"]
    assert rows[head + 1][-1] == "Coverage ↑ (higher is better)"


def test_null_baselines_and_best_values_are_marked_in_words(run_html):
    rows = Page(run_html.removeprefix("<!doctype html>\n")).rows
    assert any(row[0] == "Random null" for row in rows)
    assert any(cell.endswith(" best") for row in rows for cell in row)


def test_quickstart_report_is_small(run_html):
    assert len(run_html.encode()) < 1 << 20

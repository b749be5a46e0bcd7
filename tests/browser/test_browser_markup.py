"""Names, titles and errors that hold markup or script are shown as text wherever they stand; nothing of them runs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import toolkit as tk
from tests.browser.reading import column
from tests.payloads import PAYLOADS, script
from tests.report.runs import RunBuilder
from toolkit.report import write_report

FORMS = (
    '<img src=x onerror="window.hit={0}">',
    "</script><script>window.hit={0}</script>",
    "</style><svg onload=window.hit={0}>",
    "javascript:window.hit={0}",
    "\"'><b onmouseover='window.hit={0}'>{0}</b>",
    "<!--<script>window.hit={0}//",
    "${{window.hit={0}}} {{{{{0}}}}}",
    '=HYPERLINK("https://x.invalid/{0}")',
    "&lt;i&gt;{0}&lt;/i&gt; ]]>",
    "</title></textarea><iframe srcdoc='<script>parent.hit={0}</script>'>",
)
TEXTS = """() => {
    document.querySelectorAll("wbr").forEach((place) => place.remove());
    document.body.normalize();
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    const texts = [document.title];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.closest("script, style")) texts.push(node.data);
    }
    return texts.join("\\n");
}"""


class Payloads:
    """Hands out texts that try to run, each another, and remembers them."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self._numbers = count(1)

    def __call__(self) -> str:
        number = next(self._numbers)
        self.given.append(FORMS[number % len(FORMS)].format(number))
        return self.given[-1]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return a report whose every text tries to run, and these texts."""
    folder, text = tmp_path_factory.mktemp("hostile"), Payloads()
    build = RunBuilder(title=text(), description=text())
    build.info["command"] = text()
    build.info["versions"] |= {text(): text(), "embedding-comparison-toolkit": text()}
    build.info["machine"] |= {"platform": text(), "processor": text()}
    build.dataset("ml", text(), "ratings", text(), "training", licence=text(), link=text())
    build.given = text.given
    labels = [text() for _ in range(12)]
    build.experiment("films", text(), "ml", labels, ["u1"], ["rating-prediction"])
    for index, label in enumerate(labels):
        values = {"parameters": f'{{"source": {index}}}', "library": text()}
        trial = build.trial("films", label, 8, "canonical", "u1", **values)
        for readout, value in (("ridge", 0.8), ("dot", 0.9)):
            build.score(trial, "rating-prediction", "rmse", value + index / 200, readout, convention="standard")
        build.score(trial, "ranking", "", "", "native", note=text())
    for label in labels[:6]:
        build.trial("films", label, 9, text(), text(), 0, "failed", f"ValueError: {text()}")
    build.study("odd", status="failed", error=text())
    report = write_report(build.write(folder / "run"), folder / "report.html")
    return report, text.given


def test_enough_texts_try(hostile: tuple[Path, list[str]]) -> None:
    assert len(set(hostile[1])) >= 50


def test_all_texts_are_shown_and_none_runs(hostile: tuple[Path, list[str]], visit: Callable[..., Page]) -> None:
    report, payloads = hostile
    page = visit(report)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.message) or dialog.dismiss())
    page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
    shown = page.evaluate(TEXTS)
    for button in page.locator("button.method").all():
        button.click()
        shown += page.locator("dialog").inner_text()
        page.keyboard.press("Escape")
    links = {payload for payload in payloads if payload not in shown}
    assert links <= {payloads[11]}, "all but the address of the data set, which is no address of the web"
    for mark in page.locator(".wide [data-tip]").all()[:12]:
        mark.hover(force=True)
        expect(page.locator(".tip")).to_have_text(mark.get_attribute("data-tip") or "")
    assert page.evaluate("typeof window.hit") == "undefined"
    assert asked == []
    assert page.locator("img, iframe, textarea, svg[onload], b, i").count() == 0
    assert page.locator("[onerror], [onload], [onmouseover], a[href^=javascript]").count() == 0
    assert page.locator("script").count() == page.locator("script[type]").count()


def test_a_fit_that_failed_shows_its_error(hostile: tuple[Path, list[str]], visit: Callable[..., Page]) -> None:
    page = visit(hostile[0], "phone-dark")
    row = page.locator("[id$=-failures] tbody tr").last
    error = row.locator("td").last.inner_text()
    row.get_by_role("button").click()
    fit = page.get_by_role("dialog").get_by_role("group", name="The fit")
    values = dict(zip(fit.locator("th").all_inner_texts(), fit.locator("td").all_inner_texts(), strict=True))
    assert error.startswith("ValueError: ")
    assert (values["Status"], values["Error"]) == ("failed", error)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_filter_and_copies_hold_the_texts_too(
    hostile: tuple[Path, list[str]], visit: Callable[..., Page], tmp_path: Path
) -> None:
    report, _ = hostile
    page = visit(report, permissions=["clipboard-read", "clipboard-write"])
    table = page.locator("section[data-traits] figure.table").first
    names = column(table.locator("table"), 0)
    page.get_by_role("searchbox", name="Method").fill(names[3].upper())
    assert column(table.locator("table"), 0) == [names[3]]
    page.get_by_role("searchbox", name="Method").fill("")
    for item, marks in (("Copy as Markdown", ("\\|", "&lt;")), ("Copy as LaTeX", ("\\textless{}", "\\{"))):
        table.locator(".tools summary").click()
        table.get_by_role("button", name=item).click()
        expect(table.locator(".tools summary")).to_have_text("Copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert marks[1] in text
        assert "<script" not in text
    table.locator(".tools summary").click()
    with page.expect_download() as saved:
        table.get_by_role("button", name="Save as CSV").click()
    saved.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as source:
        _, *rows = list(csv.reader(source))
    assert [row[0].removeprefix("'") for row in rows] == names
    assert any(row[0].startswith("'=HYPERLINK") for row in rows)
    assert not any(field.startswith(("=", "+", "-", "@")) for row in rows for field in row)
    assert page.evaluate("typeof window.hit") == "undefined"


def test_a_run_on_hostile_data_is_a_page_like_any_other(tmp_path: Path, browser: Browser) -> None:
    markup = script("markup")
    run = tk.open_run(markup.make_run(tmp_path))
    assert sorted(run.trials["status"]) == ["failed", *["ok"] * markup.LABELS]
    run.report(format="csv")
    page = browser.new_page()
    seen = markup.look(run.report(), page)
    page.close()
    assert {kind: what for kind, what in seen.done.items() if what} == {}
    assert seen.shown == len(PAYLOADS) >= 50
    cells, computed = markup.formulas(run.path)
    assert cells > 1000
    assert computed == []


def test_no_script_but_the_page_s_own_is_let_in(hostile: tuple[Path, list[str]], browser: Browser) -> None:
    page = browser.new_page()
    page.goto(hostile[0].as_uri())
    refused = page.evaluate(
        """() => new Promise((done) => {
            addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
            const script = document.createElement("script");
            script.textContent = "window.hit = 1";
            document.body.append(script);
        })"""
    )
    assert refused == "script-src-elem"
    assert page.evaluate("typeof window.hit") == "undefined"
    page.close()

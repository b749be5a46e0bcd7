"""Tables that one can work with: sorted, filtered, opened, copied and saved, by mouse and by keys."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import column, number, plain, run_script
from tests.payloads import PAYLOADS
from toolkit.inert import cell, visible
from toolkit.report.document import build_document
from toolkit.report.latex import escape as latex
from toolkit.report.latex import render_latex
from toolkit.report.markdown import escape as markdown
from toolkit.report.markdown import pipe_table
from toolkit.report.model import read_results

RATING = "#films-rating-prediction-canonical"
TEXTS = [
    "a|b 50%_$& *x* `y` \\z {w} #1 ~t~ ^u",
    "hit_rate@10 _x_ <b> & 1. one",
    "- item",
    "1) two",
    "> quote",
    "= x",
    "−0.5 ± 0.1 – · † ‡ ≈ … \n",
    "--- https://a.invalid www.a.invalid",
    *map(visible, PAYLOADS),
]


@pytest.fixture
def page(small_report: Path, visit: Callable[..., Page]) -> Page:
    return visit(small_report, permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def table(page: Page) -> Locator:
    """The leaderboard of rating prediction: columns embedder, RMSE by three or more readouts, and others."""
    return page.locator(f"{RATING}-table table")


def chooser(page: Page, trait: str) -> Locator:
    """Return the choice of a trait in the bar above the leaderboards."""
    return page.get_by_role("combobox", name=trait)


def head(table: Locator, place: int) -> Locator:
    return table.locator("thead tr:last-child th").nth(place)


@pytest.mark.parametrize(("task", "place", "orders"), [("rating-prediction", 3, 1), ("ranking", 5, -1)])
def test_numbers_are_sorted_best_first_then_last_then_as_before(page: Page, task: str, place: int, orders: int) -> None:
    table = page.locator(f"#films-{task}-canonical-table table")
    before, values = column(table, 0), column(table, place)
    assert ("–" in values) == (task == "ranking"), "popularity has no vectors"
    known = sorted(number(value) for value in values if value != "–")
    assert known != [number(value) for value in values if value != "–"]
    rising, falling = (known, "ascending"), (known[::-1], "descending")
    for expected, order in (rising, falling)[::orders]:
        head(table, place).locator("button").click()
        assert head(table, place).get_attribute("aria-sort") == order
        found = column(table, place)
        assert [number(value) for value in found[: len(known)]] == expected
        assert set(found[len(known) :]) <= {"–"}, "what is missing comes last in both directions"
    head(table, place).locator("button").click()
    assert head(table, place).get_attribute("aria-sort") is None
    assert column(table, 0) == before


def test_keys_sort_names_and_one_column_at_a_time(page: Page, table: Locator) -> None:
    head(table, 2).locator("button").click()
    button = head(table, 0).locator("button")
    button.focus()
    page.keyboard.press("Enter")
    assert column(table, 0) == sorted(column(table, 0), key=str.lower)
    page.keyboard.press("Space")
    assert column(table, 0) == sorted(column(table, 0), key=str.lower, reverse=True)
    assert table.locator("[aria-sort]").count() == 1
    expect(page.locator("p.unseen[role=status]")).to_have_text("Sorted by Embedder, descending.")
    assert table.locator("tr.null .tag").all_inner_texts() == ["null"] * table.locator("tr.null").count()


def test_every_table_of_two_rows_can_be_sorted(page: Page) -> None:
    heads = page.evaluate(
        """() => [...document.querySelectorAll("figure.table table")]
        .filter((table) => table.tBodies[0].rows.length > 1)
        .map((table) => [...table.tHead.rows].at(-1).cells).flatMap((cells) => [...cells])
        .map((cell) => cell.querySelectorAll("button.sort").length)"""
    )
    assert len(heads) > 50
    assert set(heads) == {1}


def test_texts_are_compared_as_a_reader_would(page: Page) -> None:
    texts = ["1,234", "<0.001", "0.001", "−0.5", "–", "12 %", "+3.5", "2e-05"]
    found = run_script(page, "page cells", "argument.map(numberIn)", texts)
    assert isinstance(found, list)
    assert [value for value in found if value == value] == [1234, pytest.approx(0.001), 0.001, -0.5, 12, 3.5, 2e-05]
    assert found[1] < found[2]
    whole = run_script(page, "page cells", "argument.map(isNumber)", [*texts, "3 of 4", "1e5x", "", "."])
    assert whole == [True, True, True, True, False, False, True, True, False, False, False, False]


def test_headings_stay_in_sight_below_the_filters(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, viewport={"width": 1280, "height": 300})
    figure = page.locator("#films-ranking-canonical-table")
    expect(figure.locator(".scroll")).to_have_class("scroll fits")
    figure.locator("tbody tr").last.evaluate("(row) => scrollTo({ top: row.offsetTop + 10_000, behavior: 'instant' })")
    figure.locator("tbody tr").last.evaluate("(row) => row.scrollIntoView({ block: 'end', behavior: 'instant' })")
    head, bar = figure.locator("thead").bounding_box(), page.locator("#filter").bounding_box()
    assert head
    assert bar
    assert head["y"] == pytest.approx(bar["y"] + bar["height"], abs=1.5)
    elsewhere = page.locator("#versions thead").evaluate("(head) => getComputedStyle(head).top")
    assert elsewhere == "0px", "where the bar of filters is not"
    page.set_viewport_size({"width": 390, "height": 300})
    expect(figure.locator(".scroll")).to_have_class("scroll")


def test_filter_by_task_hides_other_leaderboards_and_their_links(page: Page) -> None:
    boards = page.locator("section[data-traits]")
    expect(page.locator("#filter .said")).to_have_text(f"All {boards.count()} leaderboards are shown.")
    chooser(page, "Task").select_option("Ranking")
    visible = [board for board in boards.all() if board.is_visible()]
    assert [board.locator("h3").inner_text() for board in visible] == ["Ranking"]
    rows = visible[0].locator("tbody").first.locator("tr").count()
    expect(page.locator("#filter .said")).to_contain_text(f"1 of {boards.count()} leaderboards and {rows} of ")
    expect(page.get_by_role("navigation").get_by_text("Rating prediction")).to_be_hidden()
    expect(page.get_by_role("navigation").get_by_text("Words: the Lee corpus")).to_be_hidden()
    page.get_by_role("button", name="Show everything").click()
    assert all(board.is_visible() for board in boards.all())
    expect(page.get_by_role("button", name="Show everything")).to_be_hidden()


@pytest.mark.parametrize(("trait", "value"), [("Entity", "word"), ("Data", "Lee")])
def test_filter_by_entity_and_data(page: Page, trait: str, value: str) -> None:
    (value,) = [text for text in chooser(page, trait).locator("option").all_inner_texts() if value in text]
    assert value.endswith(" (2)"), "leaderboards that have it"
    chooser(page, trait).select_option(label=value)
    titles = [h3.inner_text() for h3 in page.locator("section[data-traits] h3").all() if h3.is_visible()]
    assert titles == ["Word similarity: WordSim-353", "Word similarity: SimLex-999"]
    expect(page.locator("#experiment-films")).to_be_hidden()


def test_filter_by_readout_leaves_its_columns_under_headings_that_fit(page: Page, table: Locator) -> None:
    chooser(page, "Readout").select_option("Ridge")
    heads = plain(table.locator("thead tr:last-child th:visible"))
    assert heads[:2] == ["Embedder", "Ridge"]
    assert "Dot product" not in heads
    spans = [int(cell.get_attribute("colspan") or 1) for cell in table.locator(".groups > :visible").all()]
    assert sum(spans) == len(heads)
    assert {len(row.locator(":scope > :visible").all()) for row in table.locator("tbody tr").all()} == {len(heads)}
    page.locator(RATING).get_by_text("Differences to the best").click()
    assert set(column(page.locator(f"{RATING}-differences table"), 1)) == {"Ridge"}


def test_filter_by_name_and_null_baselines(page: Page, table: Locator) -> None:
    page.get_by_role("searchbox", name="Method").fill("PC")
    assert column(table, 0) == ["pca"]
    page.get_by_role("searchbox", name="Method").fill("")
    assert "random" in column(table, 0)
    page.get_by_role("checkbox", name="null baselines").uncheck()
    assert "random" not in column(table, 0)
    assert table.locator("tr.null:visible").count() == 0
    page.get_by_role("searchbox", name="Method").fill("no such name")
    expect(page.locator("#filter .said")).to_contain_text("0 of ")
    assert page.locator("section[data-traits]:visible").count() == 0


def test_a_link_to_what_is_hidden_shows_it_again(page: Page) -> None:
    chooser(page, "Task").select_option("Ranking")
    page.locator(f'#verdict a[href="{RATING}"]').click()
    expect(page.locator(RATING)).to_be_visible()
    expect(chooser(page, "Task")).to_have_value("")


def test_filter_folds_on_a_phone(small_report: Path, visit: Callable[..., Page]) -> None:
    page = visit(small_report, "phone-light")
    expect(page.get_by_role("searchbox", name="Method")).to_be_hidden()
    page.get_by_text("Filter the leaderboards").click()
    expect(page.get_by_role("searchbox", name="Method")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_name_opens_its_fit_and_escape_closes_it(page: Page, table: Locator) -> None:
    button = table.get_by_role("button", name="als", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="als")
    expect(dialog).to_be_visible()
    parameters = [
        row.inner_text().split() for row in dialog.get_by_role("group", name="Parameters").locator("tr").all()
    ]
    assert ["epochs", "5"] in parameters
    assert "implicit" in dialog.inner_text()
    fit = dialog.get_by_role("group", name="The fit")
    values = dict(zip(fit.locator("th").all_inner_texts(), fit.locator("td").all_inner_texts(), strict=True))
    assert (values["Split"], values["Fold"], values["Seed"], values["Status"]) == ("canonical", "u1", "0", "ok")
    assert float(values["Fit (s)"]) > 0
    assert float(values["Peak memory (MB)"]) > 0
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def copied(page: Page, figure: Locator, item: str) -> str:
    """Choose an entry of a figure's menu and return what is on the clipboard then."""
    figure.locator(".tools summary").click()
    figure.get_by_role("button", name=item).click()
    expect(figure.locator(".tools summary")).to_have_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_markdown_and_latex_of_a_table_are_those_of_the_other_reports(
    page: Page, small_run: Path, table: Locator
) -> None:
    document = build_document(read_results(small_run))
    (part,) = [board.table for chapter in document.chapters for board in chapter.boards if f"#{board.anchor}" == RATING]
    figure = page.locator(f"{RATING}-table")
    caption, _, *lines = copied(page, figure, "Copy as Markdown").splitlines()
    wanted = pipe_table(part).splitlines()
    assert caption == markdown(part.caption)
    assert [cells_of(line) for line in (lines[0], *lines[2:])] == [cells_of(line) for line in (wanted[0], *wanted[2:])]
    text = copied(page, figure, "Copy as LaTeX")
    report = render_latex(document)
    own = report[report.index(f"tab:{part.anchor}}}") :]
    own = own[own.index(r"\toprule") : own.index(r"\bottomrule")]
    assert text[text.index(r"\toprule") : text.index(r"\bottomrule")] == own


def test_what_is_copied_is_what_is_seen(page: Page, table: Locator) -> None:
    head(table, 0).locator("button").click()
    chooser(page, "Readout").select_option("Ridge")
    page.get_by_role("checkbox", name="null baselines").uncheck()
    lines = copied(page, page.locator(f"{RATING}-table"), "Copy as Markdown").splitlines()[2:]
    assert [re.sub(r" \(.*", "", cells_of(line)[0]) for line in lines[2:]] == column(table, 0)
    assert cells_of(lines[0])[1] == "RMSE ↓ Ridge"
    assert {len(cells_of(line)) for line in lines} == {table.locator("thead tr:last-child th:visible").count()}


def test_copying_goes_on_where_the_browser_refuses_the_clipboard(
    small_report: Path, visit: Callable[..., Page]
) -> None:
    page = visit(small_report, permissions=["clipboard-read"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    assert r"\begin{tabular}" in copied(page, page.locator(f"{RATING}-table"), "Copy as LaTeX")
    assert page.locator("textarea").count() == 0


def test_texts_are_escaped_as_in_the_other_reports(page: Page) -> None:
    assert run_script(page, "cells escape", "argument.map(latexText)", TEXTS) == [latex(text) for text in TEXTS]
    assert run_script(page, "cells escape", "argument.map(markdownText)", TEXTS) == [markdown(text) for text in TEXTS]
    fields = run_script(
        page, "cells escape", "argument.map(csvField)", ["=1+1", "@x", "-x", "−0.5", "+1,234", 'a"b', "a,b"]
    )
    assert fields == ["'=1+1", "'@x", "'-x", "-0.5", "1234", '"a""b"', '"a,b"']
    lines = run_script(page, "cells escape", "argument.map(csvField)", PAYLOADS)
    assert [next(csv.reader(io.StringIO(line, newline=""))) for line in lines] == [[cell(text)] for text in PAYLOADS]


def test_a_table_is_saved_as_csv_with_numbers(page: Page, table: Locator, tmp_path: Path) -> None:
    figure = page.locator(f"{RATING}-table")
    figure.locator(".tools summary").click()
    with page.expect_download() as saved:
        figure.get_by_role("button", name="Save as CSV").click()
    assert saved.value.suggested_filename == f"{RATING[1:]}-table.csv"
    saved.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert [row["Embedder"] for row in rows] == column(table, 0)
    assert [row["RMSE Ridge"] for row in rows] == column(table, 1)
    assert all(float(row["RMSE Ridge"]) > float(row["RMSE Ridge ±"]) > 0 for row in rows)
    remarks = {row["Embedder"]: (row["Embedder: remark"], row["RMSE Two-sided ridge: remark"]) for row in rows}
    assert remarks["random"] == ("null", "")
    assert remarks["pca"] == ("", "tied for best")


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page: Page) -> None:
    figure = page.locator(f"{RATING}-table")
    summary, item = figure.locator(".tools summary"), figure.get_by_role("button", name="Copy as LaTeX")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(figure.get_by_role("button", name="Copy as Markdown")).to_be_focused()
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    expect(item).to_be_visible()
    page.locator("h1").click()
    expect(item).to_be_hidden()

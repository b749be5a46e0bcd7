"""Show that nothing of what people write acts: ``python benchmarks/faults/markup.py [--keep FOLDER]``.

Every form of `payloads` stands at every place: in the titles of a suite, of an experiment and of a data set, in keys
and titles of items, in names and values of their attributes, in labels, in the name of a file, and in what a failed fit
says. The run is a real one; its report is opened in the Chromium that is installed, every part of it is opened and
pointed at, and all is counted that it did or made which it should not; then every cell of the run's tables is read. It
needs playwright, as the tests do. Exit code 1: something did.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from payloads import payloads
from playwright.sync_api import Page, sync_playwright

import toolkit as tk
from toolkit.harness.suite import Suite
from toolkit.inert import visible

LABELS = 7  # methods among which all forms are shared out
COLUMNS = 6  # attributes of items, likewise
USERS = 40
PLACES = (
    *("title and description of the suite", "title of the experiment", "name of the data set", "keys of items"),
    *("keys of users", "titles of items", "names of attributes", "values of attributes", "labels of methods"),
    *("name of a file", "error of a failed fit", "command"),
)
MADE = (  # what no page of ours holds
    "img, iframe, frame, object, embed, base, form[action], link, template, noscript, math, marquee, b, i, animate,"
    " image[href^=http], svg[onload], svg script, meta[http-equiv=refresh], [srcdoc], [style*=markup],"
    " a[href^=javascript i], a[href^=data i], a[href*='markup.invalid'], script:not([type]), style ~ style,"
    " title ~ title"
)
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]?\d+)?$")
HANDLERS = """() => [...document.querySelectorAll("*")]
    .flatMap((element) => [...element.attributes]).filter(({ name }) => /^on/i.test(name)).length"""
TEXTS = """() => {
    document.querySelectorAll("details").forEach((details) => (details.open = true));
    document.querySelectorAll("wbr").forEach((place) => place.remove());
    document.body.normalize();
    return `${document.title}\\n${document.body.textContent}`;
}"""


@dataclass
class Seen:
    """What a page did or made that it should not, and how many of the forms it shows."""

    done: dict[str, list[str]] = field(default_factory=dict)
    shown: int = 0

    def add(self, kind: str, what: object) -> None:
        """Note something."""
        self.done.setdefault(kind, []).append(str(what))


def make_run(folder: Path) -> Path:
    """Carry out a suite whose every text tries to act, and return the directory of the run."""
    forms = payloads()
    whole = " ".join(forms)
    keys = [re.sub(r"[\0\t\r\n]", " ", form).strip() for form in forms]  # what a table of text can hold
    rng = np.random.default_rng(0)
    rated = pd.DataFrame(
        [(user, item, float(rng.integers(1, 6))) for user in range(USERS) for item in keys if rng.random() < 0.4],
        columns=["user", "item", "rating"],
    )
    rated["user"] = [keys[user] for user in rated["user"]]
    rated.to_parquet(folder / "ratings.parquet")
    values = [form.replace("|", "¦") for form in keys]
    items = pd.DataFrame({"item": keys, "title": [f"of {key}" for key in keys], "genres": values})
    for number, name in enumerate(shared(keys, COLUMNS)):
        items[name] = [values[place % (number + 3)] for place in range(len(keys))]
    items.to_csv(folder / "items.tsv", sep="\t", index=False, quoting=csv.QUOTE_ALL)
    broken = folder / f"{whole.replace('/', '∕').replace(chr(0), '')[:80]}.txt"
    broken.write_text("not a vector\n")
    labels = shared(forms, LABELS)
    embedders: list[dict[str, Any]] = [
        {"name": "pca" if number % 2 else "random", "label": label, "params": {"embedding_dim": 3 + number}}
        for number, label in enumerate(labels)
    ]
    embedders.append({"name": "pretrained", "label": f"failed {labels[0]}", "params": {"source": str(broken)}})
    experiment = {
        "name": "films",
        "title": whole,
        "dataset": str(folder / "ratings.parquet"),
        "options": {"items": str(folder / "items.tsv"), "name": whole},
        "splits": ["holdout"],
        "tasks": ["rating-prediction", "ranking", "item-similarity"],
        "embedders": embedders,
    }
    suite = {"name": "markup", "title": whole, "description": whole, "experiments": [experiment]}
    return tk.run(Suite.model_validate(suite), folder / "run", 1, command=whole, quiet=True).path


def shared(forms: list[str], number: int) -> list[str]:
    """Return some texts that hold all the forms."""
    return [" ".join(forms[start::number]) for start in range(number)]


def look(report: Path, page: Page) -> Seen:
    """Open a report on a new page, open and point at every part of it, and return what was seen."""
    seen = Seen()
    page.on("dialog", lambda dialog: (seen.add("dialogs", dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: seen.add("windows", popup.url))
    page.on("download", lambda file: seen.add("files", file.url))
    page.on("framenavigated", lambda frame: frame.url == report.as_uri() or seen.add("pages", frame.url))
    page.on("request", lambda asked: asked.url.startswith(("data:", "blob:")) or seen.add("requests", asked.url))
    page.on("pageerror", lambda error: seen.add("console errors", error))
    page.on("console", lambda said: said.type == "error" and seen.add("console errors", said.text))
    page.goto(report.as_uri())
    seen.done["requests"].remove(report.as_uri())
    plain = "".join(use(page).split())
    seen.shown = sum("".join(visible(form).split()) in plain for form in payloads())
    for kind, count in (
        ("scripts that ran", page.evaluate("'hit' in window ? 1 : 0")),
        ("elements made", page.locator(MADE).count()),
        ("handlers made", page.evaluate(HANDLERS)),
    ):
        for _ in range(count):
            seen.add(kind, kind)
    return seen


def formulas(run: Path) -> tuple[int, list[str]]:
    """Return how many cells the tables of a run have, and those that a spreadsheet would compute."""
    cells = []
    for path in run.rglob("*.csv"):
        with path.open(newline="", encoding="utf-8") as source:
            cells += [cell for row in csv.reader(source) for cell in row]
    return len(cells), [cell for cell in cells if cell.lstrip(' "\0').startswith(STARTS) and not NUMBER.match(cell)]


def use(page: Page) -> str:
    """Do what a reader may do with every part of a page, and return the texts that it shows."""
    shown = str(page.evaluate(TEXTS))
    for button in page.locator("button.method").all():
        button.click()
        shown += page.locator("dialog").inner_text()
        page.keyboard.press("Escape")
    for mark in page.locator(".wide [data-tip]").all()[:40]:
        mark.hover(force=True)
    for section in page.locator("[data-atlas]").all():
        section.scroll_into_view_if_needed()
        find = section.locator("[data-of=find]")
        find.wait_for()
        for form in payloads():
            find.fill(form.strip()[:20])
            find.press("Enter")
        for name in ("colour", "left", "right"):
            choice = section.locator(f"select[data-of={name}]")
            for place in range(choice.locator("option").count()):
                choice.select_option(index=place)
        shown += section.inner_text()
    page.get_by_role("searchbox").first.fill("<script>")
    return shown


def chromium() -> str | None:
    """Return the browser that is installed; CHROMIUM names another one."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, filter(None, names))), None)


def main() -> int:
    """Print what was tried, where, and what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="where the run and its reports stay")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="markup-") as made:
        folder = keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        run = make_run(folder)
        tk.open_run(run).report(format="csv")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            seen = look(tk.open_run(run).report(), browser.new_page())
            browser.close()
        cells, computed = formulas(run)
    kinds = ("dialogs", "windows", "pages", "files", "requests", "console errors", "scripts that ran")
    rows = {"payloads": len(payloads()), "places": len(PLACES), "payloads shown as text": seen.shown}
    rows |= {kind: len(seen.done.get(kind, [])) for kind in (*kinds, "elements made", "handlers made")}
    rows |= {"cells of tables": cells, "formulas among them": len(computed)}
    table = "".join(f"| {name} | {number} |\n" for name, number in rows.items())
    sys.stdout.write(f"| what | number |\n|---|---|\n{table}")
    for kind, what in {**seen.done, "formulas": computed}.items():
        sys.stderr.write("".join(f"{kind}: {visible(each)}\n" for each in what[:5]))
    return int(any(seen.done.values()) or bool(computed) or seen.shown < len(payloads()))


if __name__ == "__main__":
    sys.exit(main())

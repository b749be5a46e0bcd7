"""What the tests of the page read from it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page

SCRIPTS = Path(__file__).parents[2] / "toolkit" / "report" / "scripts"
PLAIN = """(cell) => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll(".unseen, .mark, .spread, .tag, .about, [aria-hidden]").forEach((part) => part.remove());
    return copy.textContent.replace(/\\s+/g, " ").trim();
}"""
CONTRASTS = """() => {
    const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const light = ([r, g, b]) => {
        const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        const [x, y, z] = [r, g, b].map((v) => linear(v / 255));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const color = parse(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return parse(getComputedStyle(document.body).backgroundColor);
    };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const node = text.parentElement;
        if (!text.data.trim() || !node.checkVisibility()) continue;
        if (node.closest("script, style, title, desc, .unseen")) continue;
        const style = getComputedStyle(node);
        const inSvg = node.closest("svg") !== null;
        if (inSvg && /^#(fffffe|000001)$/.test(node.getAttribute("fill"))) continue; // on a shade of its own
        const [a, b] = [light(parse(inSvg ? style.fill : style.color)), light(ground(node))].sort((x, y) => y - x);
        const sign = node.closest(".legend [aria-hidden]"); // a shape, not a text
        const large = sign || parseFloat(style.fontSize) >= (Number(style.fontWeight) >= 700 ? 18.66 : 24);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < (large ? 3 : 4.5)) found.set(`${node.tagName}.${node.className}`, [ratio, text.data.trim()]);
    }
    return [...found];
}"""


def plain(cells: Locator) -> list[str]:
    """Return the texts of cells without marks, spreads, tags and what is for screen readers only."""
    return [str(cell.evaluate(PLAIN)) for cell in cells.all()]


def column(table: Locator, place: int) -> list[str]:
    """Return the texts of a column of a table, from above, of the rows that are shown."""
    return plain(table.locator(f"tbody tr:visible > :nth-child({place + 1})"))


def number(text: str) -> float:
    """Return the number of a cell."""
    return float(text.replace("−", "-").replace(",", ""))


def run_script(page: Page, names: str, call: str, argument: object) -> object:
    """Return what an expression of `argument` gives beside some of the page's scripts."""
    sources = "\n".join((SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in names.split())
    return page.evaluate(f"(argument) => {{ {sources}\n return {call}; }}", argument)

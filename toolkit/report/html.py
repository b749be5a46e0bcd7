"""The report as one HTML file: no network, figures inline; scripts only add to what can be read without them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from toolkit.inert import visible, visible_parts
from toolkit.report import plotting
from toolkit.report.figure_data import csv_text
from toolkit.report.parts import ARROWS, MARKS, Document, Figure
from toolkit.report.templating import TEMPLATES, breakable

if TYPE_CHECKING:
    import altair as alt

MANY_COLUMNS = 12  # a table of more is set closer
WIDTHS = {"wide": 700, "narrow": 350}
GLYPHS = ("●", "◆", "■", "▲", "▼", "✚")  # the shapes of plotting.SHAPES
SCRIPTS = (  # in this order, the last sets all up
    "page",
    "cells",
    "sort",
    "escape",
    "export",
    "drawing",
    "tools",
    "fade",
    "filter",
    "trials",
    "tips",
    "axis",
    "heads",
    "print",
    "start",
)
MAP_SCRIPTS = tuple(
    f"map/{name}"
    for name in ("unpack", "compare", "stamps", "plot", "light", "gestures", "search", "legend", "lists", "main")
)
LABEL = re.compile(rf' aria-label="(?:([\d ]+){plotting.OF})?([^"]*)"')
PLACED = re.compile(r' (?:transform|d|x|y|x1|x2|y1|y2|width|height)="[^"]*"')
FRACTION = re.compile(r"\d+\.\d{3,}(?:e-?\d+)?")
IMAGE = re.compile(r'<image [^>]* width="([^"]*)" height="([^"]*)"[^>]*/>')
LABELLED = re.compile(r' aria-roledescription="(?!axis|title|legend|header)[^"]*"')
ARIA = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


def render_html(document: Document) -> str:
    """Write a document as HTML.

    Parameters
    ----------
    document : Document
        What to show.

    Returns
    -------
    str
        A page that stands alone and follows the reader's light or dark colours.
    """
    environment = jinja2.Environment(autoescape=True, **TEMPLATES)
    colors = {
        "page": plotting.PAGE,
        "ink": plotting.INK,
        "muted": plotting.MUTED,
        "grid": plotting.GRID,
        "null": plotting.NULL,
        "low": plotting.LOW,
        "high": plotting.HIGH,
        "on-low": plotting.ON_LOW,
        "on-high": plotting.ON_HIGH,
    }
    colors |= {f"series-{i}": color for i, color in enumerate(plotting.SERIES)}
    template = environment.get_template("report.html.j2")
    shown = {"document": document, "drawings": drawings, "colors": colors, "glyphs": GLYPHS, "arrows": ARROWS}
    scripts = [module(*SCRIPTS), *([module(*MAP_SCRIPTS)] if document.has_maps else [])]
    shown |= {"breakable": breakable, "many": MANY_COLUMNS}
    shown |= {"marks": MARKS, "island": island, "numbers": numbers, "scripts": scripts}
    return visible(template.render(**shown, policy=policy(scripts)))


def module(*names: str) -> str:
    """Return scripts of the page as one module, so that they share names with each other and with nothing else."""
    folder = files("toolkit.report") / "scripts"
    texts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "\n" + "\n".join(texts).replace("\r\n", "\n")


def policy(scripts: Sequence[str]) -> str:
    """Return the rules by which a browser runs the scripts of the page alone, and asks for nothing from elsewhere."""
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    rules = (f"script-src {allowed}", "style-src 'unsafe-inline'", "img-src data: blob:")
    return "; ".join(("default-src 'none'", *rules, "base-uri 'none'", "form-action 'none'"))


def island(value: object) -> Markup:
    r"""Return a value as JSON that can stand in a script element, whatever its texts hold; all of them can be seen.

    Examples
    --------
    >>> print(island({"name": "</script>"}))
    {"name":"\u003c/script>"}
    """
    text = json.dumps(visible_parts(value), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704  # without this sign no markup can begin


def numbers(figure: Figure) -> Markup:
    """Return the numbers of a figure: CSV, as a text in JSON."""
    return island(csv_text(figure.numbers))


@dataclass(frozen=True)
class Drawing:
    """A figure as SVG: the name of its width, the attributes of the outermost element, and what that holds."""

    name: str
    attributes: str
    body: str


def drawings(figure: Figure) -> list[Drawing]:
    """Return a figure as SVG for wide and for narrow screens; vl-convert escapes the text of the data."""
    return [_drawing(figure, name, width) for name, width in WIDTHS.items()]


def _drawing(figure: Figure, name: str, width: int) -> Drawing:
    import vl_convert
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):  # without a check of every part against the schema of Vega-Lite, which takes half the time
        chart = figure.draw(width).configure(background="transparent").configure_view(stroke=None)
        drawn = vl_convert.vegalite_to_svg(specification(chart.configure_mark(aria=False), validate=False))
    opening, _, body = drawn.partition(">")
    plain = _tinted(re.sub("<[^>]*>", _plain, body), f"{figure.anchor}-{name}")
    return Drawing(name, ARIA.sub("", opening.removeprefix("<svg")), plain)


def specification(chart: alt.TopLevelMixin, validate: bool = True) -> str:
    """Return a chart as Vega-Lite whose every text can be drawn: vl-convert aborts the process at a control sign."""
    return json.dumps(visible_parts(chart.to_dict(validate=validate)), sort_keys=True)


def _tinted(body: str, anchor: str) -> str:
    """Return a drawing in which each image of shades is a mask over a square, whose colour the style sheet can set."""
    numbers = count()

    def masked(image: re.Match[str]) -> str:
        mask = escape(f"{anchor}-mask-{next(numbers)}")
        square = f'<rect width="{image[1]}" height="{image[2]}" fill="{plotting.HIGH}" mask="url(#{mask})"/>'
        return f'<mask id="{mask}" style="mask-type:alpha">{image[0]}</mask>{square}'

    return IMAGE.sub(masked, body)


def _plain(tag: re.Match[str]) -> str:
    """Return a tag with the description of its mark as data: to a reader of the page the drawing is one image.

    Places are rounded to hundredths of a pixel, which nobody sees and which makes the page lighter.
    """
    text = LABEL.sub(_data, tag[0]) if LABELLED.search(tag[0]) else tag[0]
    return ARIA.sub("", PLACED.sub(lambda places: FRACTION.sub(_hundredths, places[0]), text))


def _data(label: re.Match[str]) -> str:
    """Return the label of a mark as what it belongs to and what the page says of it."""
    of, tip = label.groups()
    return (f' data-of="{of}"' if of else "") + (f' data-tip="{tip}"' if tip or not of else "")


def _hundredths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")

"""The report as one HTML file: no script, no network, figures inline."""

from __future__ import annotations

import io
from dataclasses import dataclass

import jinja2

from toolkit.report import plotting
from toolkit.report.parts import ARROWS, MARKS, Document, Figure
from toolkit.report.templating import TEMPLATES

WIDTHS = {"wide": 700, "narrow": 350}
GLYPHS = ("●", "◆", "■", "▲", "▼", "✚")  # the shapes of plotting.SHAPES


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
    }
    colors |= {f"series-{i}": color for i, color in enumerate(plotting.SERIES)}
    template = environment.get_template("report.html.j2")
    shown = {"document": document, "drawings": drawings, "colors": colors, "glyphs": GLYPHS, "arrows": ARROWS}
    return template.render(**shown, marks=MARKS)


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
    chart = figure.draw(width).configure(background="transparent", aria=False).configure_view(stroke=None)
    sink = io.StringIO()
    chart.save(sink, format="svg")
    opening, _, body = sink.getvalue().partition(">")
    return Drawing(name, opening.removeprefix("<svg"), body)

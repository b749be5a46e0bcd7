"""The report as one HTML file: no script, no network, figures inline."""

from __future__ import annotations

import io
import re

import jinja2
from markupsafe import Markup

from toolkit.report import plotting
from toolkit.report.parts import ARROWS, Document, Figure

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
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("toolkit.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    colors = {"ink": plotting.INK, "muted": plotting.MUTED, "grid": plotting.GRID, "null": plotting.NULL}
    colors |= {f"series-{i}": color for i, color in enumerate(plotting.SERIES)}
    template = environment.get_template("report.html.j2")
    return template.render(document=document, drawings=drawings, colors=colors, glyphs=GLYPHS, arrows=ARROWS)


def drawings(figure: Figure) -> list[tuple[str, Markup]]:
    """Return a figure as SVG for wide and for narrow screens, each with the name of its width."""
    return [(name, _svg(figure, name, width)) for name, width in WIDTHS.items()]


def _svg(figure: Figure, name: str, width: int) -> Markup:
    """Return SVG that scales with the page, carries its alternative text and takes its colours from the page."""
    chart = figure.draw(width).configure(background="transparent", aria=False).configure_view(stroke=None)
    sink = io.StringIO()
    chart.save(sink, format="svg")
    opening, _, body = sink.getvalue().partition(">")
    box = re.search('viewBox="[^"]*"', opening)
    size = re.search('width="[0-9.]+" height="[0-9.]+"', opening)
    if box is None or size is None:
        raise ValueError(f"vl-convert drew an SVG that begins with {opening!r}")
    anchor = f"{figure.anchor}-{name}"
    # The body is vl-convert's: it escapes the text of the data itself.
    return Markup('<svg xmlns="http://www.w3.org/2000/svg" {} {} role="img" aria-labelledby="{}-t {}-d">').format(
        Markup(size[0]), Markup(box[0]), anchor, anchor
    ) + Markup('<title id="{}-t">{}</title><desc id="{}-d">{}</desc>').format(
        anchor, figure.title, anchor, figure.description
    ) + Markup(body)  # noqa: S704  # vl-convert has escaped the text of the data

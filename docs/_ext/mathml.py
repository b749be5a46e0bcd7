"""Formulas as MathML, which browsers show without a script: turned from LaTeX while the site is built."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


def markup(latex: str, display: str) -> str:
    """Return the MathML of a formula.

    Raises
    ------
    ValueError
        If something of it is not understood: the converter would let it through as text.
    """
    found: str = convert(latex, display=display)
    try:
        texts = "".join(ElementTree.fromstring(found).itertext())  # noqa: S314  # of our own pages
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    if left := re.search(r"\\\w*", texts):
        raise ValueError(f"{left[0]} is not known")
    return found


def _visit(display: str) -> Any:
    def visit(translator: Any, node: nodes.math | nodes.math_block) -> None:
        try:
            found = markup(node.astext(), display)
        except ValueError as error:
            LOGGER.warning("formula %r: %s", node.astext(), error, location=node)
            raise nodes.SkipNode from None
        translator.body.append(f'<div class="math">{found}</div>' if display == "block" else found)
        raise nodes.SkipNode

    return visit


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (_visit("inline"), None), (_visit("block"), None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What the published report on the six questions answers, so that no page repeats its numbers."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

REPORT = Path(__file__).parents[2] / "reports" / "questions" / "report.md"


class Answer(SphinxDirective):
    """``answer``: the answer to the question of some number, from the summary of the report."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sentence as a quotation."""
        number = self.arguments[0]
        self.env.note_dependency(str(REPORT))
        found = re.search(rf"^{number}\. [^?]*\? \*\*(.*)\*\*$", REPORT.read_text(encoding="utf-8"), re.MULTILINE)
        if found is None:
            raise self.error(f"the summary of {REPORT} has no question {number}")
        return [nodes.block_quote("", *self.parse_text_to_nodes(found[1]))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("answer", Answer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

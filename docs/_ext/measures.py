"""What the code says of metrics and conventions, so that no page has to say it again."""

from __future__ import annotations

import math

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from toolkit.metrics import CONVENTIONS, metric_info, metric_names
from toolkit.metrics.base import MetricInfo

ENDS = {math.inf: "∞", -math.inf: "−∞", math.sqrt(2): "√2", math.pi / 2: "π/2"}
DIRECTIONS = {"higher": "higher is better", "lower": "lower is better", "neutral": "neither is better"}


def anchor(name: str) -> str:
    """Return the label of the section on a metric, as it is written before its heading."""
    return "metric-" + name.replace("@", "-at-").replace("_", "-")


def span(info: MetricInfo) -> str:
    """Return a range as people write it."""
    low, high = (ENDS.get(end, f"{end:g}".replace("-", "−")) for end in (info.low, info.high))
    return f"{low} to {high}{info.unit}"


class Measure(SphinxDirective):
    """``measure``: the name of a metric in tables, its direction and its range, under the heading of its section."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the line."""
        info = metric_info(self.arguments[0])
        line = nodes.paragraph(classes=["measure"])
        line += nodes.literal(text=info.name)
        line += nodes.Text(f" · {DIRECTIONS[info.direction]} · {span(info)}")
        return [line]


class Measures(SphinxDirective):
    """``measures``: a table of all metrics, each a link to its section."""

    def run(self) -> list[nodes.Node]:
        """Return the table; where a metric has no section, building it warns."""
        rows = []
        for name in metric_names():
            info = metric_info(name)
            rows.append(f"| {{ref}}`{name} <{anchor(name)}>` | {info.direction} | {span(info)} | {info.definition} |")
        text = "\n".join(["| name | better | range | as reports put it |", "| --- | --- | --- | --- |", *rows])
        return self.parse_text_to_nodes(text)


class Conventions(SphinxDirective):
    """``conventions``: a table of how the conventions of rankings differ from the toolkit's own."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = [f"| `{name}` | {found.difference} |" for name, found in CONVENTIONS.items() if found.difference]
        return self.parse_text_to_nodes(
            "\n".join(["| name | how it differs from `standard` |", "| --- | --- |", *rows])
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("conventions", Conventions)
    app.add_directive("measure", Measure)
    app.add_directive("measures", Measures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The command line, as its parser knows it."""

from __future__ import annotations

import argparse

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from toolkit import cli


def cell(action: argparse.Action) -> str:
    """Return how an argument is written."""
    names = [action.metavar] if isinstance(action.metavar, str) else [*(action.metavar or [action.dest.upper()])]
    value = "" if action.nargs == 0 else " ".join(names)
    more = " ..." if action.nargs in ("+", "*") else ""
    words = [f"{name} {value}{more}".strip() for name in action.option_strings] or [value + more]
    return ", ".join(f"`{word}`" for word in words)


def section(name: str, parser: argparse.ArgumentParser) -> list[str]:
    """Return the lines of a section on one command."""
    rows = [
        "| {} | {} |".format(*(text.replace("|", r"\|") for text in (cell(action), action.help or "")))
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction)
    ]
    example = (parser.epilog or "").removeprefix("example: ")
    lines = [f"## toolkit {name}", "", parser.description or "", "", "```sh", example, "```", ""]
    return [*lines, *(["| argument | what it says |", "| --- | --- |", *rows, ""] if rows else [])]


class Commands(SphinxDirective):
    """``commands``: a section for each command."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        (commands,) = (action for action in cli._parser()._actions if isinstance(action, argparse._SubParsersAction))
        lines = [line for name, parser in commands.choices.items() for line in section(name, parser)]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Completion of the command line in a shell, made from its own parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import shtab

from toolkit.datasets import list_datasets
from toolkit.errors import UnknownNameError
from toolkit.harness import suite_names
from toolkit.report.write import WRITERS
from toolkit.vectors.exports import EXPORTERS

FILE, FOLDER = shtab.Choice("file"), shtab.Choice("directory")


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script that a shell reads to complete a command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the whole command. It is made for this: what its arguments may be is written into it.
    shell : str
        One of ``shtab.SUPPORTED_SHELLS``.

    Returns
    -------
    str
        With the names of the suites and data sets of this version; files and folders where these are asked for.

    Raises
    ------
    UnknownNameError
        If nothing is known of the shell.
    """
    if shell not in shtab.SUPPORTED_SHELLS:
        raise UnknownNameError("shell", shell, shtab.SUPPORTED_SHELLS)
    datasets = list_datasets()
    vectors = list(datasets.loc[datasets["kind"] == "vectors", "name"])
    known: dict[str, list[Any]] = {
        "FORMAT": list(WRITERS),
        "TARGET": list(EXPORTERS),
        "SHELL": list(shtab.SUPPORTED_SHELLS),
        "SUITE": [*suite_names(), FILE],
        "NAME_OR_FILE": [*datasets["name"], FILE],
        "NAME": list(datasets["name"]),
        "VECTORS": [*vectors, FILE],
        **{name: [FILE] for name in ("IN", "OUT", "FILE", "INPUT")},
        **{name: [FOLDER] for name in ("DIR", "RUN_DIR")},
    }
    for argument in _arguments(parser):
        if argument.choices is None and argument.metavar in known:
            argument.choices = known[str(argument.metavar)]
    return str(shtab.complete(parser, shell))


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield all arguments of a parser and of the commands below it."""
    for argument in parser._actions:
        yield argument
        if isinstance(argument, argparse._SubParsersAction):
            for command in argument.choices.values():
                yield from _arguments(command)

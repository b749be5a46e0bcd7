"""The command line.

Exit code 0: done. 1: done, but some trials or studies failed (their rows say why). 2: the request or an input is wrong,
with one clear line on stderr and nothing written over. 130: stopped by the user, and 143: by the system; what had ended
is kept, and the same command goes on from there. 141: nobody reads the output any more,
as after ``| head``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from toolkit import __version__
from toolkit.errors import ToolkitError
from toolkit.inert import one_line, visible
from toolkit.stopping import INTERRUPTED, StoppedError, stopped_in_order

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.harness import Run


Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
GO_ON = "stopped; what had ended is kept, and the same command goes on from there"
UNREAD = 141  # exit code of a program that the system ends for want of a reader: 128 + SIGPIPE


class _UnreadError(Exception):
    """Nobody reads what a command answers."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {one_line(message)} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        The exit code.
    """
    options = _parser().parse_args(arguments)
    try:
        with stopped_in_order(lambda: _last_words(options)):
            code: int = options.command(options)
    except ToolkitError as error:
        _tell(str(error))
        return 2
    except KeyboardInterrupt as stop:
        _tell(_last_words(options))
        return stop.code if isinstance(stop, StoppedError) else INTERRUPTED
    except _UnreadError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it ends
        return UNREAD
    return code


def _tell(line: str) -> None:
    """Say the one clear line, if anybody listens."""
    try:
        print(f"toolkit: {one_line(line)}", file=sys.stderr)  # noqa: T201  # that line
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # else Python complains when it ends


def _last_words(options: argparse.Namespace) -> str:
    said: str = options.stopped
    return said.replace("command", "command without --fresh") if getattr(options, "fresh", False) else said


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="toolkit",
        description="Compare learned representations on the same data.",
        epilog="Each command shows an example: toolkit COMMAND --help",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for add in (_add_run, _add_report, _add_compare, _add_lists, _add_vectors, _add_export, _add_completion):
        add(commands)  # in the order in which help shows them
    return parser


def _add_run(commands: Commands) -> None:
    run = _command(commands, "run", _run, "carry out a suite and write a report", "toolkit run quickstart")
    run.add_argument("suite", metavar="SUITE", help="such as quickstart, or a TOML file; an unknown name lists them")
    run.set_defaults(stopped=GO_ON)
    run.add_argument("--out", metavar="DIR", help="directory of the run (default: runs/SUITE)")
    run.add_argument("--workers", metavar="N", type=int, help="trials at a time (default: number of cores)")
    _add_only(run, "experiments, studies or embedders")
    run.add_argument("--data", metavar="NAME_OR_FILE", help="a data set or file in place of the suite's own")
    run.add_argument("--timeout", metavar="S", type=float, help="seconds that one trial, tuning or study may take")
    run.add_argument("--memory", metavar="M", help="memory that one of them may hold, such as 4G")
    run.add_argument("--threads", metavar="N", type=int, default=1, help="threads of each trial (default: 1)")
    run.add_argument("--store", metavar="DIR", help="where results are kept for other runs (default: DIR/store)")
    run.add_argument("--executor", choices=("local", "dask"), default="local", help="what carries out the fits")
    run.add_argument("--scheduler", metavar="ADDRESS", help="of Dask, such as tcp://host:8786, for --executor dask")
    run.add_argument("--tune", metavar="N|Ss", help="tune each method on ratings: with 30 trials, or for 60s")
    run.add_argument("--quick", action="store_true", help="the quick version of the suite, which says less")
    run.add_argument("--fresh", action="store_true", help="replace an earlier run in the directory")


def _add_report(commands: Commands) -> None:
    report = _command(commands, "report", _report, "write the report of a run", "toolkit report runs/quickstart")
    report.add_argument("run_dir", metavar="RUN_DIR", help="directory of a run, such as runs/quickstart")
    report.add_argument("--format", metavar="FORMAT", help="html, md, csv or latex (default: told by FILE, else html)")
    report.add_argument("--recompare", action="store_true", help="test all differences anew, from what the run kept")
    report.add_argument("-o", "--output", metavar="FILE", help="where to write (default: report.* in RUN_DIR)")


def _add_compare(commands: Commands) -> None:
    own = _command(
        commands,
        "compare",
        _compare,
        "a first look at ratings, vectors or a text of your own",
        "toolkit compare mine.csv",
    )
    own.set_defaults(stopped=GO_ON)
    own.add_argument("inputs", metavar="INPUT", nargs="+", help="a table of ratings, vector files, or a text")
    own.add_argument(
        "--out", metavar="DIR", help="directory of the run (default: runs/ and the name of the first INPUT)"
    )
    own.add_argument("--minutes", metavar="M", type=float, default=5.0, help="what the whole may take (default: 5)")
    own.add_argument("--workers", metavar="N", type=int, help="trials at a time (default: number of cores)")
    _add_only(own, "embedders")
    own.add_argument("--timeout", metavar="S", type=float, help="seconds that one trial may take")
    own.add_argument("--memory", metavar="M", help="memory that one trial may hold, such as 4G")
    own.add_argument("--store", metavar="DIR", help="where results are kept for other runs (default: DIR/store)")
    own.add_argument("--fresh", action="store_true", help="replace an earlier run in the directory")
    for role in ("user", "item", "rating", "timestamp"):
        own.add_argument(f"--{role}", metavar="COLUMN", help=f"column of the {role}s (default: guessed)")
    own.add_argument("--count", metavar="COLUMN", help="column of how often each event happened (default: guessed)")
    own.add_argument("--implicit", action="store_true", help="take every row as an event without a rating")
    own.add_argument(
        "--scale", metavar=("LOW", "HIGH"), nargs=2, type=float, help="ratings possible (default: guessed)"
    )
    own.add_argument("--items", metavar="FILE", help="a table of the items: keys, titles, attributes")
    own.add_argument("--pairs", metavar="FILE", action="append", default=[], help="word pairs of your own")
    own.add_argument("--analogies", metavar="FILE", action="append", default=[], help="analogies of your own")


def _add_lists(commands: Commands) -> None:
    _command(commands, "datasets", _datasets, "list the data sets of the catalog", "toolkit datasets")
    fetch = _command(commands, "fetch", _fetch, "download a data set", "toolkit fetch movielens-100k")
    fetch.add_argument("name", metavar="NAME", help="one of those that toolkit datasets lists")
    _command(commands, "embedders", _embedders, "list the methods", "toolkit embedders")


def _add_vectors(commands: Commands) -> None:
    near = _command(commands, "neighbors", _neighbors, "show nearest neighbours", "toolkit neighbors glove-6b-50d cat")
    near.add_argument("vectors", metavar="VECTORS", help="a vector file, or the name of vectors in the catalog")
    near.add_argument("keys", metavar="KEY", nargs="+", help="a word, an item: what the vectors are of")
    _add_trust(near)
    near.add_argument("-k", metavar="N", type=int, default=10, help="how many (default: 10)")

    convert = _command(
        commands, "convert", _convert, "turn a vector file into another format", "toolkit convert a.bin a.arrow"
    )
    convert.add_argument("source", metavar="IN", help="a vector file of any format")
    convert.add_argument("target", metavar="OUT", help="where to write; its ending tells the format")
    _add_trust(convert)


def _add_trust(parser: _Parser) -> None:
    parser.add_argument(
        "--trust", action="store_true", help="read gensim's .model and .kv too: pickles, which can run any program"
    )


def _add_export(commands: Commands) -> None:
    export = _command(
        commands,
        "export",
        _export,
        "write a run's vectors for another program",
        "toolkit export runs/quickstart --to projector --only films item",
    )
    export.add_argument("run_dir", metavar="RUN_DIR", help="directory of a run, such as runs/quickstart")
    export.add_argument("--to", metavar="TARGET", required=True, help="projector, parquet or gensim")
    _add_only(export, "experiments, embedders, trials, entities")
    export.add_argument("-o", "--output", metavar="DIR", help="where to write (default: exports/TARGET in RUN_DIR)")


def _add_completion(commands: Commands) -> None:
    shell = _command(
        commands,
        "completion",
        _completion,
        "print a script that completes this command in a shell",
        "toolkit completion bash > ~/.local/share/bash-completion/completions/toolkit",
    )
    shell.add_argument("shell", metavar="SHELL", help="bash, zsh, tcsh, fish or powershell")


def _add_only(parser: _Parser, what: str) -> None:
    parser.add_argument("--only", metavar="PART", nargs="+", action="extend", default=[], help=what)


def _command(
    commands: Commands,
    name: str,
    function: Callable[[argparse.Namespace], int],
    summary: str,
    example: str,
) -> _Parser:
    parser = commands.add_parser(
        name, help=summary, description=summary.capitalize() + ".", epilog=f"example: {example}"
    )
    parser.set_defaults(command=function, stopped="stopped")
    return parser


def _run(options: argparse.Namespace) -> int:
    from toolkit.harness import run
    from toolkit.harness.distributed import opened

    with opened(options.executor, options.scheduler) as executor:
        done = run(
            options.suite,
            options.out,
            options.workers,
            only=options.only,
            data=options.data,
            timeout=options.timeout,
            memory=options.memory,
            threads=options.threads,
            store=options.store,
            tune=options.tune,
            fresh=options.fresh,
            quick=options.quick,
            executor=executor,
        )
    return _reported(done)


def _compare(options: argparse.Namespace) -> int:
    from toolkit.harness import compare

    columns = ("user", "item", "rating", "timestamp", "count")
    limits = ("minutes", "workers", "timeout", "memory")
    names = ("out", "only", "store", "fresh", "implicit", "items", "pairs", "analogies")
    given = {name: getattr(options, name) for name in (*limits, *names, *columns)}
    return _reported(compare(*options.inputs, **given, scale=tuple(options.scale) if options.scale else None))


def _reported(done: Run) -> int:
    """Write the report of a run, say where it is, and return the exit code."""
    done.report(done.path / "report.md")
    _say(f"report: {done.report()}")
    if done.failures:
        total = len(done.trials) + len(done.studies)
        what = "trials and studies" if len(done.studies) else "trials"
        _say(f"{done.failures} of {total} {what} failed; the report says why")
    return 1 if done.failures else 0


def _report(options: argparse.Namespace) -> int:
    from toolkit.harness import compare_again, open_run

    run = open_run(options.run_dir)
    if options.recompare:
        run = compare_again(run)
    _say(str(run.report(options.output, options.format)))
    return 0


def _datasets(options: argparse.Namespace) -> int:
    from toolkit.datasets import list_datasets

    return _table(list_datasets())


def _fetch(options: argparse.Namespace) -> int:
    from toolkit.datasets import fetch

    for path in fetch(options.name).paths:
        _say(str(path))
    return 0


def _embedders(options: argparse.Namespace) -> int:
    from toolkit.registry import list_embedders

    return _table(list_embedders())


def _neighbors(options: argparse.Namespace) -> int:
    from toolkit.datasets.sources import load_source

    trust = {"trust": True} if options.trust else {}
    embedding: Any = load_source(options.vectors, "vectors", **trust)
    for key in options.keys:
        _say(key)
        _table(embedding.neighbors(key, options.k))
    return 0


def _convert(options: argparse.Namespace) -> int:
    from toolkit.vectors import load_vectors, save_vectors

    save_vectors(load_vectors(options.source, trust=options.trust), options.target)
    _say(options.target)
    return 0


def _export(options: argparse.Namespace) -> int:
    from toolkit.harness import open_run

    for path in open_run(options.run_dir).export(options.to, options.output, options.only):
        _say(str(path))
    return 0


def _completion(options: argparse.Namespace) -> int:
    from toolkit.completion import script

    _say(script(_parser(), options.shell))
    return 0


def _table(frame: pd.DataFrame) -> int:
    texts = frame.map(lambda value: one_line(value) if isinstance(value, str) else value)
    _say(texts.to_string(index=False))
    return 0


def _say(text: str) -> None:
    try:
        print(visible(text), flush=True)  # noqa: T201  # what a command answers goes to standard output
    except BrokenPipeError as error:
        raise _UnreadError from error

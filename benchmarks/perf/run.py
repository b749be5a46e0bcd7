"""Measure the toolkit against its peers: ``python benchmarks/perf/run.py [--json FILE] [NAME ...]``.

Both sides of a claim run in turn, each time in a process of its own, on the same data; what counts is the median of
the pairs. Peers that the toolkit does not need come from the tox environments ``perf`` and ``lenskit``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any

from claim import DisagreementError, Figure, Side
from rich.console import Console

HERE = Path(__file__).parent
REPEATS = 3
PACKAGES = (
    *("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "gensim", "implicit", "scikit-surprise"),
    *("cornac", "faiss-cpu", "ranx"),
)
HEADER = ("claim", "work", "peer", "ours", "peer's", "figure", "goal", "met", "peak MiB, ours / peer's")


def names() -> list[str]:
    """Return the names of all claims."""
    return sorted(path.stem for path in (HERE / "claims").glob("[a-z]*.py"))


class Prepared(ExitStack):
    """Folders with what claims read, one for each function that writes such; removed at the end."""

    def __init__(self) -> None:
        super().__init__()
        self._folders: dict[Callable[[Path], None], str] = {}

    def get(self, prepare: Callable[[Path], None]) -> str:
        """Return the folder, written when it is first asked for."""
        if prepare not in self._folders:
            folder = self.enter_context(tempfile.TemporaryDirectory(prefix="perf-"))
            prepare(Path(folder))
            self._folders[prepare] = folder
        return self._folders[prepare]


def measure(
    name: str, module: ModuleType, repeats: int | None, prepared: Prepared, log: Console
) -> list[dict[str, Any]]:
    """Measure a claim; return a row for each of its figures."""
    folder = prepared.get(module.prepare)
    pairs: list[tuple[Side, Side | None]] = []
    for number in range(repeats or getattr(module, "REPEATS", REPEATS)):
        ours = side(module, name, "ours", folder)
        peer = side(module, name, "peer", folder) if hasattr(module, "peer") else None
        pairs.append((ours, peer))
        log.print(f"{name} {number + 1}: " + " against ".join(f"{s.seconds:.3f} s" for s in (ours, peer) if s))
    figures = [module.figures(ours, peer) for ours, peer in pairs]
    return [_row(name, module, pairs, each) for each in zip(*figures, strict=True)]


def side(module: ModuleType, name: str, which: str, folder: str) -> Side:
    """Run one side in a process of its own."""
    python = os.environ[module.PEER_PYTHON] if which == "peer" and hasattr(module, "PEER_PYTHON") else sys.executable
    done = subprocess.run(
        [python, str(HERE / "side.py"), name, which, folder], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name}: side {which!r} ended with exit code {done.returncode}")
    return Side(**json.loads(done.stdout.splitlines()[-1]))


def _row(
    name: str, module: ModuleType, pairs: list[tuple[Side, Side | None]], figures: tuple[Figure, ...]
) -> dict[str, Any]:
    middle = replace(figures[0], value=statistics.median(figure.value for figure in figures))
    ours, peers = [ours for ours, _ in pairs], [peer for _, peer in pairs if peer]
    return {
        "claim": name,
        "work": module.WORK,
        "peer": module.PEER,
        "figure": middle.name,
        "value": middle.value,
        "values": [figure.value for figure in figures],
        "unit": middle.unit,
        "goal": middle.goal,
        "at_least": middle.at_least,
        "met": middle.met,
        "seconds": statistics.median(each.seconds for each in ours),
        "peer_seconds": statistics.median(each.seconds for each in peers) if peers else None,
        "peak_mib": max(each.peak_mib for each in ours),
        "peer_peak_mib": max(each.peak_mib for each in peers) if peers else None,
    }


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Return the lines of the table, in Markdown."""
    yield "| " + " | ".join(HEADER) + " |"
    yield "|" + "---|" * len(HEADER)
    for row in rows:
        seconds, peer = f"{row['seconds']:.3g} s", f"{row['peer_seconds']:.3g} s" if row["peer_seconds"] else "–"
        bound = "≥" if row["at_least"] else "≤"
        memory = f"{row['peak_mib']:,.0f}" + (f" / {row['peer_peak_mib']:,.0f}" if row["peer_seconds"] else "")
        cells = [row["claim"], row["work"], row["peer"], seconds, peer]
        cells += [f"{row['value']:.3g} {row['unit']} {row['figure']}", f"{bound} {row['goal']:g} {row['unit']}"]
        yield "| " + " | ".join([*cells, "yes" if row["met"] else "**no**", memory]) + " |"


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "unknown")
    installed = {found.metadata["Name"]: found.version for found in distributions()}
    return {
        "processor": f"{model}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {installed[name]}" for name in PACKAGES if name in installed),
        "date": datetime.now(UTC).date().isoformat(),
    }


def main() -> int:
    """Measure and print; exit code 1 where a goal was missed, 2 where two sides disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"claims to measure, of {', '.join(names())}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    parser.add_argument("--repeats", type=int, help="pairs of each claim, in place of its own number")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in names():
            parser.error(f"no claim {name!r}; there are {', '.join(names())}")
    claims = {name: importlib.import_module(f"claims.{name}") for name in asked.names or names()}
    for name, claim in claims.items():
        variable = getattr(claim, "PEER_PYTHON", None)
        if variable and not os.environ.get(variable):
            parser.error(f"{name}: set {variable} to an interpreter that has the peer; tox -e lenskit,perf does so")
    log, facts = Console(stderr=True), machine()
    rows: list[dict[str, Any]] = []
    try:
        with Prepared() as prepared:
            for name, claim in claims.items():
                rows += measure(name, claim, asked.repeats, prepared, log)
    except DisagreementError as error:
        log.print(f"the two sides disagree: {error}")
        return 2
    finally:  # what was measured before something went wrong is still true
        lines = [*(f"- {name}: {fact}" for name, fact in facts.items()), "", *table(rows)]
        sys.stdout.write("\n".join(lines) + "\n")
        if asked.json:
            asked.json.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n")
    return 0 if all(row["met"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

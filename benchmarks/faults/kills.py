"""Kill a run at a random moment, carry it on, and see that nothing was lost and nothing done twice.

python benchmarks/faults/kills.py                       # 50 times, each in a directory of its own
python benchmarks/faults/kills.py --chain 5             # 50 times, up to 5 times in one directory
python benchmarks/faults/kills.py --signal INT          # by Ctrl-C, which is to end it within 2 seconds
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

RUN = "import sys, toolkit.cli as cli; cli._reported = lambda run: int(not run.ok); sys.exit(cli.main())"
SOON = 2.0  # seconds within which Ctrl-C ends a run


@dataclass
class Seen:
    """What was seen so far."""

    times: int = 0
    finished: int = 0  # results that were there when a run was killed
    repeated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0  # seconds from the signal to the end


def main() -> int:
    """Print a row of the table; return 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--suite", default="quickstart", help="default: quickstart")
    parser.add_argument("--only", nargs="*", default=[], help="parts of the suite")
    parser.add_argument("--times", type=int, default=50, help="default: 50")
    parser.add_argument("--chain", type=int, default=1, help="at most so many in one directory (default: 1)")
    parser.add_argument("--signal", choices=["KILL", "INT", "TERM"], default="KILL", help="default: KILL")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    given = parser.parse_args()
    moments = random.Random(given.seed)
    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="toolkit-kills-") as home:
        started = time.monotonic()
        whole = Path(home) / "undisturbed"
        _start(given.suite, whole, given.only).wait()
        seconds, expected = time.monotonic() - started, (whole / "scores.csv").read_bytes()
        print(f"undisturbed: {seconds:.0f} s, {len(expected):,} bytes of scores", flush=True)
        number = 0
        while seen.times < given.times:
            number += 1
            out = Path(home) / str(number)
            _one_directory(given, out, moments, seconds, seen)
            if (out / "scores.csv").read_bytes() != expected:
                seen.wrong.append(f"{out.name}: scores differ")
            print(f"{seen.times} of {given.times}: {seen}", flush=True)
            subprocess.run(["rm", "-r", str(out)], check=True)
    fault = {"KILL": "`kill -9` of the process group", "INT": "Ctrl-C", "TERM": "SIGTERM"}[given.signal]
    shown = f"{seen.finished} results were there and {len(seen.repeated)} of them repeated; {len(seen.wrong)} wrong"
    soon = f"; ended within {seen.slowest:.1f} s" if given.signal != "KILL" else ""
    print(f"| {fault} at a random moment of `{given.suite}`, then resume | {seen.times} | {shown}{soon} |")
    print(*seen.wrong, *seen.repeated, sep="\n")
    return int(bool(seen.wrong or seen.repeated or (given.signal != "KILL" and seen.slowest > SOON)))


def _one_directory(given: argparse.Namespace, out: Path, moments: random.Random, seconds: float, seen: Seen) -> None:
    """Kill a run a few times, and carry it on to its end."""
    before: dict[str, tuple[int, int]] = {}
    longest = seconds * min(1.0, 2 / given.chain)  # so that those of one directory are spread over the whole run
    for _ in range(min(given.chain, given.times - seen.times)):
        process = _start(given.suite, out, given.only)
        try:
            process.wait(moments.uniform(0, longest))
        except subprocess.TimeoutExpired:
            sent = time.monotonic()
            os.killpg(process.pid, getattr(signal, f"SIG{given.signal}"))
            code = process.wait()
            seen.slowest = max(seen.slowest, time.monotonic() - sent)
            if code != {"KILL": -signal.SIGKILL, "INT": 130, "TERM": 143}[given.signal]:
                seen.wrong.append(f"{out.name}: exit code {code}")
            seen.times += 1
        _check(before, out, seen)
        before = _results(out)
        seen.finished += len(before)
        if process.returncode == 0:
            return
    if _start(given.suite, out, given.only).wait() != 0:
        seen.wrong.append(f"{out.name}: the run that carries on failed")
    _check(before, out, seen)


def _start(suite: str, out: Path, only: list[str]) -> subprocess.Popen[bytes]:
    """Start a run without its report, in a process group of its own."""
    command = [sys.executable, "-c", RUN, "run", suite, "--out", str(out), *(["--only", *only] if only else [])]
    with (out.parent / "log.txt").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, preexec_fn=_heeding)


def _heeding() -> None:
    """Let Ctrl-C end a process also where this script runs in the background, for which shells have it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _results(out: Path) -> dict[str, tuple[int, int]]:
    """Return the results that are kept, each with what changes when it is written once more."""
    records = (out / "store").glob("[!.]*/record.json")
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in records}


def _check(before: dict[str, tuple[int, int]], out: Path, seen: Seen) -> None:
    now = _results(out)
    seen.repeated += [f"{out.name}: {name}" for name, state in before.items() if now.get(name) != state]


if __name__ == "__main__":
    sys.exit(main())

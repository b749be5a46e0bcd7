"""Feeds every reader by a coverage-guided fuzzer: ``tox -e fuzz`` or ``python benchmarks/faults/fuzz.py``.

Each reader runs in a process of its own, with the branches of the toolkit counted by atheris, and starts from its valid
and its nasty files. Where the process dies (a crash, or an input of more than five seconds), the input is kept and
another process goes on; so it does after some inputs in any case, as atheris keeps arrays that are compared for ever.
What comes out is a table; the exit code is 1 if any reader had a fault.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 5
ROOM = 1024  # megabytes that a process may take beyond what it begins with
LONGEST = 1 << 14  # bytes of an input
NOTED = 500  # inputs after which a process notes how far it is
PORTION = 25_000  # inputs of a process
DEATHS = 50  # after which a reader is given up
HEADS = (
    "reader",
    "inputs",
    "values",
    "crashes",
    "hangs > 5 s",
    "other exceptions",
    "slowest [s]",
    "peak [MB]",
    "seconds",
)


def worker(name: str, runs: int, seed: int, out: Path, folder: Path) -> None:
    """Feed a reader in this process; it ends the process."""
    import atheris

    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["toolkit"]):
        from tests.fuzzing.batch import FaultError, feed
        from tests.fuzzing.targets import TARGETS
    target, note = TARGETS[name], folder / "note.json"
    warnings.simplefilter("ignore")
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, content in enumerate(target.material(folder)):  # bombs take their time each time, and have a test
        (corpus / f"seed-{number}").write_bytes(content)
    found: dict[str, Any] = {"inputs": 0, "values": 0, "slowest": 0.0, "others": [], "done": False}

    def write() -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        note.write_text(json.dumps({**found, "peak": peak}))

    def one(content: bytes) -> None:
        begun = time.perf_counter()
        try:
            found["values"] += feed(target, content, folder)
        except (Exception, FaultError) as error:  # what is looked for
            kind = f"{type(error).__name__}: {traceback.format_exc().splitlines()[-3].strip()}"
            if kind not in found["others"]:
                kept = out / f"{name}--{seed}-{len(found['others'])}-{type(error).__name__}{target.suffix}"
                kept.write_bytes(content)
                kept.with_name(kept.name + ".txt").write_text(traceback.format_exc())
                found["others"].append(kind)
        found["inputs"] += 1
        found["slowest"] = max(found["slowest"], time.perf_counter() - begun)
        if found["inputs"] % NOTED == 0:
            write()
            gc.collect()
            gc.freeze()  # what atheris keeps would be looked through each time
        if found["inputs"] >= runs:
            found["done"] = True
            write()

    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    options = [f"-runs={runs}", f"-timeout={SECONDS}", f"-max_len={LONGEST}", f"-rss_limit_mb={taken + ROOM}"]
    options += [f"-artifact_prefix={out}/{name}--", "-print_final_stats=0", "-verbosity=0", f"-seed={seed}"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def feed_reader(name: str, runs: int, out: Path) -> dict[str, Any]:
    """Feed a reader until it was given all its inputs, in as many processes as that takes."""
    total: dict[str, Any] = {"reader": name, "inputs": 0, "values": 0, "crashes": 0, "hangs": 0, "others": set()}
    total |= {"slowest": 0.0, "peak": 0, "seconds": time.monotonic()}
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as home:  # noqa: S108  # a folder of its own
        for seed in count(1):
            if total["inputs"] >= runs or total["crashes"] + total["hangs"] >= DEATHS:
                break
            note = Path(home) / "note.json"
            note.unlink(missing_ok=True)
            command = [sys.executable, __file__, "--worker", name, "--seed", str(seed)]
            command += ["--runs", str(min(runs - total["inputs"], PORTION)), "--out", str(out), "--folder", home]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
            found = json.loads(note.read_text()) if note.exists() else {}
            if not found and "libFuzzer" not in done.stderr and "ERROR" not in done.stderr:
                raise SystemExit(f"{name}: the fuzzer does not begin: {done.stderr[-2000:]}")
            total["inputs"] += found.get("inputs", 0)
            total["values"] += found.get("values", 0)
            total["others"] |= set(found.get("others", ()))
            for side in ("slowest", "peak"):
                total[side] = max(total[side], found.get(side, 0))
            if not found.get("done"):
                total["hangs" if "timeout" in done.stderr else "crashes"] += 1
                (out / f"{name}--death-{total['crashes'] + total['hangs']}.txt").write_text(done.stderr[-20_000:])
    return {**total, "seconds": time.monotonic() - total["seconds"]}


def row(found: dict[str, Any]) -> str:
    """Return a row of the table."""
    numbers = [found["inputs"], found["values"], found["crashes"], found["hangs"], len(found["others"])]
    cells = [
        found["reader"],
        *map("{:,}".format, numbers),
        f"{found['slowest']:.2f}",
        found["peak"],
        f"{found['seconds']:.0f}",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Feed readers and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", help="by default all; tests/fuzzing/targets.py has their names")
    parser.add_argument("--runs", type=int, default=200_000, help="inputs for each reader (default: 200,000)")
    parser.add_argument("--out", type=Path, default=Path("fuzzed"), help="where inputs with faults are kept")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if options.worker:
        worker(options.worker, options.runs, options.seed, out, options.folder)
        return 0
    sys.path.insert(0, str(ROOT))
    from tests.fuzzing.targets import TARGETS

    print("| " + " | ".join(HEADS) + " |\n|" + "---|" * len(HEADS), flush=True)
    faulty = False
    for name in options.readers or [name for name in TARGETS if name != "report"]:  # which takes a second each
        found = feed_reader(name, options.runs, out)
        faulty |= bool(found["crashes"] or found["hangs"] or found["others"])
        print(row(found), flush=True)
        for kind in sorted(found["others"]):
            print(f"  {kind}", flush=True)
    print(f"inputs with faults, if any: {out}")
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())

"""Start two runs on one directory, and see that one of them is refused and nothing is lost.

python benchmarks/faults/clients.py                     # 20 times
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from toolkit.testing import small_ratings

RUN = "import sys, toolkit.cli as cli; cli._reported = lambda run: int(not run.ok); sys.exit(cli.main())"
SUITE = """
title = "Clients"
seeds = [0, 1, 2, 3]
[[experiments]]
name = "films"
dataset = "{data}"
splits = ["holdout"]
tasks = ["ranking"]
embedders = ["popularity", {{ name = "pca", params = {{ embedding_dim = 3 }} }}]
"""


def main() -> int:
    """Print the row of the table; return 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=20, help="default: 20")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default: 0)")
    given = parser.parse_args()
    draw, ways, wrong = random.Random(given.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="toolkit-clients-") as home:
        folder = Path(home)
        small_ratings(40, 20).to_frame().to_csv(folder / "films.csv", index=False)
        (folder / "small.toml").write_text(SUITE.format(data=folder / "films.csv"), encoding="utf-8")
        started = time.monotonic()
        _start(folder, "whole").communicate()
        seconds, expected = time.monotonic() - started, (folder / "whole" / "scores.csv").read_bytes()
        for number in range(given.times):
            clients = [_start(folder, str(number))]
            time.sleep(draw.uniform(0, seconds))
            clients.append(_start(folder, str(number)))
            told = [client.communicate()[1] for client in clients]
            codes = sorted(client.returncode for client in clients)
            refused = [text for text in told if "another run is writing there (process " in text]
            if codes == [0, 2] and len(refused) == 1 and len(refused[0].splitlines()) == 1:
                ways["refused"] += 1
            elif codes == [0, 0] and "5 of 5 are there from before" in told[1]:
                ways["came after the end, and found all done"] += 1
            else:
                wrong += 1
                print(codes, told)
            wrong += (folder / str(number) / "scores.csv").read_bytes() != expected
    shown = ", ".join(f"{n} {way}" for way, n in ways.items())
    print(f"| two clients on one directory | {given.times} | {shown}; {wrong} wrong, scores byte-identical |")
    return int(wrong > 0)


def _start(folder: Path, out: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, "run", str(folder / "small.toml"), "--out", str(folder / out)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


if __name__ == "__main__":
    sys.exit(main())

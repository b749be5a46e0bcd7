"""Flip a bit of a result that is kept, or cut its file, and see that it is found and that result alone repeated.

python benchmarks/faults/damage.py                      # 500 times
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

import toolkit as tk
from toolkit.testing import small_ratings

SUITE = """
title = "Damage"
[tune]
trials = 2
[[experiments]]
name = "films"
dataset = "{data}"
splits = ["holdout"]
tasks = ["rating-prediction", "ranking"]
embedders = ["popularity", {{ name = "pca", params = {{ embedding_dim = 3 }} }}]
[[studies]]
name = "one-hot"
experiments = ["films"]
"""


def main() -> int:
    """Print the row of the table; return 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=500, help="default: 500")
    parser.add_argument("--seed", type=int, default=0, help="of what is damaged (default: 0)")
    given = parser.parse_args()
    draw, wrong, hits = random.Random(given.seed), 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="toolkit-damage-") as home:
        folder = Path(home)
        small_ratings(40, 20).to_frame().to_csv(folder / "films.csv", index=False)
        (folder / "small.toml").write_text(SUITE.format(data=folder / "films.csv"), encoding="utf-8")
        out = folder / "run"
        expected = (tk.run(folder / "small.toml", out=out, workers=1, quiet=True).path / "scores.csv").read_bytes()
        for number in range(given.times):
            before = _results(out)
            name = draw.choice(sorted(before))
            how = _damage(out / "store" / name, draw)
            tk.run(folder / "small.toml", out=out, workers=1, quiet=True)
            after = _results(out)
            repeated = [each for each in before if after.get(each) != before[each]]
            record = json.loads((out / "store" / name / "record.json").read_text(encoding="utf-8"))
            hits[f"{record['key']['what']}, {how}"] += 1
            if repeated != [name] or set(after) != set(before) or (out / "scores.csv").read_bytes() != expected:
                wrong += 1
                print(f"{name}, {how}: repeated {repeated}")
            if number % 50 == 49:
                print(f"{number + 1} of {given.times}: {dict(hits)}", flush=True)
    found = f"{given.times - wrong} found, that result alone repeated, scores byte-identical"
    print(f"| a bit of the store flipped or a file cut | {given.times} | {found} |")
    return int(wrong > 0)


def _results(out: Path) -> dict[str, tuple[int, int]]:
    """Return the results that are kept, each with what changes when it is written once more."""
    records = (out / "store").glob("[!.]*/record.json")
    return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in records}


def _damage(folder: Path, draw: random.Random) -> str:
    """Damage one of the files of a result; say how. Every byte is as likely to be hit as any other."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = draw.choices(files, [each.stat().st_size for each in files])[0]
    content, how = bytearray(path.read_bytes()), draw.choice(["flipped", "cut"])
    place = draw.randrange(len(content))
    if how == "flipped":
        content[place] ^= 1 << draw.randrange(8)
    else:
        del content[place:]
    path.write_bytes(bytes(content))
    return how


if __name__ == "__main__":
    sys.exit(main())

"""Let trials be killed, hang, run out of memory and crash in native code, and see that the others complete.

python benchmarks/faults/workers.py                     # 20 times each
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from faulty import install

import toolkit as tk
from toolkit.testing import small_ratings

FAULTS = {"killed": "crashed", "hung": "timeout", "out of memory": "memory", "segmentation fault": "crashed"}
HEAD = 'title = "Faults"\nseeds = {seeds}\n[[experiments]]\nname = "films"\ndataset = "{data}"\nsplits = ["holdout"]\n'
SOUND = '{ name = "pca", params = { embedding_dim = 3 } }, { name = "svd", params = { epochs = 3 } }'


def main() -> int:
    """Print the rows of the table; return 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=20, help="each (default: 20)")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="toolkit-faults-") as home:
        folder = Path(home)
        install(folder / "package")
        sys.path.insert(0, str(folder / "package"))
        os.environ["PYTHONPATH"] = str(folder / "package")
        small_ratings(40, 20).to_frame().to_csv(folder / "films.csv", index=False)
        expected = _run(folder, "sound", SOUND, times)
        wrong = 0
        for fault, status in FAULTS.items():
            asked = f'{{ name = "faulty", params = {{ fault = "{fault}" }} }}, {SOUND}'
            run = _run(folder, fault, asked, times)
            ended = run.trials.groupby("name")["status"].apply(list).to_dict()
            others = run.scores[run.scores["embedder"] != "faulty"]
            same = others["value"].tolist() == expected.scores["value"].tolist()
            sound = sum(status == "ok" for name in ("pca", "svd") for status in ended[name])
            row = f"{ended['faulty'].count(status)} rows '{status}', {sound} of {len(expected.trials)} others complete"
            print(f"| a worker {fault} | {times} | {row}, {'with the same scores' if same else 'SCORES DIFFER'} |")
            wrong += ended["faulty"] != [status] * times or sound != len(expected.trials) or not same
    return int(wrong > 0)


def _run(folder: Path, name: str, embedders: str, times: int) -> tk.harness.Run:
    """Run a suite with as many seeds as there are times."""
    path = folder / f"{name.replace(' ', '-')}.toml"
    head = HEAD.format(seeds=list(range(times)), data=folder / "films.csv")
    path.write_text(f'{head}tasks = ["ranking"]\nembedders = [{embedders}]\n', encoding="utf-8")
    return tk.run(path, out=folder / path.stem, timeout=10, memory="1G", quiet=True)


if __name__ == "__main__":
    sys.exit(main())

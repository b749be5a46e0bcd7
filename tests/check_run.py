"""Check that a finished run of a suite is whole: every trial ended well, and every task has its rows or its reasons.

Run as ``python tests/check_run.py RUN_DIR``; it exits with 1 and says what is missing.
"""

from __future__ import annotations

import sys

import toolkit as tk


def faults(path: str) -> list[str]:
    run = tk.open_run(path)
    found = [f"{row.trial} {row.embedder}: {row.error}" for row in run.trials.itertuples() if row.status != "ok"]
    for experiment in run.info["suite"]["experiments"]:
        scores = run.scores[run.scores["experiment"] == experiment["name"]]
        for embedder in experiment["embedders"]:
            label = embedder["label"] or embedder["name"]
            for task in experiment["tasks"]:
                rows = scores[(scores["embedder"] == label) & (scores["task"] == task["name"])]
                if rows.empty:
                    found.append(f"{experiment['name']}: no row for {label} on {task['name']}")
                if (rows["value"].isna() & (rows["note"] == "")).any():
                    found.append(f"{experiment['name']}: {label} on {task['name']} has neither a value nor a reason")
    found += [f"{name} is missing" for name in ("report.html", "report.md") if not (run.path / name).is_file()]
    return found


if __name__ == "__main__":
    problems = faults(sys.argv[1])
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or "the run is whole\n")
    sys.exit(bool(problems))

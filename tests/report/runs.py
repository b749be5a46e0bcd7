"""A run directory with made-up numbers, for the report's tests only."""

from __future__ import annotations

import csv
import itertools
import json
import math
from pathlib import Path

import pandas as pd

from toolkit.harness.tables import ADDED, PAIR_COLUMNS
from toolkit.report.model import COMPARISONS

NASTY = "<script>alert(1)</script>"
PIPED = "a|b 50%_$& *x* `y` \\z {w} #1 ~t~ ^u"
WORDS = ["Word2Vec", "FastText", "GloVe", "PPMI-SVD", "PCA", "Truncated SVD", "NMF", "ALS", PIPED]
FILMS = ["SVD", "SVD++", "NMF (Surprise)", "PCA", "Truncated SVD", "NMF", "ALS", "BPR", "LMF", "Word2Vec", "FastText"]
FILMS += ["Embedding layer", NASTY]
NULL = {"Random": "random", "Biases": "bias", "Popularity": "popularity"}
NAMES = {
    "Word2Vec": ("word2vec", "gensim"),
    "FastText": ("fasttext", "gensim"),
    "GloVe": ("pretrained", "embedding-comparison-toolkit"),
    "PPMI-SVD": ("ppmi-svd", "embedding-comparison-toolkit"),
    "PCA": ("pca", "scikit-learn"),
    "Truncated SVD": ("truncated-svd", "scikit-learn"),
    "NMF": ("nmf", "scikit-learn"),
    "ALS": ("als", "implicit"),
    "BPR": ("bpr", "implicit"),
    "LMF": ("lmf", "implicit"),
    "SVD": ("svd", "scikit-surprise"),
    "SVD++": ("svdpp", "scikit-surprise"),
    "NMF (Surprise)": ("nmf-surprise", "scikit-surprise"),
    "Embedding layer": ("embedding-layer", "torch"),
}
PREDICTS = {"SVD", "SVD++", "NMF (Surprise)", "Embedding layer", "Biases"}
RANKS = {"ALS", "BPR", "LMF", "Popularity"}
RANKING = ["ndcg@10", "recall@10", "precision@10", "map@10", "mrr", "hit_rate@10", "auc"]
TRIAL = "trial experiment dataset split fold seed embedder name library is_null embedding_dim parameters status error"
TRIAL += " tuned fit_seconds cpu_seconds evaluate_seconds peak_memory_mb"
SCORE = "dataset split fold seed embedder embedding_dim entity task readout metric value n target convention note"
SCORE += " variant experiment trial"


class RunBuilder:
    """Collects rows and writes a run directory."""

    def __init__(self, title="Quickstart", description="Words and films on one small data set each.", seeds=(0,)):
        self.trials, self.scores, self.studies, self.tables = [], [], {}, {}
        self.info = {
            "format": 1,
            "suite": {
                "name": "quickstart",
                "title": title,
                "description": description,
                "seeds": list(seeds),
                "experiments": [],
            },
            "command": "toolkit run quickstart",
            "started": "2026-11-22T14:20:00+00:00",
            "seconds": 131.2,
            "versions": {"embedding-comparison-toolkit": "0.1.0", "python": "3.11.7", "numpy": "2.1.0"},
            "machine": {
                "platform": "Linux-6.1-x86_64",
                "processor": "x86_64",
                "cores": 2,
                "memory_gib": 23.5,
                "workers": 2,
                "threads_per_worker": 1,
            },
            "datasets": {},
        }

    def dataset(self, key, title, kind, summary, role="evaluation", licence="CC BY 4.0", link="https://example.org/d"):
        self.info["datasets"][key] = {
            "title": title,
            "kind": kind,
            "licence": licence,
            "link": link,
            "summary": summary,
            "fingerprint": "0f" * 32,
            "role": role,
        }

    def experiment(self, name, title, dataset, labels, splits, tasks):
        embedders = [{"name": name_of(label)[0], "label": label, "params": {"epochs": 5}} for label in labels]
        self.info["suite"]["experiments"].append(
            {
                "name": name,
                "title": title,
                "dataset": dataset,
                "options": {},
                "splits": splits,
                "tasks": tasks,
                "embedders": embedders,
            }
        )

    def trial(self, experiment, label, dim="", split="", fold="", seed=0, status="ok", error="", seconds=1.0, **more):
        dataset = next(e["dataset"] for e in self.info["suite"]["experiments"] if e["name"] == experiment)
        name, library = name_of(label)
        shared = {
            "experiment": experiment,
            "trial": f"{experiment}-{len(self.trials):03d}",
            "dataset": dataset,
            "split": split,
            "fold": fold,
            "seed": seed,
            "embedder": label,
            "embedding_dim": dim,
        }
        row = shared | {
            "name": name,
            "library": library,
            "is_null": str(label in NULL).lower(),
            "parameters": json.dumps({"epochs": 5}),
            "status": status,
            "error": error,
            "fit_seconds": seconds,
            "cpu_seconds": 1.7 * seconds,
            "evaluate_seconds": 0.4,
            "peak_memory_mb": round(150 + 40 * math.log1p(seconds)),
        }
        self.trials.append(row | more)
        return shared

    def score(
        self, trial, task, metric, value, readout="", target="", convention="", n=353, note="", entity="item", **more
    ):
        extra = {"task": task, "metric": metric, "value": value, "readout": readout, "target": target}
        self.scores.append(trial | extra | {"convention": convention, "n": n, "note": note, "entity": entity} | more)

    def compare(self, table, **row):
        """Add a row to one of the tables of comparisons, such as ``intervals``; what it does not name stays empty."""
        self.tables.setdefault(table, []).append(row)

    def tested(self, values, apart=(), task="rating-prediction", metric="rmse", half=0.01, n=100, unit="user", **more):
        """Add trials, scores, intervals and differences.

        `values` maps a label, or a label, dimension and readout, to the value; of the pairs named in `apart` a test
        says that they differ, of all others it does not. Further keywords stand in every difference.
        """
        board = {"experiment": "films", "task": task, "target": "", "split": "canonical", "metric": metric}
        entries = {key: (key, 8, "ridge") if isinstance(key, str) else key for key in values}
        for key, (label, dim, readout) in entries.items():
            trial = self.trial("films", label, dim, "canonical", "u1", seconds=1.0 + len(self.trials))
            self.score(trial, task, metric, values[key], readout, n=20000)
            ends = {"value": values[key], "low": values[key] - half, "high": values[key] + half, "unit": unit, "n": n}
            self.compare("intervals", **board, embedder=label, embedding_dim=dim, readout=readout, **ends)
        told = {frozenset(pair) for pair in apart}
        for first, second in itertools.combinations(entries, 2):
            names = [*zip(PAIR_COLUMNS, (*entries[first], *entries[second]), strict=True)]
            gap, p = values[first] - values[second], 0.001 if frozenset({first, second}) in told else 0.4
            tests = {"difference": gap, "low": gap - 0.01, "high": gap + 0.01, "p": p / 2, "p_holm": p, "n": n}
            self.compare("differences", **board, **dict(names), **(tests | {"effect": 3 * gap, "wins": 0.4} | more))

    def study(self, name, tables=None, status="ok", error="", experiments=()):
        asked = {"name": name, "experiments": list(experiments), "options": {}}
        self.info["suite"].setdefault("studies", []).append(asked)
        row = {"study": name, "status": status, "error": error, "seconds": 2.5 if status == "ok" else ""}
        self.studies[name] = (row, tables or {})

    def write(self, folder):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.json").write_text(json.dumps(self.info), encoding="utf-8")
        for file, header, rows in (("trials.csv", TRIAL, self.trials), ("scores.csv", SCORE, self.scores)):
            used = {column for row in rows for column in row}
            header = " ".join(column for column in header.split() if column not in ADDED or column in used)
            with (folder / file).open("w", newline="", encoding="utf-8") as sink:
                writer = csv.DictWriter(sink, header.split())
                writer.writeheader()
                writer.writerows(rows)
        for name, rows in self.tables.items():
            columns = COMPARISONS[name][0]
            assert {column for row in rows for column in row} <= set(columns)
            pd.DataFrame(rows, columns=columns).to_csv(folder / f"{name}.csv", index=False)
        for name, (_, tables) in self.studies.items():
            (folder / "studies" / name).mkdir(parents=True, exist_ok=True)
            for table, frame in tables.items():
                frame.to_csv(folder / "studies" / name / f"{table}.csv", index=False)
        if self.studies:
            pd.DataFrame([row for row, _ in self.studies.values()]).to_csv(folder / "studies.csv", index=False)
        return folder


def name_of(label):
    return (NULL[label], "embedding-comparison-toolkit") if label in NULL else NAMES.get(label, ("word2vec", "gensim"))


def wave(*key):
    """Return a made-up number in [0, 1) that hangs on nothing but the key."""
    return math.modf(sum((i + 1) * ord(c) for i, c in enumerate("|".join(map(str, key)))) * 0.6180339887)[0]


def quality(label, dim):
    base = 0.12 if label in NULL else 0.45 + 0.45 * wave("quality", label)
    return base * (1 - 0.5 / math.log2(float(dim or 32) + 2))


def sample_run(folder, dims=(48,), folds=("u1",), seeds=(0,)):
    """Write a run of the size of the quickstart: two experiments, some notes and a failed fit."""
    build = RunBuilder(seeds=seeds)
    build.dataset("text", "An English text", "corpus", "1,000,000 words, 12,000 different", "training")
    build.dataset(
        "movielens-100k", "MovieLens 100k", "ratings", "100000 ratings of 1682 items by 943 users", "training"
    )
    build.dataset("wordsim353", "WordSim-353", "word pairs", "353 pairs of words")
    build.dataset("simlex999", "SimLex-999", "word pairs", "999 pairs of words")
    build.dataset("google", "Google analogies", "analogies", "19,544 questions")
    build.experiment("words", "Words", "text", [*WORDS, "Random"], [], ["word-similarity", "analogies"])
    tasks = ["rating-prediction", "ranking", "item-similarity"]
    build.experiment("films", "Films", "movielens-100k", [*FILMS, *NULL], list(folds), tasks)
    for seed in seeds:
        for label in [*WORDS, "Random"]:
            for dim in dims:
                _words(build, label, dim, seed)
        for fold in folds:
            for label in [*FILMS, *NULL]:
                for dim in dims if label not in ("Biases", "Popularity") else ("" if label == "Biases" else 1,):
                    _films(build, label, dim, seed, fold)
    return build.write(folder)


def _words(build, label, dim, seed):
    seconds = 0.01 if label == "Random" else 0.5 + 40 * wave("s", label) * dim / 48
    trial = build.trial("words", label, dim, seed=seed, seconds=round(seconds, 3))
    for target, n, scale in (("wordsim353", 353, 0.8), ("simlex999", 999, 0.45)):
        value = scale * quality(label, dim) + 0.01 * wave(label, dim, seed, target)
        value = value - 0.1 if label == "Random" else value
        oov = 2.5 if label == "GloVe" else 0.8
        for metric, number in (("spearman", value), ("pearson", value * 0.95), ("oov", oov)):
            build.score(trial, "word-similarity", metric, number, "cosine", target, "gensim", n, entity="word")
    accuracy = max(0.0, 0.6 * quality(label, dim) - 0.08)
    numbers = {"accuracy": accuracy, "semantic": accuracy * 0.8, "syntactic": accuracy * 1.1, "coverage": 0.91}
    for metric, number in numbers.items():
        build.score(trial, "analogies", metric, number, "cosine", "google", "gensim", 17800, entity="word")


def _films(build, label, dim, seed, fold):
    seconds = 0.004 if label in NULL else 0.2 + 25 * wave("s", label) ** 3 * float(dim) / 48
    if label == "SVD++" and fold == "u1" and seed == 0:
        build.trial("films", label, dim, "canonical", fold, seed, "failed", f"ValueError: {NASTY} a|b, 50%_$&")
        return
    trial = build.trial("films", label, dim, "canonical", fold, seed, seconds=round(seconds, 3))
    noise = 0.004 * wave(label, dim, seed, fold)
    rmse = 1.0 - 0.12 * quality(label, dim) + noise
    for readout, better in (("native", 0.02), ("ridge", 0.045), ("ridge-two-sided", 0.06)):
        vectors = label not in ("Biases", "Popularity")
        if (readout == "native" and label not in PREDICTS) or (readout != "native" and not vectors):
            if readout == "native":
                _note(build, trial, label, "rating-prediction", "has no predictor of ratings")
            continue
        value = 1.31 if label == "Random" and readout == "ridge" else rmse - better
        for metric, number in (("rmse", value), ("mae", value * 0.78), ("rmse_user", value * 1.02), ("coverage", 1.0)):
            build.score(trial, "rating-prediction", metric, number, readout, "", "standard", 20000)
    for readout in ("native", "cosine"):
        if readout == "native" and label not in RANKS:
            _note(build, trial, label, "ranking", "does not rank items")
        elif readout == "native" or label not in ("Biases", "Popularity"):
            value = 0.30 * quality(label, dim) + noise + (0.12 if label == "Popularity" else 0.0)
            value *= 0.9 if readout == "cosine" else 1.0
            build.score(trial, "ranking", "coverage", 0.98, readout, "", "", 459)
            for i, metric in enumerate(RANKING):
                build.score(trial, "ranking", metric, min(1.0, value * (1 + i / 4)), readout, "", "standard", 459)
    if label in ("Biases", "Popularity"):
        _note(build, trial, label, "item-similarity", "has no vectors", "cosine", "genres")
        return
    for metric, number in (("precision@10", 0.2 + 0.4 * quality(label, dim) + noise), ("spearman", 0.3 * noise)):
        build.score(trial, "item-similarity", metric, number, "cosine", "genres", "", 1682)


def _note(build, trial, label, task, reason, readout="native", target=""):
    build.score(trial, task, "", "", readout, target, "", "", f"{name_of(label)[0]} {reason}")

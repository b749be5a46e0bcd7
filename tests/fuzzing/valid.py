"""Valid files of every kind that is read, from which fuzzing begins."""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections.abc import Callable
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

import toolkit as tk
from toolkit.tasks import Units, write_units
from toolkit.vectors import save_vectors

EMBEDDING = tk.Embedding(["cat", "dog", "naïve", "42"], np.arange(12).reshape(4, 3) / 7 - 1)
RATINGS = "user,item,rating,timestamp\nu1,x,5,881250949\nu2,x,1.5,881250960\nu1,y,3,881250950\nu3,z,4,891350008\n"
DATED = "userId;movieId;rating;date\nu1;x;5;2010-03-04\nu2;x;1.5;2010-03-04 10:11:12\nu1;y;3;2011-12-31\n"
ITEMS = 'movieId,title,genres\nx,Heat (1995),Action|Crime\ny,"Ran, a film",Drama\nz,Alien,\n'
CORPUS = "the cat sat on the mat\nthe dog sat, and the cat ran\n"
WIKI = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/"><siteinfo><sitename>W</sitename></siteinfo>
<page><title>A</title><ns>0</ns><id>1</id><revision><id>2</id><text>A '''cat''' [[is|was]] an {{animal|of}} prey.
It &amp; others &lt;ref&gt;x&lt;/ref&gt; sleep a lot.</text></revision></page>
<page><title>B</title><ns>0</ns><id>3</id><revision><id>4</id><text>#REDIRECT [[A]]</text></revision></page></mediawiki>
"""
FACTS = "subject\trelation\tobject\nColin\tfather\tJames\nCharlotte\tmother\tVictoria\n"
GLOVE = "cat 1 2.5 -3e-2\ndog 0 1 2\nnew york 1 2 3\n"
W2V = f"3 3\n{GLOVE}"
SUITE = """title = "One"
seeds = [0, 1]
studies = ["calibration"]
[quick]
seeds = [0]
[tune]
trials = 3
[[experiments]]
name = "films"
dataset = "movielens-100k"
dims = [8, 16]
splits = ["u1", {name = "kfold", folds = [1], options = {n_folds = 5}}]
tasks = ["rating-prediction", {name = "ranking", options = {k = 10}}]
embedders = ["pca", {name = "als", label = "ALS", params = {epochs = 3}, dims = [4], seeds = [7]},
    {name = "joined", params = {parts = ["pca", {name = "als", weight = 0.5}]}},
    {name = "shuffled", params = {embedder = "pca"}}]
"""
# of the files of a run, what stands before the first line break of an input says which it takes the place of
RUN_FILES = (
    *("run.json", "trials.csv", "scores.csv", "studies.csv", "tuning.csv", "intervals.csv", "differences.csv"),
    *("strata.csv", "ranks.csv", "steps.csv", "entities/films.item.csv", "studies/size/curve.csv"),
    *("units/films-000.1.arrow", "embeddings/films-000.item.arrow"),
)


def saved(*names: str) -> Callable[[Path], list[bytes]]:
    """Return what writes an embedding in some formats."""

    def write(folder: Path) -> list[bytes]:
        contents = []
        for name in names:
            save_vectors(EMBEDDING, folder / "v", name)
            contents.append((folder / "v").read_bytes())
        return contents

    return write


def models(folder: Path) -> list[bytes]:
    """Return a fastText model, as gensim's tests have it."""
    whole = (files("gensim") / "test" / "test_data" / "toy-model.bin").read_bytes()
    return [whole]


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Return a zip archive."""
    with BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        return stream.getvalue()


def packed(pack: Callable[[bytes], bytes], *contents: str) -> Callable[[Path], list[bytes]]:
    """Return what gives texts, packed."""
    return lambda folder: [pack(content.encode()) for content in contents]


def texts(*contents: str) -> Callable[[Path], list[bytes]]:
    """Return what gives texts."""
    return lambda folder: [content.encode() for content in contents]


def run_files(folder: Path) -> list[bytes]:
    """Write a run, and return its files, each behind its name."""
    from tests.report.boards import APART, VALUES
    from tests.report.runs import RunBuilder

    build = RunBuilder(title="One")
    build.dataset("ml", "MovieLens", "ratings", "some ratings", "training")
    build.experiment("films", "Films", "ml", ["ALS", "PCA", "Random"], ["u1"], ["rating-prediction"])
    build.tested(VALUES, APART)
    entry = {"experiment": "films", "task": "rating-prediction", "metric": "rmse"}
    method = {"embedder": "PCA", "embedding_dim": 8, "readout": "ridge"}
    build.compare("ranks", **entry, **method, over="fold", rank=1, blocks=5, entries=4, friedman_p=0.01)
    build.compare(
        "strata", **entry, **method, target="", split="canonical", trait="count", stratum=1, least=1, most=9, value=0.9,
        low=0.8, high=1.0, n=10
    )  # fmt: skip
    build.compare(
        "tuning", experiment="films", split="canonical", fold="u1", embedder="ALS", number=0, state="complete",
        value=0.9, seconds=1.5, parameters='{"epochs": 5}', chosen=True, task="rating-prediction", metric="rmse"
    )  # fmt: skip
    build.study("size", {"curve": pd.DataFrame({"dim": [1, 2], "value": [0.5, None]})})
    valid = build.write(folder / "valid")
    (valid / "steps.csv").write_text("step,status,error,seconds\ncomparisons,ok,,1.5\n")
    for name in ("units", "embeddings", "entities"):
        (valid / name).mkdir(exist_ok=True)
    (valid / "entities" / "films.item.csv").write_text("key,title,count,genres\nx,Heat,3,Crime|War\ny,Ran,1,War\n")
    cases = pd.DataFrame({"user": list("uvw"), "item": list("xyx"), "rating": [1.0, 2.0, 5.0]}).assign(
        item_count=[2, 1, 2]
    )
    values = pd.DataFrame({"predicted": [1.5, 2.5, 4.0]})
    for number in range(4):
        write_units(
            [Units("rating-prediction", "item", "", "ridge", cases, values)], valid / "units" / f"films-{number:03d}"
        )
        tk.Embedding(["x", "y"], [[1, 2], [3, number]], "item").save(
            valid / "embeddings" / f"films-{number:03d}.item.arrow"
        )
    return [name.encode() + b"\n" + (valid / name).read_bytes() for name in RUN_FILES]


def suites(folder: Path) -> list[bytes]:
    """Return the suites that ship."""
    return [path.read_bytes() for path in sorted(Path("benchmarks").glob("*.toml"))] or [SUITE.encode()]


def frozen(folder: Path) -> list[bytes]:
    """Return a suite as a run freezes it."""
    return [json.dumps({"suite": {"name": "one", **tomllib.loads(SUITE)}}).encode()]


def catalogs(folder: Path) -> list[bytes]:
    """Return a catalog of each kind of source."""
    part = f'{{path = "a/b.txt", sha256 = "{"0f" * 32}"}}'
    entry = 'title = "T"\nkind = "pairs"\nlicence = "MIT"\nlink = "https://example.org"\n'
    sources = [
        f'reader = "pairs"\nurl = "https://example.org/a.zip"\nsha256 = "{"0f" * 32}"\nmembers = ["a"]',
        f'reader = "pairs"\nrequirement = "a==1.0"\nfiles = [{part}]',
        f'reader = "pairs"\npackage = "a"\nfiles = [{part}]',
        f'reader = "pairs"\nshipped = [{part}]',
    ]
    return ["\n".join(f"[a{n}]\n{entry}\n[[a{n}.sources]]\n{s}\n" for n, s in enumerate(sources)).encode()]


def parquets(folder: Path) -> list[bytes]:
    """Return tables of ratings as pandas writes them, by several ways of packing."""
    frame = pd.read_csv(BytesIO(RATINGS.encode()))
    contents = []
    for compression in ("snappy", "zstd", None):
        frame.to_parquet(folder / "r.parquet", compression=compression)
        contents.append((folder / "r.parquet").read_bytes())
        frame = frame.assign(timestamp=pd.to_datetime(["2010-01-01"] * 4), item=pd.Categorical(list("xxyz")))
    return contents

"""The same suite, seed and versions give the same scores, to the last bit, however many run beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import toolkit as tk
from toolkit.registry import embedder_class, embedder_names
from toolkit.testing import small_ratings

# small sizes of what takes long otherwise; everything else is as it is by default
SMALL = {"embedding_dim": 4, "epochs": 2, "hidden_dim": 4}
# what is read, what moves the vectors of another method, and Spark's, whose tests show it with one Java process for all
WITHOUT = {"pretrained", "shuffled", "spark-als", "spark-als-explicit", "spark-word2vec"}
VIEWS = {
    "films": ("matrix", "sequences", "none"),
    "words": ("matrix", "sequences", "none"),
    "families": ("triples",),
}
HEADS = {
    "films": 'dataset = "{folder}/films.csv"\nsplits = ["holdout"]\ntasks = ["rating-prediction", "ranking"]\n',
    "words": 'dataset = "{folder}/text.txt"\noptions = {{ min_count = 1 }}\n'
    'tasks = [{{ name = "word-similarity", options = {{ pairs = ["{folder}/pairs.tsv"] }} }}]\n',
    "families": 'dataset = "family-trees"\nsplits = ["inputs"]\ntasks = ["fact-completion"]\n',
}


def methods(views: Sequence[str]) -> list[str]:
    names = []
    for name in embedder_names():
        cls = embedder_class(name)
        if cls.view in views and name not in WITHOUT and cls.installed():
            params = {key: value for key, value in SMALL.items() if key in cls().get_params(deep=False)}
            inside = ", ".join(f"{key} = {value}" for key, value in params.items())
            names.append(f'{{ name = "{name}", params = {{ {inside} }} }}')
    return names


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("every")
    small_ratings(40, 30).to_frame().to_csv(folder / "films.csv", index=False)
    (folder / "text.txt").write_text("the cat sat\nthe dog sat down\nthe car drove the dog\n" * 30)
    (folder / "pairs.tsv").write_text("cat\tdog\t9\ncat\tcar\t2\ndog\tsat\t1\n")
    parts = ['title = "Every method"']
    for name, views in VIEWS.items():
        parts += [f'[[experiments]]\nname = "{name}"', HEADS[name].format(folder=folder)]
        parts.append(f"embedders = [{', '.join(methods(views))}]")
    (folder / "every.toml").write_text("\n".join(parts))
    return folder / "every.toml"


def test_scores_are_the_same_to_the_last_bit(suite: Path, tmp_path: Path) -> None:
    runs = [tk.run(suite, out=tmp_path / str(n), workers=workers, quiet=True) for n, workers in enumerate([1, 2, 2])]
    tried = set(runs[0].trials["name"])
    assert tried >= {name for name in embedder_names() if embedder_class(name).installed()} - WITHOUT
    for name in ("scores", "intervals", "differences"):
        texts = [(run.path / f"{name}.csv").read_text() for run in runs]
        lines = [text.splitlines() for text in texts]
        apart = {line for other in lines[1:] for line in set(lines[0]) ^ set(other)}
        assert not apart, sorted(apart)[:4]
        assert len(set(texts)) == 1

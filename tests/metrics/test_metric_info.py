import re
import subprocess
import sys

import numpy as np
import pytest

from toolkit.errors import UnknownNameError
from toolkit.metrics import metric_info, metric_names, ranking_scores
from toolkit.metrics.base import MetricInfo, metric

IN_SCORE_TABLES = {
    "rmse": "lower",
    "mae": "lower",
    "rmse_user": "lower",
    "coverage": "higher",
    "ndcg@10": "higher",
    "recall@10": "higher",
    "precision@10": "higher",
    "map@10": "higher",
    "hit_rate@10": "higher",
    "mrr": "higher",
    "auc": "higher",
    "pearson": "higher",
    "spearman": "higher",
    "oov": "lower",
    "accuracy": "higher",
    "semantic": "higher",
    "syntactic": "higher",
    "effective_rank": "neutral",
    "participation_ratio": "neutral",
    "isoscore": "neutral",
    "mean_cosine": "neutral",
    "hubness@10": "neutral",
    "orthogonality": "neutral",
    "norm_frequency": "neutral",
    "linear_cka": "neutral",
    "procrustes_distance": "neutral",
    "neighbor_overlap@10": "neutral",
    "pip_distance": "neutral",
    "principal_angles": "neutral",
    "pip_loss": "lower",
    "probe_accuracy": "higher",
}


@pytest.mark.parametrize(("name", "direction"), IN_SCORE_TABLES.items())
def test_every_metric_of_a_score_table_is_declared(name, direction):
    info = metric_info(name)
    assert (info.name, info.direction) == (name, direction)
    assert info.low < info.high
    assert re.fullmatch(r"[A-Z][^{}]*\.", info.definition)


def test_names_of_all_are_those_that_are_declared():
    names = metric_names()
    assert names == sorted(set(names))
    assert {re.sub("@.*", "@k", name) for name in IN_SCORE_TABLES} <= set(names)


def test_names_that_ranking_scores_uses_are_declared():
    scores = ranking_scores([[0.5, 0.1]], relevant=np.array([[True, False]]), k=7)
    assert [metric_info(name).name for name in scores] == list(scores)


def test_cutoff_is_filled_in():
    info = metric_info("ndcg@20")
    assert info.title == "NDCG@20"
    assert "min(20, number" in info.definition


@pytest.mark.parametrize("name", ["ndcg", "ndcg@", "ndcg@0", "ndcg@ten", "rmse@10", "accurracy"])
def test_unknown_name_is_refused(name):
    with pytest.raises(UnknownNameError, match=re.escape(f"unknown metric {name!r}")):
        metric_info(name)


def test_nearest_name_is_suggested():
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        metric_info("accurracy")


def test_declaring_leaves_the_function_as_it_is(monkeypatch):
    monkeypatch.setattr("toolkit.metrics.base._METRICS", {})
    info = MetricInfo("gap", "Gap", "neutral", 0, 1, "A gap.")

    def gap():
        return 0.5

    assert metric(info)(gap) is gap
    assert metric_info("gap") == info


def test_importing_the_metrics_loads_no_heavy_library():
    code = "import sys, toolkit.metrics; print(*{'sklearn', 'gensim', 'scipy.stats'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []

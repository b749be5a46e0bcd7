"""Metrics: pure functions, arrays in, value out."""

from toolkit.metrics.base import MetricInfo, metric_info
from toolkit.metrics.correlation import pearson, spearman
from toolkit.metrics.hits import (
    average_precision_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank,
)
from toolkit.metrics.neighbors import AttributeCorrelation, attribute_correlation, attribute_precision, chance_precision
from toolkit.metrics.ranking import auc, rank_items, ranking_scores
from toolkit.metrics.rating import mae, rmse, rmse_user
from toolkit.metrics.words import AnalogyScores, PairScores, evaluate_analogies, evaluate_pairs

__all__ = [
    "AnalogyScores",
    "AttributeCorrelation",
    "MetricInfo",
    "PairScores",
    "attribute_correlation",
    "attribute_precision",
    "auc",
    "average_precision_at_k",
    "chance_precision",
    "evaluate_analogies",
    "evaluate_pairs",
    "hit_rate_at_k",
    "mae",
    "metric_info",
    "ndcg_at_k",
    "pearson",
    "precision_at_k",
    "rank_items",
    "ranking_scores",
    "recall_at_k",
    "reciprocal_rank",
    "rmse",
    "rmse_user",
    "spearman",
]

"""Metrics: pure functions, arrays in, value out."""

from toolkit.metrics.base import MetricInfo, metric_info
from toolkit.metrics.conventions import CONVENTIONS, Convention, ranking_convention
from toolkit.metrics.correlation import pearson, spearman
from toolkit.metrics.facts import facts_right, facts_right_strict, filtered_reciprocal_rank
from toolkit.metrics.hits import (
    auc_at_k,
    average_precision_at_k,
    hit_rate_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank,
    reciprocal_rank_at_k,
)
from toolkit.metrics.means import MeanScore, ranking_means
from toolkit.metrics.neighbors import AttributeCorrelation, attribute_correlation, attribute_precision, chance_precision
from toolkit.metrics.products import DotProducts
from toolkit.metrics.ranking import auc, find_hits, rank_items, ranking_scores
from toolkit.metrics.rating import mae, mae_user, rmse, rmse_user
from toolkit.metrics.words import AnalogyScores, PairScores, evaluate_analogies, evaluate_pairs

__all__ = [
    "CONVENTIONS",
    "AnalogyScores",
    "AttributeCorrelation",
    "Convention",
    "DotProducts",
    "MeanScore",
    "MetricInfo",
    "PairScores",
    "attribute_correlation",
    "attribute_precision",
    "auc",
    "auc_at_k",
    "average_precision_at_k",
    "chance_precision",
    "evaluate_analogies",
    "evaluate_pairs",
    "facts_right",
    "facts_right_strict",
    "filtered_reciprocal_rank",
    "find_hits",
    "hit_rate_at_k",
    "mae",
    "mae_user",
    "metric_info",
    "ndcg_at_k",
    "pearson",
    "precision_at_k",
    "rank_items",
    "ranking_convention",
    "ranking_means",
    "ranking_scores",
    "recall_at_k",
    "reciprocal_rank",
    "reciprocal_rank_at_k",
    "rmse",
    "rmse_user",
    "spearman",
]

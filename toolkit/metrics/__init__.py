"""Metrics: pure functions, arrays in, value out."""

from toolkit.metrics.agreement import (
    common_rows,
    linear_cka,
    pip_distance,
    principal_angles,
    procrustes_align,
    procrustes_distance,
)
from toolkit.metrics.base import MetricInfo, declare, metric_info, metric_names
from toolkit.metrics.conventions import CONVENTIONS, Convention, ranking_convention
from toolkit.metrics.correlation import pearson, spearman
from toolkit.metrics.data_matrix import estimate_noise, spectrum
from toolkit.metrics.dimension import PipLoss, pip_loss
from toolkit.metrics.disagreement import disagreements
from toolkit.metrics.facts import facts_right, facts_right_strict, filtered_reciprocal_rank
from toolkit.metrics.geometry import (
    effective_rank,
    gram_matrix,
    hubness,
    isoscore,
    mean_cosine,
    norm_frequency,
    orthogonality,
    participation_ratio,
)
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
from toolkit.metrics.overlap import chance_overlap, neighbor_overlap
from toolkit.metrics.probes import ProbeScore, linear_probe
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
    "PipLoss",
    "ProbeScore",
    "attribute_correlation",
    "attribute_precision",
    "auc",
    "auc_at_k",
    "average_precision_at_k",
    "chance_overlap",
    "chance_precision",
    "common_rows",
    "declare",
    "disagreements",
    "effective_rank",
    "estimate_noise",
    "evaluate_analogies",
    "evaluate_pairs",
    "facts_right",
    "facts_right_strict",
    "filtered_reciprocal_rank",
    "find_hits",
    "gram_matrix",
    "hit_rate_at_k",
    "hubness",
    "isoscore",
    "linear_cka",
    "linear_probe",
    "mae",
    "mae_user",
    "mean_cosine",
    "metric_info",
    "metric_names",
    "ndcg_at_k",
    "neighbor_overlap",
    "norm_frequency",
    "orthogonality",
    "participation_ratio",
    "pearson",
    "pip_distance",
    "pip_loss",
    "precision_at_k",
    "principal_angles",
    "procrustes_align",
    "procrustes_distance",
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
    "spectrum",
]

"""Is a difference real? Intervals, paired tests and ranks, over the units that a figure is made of."""

from toolkit.stats.bootstrap import bootstrap_mean, bootstrap_spearman, intervals
from toolkit.stats.intervals import Interval, wilson_interval
from toolkit.stats.paired import Comparison, compare, tied_for_best
from toolkit.stats.ranks import Ranks, average_ranks
from toolkit.stats.samples import Parts, Sample, Statistic

__all__ = [
    "Comparison",
    "Interval",
    "Parts",
    "Ranks",
    "Sample",
    "Statistic",
    "average_ranks",
    "bootstrap_mean",
    "bootstrap_spearman",
    "compare",
    "intervals",
    "tied_for_best",
    "wilson_interval",
]

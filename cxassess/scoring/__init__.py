"""Scoring: from responses to scores, and through the privacy gate to what may be shown."""

from cxassess.scoring.agreement import a_wg, average_deviation, r_wg, r_wg_j
from cxassess.scoring.benchmark import Benchmark, benchmark_from_scores, read_benchmark
from cxassess.scoring.comparisons import benjamini_hochberg, holm, sign_flip_test
from cxassess.scoring.details import flag_careless
from cxassess.scoring.drivers import lmg_shares
from cxassess.scoring.intervals import mean_interval, net_promoter_score, newcombe_difference, wilson_interval
from cxassess.scoring.levels import (
    gated_level,
    gated_probabilities,
    nearest_level,
    nearest_probabilities,
    staged_level,
    staged_probabilities,
)
from cxassess.scoring.model import Scores, ShownScores
from cxassess.scoring.portfolio import Portfolio, portfolio_benchmarks
from cxassess.scoring.privacy import apply_privacy
from cxassess.scoring.ranking import percentile_rank, shrink
from cxassess.scoring.reliability import cronbach_alpha, icc
from cxassess.scoring.score import score_responses

__all__ = [
    "Benchmark",
    "Portfolio",
    "Scores",
    "ShownScores",
    "a_wg",
    "apply_privacy",
    "average_deviation",
    "benchmark_from_scores",
    "benjamini_hochberg",
    "cronbach_alpha",
    "flag_careless",
    "gated_level",
    "gated_probabilities",
    "holm",
    "icc",
    "lmg_shares",
    "mean_interval",
    "nearest_level",
    "nearest_probabilities",
    "net_promoter_score",
    "newcombe_difference",
    "percentile_rank",
    "portfolio_benchmarks",
    "r_wg",
    "r_wg_j",
    "read_benchmark",
    "score_responses",
    "shrink",
    "sign_flip_test",
    "staged_level",
    "staged_probabilities",
    "wilson_interval",
]

"""How numbers are written: one rule a metric, so that text, tables and marks agree."""

from __future__ import annotations

import math

import pandas as pd

from toolkit.metrics.base import metric_info

MISSING = "–"


def written(metric: str, value: float) -> str:
    """Return a metric's value as it stands in text and tables, with a minus sign rather than a hyphen.

    Examples
    --------
    >>> written("rmse", 0.89), written("rmse", float("nan"))
    ('0.8900', '–')
    """
    if math.isnan(value):
        return MISSING
    info = metric_info(metric)
    return minus(f"{rounded(metric, value):.{info.digits}f}{info.unit}")


def rounded(metric: str, value: float) -> float:
    """Return the value as precisely as `written` shows it: two values that look the same are the same."""
    return round(value, metric_info(metric).digits) + 0.0  # + 0.0 turns -0.0 into 0.0


def all_rounded(metric: str, values: pd.Series) -> pd.Series:
    """Return each of some values as `rounded` does."""
    return values.map(lambda value: rounded(metric, value))


def minus(text: str) -> str:
    """Return a number that was written by Python, with a minus sign rather than a hyphen."""
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share as a whole percentage.

    Examples
    --------
    >>> percent(0.05), percent(float("nan"))
    ('5 %', '–')
    """
    return MISSING if math.isnan(share) else f"{100 * share:.0f} %"


def signed(metric: str, value: float) -> str:
    """Return a difference of two values of a metric, with its sign.

    Examples
    --------
    >>> signed("rmse", 0.0123), signed("rmse", -0.0123), signed("rmse", 0.00001)
    ('+0.0123', '−0.0123', '0.0000')
    """
    return ("+" if rounded(metric, value) > 0 else "") + written(metric, value)


def p_value(p: float) -> str:
    """Return a p-value: below a thousandth as no more than that, and never rounded up to 0.05.

    Examples
    --------
    >>> p_value(0.04321), p_value(1e-7), p_value(1.0), p_value(0.04998)
    ('0.043', '<0.001', '1.000', '0.0499')
    """
    if math.isnan(p):
        return MISSING
    if p < 0.001:
        return "<0.001"
    return f"{math.floor(p * 1e4) / 1e4:.4f}" if p < 0.05 <= round(p, 3) else f"{p:.3f}"


def dimension(value: float) -> str:
    """Return a number of columns, or a dash for a method that has no vectors."""
    return f"{value:.0f}" if value > 0 else MISSING


def seconds(value: float) -> str:
    """Return seconds with two decimals, so that a column of them lines up."""
    if math.isnan(value):
        return MISSING
    return "<0.01" if 0 < value < 0.005 else f"{value:,.2f}"


def megabytes(value: float) -> str:
    """Return megabytes without decimals."""
    return MISSING if math.isnan(value) else f"{value:,.0f}"


def duration(value: float | None) -> str:
    """Return a length of time in words; that of a run which did not reach its end is not known.

    Examples
    --------
    >>> duration(8.4), duration(131.2), duration(7320)
    ('8 s', '2 min 11 s', '2 h 2 min')
    """
    if value is None:
        return "stopped before its end"
    total = round(value)
    hours, minutes, rest = total // 3600, total // 60 % 60, total % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def count(number: int, noun: str) -> str:
    """Return a number and its noun in the right form.

    Examples
    --------
    >>> count(1, "fit"), count(1200, "fit")
    ('1 fit', '1,200 fits')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")

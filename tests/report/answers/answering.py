"""What the tests of answers share: the questions, and changes of the tables that they are answered from."""

from __future__ import annotations

import numpy as np

from toolkit.report.answers import WRITERS

QUESTIONS = tuple(name for name in WRITERS if name != "calibration")  # which has a file of its own
NAN = float("nan")


def at(row, **values):
    """Return a change: other values in the rows of a number, or in all."""

    def change(table):
        for column, value in values.items():
            table.loc[table.index if row is None else row, column] = value
        return table

    return change


def only(**values):
    """Return a change: only the rows in which columns have some value."""
    return lambda table: table[np.logical_and.reduce([table[name] == value for name, value in values.items()])]


def learning(table):
    return table[~table["is_null"]]


def nulls(table):
    return table[table["is_null"]]

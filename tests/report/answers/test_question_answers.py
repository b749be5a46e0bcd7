"""What is said of each of the six questions: every number in a sentence stands in a table."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from tests.report.answers.answering import QUESTIONS, learning
from toolkit.report.answers import WRITERS


def known(tables):
    """Return every number that a sentence may name: those of the tables, and what is plainly computed from them."""
    found = [1.0, 5.0, 50.0, 95.0, 256.0, 7.0, 8.0]  # of the question, the protocol and the paper
    frames = []
    for table in tables.values():
        numbers = list(table.select_dtypes("number"))
        parts = [table, *(rows for _, rows in table.groupby("experiment"))] if "experiment" in table else [table]
        frames += [rows[numbers] for part in parts for rows in (part, learning(part) if "is_null" in part else part)]
        found += range(max(map(len, parts)) + 1)  # how many methods
    for frame in frames:
        found += [*frame.to_numpy(dtype=float).ravel(), *frame.median(), *frame.mean()]
        if {"low", "high"} <= set(frame):
            found += [*(frame["high"] - frame["low"])]
        if "input_bytes" in frame:
            found += [*(frame["input_bytes"] / 2**20)]
            found += [float(frame[name].iloc[-1] / frame[name].iloc[-2]) for name in ("seconds", "input_bytes")]
    return np.abs([*found, *(100 * np.array(found))])  # some are shown as percentages


@pytest.mark.parametrize("study", QUESTIONS)
def test_every_number_in_a_sentence_stands_in_a_table(made, study):
    tables = {name: table for name, table in made(study).items() if len(table)}
    numbers = known(tables)
    for sentence in WRITERS[study](tables, "q", study).sentences:
        text = sentence.replace("simlex999", "").replace("-hot", "")
        for token in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e[−+]\d+)?", text):
            value = float(token.replace(",", "").replace("−", "-"))
            digits = len(token.partition("e")[0].partition(".")[2])
            spacing = 10.0**-digits * (10.0 ** int(token.partition("e")[2].replace("−", "-")) if "e" in token else 1)
            assert (np.abs(numbers - value) <= 0.5001 * spacing).any(), f"{token} in {sentence!r}"


@pytest.mark.parametrize("study", QUESTIONS)
def test_other_numbers_give_other_sentences(made, study):
    tables = {name: table for name, table in made(study).items() if len(table)}
    other = {name: table.copy() for name, table in tables.items()}
    for name, table in other.items():
        for column in table.select_dtypes("number") if name != "merges" else ():
            whole = pd.api.types.is_integer_dtype(table[column])
            table[column] = 2 * table[column] + 1 if whole else 0.7 * table[column] + 0.013
    before, after = (WRITERS[study](each, "q", study).sentences for each in (tables, other))
    same = [sentence for sentence in set(before) & set(after) if not re.search(r"\d of \d", sentence)]
    assert not same, "but for counts of methods"
    assert before[0] != after[0]


@pytest.mark.parametrize("study", QUESTIONS)
def test_answers_come_from_files_as_from_tables(made, study, tmp_path):
    tables = {name: table for name, table in made(study).items() if len(table)}
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    read = {name: pd.read_csv(tmp_path / f"{name}.csv") for name in tables}
    expected, found = (WRITERS[study](each, "q", study) for each in (tables, read))
    assert found.sentences == expected.sentences
    assert found.tables == expected.tables

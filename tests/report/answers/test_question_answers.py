"""What is said of the six questions: other numbers give other sentences, and each number stands in a table."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from toolkit.report.answers import WRITERS

QUESTIONS = tuple(name for name in WRITERS if name != "calibration")  # which has a file of its own

NAN = float("nan")


@pytest.fixture
def said(made):
    """Return a function that changes tables and returns the sentences about them.

    A change is a function of a table, or None for no table; without changes the tables are as they were made.
    """

    def sentences(study, **changes):
        tables = made(study)
        for name, change in changes.items():
            if change is None:
                del tables[name]
            else:
                tables[name] = change(tables[name].copy())
        return WRITERS[study]({name: table for name, table in tables.items() if len(table)}, "q", study).sentences

    return sentences


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


# one-hot


def test_a_lookup_is_the_product(said):
    verdict, gradients, price = said("one-hot")
    assert verdict == (
        "Yes: a lookup and one-hot × W give the same numbers to the last bit, and training either from one start gives"
        " the same weights to the last bit."
    )
    assert "by up to 6.5e−06, and they differ by 0." in gradients
    assert price == (
        "With 1,000 keys, one-hot vectors that are really there take 31 times the time and 500 times the memory of the "
        "lookup: 1 MB for 256 keys."
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"identity": at(3, difference=7e-6)}, "where gradients differ"),
        ({"identity": at(2, difference=1e-7)}, "where forward results differ"),
        ({"identity": at(None, difference=1.0)}, "where forward results and gradients differ"),
        ({"identity": at(1, difference=NAN)}, "where gradients differ"),
        ({"training": at(1, difference=0.002)}, "where trained weights differ"),
        (
            {"identity": at(2, difference=1e-7), "training": at(0, difference=1.0)},
            "where forward results and trained weights differ",
        ),
    ],
)
def test_what_differs_by_more_than_rounding_is_named(said, changes, expected):
    assert said("one-hot", **changes)[0].startswith(f"Not in this run, {expected} by more than rounding explains: ")


def test_differences_within_rounding_are_told(said):
    verdict, gradients, _ = said(
        "one-hot", identity=at(3, difference=2e-6, same_bits=False), training=at(1, difference=1e-5)
    )
    assert verdict.startswith("Yes: ")
    assert "weights that differ by at most 1.0e−05 where they moved by 3" in verdict
    assert "the same to the last bit where each code occurs once and not the same to the last bit where" in gradients
    assert "they differ by 2.0e−06" in gradients


# family trees


def test_the_network_is_laid_beside_the_paper(said):
    verdict, others, *_ = said("family-trees")
    assert verdict.startswith("Yes: als answers 78 of 104 questions about held-out inputs in 26 runs (0.75 [0.73,")
    assert "which is 6.0 of 8 where the paper has 7, and nationality and generation can be read" in verdict
    assert others.endswith("pca does best of the others, with 0.50 [0.48, 0.58]; svd 0.38 and random 0.03.")


@pytest.mark.parametrize(
    ("changes", "start", "part"),
    [
        ({"probes": at(0, accuracy=0.61)}, "In part: ", "generation can be read from its vectors, above the 95 %"),
        ({"probes": at(0, accuracy=0.61)}, "In part: ", "labels; nationality cannot."),
        ({"probes": at(None, accuracy=0.2)}, "Not in this run: ", "has 7, and nationality and generation cannot."),
        ({"probes": at(None, accuracy=NAN)}, "Not in this run: ", "nationality and generation cannot."),
        ({"probes": None}, "Not in this run: ", "where the paper has 7."),
        ({"completion": at(0, low=0.02)}, "In part: ", "no better for certain than a null baseline with 0.03, which"),
        ({"completion": lambda table: table[::-1]}, "Yes: ", "svd answers 40 of 104"),
        ({"completion": learning}, "Yes: ", "als answers 78 of 104"),
        ({"completion": nulls, "probes": nulls}, "No method that learns was looked at.", ""),
    ],
)
def test_what_is_not_learned_is_told(said, changes, start, part):
    verdict = said("family-trees", **changes)[0]
    assert verdict.startswith(start)
    assert part in verdict


def test_one_other_method_is_alone(said):
    assert said("family-trees", completion=lambda table: table[:2])[1] == "pca answers 0.50 [0.48, 0.58] of them."
    assert not [line for line in said("family-trees", completion=lambda table: table[:1]) if "others" in line]


# the same thing


def test_methods_that_share_much(said):
    verdict, films, words, skip_gram, layers, seeds = said("same-thing")
    assert verdict.startswith("Much of it: on films, als and pca are nearest (CKA 0.81), pca and svd furthest apart")
    assert verdict.endswith("half of all pairs above 0.67; random vectors reach at most 0.07.")
    assert films.startswith("Of the ten nearest films, two methods share from 0.120 (pca and svd) to 0.410")
    assert words.endswith("random neighbours 0.011.")
    assert (
        "its dot products follow it, the better the more dimensions they have: correlation 0.35 with 10," in skip_gram
    )
    assert "are one model: after 3 passes over 4,000 ratings no parameter" in layers
    assert seeds.startswith("Two seeds of one method on films agree with CKA 0.88 (pca) or more, and share 0.64 of")


@pytest.mark.parametrize(
    ("agreement", "start"),
    [
        (at(3, cka=0.05), "Not all of it: "),
        (at(5, cka=0.7), "Not all of it: "),
        (lambda table: table.assign(cka=table["cka"] / 2), "Some of it: "),
        (learning, "There is no null baseline to judge by: "),
        (nulls, "No two methods that learn were laid side by side."),
        (None, "No two methods that learn were laid side by side."),
        (at(None, cka=NAN), "No two methods that learn were laid side by side."),
        (at(0, cka=NAN), "Much of it: on films, als and svd are nearest (CKA 0.63)"),
    ],
)
def test_verdict_on_agreement(said, agreement, start):
    assert said("same-thing", agreement=agreement, merges=None)[0].startswith(start)


@pytest.mark.parametrize(
    ("pmi", "part"),
    [
        (at(1, pearson=0.96), "follow it: correlation 0.35 with 10, 0.96 with 50 and 0.94 with 300"),
        (at(None, pearson=0.01), "do not follow it: "),
        (at(None, pearson=-0.4), "do not follow it: correlation −0.40 with 10"),
        (
            lambda table: table[:1],
            "follow it: correlation 0.35 with 10 dimensions, weighted by how often pairs occur 0.",
        ),
        (lambda table: table[::-1], "follow it, the better the more dimensions they have: correlation 0.35 with 10,"),
    ],
)
def test_skip_gram_and_its_matrix(said, pmi, part):
    assert [line for line in said("same-thing", pmi=pmi) if part in line]


@pytest.mark.parametrize("column", ["items", "users", "predictions"])
@pytest.mark.parametrize("value", [1e-8, NAN])
def test_layers_that_differ_are_not_the_same_model(said, column, value):
    (line,) = [line for line in said("same-thing", svd=at(0, **{column: value})) if line.startswith("Surprise")]
    assert "are not the same model here: " in line
    assert f"differs by more than {'1e−08' if value > 0 else '–'}, where" in line


@pytest.mark.parametrize("left", ["pmi", "svd", "stability"])
def test_a_part_that_was_not_studied_has_no_sentence(said, left):
    whole, found = said("same-thing"), said("same-thing", **{left: None})
    assert len(found) == len(whole) - 1
    assert set(found) < set(whole)


# closeness


def test_similar_things_are_close(said):
    verdict, genres, men, simlex = said("close-together")
    assert verdict == (
        "Yes: on films, 57 % of the 10 nearest by als have genres in common, where chance gives 35 %; on words, the "
        "cosines of als follow what people say of 603 pairs (men) with a correlation of 0.62 [0.58, 0.67]."
    )
    assert genres == "By genres, 3 of 3 methods are above chance with their whole interval."
    assert men.endswith("als is highest with 0.62 [0.58, 0.67], and no other interval overlaps it.")
    assert simlex.startswith("On simlex999 (212 pairs), 3 of 3 methods are above 0")


def test_a_method_at_chance_is_named(said):
    verdict, genres, *_ = said("close-together", attributes=at(2, low=0.347))
    assert verdict.startswith("Not with every method: ")
    assert genres == "By genres, 2 of 3 methods are above chance with their whole interval (svd is not)."
    verdict, genres, men, simlex = said("close-together", pairs=at([1, 2], low=-0.01, high=0.6))
    assert verdict.startswith("Not with every method: ")
    assert "3 of 3" in genres
    assert "1 of 3 methods are above 0 with their whole interval (pca and svd are not); als is highest" in men
    assert men.endswith("and the intervals of pca and svd overlap with its own.")
    assert "3 of 3" in simlex


def test_a_null_baseline_below_chance_does_not_count(said):
    assert said("close-together", attributes=at(3, low=0.1), pairs=at(3, low=-0.2))[0].startswith("Yes: ")


def test_one_kind_of_data(said):
    assert said("close-together", pairs=None)[0].startswith("Yes: on films, 57 %")
    assert said("close-together", attributes=None, neighbors=None)[0].startswith("Yes: on words, the cosines")
    assert len(said("close-together", pairs=None)) == 2
    assert said("close-together", attributes=nulls, pairs=nulls) == ("No method that learns was looked at.",)


# orthogonal


def test_columns_are_orthogonal_where_they_are_made_so(said):
    verdict, used, rotated, lost = said("orthogonal")
    assert verdict == (
        "Only where the method makes them so: on films, the columns of pca are orthogonal, those of the other 2 are not"
        " (31 % to 58 % off the diagonal)."
    )
    assert used.endswith("on films from 7 (pca) to 31 (svd).")
    assert rotated.startswith(
        "A random rotation changes no dot product by more than 2e−15 of the largest, leaves neigh"
    )
    assert rotated.endswith("a column's mean correlation with itself is between 0.11 and 0.34 afterwards.")
    assert lost == "pca loses its orthogonal columns by it (off-diagonal share 62 %)."


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (at(1, orthogonality=0.2), "No: on films, no method has orthogonal columns (20 % to 58 % off the diagonal)."),
        (at([0, 1, 2], orthogonality=0), "Yes: on films, the columns of als, pca and svd are orthogonal."),
        (
            at(0, orthogonality=0),
            "Only where the method makes them so: on films, the columns of als and pca are orthogonal, those of svd are"
            " not (58 % off the diagonal).",
        ),
        (nulls, "No method that learns was looked at."),
    ],
)
def test_verdict_on_columns(said, geometry, expected):
    assert said("orthogonal", geometry=geometry)[0] == expected


def test_columns_of_which_nothing_is_known_are_not_orthogonal(said):
    verdict = said("orthogonal", geometry=at(0, orthogonality=NAN, participation_ratio=NAN))[0]
    assert "the columns of pca are orthogonal, those of the other 2 are not (58 % off" in verdict


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (at(0, neighbors=0.5), "changes neighbours (overlap at least 0.500) and CKA (at least 1.000) and mixes"),
        (at(0, cka=0.4), "changes neighbours (overlap at least 0.999) and CKA (at least 0.400) and mixes"),
        (at(0, predictions=0.3), "changes no dot product by more than 3e−01 of the largest"),
        (at(None, predictions=NAN), "A random rotation leaves neighbours (overlap at least 0.999) and CKA"),
        (at(None, axes=1.0), "does not mix all axes: a column's mean correlation with itself is 1.00 afterwards."),
    ],
)
def test_what_a_rotation_changes(said, rotation, expected):
    assert expected in said("orthogonal", rotation=rotation)[2]


def test_columns_that_stay_orthogonal_are_not_lost(said):
    assert len(said("orthogonal", rotation=at(1, orthogonality_after=1e-12))) == 3
    lost = said("orthogonal", rotation=at(0, orthogonality_before=0))[3]
    assert lost == "als and pca lose their orthogonal columns by it (off-diagonal share 30 % to 62 %)."
    assert len(said("orthogonal", rotation=nulls)) == 2


# why 50


def test_fifty_is_near_enough_for_some(said):
    verdict, extremes, theory, bands = said("why-50")
    assert verdict == (
        "50 is near enough for a minority of the methods: on films, 50 is within 5 % of the best of 1 of 3 methods and"
        " the best of 1."
    )
    assert (
        "the best dimension goes from 8 (svd) to 128 (pca); the best score of all, 0.3500, is that of als" in extremes
    )
    assert extremes.endswith("50 to 128 dimensions are within 5 % of it.")
    assert theory.endswith(
        "26 for films, with 16 to 60 within 5 % of the least loss (the measured best of als lies there)."
    )
    assert bands == (
        "Between the fits of one method and dimension, scores differ by at most 0.0070 on films (als with 8)."
    )


@pytest.mark.parametrize(
    ("ranges", "start"),
    [
        (
            at(1, at_50=0.32),
            "50 is near enough for most of the methods: on films, 50 is within 5 % of the best of 2 of 3",
        ),
        (at([1, 2], at_50=0.3, best=0.31), "50 is near enough for all of the methods"),
        (
            at(0, at_50=0.3, best_dim=128),
            "50 is near enough for none of the methods: on films, 50 is within 5 % of the",
        ),
        (lambda table: table[1:].pipe(at(1, at_50=0.32)), "50 is near enough for half of the methods"),
        (at(0, least=8, most=512, at_50=0.1), "50 is near enough for none of the methods"),
        (at(None, at_50=NAN), "No method was fitted with 50 dimensions."),
        (nulls, "No method that learns was fitted with several dimensions."),
        (None, "No method that learns was fitted with several dimensions."),
    ],
)
def test_verdict_on_fifty(said, ranges, start):
    assert said("why-50", ranges=ranges)[0].startswith(start)


def test_scores_that_are_better_when_lower(said):
    extremes = said("why-50", ranges=at(None, metric="rmse"), curves=at(None, metric="rmse"))[1]
    assert (
        "the best score of all, 0.2900, is that of svd with 8; its next dimensions are not within 5 % of it" in extremes
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"choice": at(None, low=100, high=130)}, "(the measured best of pca lies there)."),
        ({"choice": at(None, low=20, high=40)}, "(no method's measured best lies there)."),
        ({"ranges": None}, "with 16 to 60 within 5 % of the least loss."),
    ],
)
def test_theory_with_and_without_a_measured_best(said, changes, expected):
    (theory,) = [line for line in said("why-50", **changes) if "theory chooses" in line]
    assert theory.endswith(expected)


def test_one_seed_has_no_band(said):
    assert not [line for line in said("why-50", curves=at(None, seeds=1)) if "Between the fits" in line]


# all


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

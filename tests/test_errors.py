"""Errors say what is wrong in one line, and survive the way from one process to another."""

from __future__ import annotations

import pickle

import pytest

from toolkit import errors
from toolkit.errors import DataError, UnknownNameError

EMBEDDERS = ["als", "bpr", "pca", "ppmi-svd", "svd", "word2vec"]


def test_data_error_names_file_and_line() -> None:
    assert str(DataError("is empty", "a.csv", 3)) == "a.csv, line 3: is empty"
    assert str(DataError("is empty", "a.csv")) == "a.csv: is empty"
    assert str(DataError("is empty")) == "is empty"
    assert (DataError("is empty", "a.csv", 3).path, DataError("is empty", "a.csv", 3).line) == ("a.csv", 3)


@pytest.mark.parametrize(
    ("given", "nearest"),
    [("pcaa", "pca"), ("ppmi_svd", "ppmi-svd"), ("word2vek", "word2vec"), ("PCA", "pca"), ("Word2Vec", "word2vec")],
)
def test_unknown_name_suggests_the_nearest(given: str, nearest: str) -> None:
    assert f"did you mean {nearest!r}?" in str(UnknownNameError("embedder", given, EMBEDDERS))


def test_unknown_name_lists_what_is_known() -> None:
    message = str(UnknownNameError("embedder", "zzz", reversed(EMBEDDERS)))
    assert message == "unknown embedder 'zzz' (known: als, bpr, pca, ppmi-svd, svd, word2vec)"


def test_a_long_list_is_not_shown() -> None:
    message = str(UnknownNameError("word", "w99", (f"w{number}" for number in range(41))))
    assert message == "unknown word 'w99'; did you mean 'w9'?"


@pytest.mark.parametrize("error", [errors.ToolkitError, errors.ToolkitWarning, DataError, errors.ParameterError])
def test_a_message_is_one_line_whatever_stands_in_it(error: type[Exception]) -> None:
    assert str(error("key 'a\nb\x1b[1m\r'")) == "key 'a b\\x1b[1m\\r'"


def test_nothing_known_is_said_in_words() -> None:
    assert "(known: )" not in str(UnknownNameError("option of task 'x'", "k", []))


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.ParameterError, ValueError),
        (errors.UnsupportedError, TypeError),
        (errors.NotFittedError, AttributeError),
        (errors.MissingDependencyError, ImportError),
        (errors.UnknownNameError, LookupError),
    ],
)
def test_errors_are_also_the_builtin_ones(error: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin)
    assert issubclass(error, errors.ToolkitError)


@pytest.mark.parametrize(
    "error",
    [
        DataError("is empty", "a.csv", 3),
        UnknownNameError("embedder", "pcaa", EMBEDDERS),
        errors.ParameterError("k is 0"),
        errors.FetchError("no source answers"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_can_be_pickled(error: errors.ToolkitError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_known_names_are_listed_once() -> None:
    assert str(UnknownNameError("entity", "user", ["word", "item", "word"])).endswith("(known: item, word)")

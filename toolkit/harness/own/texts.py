"""A suite for somebody's own text."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from toolkit.datasets.catalog import catalog
from toolkit.datasets.corpora import load_corpus, words_of
from toolkit.datasets.files import DataFile, open_text
from toolkit.datasets.load import load_dataset
from toolkit.errors import DataError
from toolkit.harness.own.methods import TEXT_NULLS, TEXTS, Load, chosen_methods, named_methods
from toolkit.harness.own.prepared import Budget, Prepared, Wishes, prepared, stem_of
from toolkit.harness.own.wordsets import gather_sets
from toolkit.harness.suite import Experiment

DIM = 100
FEWEST = 50  # words that a vocabulary must have
MOST = 20_000  # words that are learned, the most frequent ones
SAMPLE = 2_000  # lines from which it is told how a text is written
TOKENIZED = 0.98  # share of what stands between spaces that is a word as it is, in a text that is tokenized


def prepare_text(source: str, wishes: Wishes, budget: Budget) -> Prepared:
    """Make a suite for a text.

    Parameters
    ----------
    source : str
        A file, or a corpus of the catalog.
    wishes : Wishes
        Sets of one's own to judge words by.
    budget : Budget
        The time.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError
        If the file is no text, or has too few words.
    """
    sets = gather_sets(wishes)
    options: dict[str, Any] = {"min_count": 5, "max_vocabulary": MOST}
    guesses: list[str] = []
    if source not in catalog():
        options["tokenizer"], guess = _tokenizer(source)
        guesses.append(guess)
    data: Any = _loaded(source, options)
    dim = min(DIM, len(data.words) // 3)
    load = Load(len(data.codes), budget.deadline.left(), budget.workers, slowness=budget.slowness)
    chosen, left = chosen_methods(named_methods([*TEXT_NULLS, *TEXTS], wishes.only), load, dim)
    told = [
        f"{data.summary} that occur five times or more"
        + (f" (the most frequent {MOST:,})" if len(data.words) == MOST else ""),
        "every method learns from the same text and vocabulary, and is judged by what people say of English words",
        *sets.missing,
        "no method is tuned",
    ]
    experiment = Experiment(
        name="words",
        title=f"Words: {stem_of(source)}",
        dataset=source,
        options=options,
        tasks=sets.tasks(),
        embedders=tuple(chosen),
    )
    return prepared(source, experiment, guesses, told, left)


def _loaded(source: str, options: dict[str, Any]) -> Any:
    """Return the corpus, unless it has too few words to compare anything on."""
    if source in catalog():
        return load_dataset(source, **options)
    try:
        found = load_corpus(source, **options)
        frequent = len(found.words)
    except DataError:  # no word is frequent, or the file is no text, as the next line then says
        load_corpus(source, **(options | {"min_count": 1}))
        frequent = 0
    if frequent < FEWEST:
        raise DataError(
            f"{frequent} words occur five times or more; {FEWEST} are needed to compare anything, as a text of some "
            "thousands of words has: give a longer one",
            source,
        )
    return found


def _tokenizer(source: str) -> tuple[str, str]:
    """Tell how a text is cut into words, and a sentence about it."""
    with open_text(DataFile(Path(source))) as stream:
        lines = list(islice(iter(lambda: stream.readline(1 << 16), ""), SAMPLE))
    tokens = [token for line in lines for token in line.split()]
    if not tokens:
        raise DataError("the file holds no words", source)
    plain = sum(words_of(token) == [token] for token in tokens)
    if plain >= TOKENIZED * len(tokens):
        return "whitespace", "the text is cut into words already, so words are what stands between spaces"
    return "words", "the text is prose, so words are its runs of letters and digits, in lower case"

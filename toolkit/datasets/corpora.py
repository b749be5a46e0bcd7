"""Reading a corpus from text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from toolkit.data import Corpus
from toolkit.datasets.files import BLOCK, DataFile, open_text
from toolkit.errors import DataError, ParameterError, UnknownNameError

WORD = re.compile(r"\w+(?:['’-]\w+)*")  # letters and digits, with what joins them within a word
LONGEST_WORD = 1 << 20  # letters; what has no space for so long is no text
LONGEST = 10_000  # tokens in a sentence, as in word2vec and gensim
Tokenize = Callable[[str], list[str]]


def load_corpus(
    path: str | Path,
    *,
    min_count: int = 5,
    max_vocabulary: int | None = None,
    window: int = 5,
    lowercase: bool = False,
    tokenizer: str = "whitespace",
    name: str | None = None,
) -> Corpus:
    """Read a text, a sentence or paragraph a line.

    The file is streamed. A line of more than 10,000 tokens (or a file without line breaks, such as text8) is cut into
    sentences of 10,000.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8; also packed as ``.gz``, ``.bz2``, ``.xz`` or ``.zip``.
    min_count : int, default 5
        A word that occurs less often is dropped.
    max_vocabulary : int, optional
        Keep only so many of the most frequent words.
    window : int, default 5
        Window of the matrix view, in words to either side.
    lowercase : bool, default False
        Turn the text into lower case first.
    tokenizer : {"whitespace", "words", "simple"}, default "whitespace"
        How a line is cut into words: at white space, for text that is tokenized already; runs of letters and digits,
        in lower case, for prose; or as gensim's ``simple_preprocess`` does it: runs of 2 to 15 letters, in lower case.
    name : str, optional
        Name of the data set; by default that of the file.

    Returns
    -------
    Corpus

    Raises
    ------
    DataError
        If the file is missing, is not UTF-8 (the error names the line), or no word occurs `min_count` times.
    UnknownNameError
        If there is no such tokenizer.
    """
    file = DataFile(Path(path))
    return read_corpus(
        name or file.stem,
        [file],
        min_count=min_count,
        max_vocabulary=max_vocabulary,
        window=window,
        lowercase=lowercase,
        tokenizer=tokenizer,
    )


def read_corpus(
    name: str,
    files: Sequence[DataFile],
    *,
    min_count: int = 5,
    max_vocabulary: int | None = None,
    window: int = 5,
    lowercase: bool = False,
    tokenizer: str = "whitespace",
) -> Corpus:
    """Read a corpus of the catalog; see `load_corpus`."""
    sentences = _sentences(files[0], _tokenizer(tokenizer), lowercase)
    return built_corpus(name, files[0], sentences, min_count, max_vocabulary, window)


def built_corpus(
    name: str,
    file: DataFile,
    sentences: Iterable[list[str]],
    min_count: int,
    max_vocabulary: int | None,
    window: int,
) -> Corpus:
    """Build a corpus from the sentences of a file, which an error names."""
    if window < 1:
        raise ParameterError(f"window is {window}; it must be at least 1")
    try:
        return Corpus.from_sentences(sentences, min_count, max_vocabulary, name, window)
    except DataError as error:
        raise error if error.path else DataError(str(error), str(file)) from error


def _tokenizer(name: str) -> Tokenize:
    if name == "whitespace":
        return str.split
    if name == "simple":
        from gensim.utils import simple_preprocess

        return simple_preprocess  # type: ignore[no-any-return]  # gensim ships no types
    if name == "words":
        return words_of
    raise UnknownNameError("tokenizer", name, ["simple", "whitespace", "words"])


def words_of(text: str) -> list[str]:
    """Return the runs of letters and digits of a text, in lower case."""
    return WORD.findall(text.lower())


def _sentences(file: DataFile, tokenize: Tokenize, lowercase: bool) -> Iterator[list[str]]:
    with open_text(file) as stream:
        tokens: list[str] = []
        for text, ends_line in _pieces(stream):
            tokens += tokenize(text.lower() if lowercase else text)
            while len(tokens) > LONGEST or (tokens and ends_line):
                yield tokens[:LONGEST]
                tokens = tokens[LONGEST:]


def _pieces(stream: TextIO) -> Iterator[tuple[str, bool]]:
    """Yield each line, or parts of one that is long, cut between words; and whether the line ends there."""
    rest = ""
    while piece := stream.readline(BLOCK):
        text = rest + piece
        if text.endswith("\n"):
            yield text, True
            rest = ""
        else:
            cut = len(text) if text[-1].isspace() else len(text) - len(text.rsplit(maxsplit=1)[-1])
            yield text[:cut], False
            rest = text[cut:]
            if len(rest) > LONGEST_WORD:
                raise DataError(f"a word of more than {LONGEST_WORD:,} letters, where text is expected")
    yield rest, True

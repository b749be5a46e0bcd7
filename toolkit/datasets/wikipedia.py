"""Reading articles out of a dump of a Wikipedia."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from toolkit.data import Corpus
from toolkit.datasets.corpora import built_corpus, words_of
from toolkit.datasets.files import DataFile, open_binary
from toolkit.datasets.wikitext import tame
from toolkit.errors import DataError

FEWEST = 3  # words in a line; shorter ones are headings and what is left of lists


def read_wikipedia(
    name: str,
    files: Sequence[DataFile],
    *,
    min_count: int = 5,
    max_vocabulary: int | None = None,
    window: int = 5,
    lowercase: bool = True,
) -> Corpus:
    """Read the articles of a dump, a line of an article for a sentence.

    Redirections and pages that are no articles are left out; gensim strips the markup. Words are runs of letters and
    digits in lower case, whatever `lowercase` is.

    Parameters
    ----------
    name : str
        Name of the data set.
    files : sequence of DataFile
        One: MediaWiki's XML.
    min_count, max_vocabulary, window
        As for `toolkit.load_corpus`.
    lowercase : bool, default True
        Changes nothing; taken because every corpus takes it.

    Returns
    -------
    Corpus

    Raises
    ------
    DataError
        If the file is missing, cannot be unpacked or is no such XML, or no word occurs `min_count` times.
    """
    return built_corpus(name, files[0], _sentences(files[0]), min_count, max_vocabulary, window)


def _sentences(file: DataFile) -> Iterator[list[str]]:
    from gensim.corpora.wikicorpus import filter_wiki

    with open_binary(file) as stream:
        for text in _texts(file, stream):
            if text.lstrip().lower().startswith("#redirect"):
                continue
            for line in filter_wiki(tame(text)).splitlines():
                words = words_of(line)
                if len(words) >= FEWEST:
                    yield words


def _texts(file: DataFile, stream: IO[bytes]) -> Iterator[str]:
    """Yield the text of each article; what was read of the others is forgotten."""
    root, found = None, False
    try:
        for event, element in iterparse(stream, events=("start", "end")):  # noqa: S314  # expat bounds entities
            if root is None:
                root = element
                if _name(root) != "mediawiki":
                    raise DataError(
                        f"is no whole dump of MediaWiki's XML: it begins with <{_name(root)[:60]}>", str(file)
                    )
            elif event == "end" and _name(element) == "page":
                found, parts = True, {_name(part): part.text or "" for part in element.iter()}
                if parts.get("ns", "").strip() == "0":
                    yield parts.get("text", "")
                root.clear()
    except ParseError as error:
        line, _ = error.position
        raise DataError(f"is no whole dump of MediaWiki's XML: {error}", str(file), line) from error
    except (ValueError, LookupError) as error:  # encodings that are none
        raise DataError(f"is no whole dump of MediaWiki's XML: {error}", str(file)) from error
    if not found:
        raise DataError("is no whole dump of MediaWiki's XML: it holds no page", str(file))


def _name(element: Element) -> str:
    """Return what an element is called, without its namespace."""
    return str(element.tag).rpartition("}")[2]

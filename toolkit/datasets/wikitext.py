"""Wikitext on its way to gensim, which strips the markup by regular expressions.

Some of these take time that grows with the square of a text, or faster, where a bracket or a tag is opened again and
again and never closed; one doubles it with every bar on a line. No article is like that. What is goes before gensim
sees it.
"""

from __future__ import annotations

import re

MOST = 20_000_000  # steps that a pattern may take on one place, a fraction of a second
BARS = 20  # behind the last link of a line that begins with an image; the steps double with each
_IMAGE = re.compile(r"\[\[(?:[iI]mage|[fF]ile)")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_OPEN_LINK = re.compile(r"\[([^][]*)(?=\[|\Z)")
_PAIRS = (  # what opens, and what ends the search for the other end
    *(("<!--", ("-->",)), ("<ref", ("</ref>", "/>")), ("<nowiki", ("</nowiki>", "/>")), ("<math", ("</math>", "/>"))),
    *(("<", (">",)), ("{{", ("}",)), ("[[", ("]",)), ("{|", ("\n",)), ("|-", ("\n",)), ("|}", ("\n",))),
)


def tame(text: str) -> str:
    r"""Return a text without that on which gensim's patterns would take too long.

    Examples
    --------
    >>> tame("a [[cat|cats]] and\n[[File:x.png|thumb]] more") == "a [[cat|cats]] and\n[[File:x.png|thumb]] more"
    True
    >>> tame("one\n[[File:x" + "|" * 40 + "\ntwo")
    'one\ntwo'
    """
    lines = text.split("\n")
    text = "\n".join(line for line in lines if not _is_slow(line))
    text = _OPEN_LINK.sub(lambda found: "" if found[1].count("|") * len(found[1]) > MOST else found[0], text)
    for opening, closings in _PAIRS:
        start = max(text.rfind(closing) for closing in closings) + 1
        if text.count(opening, start) * (len(text) - start) > MOST:
            text = text[:start]
    return text


def _is_slow(line: str) -> bool:
    """Return whether a line is one on which the patterns of images and of addresses take too long."""
    if line.count("|") > BARS and _IMAGE.match(line):
        bare = _TEMPLATE.sub("", _TEMPLATE.sub("", line))  # which gensim takes away first
        if bare.count("|", max(bare.rfind("]]"), 0)) > BARS:
            return True
    rest = line[line.rfind("]") + 1 :]
    return rest.count("://") * (rest.count(" ") + 1) * len(rest) > MOST

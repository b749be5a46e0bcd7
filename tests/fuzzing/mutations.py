"""Damage: what makes other bytes of valid ones. The same seed gives the same bytes."""

# ruff: noqa: E501  # lines of data

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from random import Random

MOST = 1 << 14  # bytes of an input
WHOLE = (0, 1, 2, 127, 128, 255, 256, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
NUMBERS = [
    struct.pack(layout, value % (1 << bits)) for value in WHOLE for layout, bits in (("<Q", 64), ("<I", 32), (">I", 32))
]
WORDS = [
    *(b"", b"0", b"-1", b"1e308", b"-1e308", b"1e999", b"nan", b"inf", b"-inf", b"0x10", b"1_0", b"9" * 30, b"9" * 5000),
    *(b"true", b"null", b"[]", b"{}", b"[[[[", b"{{{{", b"[" * 3000, b'"', b"'", b'"""', b"\\", b"\\ud800", b"\\u0000"),
    *(b"\0", b"\n", b"\r", b"\r\n", b"\t", b" ", b",", b";", b"|", b"::", b"=", b":", b"#", b"\x1f", b"\x85", b"a" * 4000),
    *("\ufeff".encode(), "\u2028".encode(), "é".encode(), "é".encode("latin-1"), "é".encode("utf-16"), b"\xed\xa0\x80"),
    *(b"\xff", b"\xff\xfe", b"../../x", b"<script>", b"=1+1", b"2010-13-45", b"9999999-01-01", b"1/1/1", b"881250949"),
    *(b"[[", b"]]", b"{{", b"}}", b"{|", b"&lt;", b"<!DOCTYPE x>", b"<a>", b"</a>", b"::x", b"user", b"item", b"rating"),
]  # fmt: skip
TOKEN = re.compile(rb"[A-Za-z0-9_.+-]+|\s+|[^A-Za-z0-9_.+\s-]")


def damaged(corpus: Sequence[bytes], seed: int) -> bytes:
    """Return one of some contents, changed at one to five places."""
    draw = Random(seed)  # not for secrets
    content = draw.choice(corpus)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        content = draw.choice(CHANGES)(content, draw, corpus)[:MOST]
    return content


def _flip(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    place = draw.randrange(len(content) + 1)
    return (
        content[:place]
        + bytes([content[place] ^ (1 << draw.randrange(8))] if place < len(content) else b"")
        + content[place + 1 :]
    )


def _set(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    place = draw.randrange(len(content) + 1)
    return content[:place] + bytes([draw.randrange(256)]) + content[place + 1 :]


def _number(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    place, number = draw.randrange(len(content) + 1), draw.choice(NUMBERS)
    return content[:place] + number + content[place + draw.choice((0, len(number))) :]


def _word(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    place = draw.randrange(len(content) + 1)
    return content[:place] + draw.choice(WORDS) + content[place + draw.choice((0, 0, 1, 4)) :]


def _cut(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    place = draw.randrange(len(content) + 1)
    return draw.choice((content[:place], content[place:], content[:place] + content[place + draw.randrange(20) :]))


def _repeat(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    start = draw.randrange(len(content) + 1)
    part = content[start : start + draw.choice((1, 3, 10, 100))]
    return content[:start] + part * draw.choice((2, 3, 10, 1000)) + content[start:]


def _splice(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    other = draw.choice(corpus)
    return content[: draw.randrange(len(content) + 1)] + other[draw.randrange(len(other) + 1) :]


def _token(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    """Put a word in the place of one, or swap two."""
    tokens = TOKEN.findall(content[:MOST])
    if not tokens:
        return content
    first, second = draw.randrange(len(tokens)), draw.randrange(len(tokens))
    if draw.random() < 0.5:
        tokens[first] = draw.choice(WORDS)
    else:
        tokens[first], tokens[second] = tokens[second], tokens[first]
    return b"".join(tokens)


def _line(content: bytes, draw: Random, corpus: Sequence[bytes]) -> bytes:
    """Drop a line, or write it again somewhere."""
    lines = content.split(b"\n")
    chosen = lines[draw.randrange(len(lines))]
    if draw.random() < 0.4:
        lines.remove(chosen)
    else:
        lines.insert(draw.randrange(len(lines) + 1), chosen)
    return b"\n".join(lines)


CHANGES = (_flip, _set, _number, _word, _cut, _repeat, _splice, _token, _token, _line)

r"""Texts that do nothing where they are shown: in a terminal, on a page, in a cell of a spreadsheet.

Keys, titles, paths and the messages of other libraries are written by somebody else. A terminal obeys an ESC in them,
a bidirectional override turns round what stands beside it, and a spreadsheet computes what begins with ``=``. `visible`
writes out what would not be seen, as Python does: ``\x1b``. `cell` puts an apostrophe before what would be computed,
and `uncell` takes it off again.

References
----------
ECMA-48 (1991), Control functions for coded character sets. Boucher and Anderson (2021), Trojan source: invisible
vulnerabilities: why direction overrides mislead. OWASP, CSV injection: how a cell begins that is computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")

# All controls but the tab and the end of a line, what turns the direction of writing, what has no width, ends of lines
# that few programs show, surrogates, tags, and what no XML may hold. The joiners U+200C and U+200D stay: Persian and
# emoji need them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A formula at the start, or where a program that divides cells at other signs begins a new one; the wide forms of the
# signs count, and what some programs drop before them: white space, quotation marks, apostrophes.
_COMPUTED = r"(?=(?:[^\S\t\r\n]|[\"'\0])*[=+\-@＝＋－＠\t\r])"
FORMULA = re.compile(rf"(?:^|(?<=[;\t\r\n])){_COMPUTED}")
DISARMED = re.compile(rf"(?:^|(?<=[;\t\r\n]))'{_COMPUTED}")


def visible(text: str) -> str:
    r"""Return a text with every sign written out that would act on a terminal or would not be seen.

    Parameters
    ----------
    text : str
        Any text; tabs and ends of lines stay.

    Returns
    -------
    str

    Examples
    --------
    >>> print(visible("\x1b[31mred\u202e"))
    \x1b[31mred\u202e
    """
    return HIDDEN.sub(_written_out, text)


def visible_parts(value: object) -> object:
    r"""Return a value of JSON in which every text and every name is as `visible` has it.

    Examples
    --------
    >>> visible_parts({"name": ["\x07", 1.5, None]})
    {'name': ['\\x07', 1.5, None]}
    """
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible_parts(name): visible_parts(part) for name, part in value.items()}
    return [visible_parts(part) for part in value] if isinstance(value, list | tuple) else value


def one_line(text: str) -> str:
    r"""Return a text as `visible` does, on one line: a text cannot look like two.

    Examples
    --------
    >>> print(one_line("no such\nfile\x07"))
    no such file\x07
    """
    return visible(" ".join(text.split()))


def cell(value: Value) -> Value | str:
    r"""Return what a cell of a table of text holds: a text that a spreadsheet would compute begins with an apostrophe.

    Parameters
    ----------
    value : object
        What is not text stays as it is: a negative number is no formula.

    Returns
    -------
    object
        `uncell` gives back the same text.

    Examples
    --------
    >>> cell("=1+1"), cell("PCA"), cell("'@x"), cell("a;=1"), cell(-0.5)
    ("'=1+1", 'PCA', "''@x", "a;'=1", -0.5)
    """
    return FORMULA.sub("'", value) if isinstance(value, str) else value


def uncell(value: Value) -> Value | str:
    """Return the text of which `cell` made a cell.

    Examples
    --------
    >>> uncell("'=1+1"), uncell("''@x"), uncell("'tis")
    ('=1+1', "'@x", "'tis")
    """
    return DISARMED.sub("", value) if isinstance(value, str) else value


def _written_out(sign: re.Match[str]) -> str:
    return sign[0].encode("unicode_escape").decode("ascii")

"""How every template of the report is read, and how names are broken in it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import jinja2
from markupsafe import Markup

from toolkit.inert import visible

TEMPLATES: dict[str, Any] = {
    "loader": jinja2.PackageLoader("toolkit.report"),
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "undefined": jinja2.StrictUndefined,  # a name that is misspelt is an error, not a blank
}
LONG_WORD = re.compile(r"[^\s-]{15,}")  # browsers break lines after a hyphen by themselves
JOINT = re.compile(r"[_/.,:;=+&@|\\]+|[a-z](?=[A-Z])")


def breakable(name: str) -> Markup:
    """Return a name as markup that lets a line end between the parts of long words.

    Examples
    --------
    >>> print(breakable("word2vec"), breakable("item_vectors_of_<b>Second</b>"))
    word2vec item_<wbr>vectors_<wbr>of_<wbr>&lt;b&gt;Second&lt;/<wbr>b&gt;
    """
    name = visible(name)
    words = LONG_WORD.finditer(name)
    joints = [word.start() + joint.end() for word in words for joint in JOINT.finditer(word[0])]
    pieces = [name[start:end] for start, end in pairwise((0, *joints, len(name))) if start < end]
    return Markup("<wbr>").join(pieces)

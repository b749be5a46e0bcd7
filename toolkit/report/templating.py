"""How every template of the report is read."""

from __future__ import annotations

from typing import Any

import jinja2

TEMPLATES: dict[str, Any] = {
    "loader": jinja2.PackageLoader("toolkit.report"),
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "undefined": jinja2.StrictUndefined,  # a name that is misspelt is an error, not a blank
}

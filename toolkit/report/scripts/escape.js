// Texts as Markdown, LaTeX and CSV show them as they are.

const LATEX = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", _: "\\_", "%": "\\%",
  "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}",
  "|": "\\textbar{}", "`": "\\textasciigrave{}", "−": "\\ensuremath{-}", "–": "--", "±": "\\ensuremath{\\pm}",
  "·": "\\textperiodcentered{}", "†": "\\textdagger{}", "‡": "\\textdaggerdbl{}", "≈": "\\ensuremath{\\approx}",
  "…": "\\ldots{}", "\n": " ",
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
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/^(>|[-+=](?=\s|$))/, "\\$1")
    .replace(/^([0-9]+)(?=[.)](?:\s|$))/, "$1\\");
}

/** Return a field of CSV; a text that a spreadsheet would take for a formula has an apostrophe before it. */
function csvField(text) {
  let field = text;
  if (isNumber(text) && !/^[<>]/.test(text)) field = text.replaceAll("−", "-").replaceAll(",", "").replace(/^\+/, "");
  else if (/^[=+\-@\t]/.test(text)) field = `'${text}`;
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

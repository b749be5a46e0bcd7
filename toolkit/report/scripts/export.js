// Tables as they are seen, sorted and filtered, as Markdown, LaTeX or CSV.

const ARROW_TEX = { higher: " $\\uparrow$", lower: " $\\downarrow$" };
const ARROW = { higher: " ↑", lower: " ↓" };
const MEANING = { "≈": "tied for best", "‡": "not better than null" };

function markdownCell(parts, column) {
  const text = column.place ? markdownText(parts.text) : [parts.text, ...parts.tags.map((tag) => `(${tag})`)].map(markdownText).join(" ");
  const linked = /^https?:\/\/[^\s<>()|\\]+$/.test(parts.link) ? `[${text}](${parts.link})` : text;
  const spread = parts.spread ? ` ± ${markdownText(parts.spread)}` : "";
  return [...parts.marks, ""].join(" ") + (parts.best ? `**${linked}**` : linked) + spread;
}

function markdownHead(column) {
  const arrow = ARROW[column.better] ?? "";
  return markdownText(column.group ? `${column.group}${arrow} ${column.title}` : `${column.title}${arrow}`);
}

function tableMarkdown(table) {
  const columns = columnsOf(table);
  const rows = rowsOf(table).map((row) => columns.map((column) => markdownCell(partsOf(row.cells[column.place]), column)));
  const rule = columns.map((column) => (column.number ? "--:" : "---"));
  const caption = markdownText(table.closest("figure").querySelector("figcaption").textContent);
  return `${caption}\n\n${[columns.map(markdownHead), rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function latexCell(parts, column, isNull) {
  const text = latexText(parts.text);
  const named = column.place === 0 && isNull ? `\\textit{${text}}` : text;
  const spread = parts.spread ? ` \\ensuremath{\\pm} ${latexText(parts.spread)}` : "";
  const marks = parts.marks.map((mark) => `${latexText(mark)} `).join("");
  return marks + (parts.best ? `\\textbf{${named}}` : named) + spread;
}

/** Return the line of group headings with the rules under them; nothing where there are no groups. */
function latexGroups(columns) {
  if (!columns.some((column) => column.group)) return [];
  const runs = [];
  columns.forEach((column, place) => {
    const last = runs.at(-1);
    if (last && last.column.group === column.group) last.span += 1;
    else runs.push({ column, place, span: 1 });
  });
  const head = ({ group, better }) => (group ? latexText(group) + (ARROW_TEX[better] ?? "") : "");
  const cells = runs.map((run) => `\\multicolumn{${run.span}}{c}{${head(run.column)}}`);
  const rules = runs.filter((run) => run.column.group).map((run) => `\\cmidrule(lr){${run.place + 1}-${run.place + run.span}}`);
  return [latexLine(cells), rules.join(" ")];
}

/** Return a line of a table; a bracket or a star at its start would be taken for an option of what stands before. */
function latexLine(cells) {
  return `${/^[[*]/.test(cells[0]) ? "{}" : ""}${cells.join(" & ")} \\\\`;
}

function tableLatex(table) {
  const columns = columnsOf(table);
  const figure = table.closest("figure");
  const heads = columns.map(({ title, group, better }) => latexText(title) + (group ? "" : ARROW_TEX[better] ?? ""));
  const rows = rowsOf(table).map((row) => {
    const isNull = row.classList.contains("null");
    return columns.map((column) => latexCell(partsOf(row.cells[column.place]), column, isNull));
  });
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}[htbp]",
    "\\centering\\small",
    `\\caption{${latexText(figure.querySelector("figcaption").textContent)}}`,
    `\\label{tab:${figure.id}}`,
    `\\begin{tabular}{${columns.map((column) => (column.number ? "r" : "l")).join("")}}`,
    "\\toprule",
    ...latexGroups(columns),
    latexLine(heads),
    "\\midrule",
    ...rows.map(latexLine),
    "\\bottomrule",
    "\\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

/** Return a table as CSV: spreads and marks, where there are some, in columns of their own. */
function tableCsv(table) {
  const rows = rowsOf(table);
  const fields = columnsOf(table).flatMap((column) => {
    const parts = rows.map((row) => partsOf(row.cells[column.place]));
    const title = [column.group, column.title].filter(Boolean).join(" ");
    const own = [[title, ...parts.map((part) => (part.text === "–" ? "" : part.text))]];
    if (parts.some((part) => part.spread)) own.push([`${title} ±`, ...parts.map((part) => part.spread)]);
    const said = parts.map((part) => [...part.tags, ...part.marks.map((mark) => MEANING[mark] ?? mark)].join(", "));
    if (said.some(Boolean)) own.push([`${title}: remark`, ...said]);
    return own;
  });
  const lines = ["", ...rows].map((_, i) => fields.map((field) => csvField(field[i])).join(","));
  return `${lines.join("\n")}\n`;
}

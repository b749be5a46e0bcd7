// What the cells of a table hold, as a reader sees it.

const BESIDE = ".unseen, .mark, .spread, .tag, .about";
const MISSING = new Set(["", "–"]);
const NUMBER = /^[<>]?[+-]?(\d[\d,]*(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i;

/** Return the text of a heading or cell without marks, spreads, tags and what is said to screen readers only. */
function plainText(cell) {
  const copy = cell.cloneNode(true);
  all(`${BESIDE}, [aria-hidden]`, copy).forEach((part) => part.remove());
  return copy.textContent.replaceAll("\u2011", "-").replace(/\s+/g, " ").trim();
}

/** Return what a cell says, in parts. */
function partsOf(cell) {
  const marks = all(".mark", cell).map((mark) => mark.textContent);
  return {
    text: plainText(cell),
    spread: cell.querySelector(".spread")?.textContent.replace("±", "").trim() ?? "",
    tags: all(".tag", cell).map((tag) => tag.textContent),
    marks,
    best: cell.querySelector("strong") !== null,
    link: cell.querySelector("a[href^=http]")?.href ?? "",
  };
}

/** Return the number with which a text begins, and NaN for one without: "1,234", "−0.5 ± 0.1", "<0.001", "12 %". */
function numberIn(text) {
  const plain = text.replaceAll("−", "-").replaceAll(",", "");
  const below = plain.startsWith("<");
  const value = Number.parseFloat(below ? plain.slice(1) : plain);
  return below ? value * (1 - 1e-9) : value; // so that "<0.001" comes before "0.001"
}

/** Whether a text is a number and nothing else. */
function isNumber(text) {
  return NUMBER.test(text.replaceAll("−", "-"));
}

/** Return the headings of the columns that are shown: place, title, group, direction and whether they hold numbers. */
function columnsOf(table) {
  const [last, groups] = [...table.tHead.rows].reverse();
  const above = groups ? [...groups.cells].flatMap((cell) => Array(Number(cell.dataset.span)).fill(plainText(cell))) : [];
  return [...last.cells]
    .map((cell, place) => ({
      cell,
      place,
      title: plainText(cell),
      group: above[place] ?? "",
      better: cell.dataset.better ?? "",
      number: cell.classList.contains("number"),
    }))
    .filter((column) => !column.cell.hidden);
}

/** Return the rows that are shown. */
function rowsOf(table) {
  return [...table.tBodies[0].rows].filter((row) => !row.hidden);
}

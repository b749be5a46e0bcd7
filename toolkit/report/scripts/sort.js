// Sorting: the headings become buttons. The best come first, then last, then the order of the report is back.

/** Return texts as what they are compared by: numbers where the column has numbers, null where there is nothing. */
function sortKeys(texts, head) {
  const known = texts.filter((text) => !MISSING.has(text));
  const numeric = head.classList.contains("number")
    ? known.some((text) => !Number.isNaN(numberIn(text)))
    : known.length > 0 && known.every(isNumber);
  return texts.map((text) => {
    if (MISSING.has(text)) return null;
    const value = numeric ? numberIn(text) : text;
    return Number.isNaN(value) ? null : value;
  });
}

function compareKeys(a, b) {
  if (typeof a === "number") return a - b;
  return a.localeCompare(b, document.documentElement.lang, { numeric: true, sensitivity: "base" });
}

/** Return rows in the order of a column: what is missing comes last in both directions, equals keep their order. */
function sortedRows(rows, place, head, sign) {
  const keys = sortKeys(rows.map((row) => plainText(row.cells[place])), head);
  const order = rows.map((_, i) => i).sort((i, j) => {
    if (keys[i] === null || keys[j] === null) return (keys[i] === null) - (keys[j] === null);
    return sign * compareKeys(keys[i], keys[j]);
  });
  return order.map((i) => rows[i]);
}

/** Put what a heading holds into a button; a link to the definition comes to stand beside it. */
function headButton(head) {
  const link = head.querySelector("a");
  const button = make("button", { type: "button", className: "sort" }, ...head.childNodes);
  if (link) {
    const about = make("a", { className: "about", href: link.getAttribute("href"), textContent: "?" });
    about.setAttribute("aria-label", `What ${link.textContent} is`);
    link.replaceWith(...link.childNodes);
    head.append(button, about);
  } else {
    head.append(button);
  }
  return button;
}

function makeSortable(table) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  if (original.length < 2) return;
  heads.forEach((head, place) => {
    const first = head.dataset.better === "higher" ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    headButton(head).addEventListener("click", () => {
      const next = { none: first, [first]: second, [second]: "none" }[head.getAttribute("aria-sort") ?? "none"];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next !== "none") head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      body.append(...(next === "none" ? original : sortedRows(original, place, head, sign)));
      announce(next === "none" ? "In the order of the report." : `Sorted by ${plainText(head)}, ${next}.`);
    });
  });
}

function setUpSorting() {
  all("figure.table table").forEach(makeSortable);
}

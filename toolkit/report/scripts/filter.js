// Filtering: a bar above the leaderboards. What is hidden is counted, and one button brings it all back.

const choices = { text: "", nulls: true };

/** Return the leaderboards with what they can be chosen by. */
function boardsOf() {
  return all("section[data-traits]").map((section) => ({ section, traits: JSON.parse(section.dataset.traits) }));
}

/** Return the values of a trait with the number of leaderboards that have each. */
function countsOf(boards, trait) {
  const counts = new Map();
  boards.flatMap(({ traits }) => traits[trait]).forEach((value) => counts.set(value, (counts.get(value) ?? 0) + 1));
  return counts;
}

function selector(trait, counts, changed) {
  const options = [...counts].map(([value, number]) => make("option", { value, textContent: `${value} (${number})` }));
  const select = make("select", {}, make("option", { value: "", textContent: "all" }), ...options);
  select.addEventListener("change", () => {
    choices[trait] = select.value;
    changed();
  });
  return make("label", {}, `${trait} `, select);
}

/** Hide the columns of other readouts, and make the headings of groups as wide as what is left below them. */
function filterColumns(table, readout) {
  const heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
  const off = [...heads].map((head) => Boolean(readout && head.dataset.readout && head.dataset.readout !== readout));
  if (![...heads].some((head, i) => head.hidden !== off[i])) return;
  const body = [...table.tBodies[0].rows];
  [heads, ...body.map((row) => row.cells)].forEach((cells) => off.forEach((hide, i) => (cells[i].hidden = hide)));
  if (table.tHead.rows.length < 2) return;
  let place = 0;
  for (const cell of table.tHead.rows[0].cells) {
    const span = Number(cell.dataset.span);
    const left = off.slice(place, place + span).filter((hide) => !hide).length;
    cell.hidden = left === 0;
    cell.colSpan = left || 1;
    place += span;
  }
}

/** Hide rows by the name of the method, null baselines and readouts; return how many are left. */
function filterRows(table) {
  let left = 0;
  for (const row of table.tBodies[0].rows) {
    const other = choices.Readout && row.dataset.readout && row.dataset.readout !== choices.Readout;
    row.hidden = Boolean(other) || !isChosen(plainText(row.cells[0]), row.classList.contains("null"));
    left += row.hidden ? 0 : 1;
  }
  return left;
}

/** Show what was chosen; return what to say of it. */
function applyChoices(boards) {
  const counts = { boards: 0, rows: 0, of: 0 };
  for (const { section, traits } of boards) {
    const chosen = Object.entries(traits).every(([trait, values]) => !choices[trait] || values.includes(choices[trait]));
    const left = all("figure.table table", section).map((table) => {
      filterColumns(table, choices.Readout);
      return filterRows(table);
    });
    all("figure[data-rows]", section).forEach(fadeMarks);
    section.hidden = !chosen || left[0] === 0;
    counts.of += section.querySelector("tbody").rows.length;
    if (section.hidden) continue;
    counts.boards += 1;
    counts.rows += left[0];
  }
  for (const chapter of all("section.chapter")) {
    const own = all("section[data-traits]", chapter);
    chapter.hidden = own.length > 0 && own.every((section) => section.hidden);
  }
  all("nav li").forEach((item) => {
    const target = document.getElementById(item.querySelector("a").hash.slice(1));
    item.hidden = Boolean(target?.closest("[hidden]"));
  });
  const everything = counts.boards === boards.length && counts.rows === counts.of && !choices.Readout;
  const whole = boards.length > 1 ? `${boards.length} leaderboards` : "rows";
  return everything
    ? `All ${whole} are shown.`
    : `${counts.boards} of ${boards.length} leaderboards and ${counts.rows} of ${counts.of} rows; their plots fade the rest, other sections show all.`;
}

function setUpFilter() {
  const boards = boardsOf();
  const place = document.getElementById("filter");
  if (!boards.length || !place) return;
  const said = make("p", { className: "said", role: "status" });
  const reset = make("button", { type: "reset", textContent: "Show everything" });
  const changed = () => {
    said.textContent = applyChoices(boards);
    reset.hidden = said.textContent.startsWith("All ");
    place.classList.toggle("on", !reset.hidden);
  };
  const traits = Object.keys(boards[0].traits).map((trait) => [trait, countsOf(boards, trait)]);
  const selects = traits.filter(([, counts]) => counts.size > 1).map(([trait, counts]) => selector(trait, counts, changed));
  const text = make("input", { type: "search", placeholder: "part of it", autocomplete: "off" });
  text.addEventListener("input", () => {
    choices.text = text.value.trim().toLowerCase();
    changed();
  });
  const nulls = make("input", { type: "checkbox", checked: true });
  nulls.addEventListener("change", () => {
    choices.nulls = nulls.checked;
    changed();
  });
  const form = make("form", {}, ...selects, make("label", {}, "Method ", text), make("label", { className: "check" }, nulls, " null baselines"), reset);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    traits.forEach(([trait]) => (choices[trait] = ""));
    Object.assign(choices, { text: "", nulls: true });
    changed();
    selects[0]?.querySelector("select").focus();
  });
  place.append(make("details", { open: matchMedia("(min-width: 46rem)").matches }, make("summary", { textContent: "Filter the leaderboards" }), form), said);
  place.hidden = false;
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && document.getElementById(link.hash.slice(1))?.closest("section[hidden]")) form.reset();
  });
  changed();
}

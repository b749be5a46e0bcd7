// A method's name in a leaderboard opens what it was fitted with and what each of its fits took.

/** Return a table that scrolls by itself where it is too wide. */
function tableOf(caption, heads, rows) {
  const head = make("tr", {}, ...heads.map((title) => make("th", { scope: "col", textContent: title })));
  const parts = [make("caption", { textContent: caption }), make("thead", {}, head), make("tbody", {}, ...rows)];
  return make("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": caption }, make("table", {}, ...parts));
}

/** Return the parameters, a row each, with a column for each set of them. */
function parameterTable(sets) {
  const names = [...new Set(sets.flatMap((pairs) => pairs.map(([name]) => name)))];
  if (!names.length) return make("p", { textContent: "No parameters: all as the library has them." });
  const found = sets.map((pairs) => new Map(pairs));
  const rows = names.map((name) => {
    const values = found.map((set) => make("td", { textContent: set.get(name) ?? "–" }));
    return make("tr", {}, make("th", { scope: "row", textContent: name }), ...values);
  });
  return tableOf("Parameters", ["Name", ...(sets.length > 1 ? sets.map((_, i) => `Set ${i + 1}`) : ["Value"])], rows);
}

/** Return the columns that say something: not the same dash or nothing in every fit. */
function saying(titles, fits) {
  return titles.map((_, i) => i).filter((i) => fits.some((fit) => !MISSING.has(fit[i + 1])));
}

function fitTable(titles, fits, several) {
  const places = saying(titles, fits);
  const heads = [...places.map((i) => titles[i]), ...(several ? ["Parameters"] : [])];
  const rows = fits.map((fit) => {
    const texts = [...places.map((i) => fit[i + 1]), ...(several ? [`Set ${several.indexOf(fit[0]) + 1}`] : [])];
    return make("tr", {}, ...texts.map((text) => make("td", { textContent: text })));
  });
  return tableOf(fits.length > 1 ? `${fits.length} fits` : "The fit", heads, rows);
}

/** Return what a dialog shows of a group of fits. */
function trialParts({ titles, parameters }, group) {
  const sets = [...new Set(group.fits.map((fit) => fit[0]))];
  const facts = group.facts.filter(([, value]) => !MISSING.has(value));
  const list = make("dl", { className: "facts" }, ...facts.map(([term, value]) => make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: value }))));
  return [list, fitTable(titles, group.fits, sets.length > 1 ? sets : null), parameterTable(sets.map((set) => parameters[set]))];
}

/** Return the texts of a cell's name with the places between them where a line may break. */
function nameParts(cell) {
  const nodes = [...cell.childNodes];
  const end = nodes.findIndex((node) => node.nodeType === Node.ELEMENT_NODE && node.tagName !== "WBR");
  return end < 0 ? nodes : nodes.slice(0, end);
}

function setUpTrials() {
  const data = islandOf(document.getElementById("trials"));
  if (!data) return;
  const title = make("h2", { id: "trial-title" });
  const content = make("div");
  const close = make("button", { type: "button", className: "close", textContent: "Close" });
  const dialog = make("dialog", { "aria-labelledby": "trial-title" }, title, close, content);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  for (const row of all("tr[data-trials]")) {
    const group = data.groups[Number(row.dataset.trials)];
    const [name, ...rest] = nameParts(row.cells[0]);
    const button = make("button", { type: "button", className: "method", title: "Parameters, time and memory", "aria-haspopup": "dialog" });
    name.replaceWith(button, " ");
    button.append(name.textContent.trimStart(), ...rest);
    button.addEventListener("click", () => {
      title.textContent = group.name;
      content.replaceChildren(...trialParts(data, group));
      dialog.showModal();
      dialog.scrollTop = 0;
    });
  }
}

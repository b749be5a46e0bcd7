// A method's name in a leaderboard opens what it was fitted with and what each of its fits took.

function pairTable(caption, pairs) {
  const rows = pairs.map(([name, value]) => make("tr", {}, make("th", { scope: "row", textContent: name }), make("td", { textContent: value })));
  return make("table", {}, make("caption", { textContent: caption }), make("tbody", {}, ...rows));
}

/** Return the columns that say something: not the same dash or nothing in every fit. */
function saying(titles, fits) {
  return titles.map((_, i) => i).filter((i) => fits.some((fit) => !MISSING.has(fit[i + 1])));
}

function fitTable(titles, fits, several) {
  const places = saying(titles, fits);
  const heads = [...places.map((i) => titles[i]), ...(several ? ["Parameters"] : [])];
  const rows = fits.map((fit) => {
    const texts = [...places.map((i) => fit[i + 1]), ...(several ? [`set ${several.indexOf(fit[0]) + 1}`] : [])];
    return make("tr", {}, ...texts.map((text) => make("td", { textContent: text })));
  });
  const head = make("tr", {}, ...heads.map((title) => make("th", { scope: "col", textContent: title })));
  const caption = make("caption", { textContent: fits.length > 1 ? `${fits.length} fits` : "The fit" });
  return make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...rows)));
}

/** Return what a dialog shows of a group of fits. */
function trialParts({ titles, parameters }, group) {
  const sets = [...new Set(group.fits.map((fit) => fit[0]))];
  const tables = sets.map((set, i) => {
    const pairs = parameters[set].length ? parameters[set] : [["–", "none: all as the library has them"]];
    return pairTable(sets.length > 1 ? `Parameters, set ${i + 1}` : "Parameters", pairs);
  });
  const facts = group.facts.filter(([, value]) => !MISSING.has(value));
  const list = make("dl", { className: "facts" }, ...facts.map(([term, value]) => make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: value }))));
  return [list, fitTable(titles, group.fits, sets.length > 1 ? sets : null), ...tables];
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
    const name = row.cells[0].firstChild;
    const button = make("button", { type: "button", className: "method", title: "Parameters, time and memory", "aria-haspopup": "dialog" });
    name.replaceWith(button, " ");
    button.append(name.textContent.trim());
    button.addEventListener("click", () => {
      title.textContent = group.name;
      content.replaceChildren(...trialParts(data, group));
      dialog.showModal();
      dialog.scrollTop = 0;
    });
  }
}

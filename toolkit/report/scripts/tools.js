// The menus at tables and figures: copy, and save as a file.

function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Copy a text; where the browser does not let a page from disk do so, by way of a selected field. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = make("textarea", { value: text, className: "unseen" });
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }
}

const TABLE_TOOLS = {
  "Copy as Markdown": async (figure) => told(await copyText(tableMarkdown(figure.querySelector("table")))),
  "Copy as LaTeX": async (figure) => told(await copyText(tableLatex(figure.querySelector("table")))),
  "Save as CSV": (figure) => save(`${figure.id}.csv`, tableCsv(figure.querySelector("table")), "text/csv"),
};
const FIGURE_TOOLS = {
  "Numbers as CSV": (figure) => save(`${figure.id}.csv`, islandOf(figure.querySelector(".numbers")), "text/csv"),
  "Drawing as SVG": (figure) => save(`${figure.id}.svg`, svgText(figure), "image/svg+xml"),
  "Drawing as PNG": async (figure) => save(`${figure.id}.png`, await pngBlob(figure), "image/png"),
};

function told(done) {
  return done ? "Copied" : "The browser did not let the page copy";
}

/** Return a menu that opens below its name. */
function menu(figure, tools) {
  const name = make("summary", { textContent: "Copy, save" });
  const caption = figure.querySelector("figcaption").textContent.trim();
  name.setAttribute("aria-label", `Copy, save: ${caption}`);
  const items = Object.entries(tools).map(([title, act]) => {
    const button = make("button", { type: "button", textContent: title });
    button.addEventListener("click", async () => {
      const result = (await act(figure)) ?? "Saved";
      announce(result);
      close();
      name.focus();
      name.textContent = result;
      setTimeout(() => (name.textContent = "Copy, save"), 2000);
    });
    return button;
  });
  const details = make("details", { className: "tools" }, name, make("div", {}, ...items));
  const close = () => (details.open = false);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    close();
    name.focus();
  });
  details.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close();
  });
  document.addEventListener("click", (event) => details.contains(event.target) || close());
  return details;
}

function setUpTools() {
  all("figure.table").forEach((figure) => figure.querySelector("figcaption").after(menu(figure, TABLE_TOOLS)));
  all("figure.plot").forEach((figure) => figure.querySelector("figcaption").after(menu(figure, FIGURE_TOOLS)));
}

// Below the maps: the nearest of the chosen key by each method, and the keys on which the two shown disagree.

const DISAGREE = 15; // keys listed
const SHARED = "✓";
const ONE_LINE = 16; // letters of a name, on the smallest screen

function nearTable(atlas, state, choose) {
  const table = element("table", undefined, { className: "atlas-near", ariaLabel: "Neighbours, a column a method" });
  const order = [...new Set([state.left, state.right, ...atlas.methods.keys()])];
  const near = order.map((m) => (atlas.has(m, state.key) ? atlas.neighbors(m, state.key) : null));
  const reference = order.map((_, i) => new Set(near[i ? 0 : Math.min(1, near.length - 1)] ?? []));
  if (near.some((keys) => keys?.some((key) => atlas.names[key].length > ONE_LINE))) table.classList.add("atlas-two");
  const [head, body] = [table.createTHead(), table.createTBody()];
  const row = head.insertRow();
  row.append(element("th", "", { scope: "col" }));
  row.firstChild.append(element("span", "Rank", { className: "unseen" }));
  order.forEach((m, i) => {
    const cell = element("th", atlas.methods[m].label, { scope: "col" });
    const shared = near[i]?.filter((key) => reference[i].has(key)).length;
    cell.append(element("small", near[i] ? `${shared} of ${near[i].length} ${SHARED}` : "lacks it"));
    if (i < 2) cell.className = "atlas-shown";
    row.append(cell);
  });
  for (let rank = 0; rank < atlas.nearest; rank++) {
    const line = body.insertRow();
    line.append(element("th", String(rank + 1), { scope: "row" }));
    order.forEach((m, i) => line.append(nearCell(atlas, m, state.key, near[i]?.[rank], rank, reference[i], choose)));
  }
  return table;
}

function nearCell(atlas, m, key, other, rank, reference, choose) {
  const cell = document.createElement("td");
  if (other === undefined) return cell;
  const both = reference.has(other);
  cell.className = both ? "atlas-both" : "";
  const mark = element("span", both ? SHARED : "", { className: "atlas-mark" });
  mark.setAttribute("aria-hidden", "true");
  const cosine = atlas.cosines(m, key)[rank].toFixed(2).replace("-", "−").replace(/^(−?)0\./, "$1.");
  const line = element("div");
  line.append(mark, keyButton(atlas, other, choose), element("span", cosine, { className: "atlas-cosine" }));
  if (both) line.append(element("span", " shared", { className: "unseen" }));
  cell.append(line);
  return cell;
}

function keyButton(atlas, key, choose) {
  const button = element("button", undefined, { type: "button", className: "atlas-key", title: atlas.names[key] });
  button.append(element("span", atlas.names[key]));
  button.addEventListener("click", () => choose(key));
  button.addEventListener("pointerenter", () => choose.hover(key));
  button.addEventListener("pointerleave", () => choose.hover(-1));
  return button;
}

function nearNote(atlas, state) {
  const [left, right] = [state.left, state.right].map((m) => atlas.methods[m].label);
  const about = describe(atlas, state.key).join("; ");
  const marks = state.left === state.right ? "" :
    ` ${SHARED} and a tint mark what is also among the ten of ${left}, and in its own column, of ${right}.`;
  return `The ${atlas.nearest} nearest to ${atlas.names[state.key]}${about ? ` (${about})` : ""}, each with its cosine.${marks}`;
}

function counted(atlas, key) {
  const one = atlas.count[key] === 1;
  return `${atlas.count[key].toLocaleString("en")} ${one ? atlas.counted.replace(/s$/, "") : atlas.counted}`;
}

// What is known of a key beside its name.
function describe(atlas, key) {
  const lines = [];
  if (atlas.counted) lines.push(`${counted(atlas, key)} in training`);
  for (const { name, classes } of atlas.attributes) {
    const own = classes.filter((_, i) => (atlas.bits(name)[key] >>> i) & 1);
    if (own.length) lines.push(own.join(", "));
  }
  return lines;
}

function apartList(atlas, list, note, state, choose) {
  const [left, right] = [state.left, state.right].map((m) => atlas.methods[m].label);
  const found = disagreement(atlas, state.left, state.right, DISAGREE);
  const two = (value) => value.toFixed(value < 0.095 ? 3 : 2).replace(/^0/, "");
  const chance = atlas.chance === null ? "" : `; by chance ${two(atlas.chance)}`;
  note.textContent = `The neighbours by ${left} and by ${right} overlap by ${two(found.mean)} in the mean of all keys ` +
    `(Jaccard index${chance}). Those that share the fewest, the most frequent first:`;
  list.replaceChildren(...found.worst.map((key) => {
    const item = document.createElement("li");
    const count = atlas.counted ? `, ${counted(atlas, key)}` : "";
    const text = ` ${found.shared[key]} of ${atlas.neighbors(state.left, key).length} shared${count}`;
    item.append(keyButton(atlas, key, choose), element("span", text));
    return item;
  }));
}

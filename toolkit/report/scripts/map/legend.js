// Colours: six with a shape each, and grey for all else. A class that is switched on takes a colour that is free.

const SLOTS = 6;
const GLYPHS = ["●", "◆", "■", "▲", "▼", "✚"]; // the shapes of plot.js
const NAMED_BY = 2; // keys that stand for a cluster

// Classes by name: members(key) gives the positions of those that a key belongs to.
function classesOf(atlas, colour, left) {
  if (colour === "cluster") {
    const clusters = atlas.clusters(left);
    const names = Array.from({ length: SLOTS }, () => []);
    const inside = (key) => atlas.neighbors(left, key).every((other) => clusters[other] === clusters[key]);
    for (const asked of [inside, () => true]) {
      // the most frequent keys whose neighbours all belong to it; where there are none, the most frequent
      clusters.forEach((c, key) => {
        const name = shortened(atlas.names[key], 24);
        if (c < SLOTS && names[c].length < NAMED_BY && !names[c].includes(name) && asked(key)) names[c].push(name);
      });
    }
    const used = names.filter((keys) => keys.length);
    return { names: used.map((keys) => `with ${keys.join(", ")}`), members: (key) => [clusters[key]] };
  }
  if (colour === "count") return bands(atlas);
  const attribute = atlas.attributes.find(({ name }) => `class:${name}` === colour);
  const bits = atlas.bits(attribute.name);
  const every = attribute.classes.map((_, i) => i);
  return { names: attribute.classes, members: (key) => every.filter((i) => (bits[key] >>> i) & 1) };
}

// Sixths of the keys, which stand in the order of how frequent they are.
function bands(atlas) {
  const ends = Array.from({ length: SLOTS + 1 }, (_, i) => Math.round((i * atlas.n) / SLOTS));
  const band = new Uint8Array(atlas.n);
  const names = [];
  for (let i = 0; i < SLOTS; i++) {
    band.fill(i, ends[i], ends[i + 1]);
    const [most, least] = [atlas.count[ends[i]], atlas.count[Math.max(ends[i], ends[i + 1] - 1)]];
    names.push(most === least ? most.toLocaleString("en") : `${least.toLocaleString("en")}–${most.toLocaleString("en")}`);
  }
  return { names, members: (key) => [band[key]], ordered: true, unit: atlas.counted };
}

function legend(box, changed) {
  let [classes, on, others, sizes] = [null, [], true, []];
  const slots = (n) => {
    const made = new Uint8Array(n);
    const bySize = on.map((c, slot) => [sizes[c] ?? Infinity, c, slot]).filter(([, c]) => c >= 0);
    bySize.sort((a, b) => a[0] - b[0]); // of several classes, the rarest gives the colour
    for (let key = 0; key < n; key++) {
      const own = classes.members(key);
      const found = bySize.find(([, c]) => own.includes(c));
      made[key] = found ? found[2] : others ? OTHER : HIDDEN;
    }
    return made;
  };
  const chip = (slot, name, pressed, pressedChanges) => {
    const made = element("button", undefined, { type: "button", className: "atlas-chip" });
    const kind = slot < 0 ? "off" : classes.ordered && slot < SLOTS ? `band-${slot}` : `slot-${slot}`;
    const glyph = element("span", GLYPHS[slot < 0 ? 0 : slot] ?? "●", { className: `atlas-swatch atlas-${kind}` });
    glyph.setAttribute("aria-hidden", "true");
    made.append(glyph, element("span", name));
    made.setAttribute("aria-pressed", String(pressed));
    made.addEventListener("click", () => {
      const place = [...box.children].indexOf(made);
      pressedChanges();
      show();
      box.children[place]?.focus();
      changed();
    });
    return made;
  };
  const toggle = (c) => {
    const slot = on.indexOf(c);
    if (slot >= 0) on[slot] = -1;
    else if (classes.names.length <= SLOTS) on[c] = c; // each has a colour of its own
    else {
      const free = on.indexOf(-1);
      on[free < 0 ? (show.oldest = ((show.oldest ?? -1) + 1) % SLOTS) : free] = c;
    }
  };
  const show = () => {
    const chips = classes.names.map((name, c) => {
      const text = classes.unit ? `${name} ${classes.unit}` : name;
      return chip(on.indexOf(c), text, on.includes(c), () => toggle(c));
    });
    chips.push(chip(OTHER, "other", others, () => (others = !others)));
    box.replaceChildren(...chips);
  };
  return {
    slots,
    set: (found, n) => {
      classes = found;
      sizes = found.names.map(() => 0);
      for (let key = 0; key < n; key++) for (const c of found.members(key)) sizes[c]++;
      on = Array.from({ length: SLOTS }, (_, c) => (c < found.names.length ? c : -1));
      others = true;
      show();
    },
    // from the style sheet, so that they follow light and dark
    colors: (style) => Array.from({ length: SLOTS + 1 }, (_, slot) =>
      style.getPropertyValue(slot === OTHER ? "--atlas-other" : `--${classes.ordered ? "band" : "series"}-${slot}`).trim()),
  };
}

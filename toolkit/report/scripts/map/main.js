// Puts the parts together: one state, from which the maps, the legend and the lists are drawn.

const LAYOUTS = { pca: "PCA", umap: "UMAP" };
const SECONDS = 1.6; // of the move from one map to the other

function startAtlas(section) {
  const part = (name) => section.querySelector(`[data-of="${name}"]`);
  const contents = [...section.querySelectorAll("script[data-content]")];
  const view = { x: 0, y: 0, zoom: 1, wide: 1, high: 1 };
  const plots = [part("left-stage"), part("right-stage")].map((stage) => createPlot(stage, view));
  const state = { left: 0, right: 0, layout: "pca", colour: "", key: -1, hover: -1, over: null, place: [0, 0], mix: 0 };
  let [atlas, laid, due] = [null, [], new Set()];

  // what is due is drawn once in each frame
  const draw = (...what) => {
    if (!due.size) requestAnimationFrame(frame);
    what.forEach((each) => due.add(each));
  };
  const frame = () => {
    const wanted = due;
    due = new Set();
    const css = getComputedStyle(section);
    if (wanted.has("points")) {
      for (const plot of plots) {
        [plot.colors, plot.page, plot.dimmed] = [colours.colors(css), css.getPropertyValue("--page"), state.key >= 0];
        plot.paint();
      }
    }
    const value = (name) => css.getPropertyValue(name).trim();
    const style = { ink: value("--ink"), page: value("--page"), font: value("--sans") };
    plots.forEach((plot, side) => light(plot, lit(side), style));
    plots.forEach((plot) => tip(plot.stage, state.place, plot === state.over ? about(plots.indexOf(plot)) : null));
  };
  const colours = legend(part("legend"), () => recolour());
  const search = searchBox(part("find"), part("found"), (key) => choose(key, true));

  const method = (side) => (side ? state.right : state.left);
  const lit = (side) => {
    const [own, other] = [method(side), method(1 - side)].map((m) =>
      state.key >= 0 && atlas.has(m, state.key) ? atlas.neighbors(m, state.key) : []);
    const linked = state.over !== plots[side] ? state.hover : -1; // its name stands in the box of the other map
    return {
      ...{ key: state.key, hover: state.hover, named: linked, own, name: (key) => atlas.names[key] },
      others: other.filter((key) => !own.includes(key)),
    };
  };
  const about = (side) => {
    if (state.hover < 0) return null;
    const near = atlas.has(method(side), state.hover) ? atlas.neighbors(method(side), state.hover).slice(0, 5) : [];
    const names = near.map((key) => shortened(atlas.names[key], 28)).join(" · ");
    const lines = describe(atlas, state.hover).map((line) => ["small", line]);
    return [["strong", atlas.names[state.hover]], ...lines, ["em", names ? `Nearest: ${names}` : "No neighbours"]];
  };

  const recolour = () => {
    const slots = colours.slots(atlas.n);
    plots.forEach((plot) => (plot.slots = slots));
    draw("points");
  };
  const recolourBy = () => {
    colours.set(classesOf(atlas, state.colour, state.left), atlas.n);
    recolour();
  };
  const moveTo = (mix) => {
    state.mix = mix;
    part("move").value = String(Math.round(100 * mix));
    Object.assign(plots[0], between(laid[0], laid[1], mix));
    title();
    draw("points");
  };
  const title = () => {
    ["left", "right"].forEach((side, i) => {
      const { label, dim, share } = atlas.methods[state[side]];
      const moved = i === 0 && state.mix > 0 ? ` → ${atlas.methods[state.right].label}, ${Math.round(100 * state.mix)}\u00a0%` : "";
      part(`${side}-name`).textContent = label + moved;
      const held = state.layout === "pca" ? `, of whose variance the plane holds ${Math.round(100 * share)}\u00a0%` : "";
      part(`${side}-share`).textContent = `${dim} dimensions${held}`;
      const text = `${i ? "Second" : "First"} map, ${label}: ${atlas.n.toLocaleString("en")} ${atlas.entity}s`;
      plots[i].stage.setAttribute("aria-label", text);
    });
  };
  const whole = () => {
    const ends = laid.flatMap(({ x, y }) => [x, y].map((values) => {
      const known = values.filter((value) => !Number.isNaN(value));
      return [known.reduce((a, b) => Math.min(a, b), 0), known.reduce((a, b) => Math.max(a, b), 0)];
    }));
    const middle = (i) => [Math.min(ends[i][0], ends[i + 2][0]), Math.max(ends[i][1], ends[i + 2][1])];
    const [[west, east], [south, north]] = [middle(0), middle(1)];
    Object.assign(view, { x: (west + east) / 2, y: (south + north) / 2, zoom: 1 });
    [view.wide, view.high] = [east - west || 1, north - south || 1];
    draw("points");
  };
  const arrange = () => {
    const first = atlas.places(state.left, state.layout);
    laid = [first, turned(atlas.places(state.right, state.layout), first)];
    Object.assign(plots[1], laid[1]);
    moveTo(0);
    whole();
    apartList(atlas, part("apart"), part("apart-note"), state, choose);
    for (const name of ["apart", "apart-note", "apart-title"]) part(name).hidden = state.left === state.right;
    if (state.colour === "cluster") recolourBy();
  };
  const choose = (key, bring = false) => {
    state.key = key;
    state.hover = -1;
    search.show(key);
    const known = key >= 0;
    part("near").replaceChildren(...(known ? [nearTable(atlas, state, choose)] : []));
    part("near-note").textContent = known ? nearNote(atlas, state) : "Choose a key on a map, or find one by its name.";
    part("said").textContent = known ? [atlas.names[key], ...describe(atlas, key)].join("; ") : "";
    if (known && bring) bringIn(key);
    draw("points");
  };
  choose.hover = (key) => {
    [state.hover, state.over] = [key, null];
    draw();
    draw("light");
  };
  const bringIn = (key) => {
    const hidden = plots.some((plot) => {
      const [x, y] = plot.toScreen(key);
      return x < 0 || y < 0 || x > plot.size[0] || y > plot.size[1];
    });
    const there = plots.find((plot) => !Number.isNaN(plot.x[key]));
    if (hidden && there) Object.assign(view, { x: there.x[key], y: there.y[key] });
  };

  const open = async (entity) => {
    const script = contents.find(({ dataset }) => dataset.content === entity);
    script.opened ??= unpack(script.textContent);
    atlas = await script.opened;
    [state.left, state.right] = atlas.pair;
    state.layout = "pca";
    fill(part("left"), atlas.methods.map(option), String(state.left));
    fill(part("right"), atlas.methods.map(option), String(state.right));
    fill(part("layout"), atlas.layouts.map((name) => [name, LAYOUTS[name]]), state.layout);
    const choices = atlas.attributes.map(({ name }) => [`class:${name}`, name]);
    if (atlas.counted) choices.push(["count", `number of ${atlas.counted}`]);
    choices.push(["cluster", "clusters of the first map"]);
    if (!choices.some(([name]) => name === state.colour)) {
      state.colour = atlas.attributes.length ? choices[0][0] : "cluster";
    }
    fill(part("colour"), choices, state.colour);
    part("find-label").textContent = `Find a${/^[aeiou](?!ser)/.test(atlas.entity) ? "n" : ""} ${atlas.entity}`;
    search.fill(atlas.names, atlas.keys);
    recolourBy();
    arrange();
    choose(atlas.start);
    section.dataset.ready = entity;
  };
  const option = ({ label, null: isNull }, m) => [String(m), isNull ? `${label} (null baseline)` : label];

  const on = {
    moved: () => draw("points"),
    whole,
    choose: (key) => choose(key),
    step: (plot, direction) => {
      const next = plot.next(Number.isNaN(plot.x[state.key]) ? -1 : state.key, direction);
      if (next >= 0) choose(next, true);
    },
  };
  for (const plot of plots) {
    const hover = (key, place) => {
      if (key < 0 && state.hover < 0) return;
      [state.hover, state.over, state.place] = [key, key < 0 ? null : plot, place];
      draw("light");
    };
    gestures(plot, view, { ...on, hover });
  }
  part("in").addEventListener("click", () => zoomed(1.5));
  part("out").addEventListener("click", () => zoomed(1 / 1.5));
  part("whole").addEventListener("click", whole);
  const zoomed = (factor) => {
    zoomAt(plots[0], view, plots[0].size.map((length) => length / 2), factor);
    draw("points");
  };
  for (const side of ["left", "right"]) {
    part(side).addEventListener("change", ({ target }) => {
      state[side] = Number(target.value);
      arrange();
      choose(state.key);
    });
  }
  part("layout").addEventListener("change", ({ target }) => {
    state.layout = target.value;
    arrange();
  });
  part("colour").addEventListener("change", ({ target }) => {
    state.colour = target.value;
    recolourBy();
  });
  part("move").addEventListener("input", ({ target }) => moveTo(Number(target.value) / 100));
  part("play").addEventListener("click", () => {
    const to = state.mix < 0.5 ? 1 : 0;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) moveTo(to);
    else animate(state.mix, to, moveTo);
  });
  fill(part("entity"), contents.map(({ dataset }) => [dataset.content, `${dataset.content}s`]), contents[0].dataset.content);
  part("entity").parentElement.hidden = contents.length < 2;
  part("entity").addEventListener("change", ({ target }) => open(target.value));
  section.querySelector(".atlas-app").hidden = false;
  section.classList.add("atlas-live");
  new ResizeObserver(() => {
    plots.forEach((plot) => plot.resize());
    if (atlas) draw("points");
  }).observe(plots[0].stage);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw("points"));
  plots.forEach((plot) => plot.resize());
  return open(contents[0].dataset.content);
}

function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => element("option", text, { value })));
  select.value = chosen;
}

function animate(from, to, each) {
  const began = performance.now();
  const tick = (now) => {
    const share = Math.min(1, (now - began) / (1000 * SECONDS));
    each(from + (to - from) * share * share * (3 - 2 * share));
    if (share < 1) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

// Each is opened when it comes near the screen; an old browser keeps the drawing.
if ("DecompressionStream" in window) {
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      startAtlas(target);
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll("[data-atlas]").forEach((section) => watch.observe(section));
}

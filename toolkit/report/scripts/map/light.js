// What is lit on a map: the chosen key, its neighbours by both methods, and the key under the pointer.

const LABELS = 6; // neighbours whose names are written, where they do not lie on each other

function light(plot, lit, style) {
  const context = plot.overlay();
  const [width, height] = plot.size;
  const inside = ([x, y]) => x >= -5 && y >= -5 && x <= width + 5 && y <= height + 5;
  const there = (key) => key >= 0 && !Number.isNaN(plot.x[key]);
  context.lineWidth = 1.5;
  if (there(lit.key)) {
    const center = plot.toScreen(lit.key);
    context.strokeStyle = style.ink;
    context.globalAlpha = 0.35;
    for (const key of lit.own.filter(there)) {
      context.beginPath();
      context.moveTo(...center);
      context.lineTo(...plot.toScreen(key));
      context.stroke();
    }
    context.globalAlpha = 1;
    for (const key of lit.others.filter(there)) ring(context, plot.toScreen(key), 5, style, false);
    for (const key of lit.own.filter(there)) ring(context, plot.toScreen(key), 4.5, style, true);
    ring(context, center, 7, style, true);
  }
  if (there(lit.hover)) ring(context, plot.toScreen(lit.hover), 8, style, false);
  const named = [lit.key, lit.named, ...lit.own.slice(0, LABELS)].filter(there);
  write(context, plot, [...new Set(named)].filter((key) => inside(plot.toScreen(key))), lit, style);
}

function ring(context, [x, y], radius, style, filled) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 4;
  context.strokeStyle = style.page;
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = style.ink;
  context.fillStyle = style.ink;
  context.stroke();
  if (filled) context.fill();
}

// Names beside points, the chosen one first; one that would lie on another is left out.
function write(context, plot, keys, lit, style) {
  const [width, height] = plot.size;
  const taken = [];
  context.textBaseline = "middle";
  for (const key of keys) {
    const first = key === lit.key || key === lit.named;
    context.font = `${first ? "600 " : ""}13px ${style.font}`;
    const text = shortened(lit.name(key), width < 420 ? 20 : 30);
    const size = context.measureText(text).width;
    const [x, y] = plot.toScreen(key);
    const spots = [[x + 11, y], [x - 11 - size, y], [x - size / 2, y - 17], [x - size / 2, y + 17]];
    const fits = ([left, middle]) =>
      left > 2 && left + size < width - 2 && middle > 10 && middle < height - 10 &&
      !taken.some((box) => left < box[2] && left + size > box[0] && middle - 9 < box[3] && middle + 9 > box[1]);
    const spot = spots.find(fits) ?? (first ? [Math.max(4, Math.min(x + 11, width - size - 4)), y] : null);
    if (!spot) continue;
    taken.push([spot[0] - 4, spot[1] - 9, spot[0] + size + 4, spot[1] + 9]);
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = style.page;
    context.strokeText(text, ...spot);
    context.fillStyle = style.ink;
    context.fillText(text, ...spot);
  }
}

function shortened(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : text;
}

// The box beside the pointer; all of it is text.
function tip(stage, place, lines) {
  const box = stage.querySelector(".atlas-tip");
  box.hidden = !lines;
  if (!lines) return;
  box.replaceChildren(...lines.map(([kind, text]) => element(kind, text)));
  const [x, y] = place;
  const room = stage.clientWidth - box.offsetWidth - 4;
  box.style.left = `${Math.max(4, Math.min(x + 14, room))}px`;
  const below = y + 16 + box.offsetHeight < stage.clientHeight;
  box.style.top = `${below ? y + 16 : Math.max(4, y - box.offsetHeight - 12)}px`;
}

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

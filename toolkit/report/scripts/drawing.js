// Figures as files that stand alone: the colours and fonts that the reader sees, and the legend, become part of them.

const SVG = "http://www.w3.org/2000/svg";
const LINE = 20; // pixels: height of a line of the legend

function makeSvg(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.textContent = text;
  return element;
}

/** Return a copy of a drawing whose colours and fonts hang on no style sheet. */
function resolved(svg) {
  const copy = svg.cloneNode(true);
  const copies = [copy, ...all("*", copy)];
  [svg, ...all("*", svg)].forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const name of ["fill", "stroke"]) {
      if (/^(#|rgb)/.test(node.getAttribute(name) ?? "")) copies[i].setAttribute(name, style[name]);
    }
    if (node.tagName === "text") copies[i].setAttribute("font-family", style.fontFamily);
    if (node.classList.contains("off")) copies[i].setAttribute("opacity", style.opacity);
    ["data-tip", "data-of"].forEach((name) => copies[i].removeAttribute(name));
    copies[i].classList.remove("at", "off");
  });
  return copy;
}

/** Return a scale of shades, with what stands at its ends, as an element of a drawing. */
function rampGroup(ramp, x, y, text, measured) {
  const [before, after] = [ramp.previousSibling, ramp.nextSibling].map((node) => node.textContent.trim());
  const [low, high] = ["--low", "--high"].map((name) => getComputedStyle(ramp).getPropertyValue(name));
  const start = x + measured(before) + 8;
  const steps = Array.from({ length: 16 }, (_, i) => makeSvg("rect", { x: start + 6 * i, y: y - 10, width: 6, height: 10, fill: high, "fill-opacity": (i / 15).toFixed(2) }));
  const ground = makeSvg("rect", { x: start, y: y - 10, width: 96, height: 10, fill: low });
  const group = makeSvg("g", {});
  group.append(makeSvg("text", { ...text, x, y }, before), ground, ...steps, makeSvg("text", { ...text, x: start + 104, y }, after));
  return group;
}

/** Return the entries of a figure's legend as texts in lines that fit into a width, and how many lines these are. */
function legendTexts(figure, width) {
  const context = document.createElement("canvas").getContext("2d");
  const texts = [];
  let [x, line] = [0, 1];
  for (const entry of all(".legend > span", figure)) {
    const style = getComputedStyle(entry);
    const words = entry.textContent.replace(/\s+/g, " ").trim();
    context.font = `13px ${style.fontFamily}`;
    const length = context.measureText(words).width + 20;
    if (x > 0 && x + length > width) [x, line] = [0, line + 1];
    const look = { "font-size": 13, "font-family": style.fontFamily, fill: style.color, opacity: style.opacity };
    const ramp = entry.querySelector(".ramp");
    if (ramp) {
      texts.push(rampGroup(ramp, x + 4, line * LINE - 5, look, (words) => context.measureText(words).width));
      continue;
    }
    const text = makeSvg("text", { ...look, x: x + 4, y: line * LINE - 5 });
    const glyph = entry.querySelector("[aria-hidden]");
    if (glyph) text.append(makeSvg("tspan", { fill: getComputedStyle(glyph).color }, `${glyph.textContent} `));
    text.append(glyph ? words.slice(glyph.textContent.length).trim() : words);
    texts.push(text);
    x += length;
  }
  return { texts, lines: texts.length ? line : 0 };
}

/** Return a figure's drawing, of the width that is shown, as an element that stands alone. */
function standalone(figure) {
  const svg = all(".wide > svg, .narrow > svg", figure).find((one) => one.clientWidth > 0);
  const copy = resolved(svg);
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const { texts, lines } = legendTexts(figure, width);
  const top = lines * LINE;
  const shifted = makeSvg("g", { transform: `translate(0,${top})` });
  shifted.append(...[...copy.children].filter((part) => !["title", "desc"].includes(part.tagName)));
  const ground = { width, height: height + top, fill: getComputedStyle(document.body).backgroundColor };
  copy.append(makeSvg("rect", ground), ...texts, shifted);
  copy.setAttribute("height", height + top);
  copy.setAttribute("viewBox", `0 0 ${width} ${height + top}`);
  return copy;
}

function svgText(figure) {
  return new XMLSerializer().serializeToString(standalone(figure));
}

/** Return a promise of a figure as PNG, with two pixels to each of the page's. */
async function pngBlob(figure) {
  const svg = standalone(figure);
  const [width, height] = ["width", "height"].map((name) => 2 * Number(svg.getAttribute(name)));
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = make("canvas", { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

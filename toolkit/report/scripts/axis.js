// A drawing that is taller than a window has its axis out of sight: a copy of it stays in sight while the rows pass by.

const TALL = 640; // pixels
const STRIP = 46; // pixels: height of an axis with its title

/** Return how far down an element of a drawing is moved. */
function depth(element) {
  let y = 0;
  for (let at = element; at.tagName !== "svg"; at = at.parentNode) {
    y += Number(/translate\([^,]+,([^)]+)\)/.exec(at.getAttribute("transform") ?? "")?.[1] ?? 0);
  }
  return y;
}

/** Return a copy of an element of a drawing with all that it stands in, and nothing that stands beside it. */
function alone(element) {
  let copy = element.cloneNode(true);
  for (let at = element.parentNode; at.tagName !== "svg"; at = at.parentNode) {
    const outer = at.cloneNode(false);
    outer.append(copy);
    copy = outer;
  }
  return copy;
}

function setUpAxes() {
  for (const holder of all("figure.plot .wide, figure.plot .narrow")) {
    const svg = holder.querySelector("svg");
    const axes = all(".role-axis > g", svg).filter((group) => group.querySelector(".role-axis-label text"));
    const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
    const top = axes.length === 1 ? depth(axes[0]) : 0;
    if (height < TALL || top < height / 2) continue;
    const copy = makeSvg("svg", { width, height: STRIP, viewBox: `0 ${top} ${width} ${STRIP}` });
    copy.append(alone(axes[0]));
    holder.prepend(make("div", { className: "held", "aria-hidden": "true" }, copy));
  }
}

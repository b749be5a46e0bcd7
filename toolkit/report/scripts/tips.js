// What a mark of a plot stands for, beside it: under the pointer, under a finger, or by the arrow keys.

const REACH = 14; // pixels around a mark
const EDGE = 160; // pixels from the ends of the window: a mark that comes nearer is brought to its middle
const tip = make("div", { className: "tip", hidden: true });

/** Return the mark of a drawing that is nearest to a place, if one is within reach. */
function nearest(marks, x, y) {
  let [found, least] = [null, REACH];
  for (const mark of marks) {
    const box = mark.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    if (away <= least) [found, least] = [mark, away]; // of two in one place, the one on top
  }
  return found;
}

function showTip(mark) {
  if (mark?.classList.contains("at") && !tip.hidden) return;
  all(".at").forEach((other) => other.classList.remove("at"));
  tip.hidden = !mark;
  if (!mark) return;
  mark.classList.add("at");
  tip.textContent = mark.dataset.tip;
  placeTip(mark);
}

function placeTip(mark) {
  const box = mark.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  const left = Math.min(Math.max(8, box.left + box.width / 2 - own.width / 2), wide - own.width - 8);
  const above = box.top - own.height - 8;
  tip.style.left = `${left}px`;
  tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
}

/** Let the arrow keys go from mark to mark. */
function stepMarks(event, marks) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") showTip(null);
  if (!step || !marks.length) return;
  event.preventDefault();
  const at = marks.findIndex((mark) => mark.classList.contains("at"));
  const next = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length;
  const box = marks[next].getBoundingClientRect();
  if (box.top < EDGE || box.bottom > innerHeight - EDGE) marks[next].scrollIntoView({ block: "center" });
  showTip(marks[next]);
  announce(tip.textContent);
}

function setUpTips() {
  document.body.append(tip);
  for (const holder of all("figure.plot .wide, figure.plot .narrow")) {
    const marks = all("[data-tip]", holder);
    if (!marks.length) continue;
    const shown = () => marks.filter((mark) => !mark.classList.contains("off"));
    const title = holder.querySelector("title").textContent;
    holder.tabIndex = 0;
    holder.setAttribute("role", "group");
    holder.setAttribute("aria-label", `${title} The arrow keys go from mark to mark.`);
    const point = (event) => showTip(nearest(shown(), event.clientX, event.clientY));
    holder.addEventListener("pointermove", point);
    holder.addEventListener("pointerdown", point);
    holder.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && showTip(null));
    holder.addEventListener("keydown", (event) => stepMarks(event, shown()));
    holder.addEventListener("blur", () => showTip(null));
  }
  const follow = () => tip.hidden || placeTip(document.querySelector(".at"));
  addEventListener("scroll", follow, { passive: true });
}

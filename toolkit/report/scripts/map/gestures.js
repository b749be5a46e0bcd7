// Moving, zooming and choosing with mouse, fingers and keys. One finger and the plain wheel are left to the page.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const [LEAST_ZOOM, MOST_ZOOM] = [0.5, 200];

function zoomAt(plot, view, [px, py], factor) {
  const zoom = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, view.zoom * factor));
  const before = plot.scale();
  const [dx, dy] = [px - plot.size[0] / 2, plot.size[1] / 2 - py];
  view.zoom = zoom;
  const after = plot.scale();
  view.x += dx / before - dx / after;
  view.y += dy / before - dy / after;
}

function pan(plot, view, dx, dy) {
  view.x -= dx / plot.scale();
  view.y += dy / plot.scale();
}

function gestures(plot, view, on) {
  const { stage } = plot;
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let held = null;

  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) {
      held = { last: at(event), moved: 0 };
      stage.setPointerCapture(event.pointerId);
    }
  });
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    const place = at(event);
    if (!held) {
      on.hover(plot.find(...place), place);
      return;
    }
    const [dx, dy] = [place[0] - held.last[0], place[1] - held.last[1]];
    held.moved += Math.abs(dx) + Math.abs(dy);
    held.last = place;
    if (held.moved > 4) {
      pan(plot, view, dx, dy);
      on.hover(-1, place);
      on.moved();
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    stage.addEventListener(name, (event) => {
      if (held && held.moved <= 4 && name === "pointerup") on.choose(plot.find(...at(event)));
      held = null;
    });
  }
  stage.addEventListener("pointerleave", () => on.hover(-1, [0, 0]));
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomAt(plot, view, at(event), Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.004)));
    on.moved();
  }, { passive: false });
  fingers(plot, view, at, on);
  stage.addEventListener("keydown", (event) => keys(plot, view, on, event));
}

function fingers(plot, view, at, on) {
  let [pair, tapped] = [null, null];
  const both = (event) => {
    const [a, b] = [...event.touches].map(at);
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  };
  plot.stage.addEventListener("touchstart", (event) => {
    tapped = event.touches.length === 1 ? at(event.touches[0]) : null;
    pair = event.touches.length === 2 ? both(event) : null;
    if (pair) event.preventDefault();
  }, { passive: false });
  plot.stage.addEventListener("touchmove", (event) => {
    if (tapped && event.touches.length === 1) {
      const [x, y] = at(event.touches[0]);
      if (Math.hypot(x - tapped[0], y - tapped[1]) > 10) tapped = null;
    }
    if (!pair || event.touches.length !== 2) return;
    event.preventDefault();
    const now = both(event);
    zoomAt(plot, view, pair.middle, now.apart / Math.max(1, pair.apart));
    pan(plot, view, now.middle[0] - pair.middle[0], now.middle[1] - pair.middle[1]);
    pair = now;
    on.moved();
  }, { passive: false });
  plot.stage.addEventListener("touchend", (event) => {
    if (tapped && !event.touches.length) {
      on.choose(plot.find(...tapped));
      event.preventDefault(); // no mouse events after it
    }
    [pair, tapped] = [null, null];
  });
}

function keys(plot, view, on, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  const middle = [plot.size[0] / 2, plot.size[1] / 2];
  if (arrow && event.shiftKey) pan(plot, view, -60 * arrow[0], -60 * arrow[1]);
  else if (arrow) on.step(plot, arrow);
  else if (event.key === "+" || event.key === "=") zoomAt(plot, view, middle, 1.4);
  else if (event.key === "-") zoomAt(plot, view, middle, 1 / 1.4);
  else if (event.key === "0") on.whole();
  else if (event.key === "Escape") on.choose(-1);
  else return;
  event.preventDefault();
  on.moved();
}

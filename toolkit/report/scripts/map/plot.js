// One map: points on a canvas, and on another above it what is lit.

const SHAPES = ["circle", "diamond", "square", "up", "down", "cross"];
const OTHER = 6; // after the six colours
const HIDDEN = 255;
const REACH = 14; // pixels within which a point is meant

function createPlot(stage, view) {
  const [base, over] = stage.querySelectorAll("canvas");
  const plot = { stage, x: [], y: [], slots: [], colors: [], page: "#fff", size: [1, 1], dimmed: false, drawn: 0 };

  plot.resize = () => {
    const ratio = window.devicePixelRatio || 1;
    plot.size = [stage.clientWidth, stage.clientHeight];
    for (const canvas of [base, over]) {
      canvas.width = Math.round(plot.size[0] * ratio);
      canvas.height = Math.round(plot.size[1] * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
  };

  plot.scale = () => view.zoom * 0.94 * Math.min(plot.size[0] / view.wide, plot.size[1] / view.high);
  plot.toScreen = (i) => [
    (plot.x[i] - view.x) * plot.scale() + plot.size[0] / 2,
    plot.size[1] / 2 - (plot.y[i] - view.y) * plot.scale(),
  ];

  plot.paint = () => {
    const ratio = window.devicePixelRatio || 1;
    const radius = Math.round(2 * Math.min(7, (plot.x.length > 4000 ? 2.2 : 3) * view.zoom ** 0.35)) / 2;
    const stamps = plot.colors.map((color, slot) => stamp(SHAPES[slot] ?? "circle", color, radius * ratio, plot.dimmed));
    const sheet = paper(base, plot, stamps[0].half);
    sheet.pixels.fill(rgb(plot.page));
    const scale = plot.scale() * ratio;
    const [left, top] = [sheet.inner[0] / 2 - view.x * scale, sheet.inner[1] / 2 + view.y * scale];
    const places = new Int32Array(plot.x.length).fill(-1);
    for (let i = 0; i < places.length; i++) {
      const [px, py] = [Math.round(plot.x[i] * scale + left), Math.round(top - plot.y[i] * scale)];
      if (px >= 0 && py >= 0 && px < sheet.inner[0] && py < sheet.inner[1] && plot.slots[i] !== HIDDEN) {
        places[i] = py * sheet.width + px;
      }
    }
    plot.drawn = 0;
    // what has no colour lies below
    for (const pass of [true, false]) {
      for (let i = 0; i < places.length; i++) {
        if (places[i] < 0 || (plot.slots[i] === OTHER) !== pass) continue;
        press(sheet, stamps[plot.slots[i]], places[i]);
        plot.drawn++;
      }
    }
    base.getContext("2d").putImageData(sheet.image, -stamps[0].half, -stamps[0].half);
    stage.dataset.drawn = plot.drawn;
  };

  plot.find = (px, py) => {
    let [best, least] = [-1, REACH ** 2];
    for (let i = 0; i < plot.x.length; i++) {
      if (plot.slots[i] === HIDDEN) continue;
      const [x, y] = plot.toScreen(i);
      const distance = (x - px) ** 2 + (y - py) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  };

  // the nearest point within 45 degrees of a direction on the screen
  plot.next = (from, [dx, dy]) => {
    const [x, y] = from < 0 ? [plot.size[0] / 2, plot.size[1] / 2] : plot.toScreen(from);
    let [best, least] = [-1, Infinity];
    for (let i = 0; i < plot.x.length; i++) {
      if (i === from || plot.slots[i] === HIDDEN) continue;
      const [px, py] = plot.toScreen(i);
      const along = (px - x) * dx + (py - y) * dy;
      const across = Math.abs((px - x) * dy - (py - y) * dx);
      if (from < 0 ? false : !(along > 0.01 && across <= along)) continue;
      const distance = from < 0 ? (px - x) ** 2 + (py - y) ** 2 : along + 2 * across;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  };

  plot.overlay = () => {
    const context = over.getContext("2d");
    context.clearRect(0, 0, ...plot.size);
    return context;
  };
  return plot;
}

function outline(shape, x, y, r) {
  const path = new Path2D();
  const corners = {
    diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    up: [[0, -1.2], [1.15, 0.8], [-1.15, 0.8]],
    down: [[0, 1.2], [1.15, -0.8], [-1.15, -0.8]],
    cross: [
      [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4],
      [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4],
    ],
  }[shape];
  if (!corners) path.arc(x, y, r, 0, 2 * Math.PI);
  else corners.forEach(([dx, dy], i) => (i ? path.lineTo(x + r * dx, y + r * dy) : path.moveTo(x + r * dx, y + r * dy)));
  path.closePath();
  return path;
}

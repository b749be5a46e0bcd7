// One map: points on a canvas, and on another above it what is lit.

const SHAPES = ["circle", "diamond", "square", "up", "down", "cross"];
const OTHER = 6; // after the six colours
const HIDDEN = 255;
const REACH = 14; // pixels within which a point is meant

function createPlot(stage, view) {
  const [base, over] = stage.querySelectorAll("canvas");
  const plot = { stage, x: [], y: [], slots: [], colors: [], size: [1, 1], dimmed: false, drawn: 0 };

  plot.resize = () => {
    const ratio = window.devicePixelRatio || 1;
    plot.size = [stage.clientWidth, stage.clientHeight];
    for (const canvas of [base, over]) {
      canvas.width = Math.round(plot.size[0] * ratio);
      canvas.height = Math.round(plot.size[1] * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
  };

  plot.scale = () => (view.zoom * Math.min(...plot.size) * 0.94) / view.extent;
  plot.toScreen = (i) => [
    (plot.x[i] - view.x) * plot.scale() + plot.size[0] / 2,
    plot.size[1] / 2 - (plot.y[i] - view.y) * plot.scale(),
  ];

  plot.paint = () => {
    const context = base.getContext("2d");
    const [width, height] = plot.size;
    const radius = Math.min(7, (plot.x.length > 4000 ? 2.2 : 3) * view.zoom ** 0.35);
    const sprites = plot.colors.map((color, slot) => sprite(SHAPES[slot] ?? "circle", color, radius));
    const half = sprites[0].half;
    const scale = plot.scale();
    const [left, top] = [width / 2 - view.x * scale - half, height / 2 + view.y * scale - half];
    context.clearRect(0, 0, width, height);
    context.globalAlpha = plot.dimmed ? 0.4 : 1;
    plot.drawn = 0;
    for (const pass of [true, false]) {
      // what has no colour lies below
      for (let i = 0; i < plot.x.length; i++) {
        const slot = plot.slots[i];
        if (slot === HIDDEN || (slot === OTHER) !== pass) continue;
        const px = plot.x[i] * scale + left;
        const py = top - plot.y[i] * scale;
        if (!(px > -20 && px < width + 20 && py > -20 && py < height + 20)) continue;
        context.drawImage(sprites[slot].canvas, px, py, 2 * half, 2 * half);
        plot.drawn++;
      }
    }
    context.globalAlpha = 1;
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

const sprites = new Map();

function sprite(shape, color, radius) {
  const ratio = window.devicePixelRatio || 1;
  const name = `${shape} ${color} ${radius.toFixed(1)} ${ratio}`;
  if (!sprites.has(name)) {
    const half = Math.ceil(radius * 1.3) + 1;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.ceil(2 * half * ratio);
    const context = canvas.getContext("2d");
    context.scale(canvas.width / (2 * half), canvas.width / (2 * half));
    context.fillStyle = color;
    context.fill(outline(shape, half, half, radius));
    if (sprites.size > 200) sprites.clear();
    sprites.set(name, { canvas, half });
  }
  return sprites.get(name);
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

// Points as stamps that are pressed on a sheet of pixels: ten thousand of them in a few milliseconds, on any machine.

const OPAQUE = 230; // of 256, so that one sees where points lie on each other
const DIMMED = 130; // beside a chosen key

// Pixels of a canvas with a margin around them, so that no stamp has to be cut.
function paper(canvas, keeper, margin) {
  const [width, height] = [canvas.width + 2 * margin, canvas.height + 2 * margin];
  if (keeper.sheet?.width !== width || keeper.sheet?.height !== height) {
    const image = new ImageData(width, height);
    keeper.sheet = { image, width, height, pixels: new Uint32Array(image.data.buffer) };
  }
  keeper.sheet.inner = [canvas.width, canvas.height];
  return keeper.sheet;
}

const inks = new Map();

// A colour of the style sheet as a pixel: its bytes are red, green, blue and opaque, the first one lowest.
function rgb(color) {
  if (!inks.has(color)) {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    inks.set(color, new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0]);
  }
  return inks.get(color);
}

const stamps = new Map();

// The pixels that a shape covers, with how much of what lies below stays and what is added to it.
function stamp(shape, color, radius, dimmed) {
  const name = `${shape} ${color} ${radius} ${dimmed}`;
  if (stamps.has(name)) return stamps.get(name);
  const half = Math.ceil(radius * 1.3) + 1;
  const size = 2 * half + 1;
  const context = new OffscreenCanvas(size, size).getContext("2d");
  context.fill(outline(shape, half + 0.5, half + 0.5, radius));
  const cover = context.getImageData(0, 0, size, size).data;
  const [ink, pixels] = [rgb(color), []];
  for (let i = 0; i < size * size; i++) {
    const amount = Math.round((cover[4 * i + 3] / 255) * (dimmed ? DIMMED : OPAQUE));
    if (amount) pixels.push([i % size, Math.floor(i / size), amount]);
  }
  const made = {
    half,
    across: Int32Array.from(pixels, ([x]) => x),
    down: Int32Array.from(pixels, ([, y]) => y),
    stays: Int32Array.from(pixels, ([, , amount]) => 256 - amount),
    redBlue: Int32Array.from(pixels, ([, , amount]) => Math.imul(ink & 0xff00ff, amount)),
    green: Int32Array.from(pixels, ([, , amount]) => Math.imul((ink >>> 8) & 0xff, amount)),
  };
  if (stamps.size > 200) stamps.clear();
  stamps.set(name, made);
  return made;
}

function press({ pixels, width }, { across, down, stays, redBlue, green }, place) {
  for (let k = 0; k < across.length; k++) {
    const at = place + down[k] * width + across[k];
    const below = pixels[at];
    const rest = stays[k];
    const odd = ((Math.imul(below & 0xff00ff, rest) + redBlue[k]) >>> 8) & 0xff00ff;
    const even = (Math.imul((below >>> 8) & 0xff, rest) + green[k]) & 0xff00;
    pixels[at] = 0xff000000 | odd | even;
  }
}

// Opens what toolkit/report/maps/packing.py packed: a header and arrays of whole numbers, deflated.

const ABSENT = 65535;
const NO_CLUSTER = 255;

async function unpack(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = new DataView(raw.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + size)));
  const arrays = new Map();
  for (const [name, place] of Object.entries(header.arrays)) arrays.set(name, joined(raw, 4 + size, place));
  return atlas(header, arrays);
}

// all low bytes lie first, then the next ones
function joined(raw, begin, [position, count, width]) {
  const start = begin + position;
  if (width === 1) return raw.subarray(start, start + count);
  const values = width === 2 ? new Uint16Array(count) : new Uint32Array(count);
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0; i < count; i++) values[i] += raw[start + plane * count + i] * 256 ** plane;
  }
  return values;
}

function atlas(header, arrays) {
  const n = header.keys.length;
  const names = header.titles ?? header.keys;
  const near = header.methods.map((_, m) => arrays.get(`${m}.near`));
  return {
    ...header,
    n,
    names,
    count: arrays.get("count"),
    bits: (name) => arrays.get(`class.${name}`),
    clusters: (m) => arrays.get(`${m}.cluster`),
    places: (m, layout) => places(arrays.get(`${m}.${layout}`), header.methods[m].frames[layout], n),
    neighbors: (m, key) => column(near[m], key, n).filter((other) => other !== ABSENT),
    near: (m, rank) => near[m].subarray(rank * n, (rank + 1) * n),
    cosines: (m, key) => cosines(column(arrays.get(`${m}.cosine`), key, n)),
    has: (m, key) => arrays.get(`${m}.cluster`)[key] !== NO_CLUSTER,
  };
}

function column(values, key, n) {
  return Array.from({ length: values.length / n }, (_, rank) => values[rank * n + key]);
}

// hundredths, each as the drop from the one before, which may have wrapped around
function cosines(drops) {
  let level = 0;
  return drops.map((drop, rank) => {
    level = rank ? (level - drop) & 255 : drop;
    return level / 100 - 1;
  });
}

function places(levels, frame, n) {
  const x = new Float32Array(n).fill(NaN);
  const y = new Float32Array(n).fill(NaN);
  for (let i = 0; levels && i < n; i++) {
    if (levels[i] === ABSENT) continue;
    x[i] = frame[0] + frame[2] * levels[i];
    y[i] = frame[1] + frame[2] * levels[n + i];
  }
  return { x, y };
}

// Two methods beside each other: one layout turned onto the other, and the keys on which they disagree.

// The orthogonal Procrustes problem in the plane: the better of the best rotation and the best reflection.
function turned(right, left) {
  const common = [];
  for (let i = 0; i < left.x.length; i++) if (!Number.isNaN(left.x[i]) && !Number.isNaN(right.x[i])) common.push(i);
  if (common.length < 2) return right;
  const mean = (values) => common.reduce((sum, i) => sum + values[i], 0) / common.length;
  const [px, py, qx, qy] = [right.x, right.y, left.x, left.y].map(mean);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (const i of common) {
    a += (right.x[i] - px) * (left.x[i] - qx);
    b += (right.x[i] - px) * (left.y[i] - qy);
    c += (right.y[i] - py) * (left.x[i] - qx);
    d += (right.y[i] - py) * (left.y[i] - qy);
  }
  const mirrored = Math.hypot(a - d, b + c) > Math.hypot(a + d, b - c);
  const angle = mirrored ? Math.atan2(b + c, a - d) : Math.atan2(b - c, a + d);
  const [cos, sin, sign] = [Math.cos(angle), Math.sin(angle), mirrored ? -1 : 1];
  return {
    x: right.x.map((x, i) => (x - px) * cos - sign * (right.y[i] - py) * sin + qx),
    y: right.y.map((y, i) => (right.x[i] - px) * sin + sign * (y - py) * cos + qy),
  };
}

function between(from, to, share) {
  if (!share) return from;
  const mixed = (a, b) => a.map((value, i) => (Number.isNaN(b[i]) ? value : value + share * (b[i] - value)));
  return { x: mixed(from.x, to.x), y: mixed(from.y, to.y) };
}

// How many neighbours each key has in common by two methods; -1 where one of them lacks the key.
function sharedNeighbors(atlas, left, right) {
  const shared = new Int8Array(atlas.n);
  const seen = new Int32Array(atlas.n).fill(-1);
  const ranks = Array.from({ length: atlas.nearest }, (_, rank) => rank);
  const [ours, theirs] = [left, right].map((m) => ranks.map((rank) => atlas.near(m, rank)));
  for (let key = 0; key < atlas.n; key++) {
    if (!atlas.has(left, key) || !atlas.has(right, key)) {
      shared[key] = -1;
      continue;
    }
    for (const row of ours) if (row[key] !== ABSENT) seen[row[key]] = key;
    for (const row of theirs) if (row[key] !== ABSENT && seen[row[key]] === key) shared[key]++;
  }
  return shared;
}

// Mean Jaccard index, and the keys that share least, the most frequent first.
function disagreement(atlas, left, right, most) {
  const shared = sharedNeighbors(atlas, left, right);
  const keys = [...shared.keys()].filter((key) => shared[key] >= 0);
  const size = Math.min(atlas.nearest, keys.length - 1);
  const total = keys.reduce((sum, key) => sum + shared[key] / (2 * size - shared[key]), 0);
  keys.sort((a, b) => shared[a] - shared[b] || a - b);
  return { mean: total / keys.length, worst: keys.slice(0, most), shared };
}

// Drawings of leaderboards follow the filter: what belongs to other methods or readouts is faded, not taken away, so that
// the axis and the place of every row stay as they are.

/** Whether a method is among those that were chosen by name, null baselines or not. */
function isChosen(name, isNull) {
  return name.toLowerCase().includes(choices.text) && (choices.nulls || !isNull);
}

/** Fade the marks, the names and the entries of the legend that were not chosen. */
function fadeMarks(figure) {
  const methods = JSON.parse(figure.dataset.rows);
  const rows = methods.map(([name, isNull]) => !isChosen(name, isNull));
  const keys = all(".legend [data-series]", figure);
  const series = keys.map((key) => Boolean(choices.Readout) && key.lastChild.textContent.trim() !== choices.Readout);
  keys.forEach((key, i) => key.classList.toggle("off", series[i]));
  for (const mark of all("[data-of]", figure)) {
    const [row, readout] = mark.dataset.of.split(" ");
    mark.classList.toggle("off", rows[row] || Boolean(series[readout]));
  }
  for (const drawing of all("svg", figure)) {
    const heads = all(".role-title-text text", drawing);
    if (heads.length === rows.length) heads.forEach((head, i) => head.classList.toggle("off", rows[i]));
  }
}

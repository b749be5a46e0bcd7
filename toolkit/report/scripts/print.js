// On paper nothing can be opened: all that is folded is unfolded, and folded again afterwards.

function setUpPrinting() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open]):not(.tools)");
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));
}

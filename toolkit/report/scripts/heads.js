// Of a table that fits, the headings stay in sight below the bar of filters while its rows pass by. One that has to be
// scrolled sideways keeps its first column in sight instead: a box that scrolls in one direction cannot let go of both.

function setUpHeads() {
  const bar = document.getElementById("filter");
  const boxes = all("figure.table > .scroll");
  const fit = () => {
    const fits = boxes.map((box) => box.firstElementChild.offsetWidth <= box.clientWidth);
    boxes.forEach((box, i) => box.classList.toggle("fits", fits[i]));
    const held = bar && getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    document.documentElement.style.setProperty("--bar", `${held}px`);
  };
  const watch = new ResizeObserver(fit);
  [document.documentElement, ...(bar ? [bar] : [])].forEach((element) => watch.observe(element));
  all("details").forEach((details) => details.addEventListener("toggle", fit));
}

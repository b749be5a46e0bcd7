// What all scripts of the page share. They are put together in one module: no name of theirs leaves it. Texts of a run
// only ever become text, never markup.

/** Return an element with some properties and children; an attribute is given as "aria-label" or "data-x". */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Return all elements that a selector finds, as an array. */
function all(selector, root = document) {
  return [...root.querySelectorAll(selector)];
}

/** Return the JSON that an element holds; null where there is no such element. */
function islandOf(element) {
  return element ? JSON.parse(element.textContent) : null;
}

const voice = make("p", { className: "unseen", role: "status", "aria-live": "polite" });

/** Say something to those who do not see the page. */
function announce(text) {
  voice.textContent = text;
}

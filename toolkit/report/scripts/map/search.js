// The box in which a key is looked for: a combobox with a list, by arrows, Enter and Escape or by the pointer.

const OFFERED = 12;

function plain(text) {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}

// What begins with the text first, then what has a word that does, then what holds it; the most frequent first.
function matches(texts, wanted) {
  const found = [[], [], []];
  if (!wanted) return [];
  texts.forEach((text, key) => {
    const place = text.indexOf(wanted);
    if (place < 0) return;
    const inner = /[^\p{L}\p{N}]/u.test(text[place - 1] ?? "");
    found[place === 0 ? 0 : inner ? 1 : 2].push(key);
  });
  return found.flat().slice(0, OFFERED);
}

function searchBox(input, list, choose) {
  let [texts, names, offered, active] = [[], [], [], -1];

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (position) => {
    active = position;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    const option = list.children[active];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  };
  const take = (position) => {
    if (offered[position] === undefined) return;
    input.value = names[offered[position]];
    choose(offered[position]);
    close();
  };
  const offer = () => {
    const wanted = plain(input.value.trim());
    offered = matches(texts, wanted);
    list.replaceChildren(...offered.map((key, i) => {
      const option = element("li", names[key], { id: `${list.id}-${i}` });
      option.setAttribute("role", "option");
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
      option.addEventListener("click", () => take(i));
      return option;
    }));
    if (wanted && !offered.length) list.replaceChildren(element("li", "Nothing of this name on the map"));
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
    input.removeAttribute("aria-activedescendant");
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (list.hidden) offer();
      if (offered.length) mark((active + step + offered.length + (active < 0 && step < 0 ? 1 : 0)) % offered.length);
    } else if (event.key === "Enter") take(Math.max(active, 0));
    else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      close();
    } else return;
    event.preventDefault();
  });
  return {
    fill: (shown, keys) => {
      names = shown;
      texts = shown.map((name, i) => plain(name === keys[i] ? name : `${name} ${keys[i]}`));
      close();
    },
    show: (key) => (input.value = key < 0 ? "" : names[key]),
  };
}

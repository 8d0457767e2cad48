// Help while typing in a search box: a list below it, walked with the arrow keys and told to screen
// readers (the combobox pattern of ARIA). Without this the box simply searches.

const WAIT = 120; // milliseconds of rest before we ask

const option = (found, index) => {
  const item = document.createElement("li");
  item.id = `suggestion-${index}`;
  item.setAttribute("role", "option");
  item.dataset.url = found.url;
  const kind = document.createElement("span");
  kind.className = "meta";
  kind.textContent = found.kind;
  item.append(document.createTextNode(found.label), " ", kind);
  return item;
};

const combobox = (input) => {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent.trim());
  status.className = "sr-only";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let at = -1;
  let asked = 0;
  let last = "";
  let timer;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (index) => {
    const items = [...list.children];
    at = (index + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    close();
    list.replaceChildren(...found.map(option));
    status.textContent = found.length ? input.dataset.count.replace("{}", found.length) : "";
    if (!found.length || document.activeElement !== input) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const ask = async () => {
    const typed = input.value.trim();
    if (typed === last) return;
    last = typed;
    asked += 1;
    const turn = asked;
    if (!typed) {
      show([]);
      return;
    }
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`);
      const { found } = await answer.json();
      if (turn === asked) show(found);
    } catch {
      close(); // no network for the moment: the box searches as ever
    }
  };
  const keys = {
    ArrowDown: () => point(at + 1),
    ArrowUp: () => point(at < 0 ? -1 : at - 1),
    Escape: close,
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      location.assign(list.children[at].dataset.url);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  input.addEventListener("blur", close);
  // Before the box loses its focus, and with it the list.
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-url]");
    if (!item) return;
    event.preventDefault();
    location.assign(item.dataset.url);
  });
};

document.querySelectorAll("[data-suggest]").forEach(combobox);
if (matchMedia("(min-width: 901px)").matches) {
  for (const fold of document.querySelectorAll("[data-open-wide]")) fold.open = true;
}

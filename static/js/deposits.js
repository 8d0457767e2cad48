// The treasurer's list, cleared from the keyboard. Every deed is a form that works without this
// script too: here it is sent aside, and its row alone is drawn anew.
//
//   j k  move · 1-9 choose · Enter confirm · / look for an order · s set aside · u take back

const place = document.querySelector("[data-clearing]");
const list = place?.querySelector("[data-rows]");

const rows = () => [...list.querySelectorAll("[data-deposit]")];
const open = () => rows().filter((row) => row.dataset.state === "open");
const said = place?.querySelector("[data-said]");
const deeds = []; // [id of a row, how many orders it paid], the last decision last

// One request after the other, however fast the keys are; nobody waits for the answer.
let line = Promise.resolve();
const inLine = (deed) => { line = line.then(deed).catch(() => {}); };

const say = (text) => {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = text; });
};

const current = () => list.querySelector("[aria-current=true]");

const stand = (row) => {
  if (!row) return;
  current()?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", behavior: "instant" });
};

const move = (step) => {
  const all = rows();
  const at = all.indexOf(current());
  stand(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
};

const next = (from) => {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.deposit === from);
  return all.slice(at + 1).find((row) => row.dataset.state === "open") ?? open()[0];
};

const count = ({ done, total }) => {
  const progress = place.querySelector("[data-progress]");
  if (!progress) return;
  const bar = progress.querySelector("progress");
  [bar.value, bar.max] = [done, Math.max(total, 1)];
  progress.querySelector("[data-done]").textContent = done;
  progress.querySelector("[data-total]").textContent = total;
};

const drawn = (row, html) => {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = template.content.firstElementChild;
  const stands = row.getAttribute("aria-current");
  row.replaceWith(fresh);
  if (stands) stand(fresh);
  return fresh;
};

const warn = (row, text) => {
  row.querySelector("[data-warning]")?.remove();
  const warning = document.createElement("p");
  warning.className = "alert danger";
  warning.dataset.warning = "";
  warning.setAttribute("role", "alert");
  warning.textContent = text;
  row.append(warning);
};

// Others that were offered the same order must not offer it any more.
const refresh = async (codes, but) => {
  const stale = open().filter((row) => row.dataset.deposit !== but
    && [...row.querySelectorAll("input[data-orders]")].some((input) =>
      input.dataset.orders.split(" ").some((code) => code && codes.includes(code))));
  for (const row of stale) {
    const answer = await fetch(row.dataset.row, { headers: { "X-Answer": "row" } });
    const html = answer.ok && (await answer.json()).row;
    if (html && row.isConnected && row.dataset.state === "open") drawn(row, html);
  }
};

// The next page's rows, once all of this one are decided.
const more = async () => {
  const url = new URL(location.href);
  url.searchParams.delete("page");
  const answer = await fetch(url);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const here = new Set(rows().map((row) => row.dataset.deposit));
  const fresh = [...page.querySelectorAll("[data-rows] > [data-deposit]")]
    .filter((row) => !here.has(row.dataset.deposit));
  list.append(...fresh.map((row) => document.importNode(row, true)));
  if (fresh.length) stand(next(""));
  else say(place.dataset.finished);
};

const posted = async (row, form, body) => {
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Answer": "row" } });
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    const { row: html, progress, message } = await answer.json();
    const fresh = drawn(row, html);
    count(progress);
    say(message);
    if (!answer.ok) warn(fresh, message);
    return answer.ok ? fresh : null;
  } catch {
    row.removeAttribute("aria-busy");
    row.dataset.state = "open";
    warn(row, place.dataset.failed);
    return null;
  }
};

const ordersOf = (inputs) =>
  [...inputs].flatMap((input) => input.dataset.orders.split(" ").filter(Boolean));

// Confirms or sets aside, and goes on to the next line at once.
const send = (form) => {
  const row = form.closest("[data-deposit]");
  if (!row || row.dataset.state === "sent") return;
  const [id, body] = [row.dataset.deposit, new FormData(form)];
  const codes = ordersOf(form.querySelectorAll("input[data-orders]:checked"));
  row.dataset.state = "sent";
  row.setAttribute("aria-busy", "true");
  stand(next(id) ?? row);
  inLine(async () => {
    if (!await posted(row, form, body)) return;
    deeds.push([id, Math.max(codes.length, 1)]);
    await refresh(codes, id);
    if (!open().length) await more();
  });
};

const takeBack = async (form) => {
  const row = form.closest("[data-deposit]");
  const fresh = await posted(row, form, new FormData(form));
  if (!fresh) return;
  stand(fresh);
  await refresh(ordersOf(fresh.querySelectorAll("input[data-orders]")), fresh.dataset.deposit);
};

const look = async (form) => {
  const row = form.closest("[data-deposit]");
  const query = new URLSearchParams(new FormData(form));
  const answer = await fetch(`${row.dataset.row}?${query}`, { headers: { "X-Answer": "row" } });
  if (!answer.ok) return;
  const fresh = drawn(row, (await answer.json()).row);
  stand(fresh);
  fresh.querySelector("input[type=radio]")?.focus({ preventScroll: true });
};

const undo = () => inLine(async () => {
  const [id, times] = deeds.pop() ?? [];
  for (let time = 0; id && time < times; time += 1) {
    // Of several decisions about one deposit the last one stands last.
    const form = [...document.querySelectorAll(`#deposit-${id} form[data-undo]`)].at(-1);
    if (form) await takeBack(form);
  }
});

const choose = (number) => {
  const input = current()?.querySelectorAll("input[name=choice]")[number - 1];
  if (!input) return;
  input.checked = true;
  input.scrollIntoView({ block: "nearest" });
};

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  s: () => { const form = current()?.querySelector("form[data-aside]"); if (form) send(form); },
  u: undo,
  "/": () => current()?.querySelector("form[data-look] input[type=search]")?.focus(),
  Enter: () => { const form = current()?.querySelector("form[data-match]"); if (form) send(form); },
};

const pressed = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input:not([type=radio]), textarea, select");
  if (typing) {
    if (event.key === "Escape") stand(typing.closest("[data-deposit]") ?? current());
    return;
  }
  // Enter on a link or a button stays theirs.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const deed = /^[1-9]$/.test(event.key) ? () => choose(Number(event.key)) : KEYS[event.key];
  if (!deed || !current()) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // "/" is also the desk's search
  deed();
};

if (list) {
  place.querySelector("[data-keys]").hidden = false;
  place.classList.add("one-by-one"); // only the current line shows all its candidates
  document.addEventListener("keydown", pressed, true);
  list.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-match], [data-aside]")) {
      event.preventDefault();
      send(form);
    } else if (form.matches("[data-undo]")) {
      event.preventDefault();
      inLine(() => takeBack(form));
    } else if (form.matches("[data-look]")) {
      event.preventDefault();
      look(form);
    }
  }, true);
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-deposit]");
    if (row && row !== current()) {
      current()?.removeAttribute("aria-current");
      row.setAttribute("aria-current", "true");
    }
  });
  stand(open()[0] ?? rows()[0]);
}

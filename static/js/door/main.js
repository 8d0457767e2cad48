// The page at the door. Scans are taken one after the other; each is kept on the device before
// anything else happens to it, so that a closed page, an empty battery or a dead network loses none.

import { watch } from "./camera.js";
import { giveOut, rememberGiven } from "./extras.js";
import { judge, remember } from "./judging.js";
import { Roster } from "./roster.js";
import { Sale } from "./sale.js";
import { Revoked, ask, call, handInAll } from "./sending.js";
import { allowSound } from "./signals.js";
import { fact, forget, keepFact, keepScan, waiting } from "./store.js";
import { pairing, say, showState } from "./words.js";

const HAND_IN_EVERY = 10_000;
const ROSTER_EVERY = 5 * 60_000;

const page = document.querySelector("[data-door]");
const part = (name) => page.querySelector(`[data-${name}]`);
const form = part("scan");
const LET_IN = ["admitted", "returned", "already", "twice"];
let device = null;
let roster = null;
let stopCamera = null;
let turn = Promise.resolve();

// One thing at a time: two scans at once would both find the person outside.
const inTurn = (work) => {
  turn = turn.then(work).catch(failed);
  return turn;
};

const show = (state) => showState(page, state);

const failed = async (error) => {
  if (error instanceof Revoked) {
    for (const name of ["roster", "walks", "given", "device"]) await forget(name);
    [device, roster] = [null, null];
    stopCamera?.();
    show("revoked");
  } else if (error.name !== "TimeoutError" && error.name !== "TypeError") {
    page.dataset.trouble = error.message; // no network is no trouble
  }
};

// --- what the page says ---

const time = (instant) => new Date(instant).toLocaleTimeString(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Seoul",
});

const tell = (answer) => {
  say(part("result"), answer);
  tellExtras(LET_IN.includes(answer.outcome) ? answer.extras ?? [] : []);
};

const extraRow = (extra) => {
  const row = part("extra").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-what]").textContent = extra.name;
  row.querySelector("[data-given]").hidden = !extra.given_at;
  if (extra.given_at) row.querySelector("[data-time]").textContent = time(extra.given_at);
  row.querySelector("button").hidden = Boolean(extra.given_at);
  row.querySelector("button").addEventListener("click", () => inTurn(async () => {
    const isGiven = await giveOut(device, page.dataset.sync, extra);
    part("given-before").hidden = isGiven || !extra.given_at;
    part("not-given").hidden = isGiven || Boolean(extra.given_at);
    row.replaceWith(extraRow(extra));
    return tellState();
  }));
  return row;
};

const tellExtras = (extras) => {
  part("extras").hidden = extras.length === 0;
  part("given-before").hidden = true;
  part("not-given").hidden = true;
  part("extra-rows").replaceChildren(...extras.map(extraRow));
};

const sale = new Sale(page, {
  device: () => device,
  revoked: (error) => failed(error),
  done: (sold) => {
    tell(sold);
    return handIn();
  },
});

const tellState = async () => {
  const left = (await waiting()).length;
  page.dataset.waiting = left;
  part("online").hidden = !navigator.onLine;
  part("offline").hidden = navigator.onLine;
  sale.tell(Boolean(roster?.facts.sells), navigator.onLine);
  part("left").hidden = left === 0;
  part("left").querySelector("[data-n]").textContent = left;
  part("no-roster").hidden = roster !== null;
  part("has-roster").hidden = roster === null;
  if (!roster) return;
  const { title, door, label, issued_at: issued, places } = roster.facts;
  part("title").textContent = title;
  part("place").textContent = `${door} · ${label}`;
  part("has-roster").querySelector("[data-n]").textContent = places.length;
  part("has-roster").querySelector("[data-time]").textContent = time(issued);
};

// --- scanning ---

// Kept until a newer roster knows of it, as the page may be closed before.
const walked = async (place, outcome, at) => {
  remember(place, outcome, at);
  await keepFact("walks", [...((await fact("walks")) ?? []), [place.id, outcome, at]]);
};

const direction = () => new FormData(form).get("direction");

const take = async (typed, known = null) => {
  const at = new Date().toISOString();
  const asked = direction();
  const { place, digest, group } = known
    ? { place: known, digest: "" }
    : (await roster?.find(typed)) ?? { place: null, digest: "" };
  if (group) return choose(group);
  const scan = { uuid: crypto.randomUUID(), at, direction: asked, told: "" };
  Object.assign(scan, place ? { place: place.id, digest } : { code: typed.slice(0, 200) });
  await keepScan(scan);
  let answer = await ask(device, page.dataset.sync, scan);
  if (!answer) {
    scan.told = judge(place, asked, at, roster?.facts.first_day);
    await keepScan(scan);
    answer = { ...(place ?? {}), outcome: scan.told, isAlone: true };
  }
  if (place) await walked(place, answer.outcome, at);
  if (place && answer.extras) place.extras = answer.extras; // fresher than the list
  await tellState(); // what still waits is known before the word falls
  return tell(answer);
};

// A whole company with one scan: who of them stands here?
const choose = (group) => {
  const rows = group.map((place) => {
    const row = part("member").content.firstElementChild.cloneNode(true);
    const box = row.querySelector("input");
    box.value = place.id;
    box.checked = judge(place, direction(), new Date().toISOString()) !== "already";
    row.querySelector("[data-who]").textContent =
      [place.name, place.affiliation, place.ticket].filter(Boolean).join(" · ");
    return row;
  });
  part("members").replaceChildren(...rows);
  part("company").hidden = false;
  part("company").querySelector("h2").focus();
};

part("company").addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(event.target).getAll("place").map(Number);
  part("company").hidden = true;
  for (const id of chosen) inTurn(() => take("", roster.places.get(id)));
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const typed = form.elements.code.value;
  form.elements.code.value = "";
  if (typed.trim()) inTurn(() => take(typed));
  form.elements.code.focus();
});

const camera = part("camera");
const video = part("video");
const look = async () => {
  allowSound();
  if (stopCamera) {
    stopCamera();
    stopCamera = null;
  } else {
    stopCamera = await watch(video, page.dataset.reader, (text) => inTurn(() => take(text)));
  }
  video.hidden = !stopCamera;
  camera.setAttribute("aria-pressed", String(Boolean(stopCamera)));
};
camera.hidden = !navigator.mediaDevices;
camera.addEventListener("click", () => look().catch(() => {
  camera.hidden = true;
  part("no-camera").hidden = false;
}));

part("search").addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const found = roster?.search(event.target.elements.q.value) ?? [];
  const rows = found.map((place) => {
    const row = part("found-row").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-who]").textContent =
      [place.name, place.affiliation, place.ticket].filter(Boolean).join(" · ");
    row.querySelector("button").addEventListener("click", () => inTurn(() => take("", place)));
    return row;
  });
  part("found").replaceChildren(...rows);
  part("nobody").hidden = rows.length > 0;
});

// --- the roster, and what waits ---

const openRoster = async (signed) => {
  roster = await Roster.open(device, signed);
  if (!roster) return forget("roster");
  await rememberGiven(roster);
  for (const [id, outcome, at] of (await fact("walks")) ?? []) {
    const place = roster.places.get(id);
    if (place) remember(place, outcome, at);
  }
  return undefined;
};

// Nothing waits when this is called, so a new roster knows every walk of this device.
const fetchRoster = async () => {
  const signed = await call(device, page.dataset.roster);
  const fresh = await Roster.open(device, signed);
  page.dataset.genuine = String(fresh !== null);
  if (!fresh) return;
  await keepFact("roster", signed);
  await keepFact("walks", []);
  await keepFact("given", {});
  roster = fresh;
};

const handIn = () => inTurn(async () => {
  if (!device || !navigator.onLine) return tellState();
  await handInAll(device, page.dataset.sync);
  const isOld = !roster || Date.now() - Date.parse(roster.facts.issued_at) > ROSTER_EVERY;
  if (isOld) await fetchRoster();
  return tellState();
});

// --- who this device is ---

const pair = async (told) => {
  const known = await fact("device");
  if (known?.token === told.token) return;
  if ((await waiting()).length && known) {
    part("unsent").hidden = false;
    return;
  }
  for (const name of ["roster", "walks", "given"]) await forget(name);
  await keepFact("device", told);
};

part("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = pairing(event.target.elements.address.value);
  part("no-key").hidden = told !== null;
  if (told) await pair(told).then(begin);
});

const begin = async () => {
  device = (await fact("device")) ?? null;
  if (!device) return show("unpaired");
  show("paired");
  await inTurn(async () => {
    await openRoster(await fact("roster"));
    await tellState();
  });
  return handIn();
};

const start = async () => {
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register(page.dataset.worker);
  await navigator.storage?.persist?.();
  const told = pairing(location.hash);
  if (told) {
    history.replaceState(null, "", location.pathname);
    await pair(told);
  }
  await begin();
  setInterval(handIn, HAND_IN_EVERY);
  addEventListener("online", handIn);
  addEventListener("offline", tellState);
};

start().catch(failed);

// The page at the door. Each scan is kept on the device before anything else happens to it, so that a
// closed page, an empty battery or a dead network loses none; then they are taken one after the other.

import { watch } from "./camera.js";
import { Company } from "./company.js";
import { rememberGiven } from "./extras.js";
import { Giving } from "./giving.js";
import { judge, remember } from "./judging.js";
import { Pairing, standAlone } from "./pairing.js";
import { Roster } from "./roster.js";
import { Sale } from "./sale.js";
import {
  Refusal, Revoked, alone, ask, call, handInAll, isConnected, sendable, toHandIn,
} from "./sending.js";
import { allowSound } from "./signals.js";
import { fact, forget, keepFact, keepScan, waiting } from "./store.js";
import { pairing, say, sayAll, showState } from "./words.js";

const HAND_IN_EVERY = 10_000;
const ROSTER_EVERY = 5 * 60_000;

const page = document.querySelector("[data-door]");
const part = (name) => page.querySelector(`[data-${name}]`);
const form = part("scan");
let device = null;
let roster = null;
let refusal = ""; // why the portal gives no list, in its words
let stopCamera = null;
let turn = Promise.resolve();

// One thing at a time: two scans at once would both find the person outside. Undefined, where it
// failed.
const inTurn = (work) => {
  turn = turn.then(work).catch(failed);
  return turn;
};

const show = (state) => showState(page, state);

const failed = async (error) => {
  if (error instanceof Revoked) {
    await doors.leave(roster?.facts.title);
    [device, roster] = [null, null];
    stopCamera?.();
    show("revoked");
    await tellState();
  } else if (error.name !== "TimeoutError" && error.name !== "TypeError") {
    page.dataset.trouble = error.message; // no network is no trouble
    if (error instanceof DOMException) part("unkept").hidden = false; // its storage fails
  }
};

// --- what the page says ---

const time = (instant) => new Date(instant).toLocaleTimeString(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Seoul",
});

const giving = new Giving(page, {
  device: () => device, time, inTurn, done: () => tellState(),
});

const tell = (answer) => {
  say(part("result"), answer);
  giving.offer([answer]);
};

// So that nobody takes the word of one scan for that of the next.
const tellNothing = () => {
  part("result").replaceChildren();
  delete part("result").dataset.outcome;
  giving.clear();
};

const tellAll = (answers) => {
  sayAll(part("result"), answers);
  giving.offer(answers);
};

const sale = new Sale(page, {
  device: () => device,
  revoked: (error) => failed(error),
  done: async (sold) => {
    tell(sold);
    const at = new Date().toISOString();
    await inTurn(async () => {
      const place = await met(sold);
      if (place) await walked(place, sold.outcome, at);
    });
    return handIn();
  },
});

const tellState = async () => {
  const left = (await waiting()).length;
  page.dataset.waiting = left;
  await doors.tell(roster?.facts.title);
  part("online").hidden = !isConnected();
  part("offline").hidden = isConnected();
  sale.tell(Boolean(roster?.facts.sells), navigator.onLine);
  part("left").hidden = left === 0;
  part("left").querySelector("[data-n]").textContent = left;
  part("no-roster").hidden = roster !== null || refusal !== "";
  part("refused").hidden = refusal === "";
  part("refused").textContent = refusal;
  part("has-roster").hidden = roster === null;
  if (!roster) return;
  const { title, door, label, issued_at: issued, places } = roster.facts;
  part("title").textContent = title;
  part("place").textContent = `${door} · ${label}`;
  part("has-roster").querySelector("[data-n]").textContent = places.length;
  part("has-roster").querySelector("[data-time]").textContent = time(issued);
};

// --- scanning ---

// Kept until a newer roster knows of it, as the page may be closed before; it holds up no answer.
const note = async (name, change) => {
  try {
    await keepFact(name, change(await fact(name)));
  } catch (error) {
    await failed(error);
  }
};

const walked = (place, outcome, at) => {
  remember(place, outcome, at);
  return note("walks", (walks = []) => [...walks, [place.id, outcome, at]]);
};

const direction = () => new FormData(form).get("direction");

// What the portal has said of a place.
const met = async ({ place: told, extras = [] }) => {
  if (!told || !roster) return null;
  const facts = { ...told, extras };
  const place = roster.meet(facts);
  await note("met", (known) => ({ ...known, [told.id]: facts }));
  return place;
};

const newScan = (asked, about) => ({
  uuid: crypto.randomUUID(),
  at: new Date().toISOString(),
  event: device.event,
  direction: asked,
  told: "",
  ...about,
});

// Whose place it is by the roster, which may be a newer one than when it was scanned.
const placeOf = async (scan) => {
  if (scan.place) return roster?.places.get(scan.place) ?? null;
  return (await roster?.find(scan.code))?.place ?? null;
};

// Where the device can keep nothing, the portal still may.
const kept = async (scan) => {
  try {
    await keepScan(scan);
    part("unkept").hidden = true;
  } catch (error) {
    await failed(error);
  }
};

// What a scan comes to.
const judged = async (scan) => {
  if (!device) return null; // revoked meanwhile
  const known = await placeOf(scan);
  let answer = await ask(device, page.dataset.sync, scan);
  if (!answer) {
    scan.told = judge(known, scan.direction, scan.at, roster?.facts.first_day);
    await kept(scan);
    answer = { ...(known ?? {}), outcome: scan.told, isAlone: true };
  }
  const place = answer.isAlone ? known : (await met(answer)) ?? known;
  if (place) await walked(place, answer.outcome, scan.at);
  return answer;
};

// Kept before its turn comes: whoever came before may wait for the portal.
const checked = (scan) => alone(scan, async () => {
  await kept(scan);
  return inTurn(() => judged(scan));
});

const take = async (typed, known = null) => {
  const asked = direction();
  const { place, digest, group } = known
    ? { place: known, digest: "" }
    : (await roster?.find(typed)) ?? { place: null, digest: "" };
  if (group) return company.ask(group);
  const about = place ? { place: place.id, digest } : { code: sendable(typed) };
  const answer = await checked(newScan(asked, about));
  await tellState().catch(failed); // what still waits is known before the word falls
  return answer && tell(answer);
};

const takeAll = async (scans) => {
  const answers = (await Promise.all(scans.map(checked))).filter(Boolean);
  await tellState().catch(failed);
  return answers.length && tellAll(answers);
};

// The page was closed before anybody saw the answer: the portal may have let them in by now.
const takeUnanswered = async () => {
  const scans = (await toHandIn(device)).filter((scan) => !scan.told && !("extra" in scan));
  await takeAll(scans);
  return inTurn(() => giving.takeUnanswered(roster));
};

const scanned = (typed, known = null) => {
  tellNothing();
  return take(typed, known).catch(failed);
};

const company = new Company(page, {
  direction,
  check: (places, asked) => takeAll(
    places.map(({ id }) => newScan(asked, { place: id, digest: "" })),
  ).catch(failed),
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const typed = form.elements.code.value;
  form.elements.code.value = "";
  if (typed.trim()) scanned(typed);
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
    stopCamera = await watch(video, page.dataset.reader, (text) => scanned(text));
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
    row.querySelector("button").addEventListener("click", () => scanned("", place));
    return row;
  });
  part("found").replaceChildren(...rows);
  part("nobody").hidden = rows.length > 0;
});

// --- the roster, and what waits ---

const openRoster = async (signed) => {
  roster = await Roster.open(device, signed);
  if (!roster) return forget("roster");
  for (const told of Object.values((await fact("met")) ?? {})) roster.meet(told);
  await rememberGiven(roster);
  for (const [id, outcome, at] of (await fact("walks")) ?? []) {
    const place = roster.places.get(id);
    if (place) remember(place, outcome, at);
  }
  return undefined;
};

const noted = async () => ({
  walks: (await fact("walks")) ?? [], given: (await fact("given")) ?? {}, met: (await fact("met")) ?? {},
});

// What is not among what was noted before.
const since = (before, now) => Object.entries(now).filter(([key, value]) =>
  JSON.stringify(value) !== JSON.stringify(before[key]));

// The doors go on while it comes. A new roster knows what was handed in before it was asked for.
const fetchRoster = async () => {
  const mine = device;
  const before = await inTurn(async () => ((await toHandIn(mine)).length ? null : noted()));
  if (!before) return; // next time
  const signed = await call(mine, page.dataset.roster);
  const fresh = await Roster.open(mine, signed);
  page.dataset.genuine = String(fresh !== null);
  if (!fresh) return;
  await inTurn(async () => {
    if (device !== mine) return;
    const { walks, given, met: told } = await noted();
    await keepFact("roster", signed);
    await keepFact("walks", walks.slice(before.walks.length));
    await keepFact("given", Object.fromEntries(since(before.given, given)));
    await keepFact("met", Object.fromEntries(since(before.met, told)));
    await openRoster(signed);
  });
};

const handInOnce = async () => {
  const mine = device;
  if (!mine || !navigator.onLine) return;
  try {
    await handInAll(mine, page.dataset.sync);
    const isOld = !roster || Date.now() - Date.parse(roster.facts.issued_at) > ROSTER_EVERY;
    if (isOld) await fetchRoster();
    refusal = "";
  } catch (error) {
    if (device !== mine) return; // it stands at another door by now
    if (!(error instanceof Refusal)) throw error;
    refusal = error.message;
  }
};

// Not in turn: a network that is there but dead keeps nobody waiting. One at a time.
let handing = null;
const handIn = () => {
  handing ??= handInOnce().catch(failed).then(tellState).catch(failed).finally(() => {
    handing = null;
  });
  return handing;
};

// --- who this device is ---

const doors = new Pairing(page, () => begin());

part("pair").addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = pairing(event.target.elements.address.value);
  part("no-key").hidden = told !== null;
  if (told) await doors.pair(told).then(begin);
});

const begin = async () => {
  if (isElsewhere) return undefined;
  device = (await fact("device")) ?? null;
  if (!device) {
    show("unpaired");
    return tellState();
  }
  show("paired");
  await inTurn(async () => {
    await openRoster(await fact("roster"));
    await tellState();
  });
  await takeUnanswered();
  await handIn();
  return sale.resume();
};

let isElsewhere = false;
const stop = () => {
  isElsewhere = true;
  [device, roster] = [null, null];
  stopCamera?.();
  show("elsewhere");
};

part("go-on").addEventListener("click", () => location.reload());

const opened = async () => {
  const told = pairing(location.hash);
  if (!told) return;
  history.replaceState(null, "", location.pathname);
  await doors.pair(told);
};

const start = async () => {
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register(page.dataset.worker);
  await navigator.storage?.persist?.();
  await standAlone(stop);
  await opened();
  await begin();
  setInterval(handIn, HAND_IN_EVERY);
  addEventListener("online", () => handIn().then(() => sale.resume()));
  addEventListener("offline", tellState);
  addEventListener("hashchange", () =>
    (isElsewhere ? location.reload() : opened().then(begin).catch(failed)));
};

start().catch(failed);

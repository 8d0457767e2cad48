// A guest checks in by the QR code or the eight letters of the ticket. No list of names is kept
// here, as the device stands among the guests: without a network they go to the desk.

import { watch } from "./camera.js";
import { Refusal, Revoked, call, sendable } from "./sending.js";
import { allowSound } from "./signals.js";
import { fact, forget, keepFact } from "./store.js";
import { pairing, say, showState } from "./words.js";

const SHOWN = 8000; // milliseconds until the next guest sees an empty page

const page = document.querySelector("[data-kiosk]");
const part = (name) => page.querySelector(`[data-${name}]`);
const form = part("scan");
const idle = part("idle");
const trouble = part("trouble");
let device = null;
let turn = Promise.resolve();
let resting = 0;

const rest = () => {
  part("result").replaceChildren(idle);
  delete part("result").dataset.outcome;
  trouble.hidden = true;
};

const take = async (code) => {
  clearTimeout(resting);
  rest();
  try {
    const body = { uuid: crypto.randomUUID(), code: sendable(code) };
    say(part("result"), await call(device, page.dataset.self, body));
  } catch (error) {
    if (error instanceof Revoked) {
      await forget("device");
      showState(page, "revoked");
      return;
    }
    const silent = part("no-network").content.textContent;
    trouble.textContent = error instanceof Refusal ? error.message : silent;
    trouble.hidden = false;
  }
  resting = setTimeout(rest, SHOWN);
};

const inTurn = (code) => { turn = turn.then(() => take(code)); };

form.addEventListener("submit", (event) => {
  event.preventDefault();
  allowSound();
  const code = form.elements.code.value.trim();
  form.elements.code.value = "";
  if (code) inTurn(code);
  form.elements.code.focus();
});

const camera = part("camera");
camera.hidden = !navigator.mediaDevices;
camera.addEventListener("click", async () => {
  allowSound();
  camera.hidden = true;
  try {
    await watch(part("video"), page.dataset.reader, inTurn);
    part("video").hidden = false;
  } catch {
    form.elements.code.focus();
  }
});

const start = async () => {
  const told = pairing(location.hash);
  if (told) {
    history.replaceState(null, "", location.pathname);
    await keepFact("device", told);
  }
  device = (await fact("device")) ?? null;
  showState(page, device ? "paired" : "unpaired");
};

start();

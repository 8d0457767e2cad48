// What a guest has beside their place is given out once: where nobody can be asked, the device decides
// by its list, keeps that it did, and hands it in as it does scans.

import { alone, askHandOut, toHandIn } from "./sending.js";
import { dropScan, fact, keepFact, keepScan } from "./store.js";

// What this device gave out since its list was signed, by the key of the add-on.
export const rememberGiven = async (roster) => {
  const given = (await fact("given")) ?? {};
  for (const place of roster.facts.places) {
    for (const extra of place.extras ?? []) extra.given_at ||= given[extra.id] ?? "";
  }
};

// What the list knows of an add-on, and who has it; of one that it does not know, its key alone.
export const extraOf = (roster, id) => {
  for (const { name, extras = [] } of roster?.facts.places ?? []) {
    const extra = extras.find((each) => each.id === id);
    if (extra) return { extra, name };
  }
  return { extra: { id, name: "", given_at: "" }, name: "" };
};

// Pressed, and neither the portal nor the device has said yet what came of it.
export const unanswered = async (device) =>
  (await toHandIn(device)).filter((row) => "extra" in row && !row.told);

const note = async (extra, at) => {
  extra.given_at = at;
  await keepFact("given", { ...((await fact("given")) ?? {}), [extra.id]: at });
};

// Whether it was given by this very press; extra.given_at says when it was given first.
export const giveOut = (device, address, extra) => {
  const at = new Date().toISOString();
  const { event } = device;
  const giving = { uuid: crypto.randomUUID(), at, event, extra: extra.id, told: false };
  return giveAgain(device, address, extra, giving);
};

// The same press once more: what it gave before, it has given.
export const giveAgain = (device, address, extra, giving) =>
  alone(giving, () => give(device, address, extra, giving));

const give = async (device, address, extra, giving) => {
  await keepScan(giving);
  const said = await askHandOut(device, address, giving);
  if (said) {
    if (said.given_at) await note(extra, said.given_at);
    return said.is_given;
  }
  if (extra.given_at) {
    await dropScan(giving.uuid);
    return false;
  }
  await keepScan({ ...giving, told: true });
  await note(extra, giving.at);
  return true;
};

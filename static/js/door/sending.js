// Hands scans in. A scan leaves the device's own list only when the portal has said that it has it.

import { dropScan, fact, forget, keepScan, waiting } from "./store.js";

const PATIENCE = 2500; // a queue is waiting: then the device decides by itself
const REST = 10_000; // after a failure, before a scan waits for the network again
const AT_ONCE = 100;

export class Revoked extends Error {}
export class Refusal extends Error {} // in words for whoever stands there

let silentUntil = 0; // 0: the portal was heard last time
const asking = new Set(); // whose turn has come, or will: nobody else hands them in
const refused = new Set(); // what broke the whole body, until the page is opened anew

// As much of what was scanned as the portal takes; of a letter never half.
export const sendable = (text) => [...text].slice(0, 200).join("").replace(/\p{Surrogate}/gu, "\ufffd");

// Whether there is a network and somebody at its other end.
export const isConnected = () => navigator.onLine && silentUntil === 0;

export const call = async (device, address, body = undefined, patience = 20_000) => {
  const answer = await fetch(address, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${device.token}`, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin", // for the language alone
    cache: "no-store",
    signal: AbortSignal.timeout(patience),
  });
  if (answer.status === 401) throw new Revoked();
  if (answer.status === 409) throw new Refusal((await answer.json()).reasons.join(" "));
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
};

const handIn = async (device, address, scans, patience) => {
  const rows = scans.map(({ isWrong, event, ...row }) => row);
  const body = {
    sent_at: new Date().toISOString(),
    scans: rows.filter((row) => !("extra" in row)),
    hand_outs: rows.filter((row) => "extra" in row),
    former: (await fact("former").catch(() => null)) ?? [], // by whose keys they may have been made
  };
  try {
    const said = await call(device, address, body, patience);
    silentUntil = 0;
    await settle(said, scans).catch(() => {}); // what stays is sent once more
    return said;
  } catch (error) {
    if (!isHeard(error)) silentUntil = Date.now() + REST;
    throw error;
  }
};

const isRefused = (error) => error.message === "400";

const isHeard = (error) => error instanceof Revoked || error instanceof Refusal || isRefused(error);

const settle = async (said, scans) => {
  for (const { uuid } of [...said.answers, ...said.hand_outs]) await dropScan(uuid);
  // What the portal cannot take is kept, and not sent again.
  const wrong = [...said.malformed, ...said.conflicts];
  for (const scan of scans) {
    if (wrong.includes(scan.uuid)) await keepScan({ ...scan, isWrong: true });
  }
};

// The portal's answer to one row; null where it cannot be asked in time.
const askOne = async (device, address, row) => {
  if (!navigator.onLine || Date.now() < silentUntil) return null;
  try {
    return await handIn(device, address, [row], PATIENCE);
  } catch (error) {
    if (error instanceof Revoked) throw error;
    return null;
  }
};

export const ask = async (device, address, scan) =>
  (await askOne(device, address, scan))?.answers[0] ?? null;

export const askHandOut = async (device, address, giving) =>
  (await askOne(device, address, giving))?.hand_outs[0] ?? null;

// While the work runs, nobody else sends this scan: what the device then says of it would be lost.
export const alone = async ({ uuid }, work) => {
  asking.add(uuid);
  try {
    return await work();
  } finally {
    asking.delete(uuid);
  }
};

// What waits and was made at the event of this device, the earliest first.
export const toHandIn = async (device) => {
  const scans = (await waiting()).filter(({ uuid, isWrong, event }) =>
    !isWrong && event === device.event && !asking.has(uuid) && !refused.has(uuid));
  return scans.sort((one, other) => one.at.localeCompare(other.at));
};

// One row that breaks the whole body holds up no other.
const handInSome = async (device, address, scans) => {
  try {
    await handIn(device, address, scans);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (scans.length === 1) {
      refused.add(scans[0].uuid);
      return;
    }
    const half = Math.ceil(scans.length / 2);
    await handInSome(device, address, scans.slice(0, half));
    await handInSome(device, address, scans.slice(half));
  }
};

export const handInAll = async (device, address) => {
  const scans = await toHandIn(device);
  for (let from = 0; from < scans.length; from += AT_ONCE) {
    await handInSome(device, address, scans.slice(from, from + AT_ONCE));
  }
  await forget("former");
  if (!scans.length) silentUntil = 0; // nobody knows better
};

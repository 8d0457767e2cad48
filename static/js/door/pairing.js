// At which event's door this device stands. A scan belongs to the event at which it was made: while any
// waits, the device goes to no other event, unless somebody gives those scans up.

import { dropScan, fact, forget, keepFact, waiting } from "./store.js";

const OF_A_DEVICE = ["roster", "walks", "given", "met", "sale"];

// Two pages of one device would each find the person outside: the newest goes on, and stop() is what
// happens to the other.
export const standAlone = (stop) => new Promise((resolve) => {
  if (!navigator.locks) return resolve();
  const hold = () => {
    resolve();
    return new Promise(() => {}); // as long as the page is open
  };
  navigator.locks.request("door", { steal: true }, hold).catch(stop);
  return undefined;
});

export class Pairing {
  // begin(): what happens once the device may stand at its new door.
  constructor(page, begin) {
    this.box = page.querySelector("[data-kept]");
    this.opened = null; // the code of another event, while scans wait
    this.part("give-up").addEventListener("click", () => this.giveUp().then(begin));
  }

  part(name) {
    return this.box.querySelector(`[data-${name}]`);
  }

  async pair(told) {
    const known = await fact("device");
    if (known?.token === told.token) return;
    this.opened = told;
    if ((await this.others()).length) return;
    await this.keepKey(known);
    for (const name of [...OF_A_DEVICE, "title"]) await forget(name);
    await keepFact("device", told);
    this.opened = null;
  }

  // Refused: its scans stay, and so does what they were made at.
  async leave(title) {
    if (title && (await waiting()).length) await keepFact("title", title);
    await this.keepKey(await fact("device"));
    for (const name of [...OF_A_DEVICE, "device"]) await forget(name);
  }

  // By a key that it had before, the portal knows how long the device has stood at this event.
  async keepKey(known) {
    const former = (await fact("former")) ?? [];
    if (!(await waiting()).length) await forget("former");
    else if (known) await keepFact("former", [...former, known.token].slice(-50));
  }

  // What waits and cannot be handed in by the key that the device has, or is to have.
  async others() {
    const own = this.opened ?? (await fact("device"));
    return (await waiting()).filter((scan) => !own || scan.event !== own.event);
  }

  async giveUp() {
    if (!this.opened) return;
    for (const { uuid } of await this.others()) await dropScan(uuid);
    await this.pair(this.opened);
  }

  // title: of the event that it stands at now.
  async tell(title) {
    const others = await this.others();
    if (!others.length) this.opened = null;
    this.box.hidden = others.length === 0;
    this.part("other").hidden = !this.opened;
    this.part("n").textContent = others.length;
    this.part("of").textContent = title ?? (await fact("title")) ?? "";
  }
}

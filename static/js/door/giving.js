// What guests have beside their place, on the screen: who has just come in is given it by a press, and
// what a press came to that nobody saw is told when the page opens again.

import { extraOf, giveAgain, giveOut, unanswered } from "./extras.js";

const LET_IN = ["admitted", "returned", "already", "twice"];

const extrasOf = (answer) => (LET_IN.includes(answer.outcome) ? answer.extras ?? [] : []);

export class Giving {
  // device(): who this is now; time(instant): as it is read here; inTurn(work): one thing at a time;
  // done(): after something was given, or not.
  constructor(page, { device, time, inTurn, done }) {
    this.page = page;
    this.asked = { device, time, inTurn, done };
  }

  part(name) {
    return this.page.querySelector(`[data-${name}]`);
  }

  // What those who were just scanned have; whose it is, where they are several.
  offer(answers) {
    const isAlone = answers.length === 1;
    this.show(answers.flatMap((answer) =>
      extrasOf(answer).map((extra) => this.row(extra, isAlone ? "" : answer.name))));
  }

  show(rows) {
    this.part("extras").hidden = rows.length === 0;
    this.part("given-before").hidden = true;
    this.part("not-given").hidden = true;
    this.part("extra-rows").replaceChildren(...rows);
  }

  clear() {
    this.show([]);
    this.part("unseen").hidden = true;
  }

  row(extra, whose) {
    const row = this.part("extra").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-what]").textContent = [whose, extra.name].filter(Boolean).join(" · ");
    row.querySelector("[data-given]").hidden = !extra.given_at;
    if (extra.given_at) {
      row.querySelector("[data-time]").textContent = this.asked.time(extra.given_at);
    }
    row.querySelector("button").hidden = Boolean(extra.given_at);
    row.querySelector("button").addEventListener("click", () => this.asked.inTurn(async () => {
      const isGiven = await giveOut(this.asked.device(), this.page.dataset.sync, extra);
      this.part("given-before").hidden = isGiven || !extra.given_at;
      this.part("not-given").hidden = isGiven || Boolean(extra.given_at);
      row.replaceWith(this.row(extra, whose));
      return this.asked.done();
    }));
    return row;
  }

  // Pressed, and the page was closed before anybody saw the answer: it may be given by now.
  async takeUnanswered(roster) {
    if (!this.asked.device()) return; // revoked meanwhile
    const rows = [];
    for (const giving of await unanswered(this.asked.device())) {
      const { extra, name } = extraOf(roster, giving.extra);
      const isGiven = await giveAgain(this.asked.device(), this.page.dataset.sync, extra, giving);
      rows.push(this.unseen(extra, name, isGiven));
    }
    if (!rows.length) return;
    this.part("unseen-rows").replaceChildren(...rows);
    this.part("unseen").hidden = false;
    await this.asked.done();
  }

  unseen(extra, name, isGiven) {
    const came = isGiven ? "given" : extra.given_at ? "before" : "not";
    const row = this.part("unseen-row").content.firstElementChild.cloneNode(true);
    row.dataset.came = came;
    row.querySelector("[data-what]").textContent = [name, extra.name].filter(Boolean).join(" · ");
    row.querySelector(`[data-${came}]`).hidden = false;
    const at = row.querySelector(`[data-${came}] [data-time]`);
    if (at) at.textContent = this.asked.time(extra.given_at);
    return row;
  }
}

// A whole company with one scan: who of them stands here, or goes out?

import { isInside, isUnpaid } from "./judging.js";

export class Company {
  // direction(): which way people walk now; check(places, direction): what is done with those ticked.
  constructor(page, { direction, check }) {
    this.page = page;
    this.asked = { direction, check };
    this.form = page.querySelector("[data-company]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    page.querySelector("[data-scan]").addEventListener("change", () => {
      if (!this.form.hidden) this.ask(this.group);
    });
  }

  part(name) {
    return this.form.querySelector(`[data-${name}]`);
  }

  ask(group) {
    const now = new Date().toISOString();
    this.group = group;
    this.direction = this.asked.direction();
    const isOut = this.direction === "out";
    const rows = group.map((place) => {
      const row = this.page.querySelector("[data-member]").content.firstElementChild.cloneNode(true);
      const box = row.querySelector("input");
      box.value = place.id;
      // Paid since the list was signed? Then a tick asks the portal, which has the last word.
      box.checked = !isUnpaid(place) && isInside(place, now) === isOut;
      row.querySelector("[data-unpaid]").hidden = !isUnpaid(place);
      row.querySelector("[data-who]").textContent =
        [place.name, place.affiliation, place.ticket].filter(Boolean).join(" · ");
      return row;
    });
    this.part("members").replaceChildren(...rows);
    this.part("who-is-here").hidden = isOut;
    this.part("who-goes-out").hidden = !isOut;
    this.part("nobody-ticked").hidden = true;
    this.form.hidden = false;
    this.form.querySelector("h2").focus();
  }

  submit() {
    const ids = new FormData(this.form).getAll("place").map(Number);
    this.part("nobody-ticked").hidden = ids.length > 0;
    if (!ids.length) return;
    this.form.hidden = true;
    this.asked.check(this.group.filter(({ id }) => ids.includes(id)), this.direction);
  }
}

// Tickets are sold to who has none: a seat is held first, then the money is taken. Both are asked of
// the portal under one key, so that a button that is pressed twice sells once.

import { fit } from "./fitting.js";
import { Refusal, Revoked, call } from "./sending.js";
import { fact, forget, keepFact } from "./store.js";

const UNCERTAIN = ["paid", "review"]; // there is money, and nobody has come in by it
const WAYS_WITH_SLIP = ["card", "transfer"];

export class Sale {
  // device(): who this is now; revoked(error): what happens when it is nobody any more; done(): after
  // somebody came in.
  constructor(page, { device, revoked, done }) {
    this.page = page;
    this.asked = { device, revoked, done };
    this.part("begin").addEventListener("click", () => this.work(() => this.begin()));
    this.part("drop").addEventListener("click", () => this.work(() => this.drop()));
    const onSubmit = (name, deed) => this.part(name).addEventListener("submit", (event) => {
      event.preventDefault();
      this.work(deed);
    });
    onSubmit("find", () => this.offer(this.part("find").elements.member.value));
    onSubmit("guest", () => this.hold());
    onSubmit("money", () => this.take());
    this.part("guest").addEventListener("change", () => fit(this.part("guest")));
    this.part("money").addEventListener("change", () => this.tellSlip());
  }

  part(name) {
    return this.page.querySelector(`[data-sale-${name}]`);
  }

  // What the roster says of this device, and whether there is a network.
  tell(sells, online) {
    this.page.querySelector("[data-sale]").hidden = !sells;
    this.part("begin").disabled = !online;
    this.part("offline").hidden = online;
  }

  show(...names) {
    for (const name of ["find", "guest", "money", "done", "review"]) {
      this.part(name).hidden = !names.includes(name);
    }
    this.part("begin").setAttribute("aria-expanded", String(names.length > 0));
    this.part("trouble").hidden = true;
  }

  async work(deed) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.part("trouble").hidden = true;
    try {
      await deed();
    } catch (error) {
      if (error instanceof Revoked) {
        await this.asked.revoked(error);
      } else {
        const silent = this.part("silent").content.textContent;
        this.part("trouble").textContent = error instanceof Refusal ? error.message : silent;
        this.part("trouble").hidden = false;
        this.part("trouble").scrollIntoView({ block: "center" });
      }
    } finally {
      this.isBusy = false;
    }
  }

  ask(path, body) {
    return call(this.asked.device(), `${this.page.dataset.sales}${path}`, body);
  }

  begin() {
    for (const name of ["find", "guest", "money"]) this.part(name).reset();
    return this.offer("");
  }

  async offer(member) {
    const said = await this.ask("offers/", { member });
    if (said.asked !== this.asks) this.part("asked").innerHTML = said.asked; // else what is typed stays
    this.asks = said.asked;
    this.member = member;
    this.key = crypto.randomUUID();
    const rows = said.offers.map((offer, index) => this.row(offer, index));
    this.part("tickets").replaceChildren(...rows);
    const first = this.part("tickets").querySelector("input:not(:disabled)");
    if (first) first.checked = true;
    fit(this.part("guest"));
    this.part("member").hidden = !said.member;
    this.part("member").querySelector("[data-who]").textContent = said.member;
    this.part("person").hidden = Boolean(said.member);
    for (const field of this.part("person").querySelectorAll("input, select")) {
      field.disabled = Boolean(said.member);
    }
    this.show("find", "guest");
  }

  row(offer) {
    const row = this.part("ticket").content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    input.value = offer.ticket;
    input.disabled = offer.why_not !== "";
    row.querySelector("[data-what]").textContent = offer.name;
    row.querySelector("[data-price]").textContent = offer.price;
    row.querySelector("[data-why]").textContent = offer.why_not;
    return row;
  }

  async hold() {
    const data = new FormData(this.part("guest"));
    const typed = Object.fromEntries([...data.keys()].map((name) => [name, data.getAll(name)]));
    const typedFor = { ...typed, key: this.key, member: this.member };
    await keepFact("sale", this.key).catch(() => {}); // its key alone: the device keeps no names
    try {
      this.sold = await this.ask("", typedFor);
    } catch (error) {
      if (error instanceof Refusal) await this.settled();
      throw error;
    }
    if (this.sold.outcome) return this.welcome();
    return this.askForMoney();
  }

  askForMoney() {
    const money = this.part("money");
    money.querySelector("[data-price]").textContent = this.sold.price;
    money.querySelector("[data-who]").textContent = this.who();
    this.tellSlip();
    this.show("money");
    money.querySelector("h2").focus();
    return undefined;
  }

  who() {
    const { name, affiliation, ticket } = this.sold;
    return [name, affiliation, ticket].filter(Boolean).join(" · ");
  }

  tellSlip() {
    const way = new FormData(this.part("money")).get("way");
    this.part("slip").hidden = !WAYS_WITH_SLIP.includes(way);
  }

  async take() {
    const typed = Object.fromEntries(new FormData(this.part("money")));
    this.sold = await this.ask(`${this.key}/paid/`, typed);
    return this.sold.outcome ? this.welcome() : this.review();
  }

  // Somebody has seen what became of it.
  settled() {
    return forget("sale").catch(() => {});
  }

  review() {
    this.settled();
    this.show("review");
  }

  welcome() {
    this.settled();
    const done = this.part("done");
    done.querySelector("[data-who]").textContent = this.who();
    done.querySelector("[data-code]").textContent = this.sold.code;
    this.part("mailed").hidden = !this.sold.mailed;
    this.part("unmailed").hidden = this.sold.mailed;
    this.show("done");
    this.asked.done(this.sold);
  }

  async drop() {
    await this.ask(`${this.key}/unsold/`, {});
    await this.settled();
    this.show();
  }

  // The page was closed before anybody saw what became of a sale; asked again where there is no answer.
  // Not while another person is sold a ticket: then the next opening of the page asks.
  async resume() {
    const key = await fact("sale").catch(() => null);
    if (!key || key === this.key || this.isSelling() || !this.asked.device()) return;
    await this.work(() => this.lookAgain(key));
  }

  isSelling() {
    return ["find", "guest", "money"].some((name) => !this.part(name).hidden);
  }

  async lookAgain(key) {
    let said = null;
    try {
      said = await call(this.asked.device(), `${this.page.dataset.sales}${key}/`);
    } catch (error) {
      if (error.message !== "404") return;
    }
    [this.key, this.sold] = [key, said];
    if (said?.outcome) this.welcome();
    else if (said?.status === "pending") this.askForMoney();
    else if (said && UNCERTAIN.includes(said.status)) this.review();
    else this.tellNothingSold();
  }

  tellNothingSold() {
    this.settled();
    this.show();
    this.part("trouble").textContent = this.part("nothing").content.textContent;
    this.part("trouble").hidden = false;
  }
}

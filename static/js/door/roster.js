// The signed list of who is expected: read, checked, and asked who holds a ticket.

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const base64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export const digestOf = async (secret) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Whether the text is what the portal signed for this very device, as it is.
const isGenuine = async (key, signed) => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const known = await crypto.subtle.importKey("raw", bytes(key), algorithm, false, ["verify"]);
  return crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    known,
    base64(signed.signature),
    new TextEncoder().encode(signed.roster),
  );
};

// As events.actions.door.read_code reads it.
const readCode = (typed) => {
  const text = typed.trim();
  const secret = text.replace(/\/+$/, "").split("/").pop().replace(/\.pdf$/, "");
  return { secret, code: text.replace(/[- ]/g, "").toUpperCase() };
};

export class Roster {
  constructor(facts) {
    this.facts = facts;
    this.places = new Map(facts.places.map((place) => [place.id, place]));
    this.byDigest = new Map(facts.places.map((place) => [place.digest, place]));
    this.byCode = new Map(facts.places.map((place) => [place.code, place]));
    this.groups = new Map();
    for (const place of facts.places.filter(({ group }) => group)) {
      this.groups.set(place.group, [...(this.groups.get(place.group) ?? []), place]);
    }
  }

  // Null when it was altered, is another device's, or has ended.
  static async open(device, signed) {
    if (!signed || !(await isGenuine(device.key, signed).catch(() => false))) return null;
    const facts = JSON.parse(signed.roster);
    const holds = facts.device === device.id && Date.now() < Date.parse(facts.expires_at);
    return holds ? new Roster(facts) : null;
  }

  // What the portal has said of a place since the list was signed: it may be sold only now.
  meet(told) {
    const known = this.places.get(told.id);
    const place = known ?? { came_at: "", inside_since: "" };
    this.byDigest.delete(place.digest);
    Object.assign(place, told);
    if (!known) this.facts.places.push(place);
    this.places.set(place.id, place);
    this.byDigest.set(place.digest, place);
    this.byCode.set(place.code, place);
    return place;
  }

  // {place, digest} of what was scanned or typed; the digest only of a secret. Or the group of an
  // order whose one code it was.
  async find(typed) {
    const { secret, code } = readCode(typed);
    const typedPlace = this.byCode.get(code);
    if (typedPlace) return { place: typedPlace, digest: "" };
    const digest = await digestOf(secret);
    return { place: this.byDigest.get(digest) ?? null, digest, group: this.groups.get(digest) };
  }

  // Names are masked here: 김하늘 finds 김*늘.
  search(text) {
    const wanted = [...text.trim().normalize("NFC").toLowerCase()];
    if (wanted.length < 2) return [];
    const fits = (name) => {
      const letters = [...name.toLowerCase()];
      const last = letters.length - wanted.length;
      for (let from = 0; from <= last; from += 1) {
        const same = (letter, at) => letters[from + at] === letter || letters[from + at] === "*";
        if (wanted.every(same) && wanted.some((letter, at) => letters[from + at] === letter)) return true;
      }
      return false;
    };
    const found = this.facts.places.filter(
      (place) => place.status === "confirmed" && (fits(place.name) || fits(place.affiliation)),
    );
    return found.slice(0, 10);
  }
}

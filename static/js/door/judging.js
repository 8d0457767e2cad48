// What the device says by itself when nobody can be asked: the rules of events.actions.passing and
// events.passages, for one ticket at a time. The server has the last word when both meet.

const dayOf = (at) => new Date(Date.parse(at) + 9 * 3600_000).toISOString().slice(0, 10); // in Korea

export const isInside = (place, at) => place.inside_since !== "" && dayOf(place.inside_since) === dayOf(at);

export const isUnpaid = ({ status }) => status === "held" || status === "expired";

// `firstDay`: of the event; nobody is let in for the first time before it.
export const judge = (place, direction, at, firstDay) => {
  if (!place) return "unknown";
  if (isUnpaid(place)) return "unpaid";
  if (place.status === "cancelled") return "cancelled";
  if (!place.name) return "nameless";
  if (place.day && place.day !== dayOf(at)) return "day";
  if (direction === "in" && !place.came_at && firstDay && dayOf(at) < firstDay) return "early";
  if (direction === "out") return isInside(place, at) ? "left" : "outside";
  if (isInside(place, at)) return "already";
  return place.came_at ? "returned" : "admitted";
};

// Remembers a walk, so that the next scan of this ticket is told of it.
export const remember = (place, outcome, at) => {
  if (outcome === "admitted" || outcome === "returned") {
    place.came_at ||= at;
    place.inside_since = at;
  } else if (outcome === "already" || outcome === "twice") {
    place.came_at ||= at;
    if (!isInside(place, at)) place.inside_since = at; // came in by another door
  } else if (outcome === "left" || outcome === "outside") {
    place.inside_since = "";
  }
};

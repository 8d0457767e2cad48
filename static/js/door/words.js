// The answer to a scan, in the words that the page was drawn with.

import { signal } from "./signals.js";

export const say = (box, answer) => {
  const word = document.querySelector(`template[data-word="${answer.outcome}"]`).content;
  box.replaceChildren(word.cloneNode(true));
  box.dataset.outcome = answer.outcome;
  const about = [answer.name, answer.affiliation, answer.ticket].filter(Boolean);
  box.querySelector("[data-who]").textContent = about.join(" · ");
  box.querySelector("[data-alone]").hidden = !answer.isAlone;
  signal(answer.outcome);
};

export const pairing = (address) => {
  const [id, token, key] = address.split("#").pop().trim().split(".");
  return key ? { id: Number(id), token, key } : null;
};

export const showState = (page, state) => {
  page.dataset.state = state;
  for (const section of page.querySelectorAll("[data-when]")) {
    section.hidden = !section.dataset.when.split(" ").includes(state);
  }
};

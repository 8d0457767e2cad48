// The answer to a scan, in the words that the page was drawn with.

import { signal } from "./signals.js";

const TONES = ["danger", "warning", "info", "good"]; // the worst first

const wordOf = (answer) => {
  const template = document.querySelector(`template[data-word="${answer.outcome}"]`);
  const word = template.content.firstElementChild.cloneNode(true);
  const about = [answer.name, answer.affiliation, answer.ticket].filter(Boolean);
  word.querySelector("[data-who]").textContent = about.join(" · ");
  word.querySelector("[data-alone]").hidden = !answer.isAlone;
  return word;
};

const toneOf = (word) => TONES.findIndex((tone) => word.classList.contains(tone));

export const say = (box, answer) => {
  box.replaceChildren(wordOf(answer));
  box.dataset.outcome = answer.outcome;
  signal(answer.outcome);
};

// Of a company: each has a line, refusals first, and the worst is what is heard.
export const sayAll = (box, answers) => {
  const words = answers.map((answer) => ({ answer, word: wordOf(answer) }));
  words.sort((one, other) => toneOf(one.word) - toneOf(other.word));
  const list = document.createElement("ul");
  list.className = `door-all ${TONES[toneOf(words[0].word)]}`;
  for (const { answer, word } of words) {
    const line = document.createElement("li");
    line.className = TONES[toneOf(word)];
    line.dataset.line = answer.outcome;
    line.append(...word.childNodes);
    list.append(line);
  }
  box.replaceChildren(list);
  box.dataset.outcome = words[0].answer.outcome;
  signal(words[0].answer.outcome);
};

export const pairing = (address) => {
  const [id, event, token, key] = address.split("#").pop().trim().split(".");
  return key ? { id: Number(id), event: Number(event), token, key } : null;
};

export const showState = (page, state) => {
  page.dataset.state = state;
  for (const section of page.querySelectorAll("[data-when]")) {
    section.hidden = !section.dataset.when.split(" ").includes(state);
  }
};

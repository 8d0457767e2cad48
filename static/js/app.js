// Small comforts on pages that work without them: copying, filters, countdowns.

const release = () => {
  for (const busy of document.querySelectorAll("[aria-busy=true]")) busy.removeAttribute("aria-busy");
};

const once = (form) => {
  // A second click while the first is under way must not send the form twice.
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.setAttribute("aria-busy", "true");
    }
    setTimeout(release, 8000); // an answer that is a file leaves the page as it is
  });
};

const TYPED = "textarea, input:not([type=hidden], [type=password], [type=search], [type=checkbox], [type=radio], [type=file])";

const unsent = (form) => {
  // What somebody would mind typing again: a text, or two fields. Of a refused form all is unsent.
  if (form.getAttribute("method") !== "post" || form.getAttribute("aria-busy") === "true") return false;
  const refused = document.getElementById("form-errors");
  const typed = [...form.querySelectorAll(TYPED)].filter(
    (field) => field.value && (refused || field.value !== field.defaultValue),
  );
  return typed.length > 1 || typed.some((field) => field.matches("textarea"));
};

const copyable = (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.lastChild;
    const before = label.textContent;
    label.textContent = button.dataset.done;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { label.textContent = before; }, 2000);
  });
};

const filtering = (form) => {
  for (const control of form.querySelectorAll("select, input[type=checkbox], input[type=date]")) {
    control.addEventListener("change", () => form.requestSubmit());
  }
};

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

const remaining = (time) => {
  const seconds = Math.floor((new Date(time.dateTime) - Date.now()) / 1000);
  if (seconds <= 0) return time.dataset.over;
  if (seconds < 3600) {
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    return time.dataset.left.replace("{}", clock);
  }
  const [unit, size] = UNITS.find(([, each]) => seconds >= 2 * each) ?? UNITS[2];
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit, unitDisplay: "long",
  });
  return time.dataset.left.replace("{}", format.format(Math.floor(seconds / size)));
};

const counting = (times) => {
  const tick = () => times.forEach((time) => {
    const text = remaining(time);
    if (time.textContent !== text) time.textContent = text;
  });
  tick();
  setInterval(tick, 1000);
};

const slash = (input) => {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
  });
};

const allChoices = (box) => {
  // "Agree to all" only ticks the boxes of its own fieldset.
  const boxes = () => box.closest("fieldset").querySelectorAll("input[type=checkbox]");
  box.addEventListener("change", () => {
    for (const other of boxes()) if (!other.disabled) other.checked = box.checked;
  });
};

const picking = (pick) => {
  // The browser would speak its own language here; our words lie over it, and it takes the clicks.
  const input = pick.querySelector("input");
  const [face, name] = [".file-face", ".file-name"].map((part) => pick.querySelector(part));
  const none = name.textContent;
  const show = () => {
    name.textContent = [...input.files].map((file) => file.name).join(", ") || none;
  };
  input.addEventListener("change", show);
  show();
  face.hidden = false;
};

const keyTrouble = (note) => {
  // A cancelled or failed passkey prompt says what happened, beside the buttons.
  document.querySelector("main").append(note);
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = event.detail.exception?.name;
    const cancelled = name === "NotAllowedError" || name === "AbortError";
    note.textContent = cancelled ? note.dataset.cancelled : note.dataset.failed;
    note.hidden = false;
    release();
  });
};

document.querySelectorAll("form[method=post]").forEach(once);
document.querySelectorAll("[data-key-trouble]").forEach(keyTrouble);
document.querySelectorAll(".file-pick").forEach(picking);
document.querySelectorAll("[data-copy]").forEach(copyable);
document.querySelectorAll("form[data-filter]").forEach(filtering);
document.querySelectorAll("[data-shortcut-search]").forEach(slash);
document.querySelectorAll("[data-all-choices]").forEach(allChoices);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
const times = document.querySelectorAll("[data-countdown]");
if (times.length) counting(times);
window.addEventListener("pageshow", release);
// Another language, a link, a closed tab: the browser asks first.
window.addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("main form")].some(unsent)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.phone-menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

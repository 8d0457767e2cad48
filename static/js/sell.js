// The desk's form of a sale.

import { fit } from "./door/fitting.js";

const form = document.querySelector("[data-only-with]")?.form;

if (form) {
  form.addEventListener("change", () => fit(form));
  fit(form);
}

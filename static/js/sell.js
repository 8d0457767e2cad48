// The desk's form of a sale.

import { fit } from "./door/fitting.js";

for (const box of document.querySelectorAll("[data-only-with]")) {
  box.form.addEventListener("change", () => fit(box.form));
  fit(box.form);
}

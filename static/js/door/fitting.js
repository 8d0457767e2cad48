// Add-ons that are sold with some tickets alone are shown with those. Without this, each says with which,
// and the portal refuses what does not fit.

export const fit = (form) => {
  const ticket = form.querySelector("[name=ticket]:checked")?.value;
  for (const box of form.querySelectorAll("[data-only-with]")) {
    box.disabled = !box.dataset.onlyWith.split(" ").includes(ticket);
    box.closest("label").hidden = box.disabled;
  }
  const field = form.querySelector("[name=extras]")?.closest(".field");
  if (field) field.hidden = !field.querySelector("label:not([hidden])");
};

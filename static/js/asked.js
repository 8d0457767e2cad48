// A question that depends on the answer to another is hidden until that answer is given. Without
// this, its hint says when it applies, and the server keeps no answer where it does not.

const dependents = [...document.querySelectorAll("[data-only-after]")].map((control) => ({
  control,
  field: control.closest(".field"),
}));

const answered = (form, name) => {
  const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const shown = controls.filter((control) => !control.closest("[hidden]"));
  return shown.flatMap((control) => {
    const isTicked = control.type === "checkbox" || control.type === "radio";
    return isTicked && !control.checked ? [] : [control.value];
  });
};

const show = () => {
  for (const { control, field } of dependents) {
    if (!field) continue;
    const values = answered(control.form, control.dataset.onlyAfter);
    field.hidden = !values.includes(control.dataset.onlyIf);
  }
};

if (dependents.length) {
  document.addEventListener("change", show);
  show();
}

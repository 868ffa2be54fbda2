(() => {
  "use strict";
  const form = document.getElementById("filter");
  if (!form) return;
  const findings = [...document.querySelectorAll(".findings > li")];
  const files = [...document.querySelectorAll("section.file")];
  const said = document.getElementById("shown");

  const show = () => {
    const { rule, file, severity } = Object.fromEntries(new FormData(form));
    let count = 0;
    for (const each of findings) {
      const fits =
        (!rule || each.dataset.rule === rule) &&
        (!file || each.dataset.file === file) &&
        (!severity || each.dataset.severity === severity);
      each.hidden = !fits;
      count += fits ? 1 : 0;
    }
    for (const each of files) {
      const narrowed = rule || severity;
      const some = each.querySelector(".findings > li:not([hidden])");
      each.hidden = (file && each.dataset.file !== file) || (Boolean(narrowed) && !some);
    }
    said.textContent = `${count} of ${findings.length} findings shown`;
  };

  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();

(() => {
  "use strict";
  const form = document.getElementById("filter");
  if (!form) return;
  const findings = [...document.querySelectorAll(".findings > li")];
  const files = [...document.querySelectorAll("section.file")];
  const status = document.getElementById("shown");

  const show = () => {
    const { rule, file, severity } = Object.fromEntries(new FormData(form));
    let count = 0;
    for (const finding of findings) {
      const fits =
        (!rule || finding.dataset.rule === rule) &&
        (!file || finding.dataset.file === file) &&
        (!severity || finding.dataset.severity === severity);
      finding.hidden = !fits;
      count += fits ? 1 : 0;
    }
    for (const section of files) {
      const narrowed = rule || severity;
      const some = section.querySelector(".findings > li:not([hidden])");
      section.hidden = (file && section.dataset.file !== file) || (Boolean(narrowed) && !some);
    }
    status.textContent = `${count} of ${findings.length} findings shown`;
  };

  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();

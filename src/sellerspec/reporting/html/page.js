(() => {
  "use strict";
  const form = document.getElementById("filter");
  if (!form) return;
  const findings = [...document.querySelectorAll(".findings > li")];
  const files = [...document.querySelectorAll("section.file")];
  const status = document.getElementById("shown");

  const show = () => {
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    const fits = (part) => chosen.every(([name, value]) => part.dataset[name] === value);
    let count = 0;
    for (const finding of findings) {
      finding.hidden = !fits(finding);
      count += finding.hidden ? 0 : 1;
    }
    for (const section of files) {
      const own = chosen.filter(([name]) => name in section.dataset);
      const other = own.some(([name, value]) => section.dataset[name] !== value);
      const some = section.querySelector(".findings > li:not([hidden])");
      section.hidden = other || (own.length < chosen.length && !some);
    }
    status.textContent = `${count} of ${findings.length} ${form.dataset.noun} shown`;
  };

  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
})();

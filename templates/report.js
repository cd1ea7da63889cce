(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const findings = all(".finding");
  const folding = all("details");

  // Folded to start with, so that the order of work can be taken in at a glance.
  folding.forEach((one) => { one.open = one === findings[0]; });

  const unfoldTarget = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && !id.includes("=") && document.getElementById(id);
    const inside = target && target.closest("details");
    if (inside) {
      inside.open = true;
      target.scrollIntoView();
    }
  };

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folding.filter((one) => !one.open);
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => {
    opened.forEach((one) => { one.open = false; });
  });

  const filter = document.querySelector(".filter");
  if (filter) {
    const fields = all("input, select", filter);
    const output = filter.querySelector("output");
    const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const texts = new Map(findings.map((one) => [one, folded(one.textContent)]));
    const matches = (one, wanted) =>
      ["v", "s", "f"].every((key) => !wanted[key] || one.dataset[key] === wanted[key]) &&
      (!wanted.h || one.dataset.h.split(" ").includes(wanted.h)) &&
      (!wanted.q || folded(wanted.q).split(/\s+/).every((word) => texts.get(one).includes(word)));
    const apply = () => {
      const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
      findings.forEach((one) => { one.hidden = !matches(one, wanted); });
      all(".step").forEach((step) => { step.hidden = all(".finding", step).every((one) => one.hidden); });
      const shown = findings.filter((one) => !one.hidden).length;
      output.textContent = filter.dataset.count.replace("{n}", shown).replace("{total}", findings.length);
      return wanted;
    };
    const remember = () => {
      const wanted = Object.entries(apply()).filter(([, value]) => value);
      history.replaceState(null, "", "#" + (wanted.length ? new URLSearchParams(wanted) : "findings"));
    };
    const recall = () => {
      const given = new URLSearchParams(location.hash.slice(1));
      if (!fields.some((field) => given.has(field.name))) return;
      fields.forEach((field) => { field.value = given.get(field.name) || ""; });
      filter.scrollIntoView();
    };
    filter.addEventListener("input", remember);
    filter.querySelector("button").addEventListener("click", () => {
      fields.forEach((field) => { field.value = ""; });
      remember();
    });
    filter.hidden = false;
    recall();
    apply();

    const copied = document.createElement("output");
    copied.className = "hide";
    document.body.append(copied);
    const write = (text) => navigator.clipboard
      ? navigator.clipboard.writeText(text)
      : Promise.reject(new Error("no clipboard"));
    all("pre.command").forEach((block) => {
      const text = block.textContent;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.lang = document.documentElement.lang;
      button.textContent = filter.dataset.copy;
      button.addEventListener("click", () => write(text).then(() => {
        copied.textContent = button.textContent = filter.dataset.copied;
        setTimeout(() => { button.textContent = filter.dataset.copy; copied.textContent = ""; }, 2000);
      }, () => {
        const range = document.createRange();
        range.selectNodeContents(block);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
      }));
      block.prepend(button);
    });
  }

  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
})();

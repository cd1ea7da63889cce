(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const findings = all(".finding");
  const folding = all("details");

  // Folded to start with, so that the order of work can be taken in at a glance.
  folding.forEach((one) => { one.open = one === findings[0]; });

  // An index leads on to the page that holds a host: #h-HOST and #f-HOST-CHECK.
  const elsewhere = (id) => {
    const of = (link) => link.id.slice(2);
    const known = all("#hosts dd > a").filter((link) =>
      id === link.id || id.startsWith("f-" + of(link) + "-"));
    const host = known.sort((a, b) => b.id.length - a.id.length)[0];
    return host && host.href.split("#")[0] + "#" + id;
  };
  const unfoldTarget = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && !id.includes("=") && document.getElementById(id);
    const inside = target && target.closest("details");
    if (inside) {
      inside.open = true;
      target.scrollIntoView();
    }
    const other = id && (!target || target.matches("#hosts dd > a")) && elsewhere(id);
    if (other) location.replace(other);
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
    const items = all(".finding, .sheet", filter.parentElement);
    const fields = all("input, select", filter);
    const output = filter.querySelector("output");
    const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const texts = new Map();
    const textOf = (one) => {
      if (!texts.has(one)) texts.set(one, folded(one.textContent));
      return texts.get(one);
    };
    const hostsOf = (one) => one.dataset.h
      ? one.dataset.h.trim().split(" ")
      : all(".places dd", one).flatMap((names) => names.textContent.split(", "));
    const matches = (one, wanted) =>
      ["s", "f"].every((key) => !wanted[key] || one.dataset[key] === wanted[key]) &&
      (!wanted.v || one.dataset.v === wanted.v || one.querySelector("h4." + wanted.v)) &&
      (!wanted.h || hostsOf(one).includes(wanted.h)) &&
      (!wanted.c || document.getElementById("f" + one.id.slice(1) + "-" + wanted.c)) &&
      (!wanted.q || folded(wanted.q).split(/\s+/).every((word) => textOf(one).includes(word)));
    const places = new Map(items.map((one, at) => [one, { at, step: one.parentElement }]));
    const severities = ["critical", "high", "medium", "low"];
    const ranks = {
      severity: (one) => severities.indexOf(one.dataset.s),
      hosts: (one) => -hostsOf(one).length,
      check: (one) => one.id,
    };
    let ordered = "";
    const order = (by) => {
      if (by === ordered) return;
      ordered = by;
      const rank = ranks[by] || (() => 0);
      const before = (a, b) => rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : places.get(a).at - places.get(b).at;
      all(".step > h3").forEach((title) => { title.hidden = by in ranks; });
      [...items].sort(before).forEach((one) => places.get(by in ranks ? items[0] : one).step.append(one));
    };
    const apply = () => {
      const wanted = Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
      items.forEach((one) => { one.hidden = !matches(one, wanted); });
      order(wanted.o || "");
      all(".step").forEach((step) => { step.hidden = all(".finding", step).every((one) => one.hidden); });
      const shown = items.filter((one) => !one.hidden).length;
      if (wanted.c) items.forEach((one) => { one.open = !one.hidden; });
      output.textContent = filter.dataset.count.replace("{n}", shown).replace("{total}", items.length);
      return wanted;
    };
    const remember = () => {
      const wanted = Object.entries(apply()).filter(([, value]) => value);
      history.replaceState(null, "", "#" + (wanted.length ? new URLSearchParams(wanted) : filter.closest("section").id));
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
    const button = (block, text) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = "copy";
      one.lang = document.documentElement.lang;
      one.textContent = filter.dataset.copy;
      one.addEventListener("click", () => write(text).then(() => {
        copied.textContent = one.textContent = filter.dataset.copied;
        setTimeout(() => { one.textContent = filter.dataset.copy; copied.textContent = ""; }, 2000);
      }, () => {
        const range = document.createRange();
        range.selectNodeContents(block);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
      }));
      return one;
    };
    all("pre.command").forEach((block) => block.prepend(button(block, block.textContent)));
    // what is typed: a command or a line has several words, or sets something
    all(".fixes code, .verify code, .undo code")
      .filter((code) => /[\s=]/.test(code.textContent))
      .forEach((code) => code.after(button(code, code.textContent)));
  }

  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
})();

// HTML from Python, with places for other widgets ([data-slot]) and with marks that do something ([data-action]).

async function render({ model, el, host }) {
  const dress = () => (el.className = `ivig-markup ${model.get("css_class")}`.trim());
  model.on("change:css_class", dress);
  dress();
  const holders = new Map();

  async function fill() {
    const pending = [];
    for (const place of el.querySelectorAll("[data-slot]")) {
      const slot = place.dataset.slot;
      const reference = model.get("children")[slot];
      if (!reference) continue;
      if (!holders.has(slot)) {
        const holder = document.createElement("div");
        holders.set(slot, holder);
        pending.push(host.getWidget(reference).then((widget) => widget.render({ el: holder })));
      }
      place.append(holders.get(slot));
    }
    await Promise.all(pending);
  }

  /** A selector that finds the focused mark again after the HTML has been replaced. */
  function focused() {
    const mark = document.activeElement;
    if (!mark || !el.contains(mark) || !mark.dataset.action) return null;
    const value = mark.dataset.value === undefined ? ":not([data-value])" : `[data-value="${CSS.escape(mark.dataset.value)}"]`;
    return `[data-action="${CSS.escape(mark.dataset.action)}"]${value}`;
  }

  function hide() {
    const hidden = new Set(model.get("hidden"));
    const own = [...el.querySelectorAll("[data-part]")].filter((part) => part.closest(".ivig-markup") === el);
    for (const part of own) part.hidden = hidden.has(part.dataset.part);
  }

  async function draw() {
    const again = focused();
    const open = new Set([...el.querySelectorAll("details[data-fold][open]")].map((fold) => fold.dataset.fold));
    el.innerHTML = model.get("html");
    for (const fold of el.querySelectorAll("details[data-fold]")) fold.open = open.has(fold.dataset.fold);
    hide();
    await fill();
    if (again) el.querySelector(again)?.focus();
  }

  function unfold(target) {
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  }

  el.addEventListener("click", (event) => {
    const citation = event.target.closest('a[href^="#"]:not([data-action])');
    if (citation) unfold(document.getElementById(citation.hash.slice(1)));
    const mark = event.target.closest("[data-action]");
    if (!mark || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    model.send({ action: mark.dataset.action, value: mark.dataset.value ?? "" });
  });

  // A mark that is no button of the browser's own, such as a part of a drawing, obeys the keys that a button obeys.
  el.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.matches('[role="button"][data-action]:not(button)')) return;
    event.preventDefault();
    if (!event.repeat) model.send({ action: event.target.dataset.action, value: event.target.dataset.value ?? "" });
  });

  // Escape puts a definition away that hides what is under it.
  el.addEventListener("keydown", (event) => {
    const term = event.key === "Escape" && event.target.closest(".ivig-term");
    if (!term) return;
    term.dataset.dismissed = "";
    term.addEventListener("blur", () => delete term.dataset.dismissed, { once: true });
  });

  const drawn = draw();
  model.on("change:html", draw);
  model.on("change:children", fill);
  model.on("change:hidden", hide);
  model.on("msg:custom", async (message) => {
    if (message.type !== "focus") return;
    await drawn;
    const target = el.querySelector(message.selector);
    unfold(target);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "nearest" });
  });
  await drawn;
}

export default { render };

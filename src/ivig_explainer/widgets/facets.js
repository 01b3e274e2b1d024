// Filters: one group of check boxes each, with the number of conditions that a choice would show.

function render({ model, el }) {
  const details = document.createElement("details");
  details.className = "ivig-filters";
  const summary = document.createElement("summary");
  details.append(summary);
  const wide = matchMedia("(min-width: 800px)");
  const unfold = () => (details.open = wide.matches);
  wide.addEventListener("change", unfold);
  unfold();

  const boxes = new Map();
  for (const { name, label, options, inline } of model.get("groups")) {
    const group = document.createElement("fieldset");
    group.className = `ivig-filter ivig-filter-${name}${inline ? " ivig-filter-inline" : ""}`;
    const legend = document.createElement("legend");
    legend.textContent = label;
    group.append(legend);
    for (const option of options) {
      const line = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = name;
      box.value = option.value;
      const text = document.createElement("span");
      text.className = "ivig-choice";
      text.textContent = option.label;
      const count = document.createElement("span");
      count.className = "ivig-choice-count";
      if (option.mark) text.dataset.mark = option.mark;
      line.append(box, text, count);
      group.append(line);
      boxes.set(`${name}/${option.value}`, { box, count, line });
      box.addEventListener("change", () => choose(name));
    }
    details.append(group);
  }

  function choose(name) {
    const values = [...boxes].filter(([key, { box }]) => key.startsWith(`${name}/`) && box.checked).map(([, { box }]) => box.value);
    model.set("chosen", { ...model.get("chosen"), [name]: values });
    model.save_changes();
    describe();
  }

  function describe() {
    const chosen = Object.values(model.get("chosen")).reduce((sum, values) => sum + values.length, 0);
    summary.textContent = chosen ? `Filters (${chosen} chosen)` : "Filters";
  }

  function show() {
    const [chosen, counts] = [model.get("chosen"), model.get("counts")];
    for (const [key, { box, count, line }] of boxes) {
      const [name] = key.split("/", 1);
      const number = counts[name]?.[box.value] ?? 0;
      box.checked = (chosen[name] ?? []).includes(box.value);
      count.textContent = number;
      line.classList.toggle("ivig-choice-empty", number === 0 && !box.checked);
    }
    describe();
  }

  model.on("change:counts", show);
  model.on("change:chosen", show);
  show();
  el.append(details);
  return () => wide.removeEventListener("change", unfold);
}

export default { render };

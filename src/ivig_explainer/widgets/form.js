// A form: labelled fields, a unit and a help text with each, and a fault beside the field that it is about.

const PAUSE_MS = { number: 150, range: 150, text: 60 };

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

let made = 0;

function render({ model, el }) {
  const form = node("form", { class: "ivig-form", "aria-label": model.get("label"), novalidate: true });
  form.addEventListener("submit", (event) => event.preventDefault());
  el.append(form);
  let parts = new Map(); // name -> { show, fault, box, spec }
  let timer;
  let waiting = {}; // what was typed in the last moment

  function tell(name, value, pause) {
    clearTimeout(timer);
    waiting[name] = value;
    const send = () => {
      model.set("values", { ...model.get("values"), ...waiting });
      model.save_changes();
      waiting = {};
    };
    if (pause) timer = setTimeout(send, pause);
    else send();
  }

  /** Fields that stay as they were keep their elements; one that is made anew gets the focus back if it had it. */
  function build() {
    const old = parts;
    const focused = [...old.keys()].find((name) => old.get(name).box.contains(document.activeElement));
    parts = new Map();
    for (const spec of model.get("fields")) {
      const text = JSON.stringify(spec);
      if (old.get(spec.name)?.spec === text) parts.set(spec.name, old.get(spec.name));
      else {
        const box = field(spec);
        Object.assign(parts.get(spec.name), { box, spec: text });
      }
    }
    const boxes = [...parts.values()].map(({ box }) => box);
    for (const box of [...form.children]) if (!boxes.includes(box)) box.remove();
    boxes.forEach((box, place) => form.children[place] === box || form.insertBefore(box, form.children[place] ?? null));
    showValues();
    showFaults();
    if (focused && !form.contains(document.activeElement)) parts.get(focused)?.box.querySelector("input, select").focus();
  }

  function field(spec) {
    const { name, label, kind, unit, help } = spec;
    const id = `ivig-field-${made++}`;
    const fault = node("span", { class: "ivig-fault", id: `${id}-fault`, role: "alert" });
    const hint = help ? [node("span", { class: "ivig-help", id: `${id}-help` }, help)] : [];
    const described = help ? `${id}-help ${id}-fault` : `${id}-fault`;
    const about = { id, name, "aria-describedby": described };
    const grouped = kind === "radio" || kind === "checks";
    const controls = grouped ? group(spec, about) : single(spec, about);
    parts.set(name, { ...controls, fault });
    if (grouped) {
      const box = node("fieldset", { class: `ivig-field ivig-field-${name}`, "aria-describedby": described });
      box.append(node("legend", {}, label), ...controls.nodes, ...hint, fault);
      return box;
    }
    const line = node("div", { class: "ivig-input" }, ...controls.nodes, ...(unit ? [node("span", { class: "ivig-unit" }, unit)] : []));
    return node("div", { class: `ivig-field ivig-field-${name}` }, node("label", { for: id }, label), line, ...hint, fault);
  }

  function single({ name, kind, min, max, step, unit, options, placeholder }, about) {
    if (kind === "select") {
      const select = node("select", about);
      const groups = new Map();
      for (const option of options) {
        const choice = node("option", { value: option.value }, option.label);
        if (!option.group) select.append(choice);
        else {
          if (!groups.has(option.group)) {
            groups.set(option.group, node("optgroup", { label: option.group }));
            select.append(groups.get(option.group));
          }
          groups.get(option.group).append(choice);
        }
      }
      select.addEventListener("change", () => tell(name, select.value, false));
      return { nodes: [select], control: select, show: (value) => (select.value = value ?? "") };
    }
    const range = kind === "range";
    const type = range ? "range" : kind === "text" ? "search" : "number";
    const input = node("input", { ...about, type, min, max, step, placeholder, inputmode: kind === "number" ? "decimal" : undefined });
    const output = node("output", { for: about.id, role: "none" });
    const spoken = () => {
      if (!range) return;
      output.textContent = input.value;
      input.setAttribute("aria-valuetext", `${input.value} ${unit ?? ""}`.trim());
    };
    input.addEventListener("input", () => {
      spoken();
      const number = kind === "text" ? input.value : input.value === "" ? null : Number(input.value);
      tell(name, number, PAUSE_MS[kind]);
    });
    return {
      nodes: range ? [input, output] : [input],
      control: input,
      show: (value) => {
        const typing = range ? name in waiting : document.activeElement === input;
        if (!typing) input.value = value ?? "";
        spoken();
      },
    };
  }

  function group({ name, kind, options }, about) {
    const type = kind === "radio" ? "radio" : "checkbox";
    const boxes = options.map(({ value }) => node("input", { type, name: about.id, value }));
    const lines = options.map(({ label }, i) => node("label", { class: "ivig-option" }, boxes[i], node("span", {}, label)));
    const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
    boxes.forEach((box) => box.addEventListener("change", () => tell(name, kind === "radio" ? chosen()[0] : chosen(), false)));
    return {
      nodes: lines,
      show: (value) => boxes.forEach((box) => (box.checked = [value ?? []].flat().includes(box.value))),
    };
  }

  function showValues() {
    const values = model.get("values");
    for (const [name, { show }] of parts) show(values[name]);
  }

  function showFaults() {
    const faults = model.get("faults");
    for (const [name, { fault, control }] of parts) {
      if (fault.textContent !== (faults[name] ?? "")) fault.textContent = faults[name] ?? "";
      control?.setAttribute("aria-invalid", String(Boolean(faults[name])));
    }
  }

  model.on("change:fields", build);
  model.on("change:values", showValues);
  model.on("change:faults", showFaults);
  build();
}

export default { render };

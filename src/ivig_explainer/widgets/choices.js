// One question: its choices as radio buttons, a button that answers, keys 1 to 9 and Enter, and verdicts in words and signs.

let made = 0;

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function render({ model, el }) {
  const form = node("form", { class: "ivig-choices", novalidate: "" });
  el.append(form);
  let boxes = [];

  function chosen() {
    return boxes.findIndex((box) => box.checked);
  }

  function draw() {
    const verdicts = model.get("verdicts");
    const before = verdicts.length ? chosen() : -1;
    const name = `ivig-choices-${made++}`;
    boxes = model.get("choices").map((_, place) => node("input", { type: "radio", name, value: place }));
    const lines = model.get("choices").map((text, place) => {
      const verdict = verdicts[place] ? [node("strong", { class: "ivig-verdict-word" }, verdicts[place])] : [];
      const key = node("kbd", { "aria-hidden": "true" }, String(place + 1));
      return node("label", { class: "ivig-choices-line" }, boxes[place], key, node("span", {}, text, ...verdict));
    });
    const legend = node("legend", { tabindex: "-1" }, model.get("prompt"));
    const figure = node("div", { class: "ivig-choices-figure" });
    figure.innerHTML = model.get("figure");
    const group = node("fieldset", {}, legend, figure, node("div", { class: "ivig-choices-list" }, ...lines));
    form.replaceChildren(group);
    if (verdicts.length) {
      boxes.forEach((box) => (box.disabled = true));
      lines.forEach((line, place) => verdicts[place] && line.setAttribute("data-verdict", verdicts[place].slice(0, 1)));
      if (before >= 0) boxes[before].checked = true;
      return;
    }
    const hint = `Keys 1 to ${boxes.length} choose, Enter answers.`;
    form.append(
      node("p", { class: "ivig-choices-send" },
        node("button", { type: "submit", class: "ivig-primary" }, model.get("submit")),
        node("span", { class: "ivig-small ivig-choices-hint" }, hint)),
    );
  }

  function answer() {
    if (model.get("verdicts").length) return;
    const place = chosen();
    if (place < 0) boxes[0]?.focus();
    model.send({ action: place < 0 ? "none" : "answer", value: String(place) });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || model.get("verdicts").length) return;
    const place = Number(event.key) - 1;
    if (Number.isInteger(place) && boxes[place]) {
      boxes[place].checked = true;
      boxes[place].focus();
    } else if (event.key === "Enter" && event.target.tagName !== "BUTTON" && !event.repeat) {
      event.preventDefault();
      answer();
    }
  });

  model.on("change:prompt", draw);
  model.on("change:choices", draw);
  model.on("change:figure", draw);
  model.on("change:verdicts", draw);
  model.on("msg:custom", ({ type }) => {
    if (type !== "focus") return;
    const legend = form.querySelector("legend");
    legend?.focus({ preventScroll: true });
    legend?.scrollIntoView({ block: "nearest" });
  });
  draw();
}

export default { render };

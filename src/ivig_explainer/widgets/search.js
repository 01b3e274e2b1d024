// The search field: sends what was typed once the visitor pauses.

const PAUSE_MS = 120;

function render({ model, el }) {
  const form = document.createElement("form");
  form.setAttribute("role", "search");
  const field = document.createElement("input");
  Object.assign(field, { type: "search", autocomplete: "off", spellcheck: false, maxLength: model.get("longest") });
  field.className = "ivig-search";
  field.placeholder = model.get("placeholder");
  field.setAttribute("aria-label", model.get("label"));
  field.value = model.get("value");

  let timer;
  function send() {
    clearTimeout(timer);
    model.set("value", field.value);
    model.save_changes();
  }
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    model.send({ action: "submit" });
  });
  model.on("change:value", () => {
    // What is being typed is never overwritten by an older answer.
    if (document.activeElement !== field || !model.get("value")) field.value = model.get("value");
  });
  form.append(field);
  el.append(form);
}

export default { render };

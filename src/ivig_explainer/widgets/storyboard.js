// The scenes of a lecture as a list that can be put in order, named and annotated.

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const limits = model.get("limits");
  const send = (action, value = "") => model.send({ action, value: String(value) });

  function button(label, action, value, attributes = {}) {
    const made = node("button", { type: "button", "data-act": action, "data-number": value, ...attributes }, label);
    made.addEventListener("click", () => send(action, value ?? ""));
    return made;
  }

  // --- the lecture ---
  const name = node("input", { type: "text", maxlength: limits.title, dir: "auto" });
  name.addEventListener("change", () => send("title", name.value));
  const file = node("input", { type: "file", accept: ".json,application/json", hidden: true });
  const load = node("button", { type: "button" }, "Load a file");
  const fault = node("p", { class: "ivig-fault", role: "alert" });
  load.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    const large = chosen.size > limits.file;
    fault.textContent = large ? `${chosen.name} has ${chosen.size.toLocaleString("en")} bytes; a lecture has at most ${limits.file.toLocaleString("en")}.` : "";
    if (!large) send("load", await chosen.text());
  });
  const present = button("Present", "present", 1, { class: "ivig-primary" });
  const save = button("Save as a file", "save");
  const slides = button("PowerPoint", "pptx", undefined, { "aria-label": "Save as PowerPoint" });
  const handout = button("Handout", "html", undefined, { "aria-label": "Save as a handout" });
  const fresh = button("Start a new one", "new");
  const tools = node("div", { class: "ivig-board-tools" }, present, slides, handout, save, load, file, fresh);
  const list = node("ol", { class: "ivig-board-list", "aria-label": "Scenes" });
  const empty = node(
    "p",
    { class: "ivig-empty" },
    "No scenes yet. Open a ready lecture below, or go to any chart or card and press “Add to lecture”.",
  );
  const label = node("label", { class: "ivig-board-name" }, node("span", {}, "Title of the lecture"), name);
  el.append(node("div", { class: "ivig-board" }, label, tools, fault, empty, list));

  // --- its scenes; a row is kept as long as there is a scene of its number, so that the focus stays where it is ---
  const rows = [];
  function makeRow(number) {
    const title = node("input", { type: "text", maxlength: limits.title, dir: "auto", "aria-label": `Title of scene ${number}` });
    title.addEventListener("change", () => send("scene-title", `${number} ${title.value}`));
    const notes = node("textarea", { rows: 4, maxlength: limits.notes, dir: "auto", "aria-label": `Speaker notes of scene ${number}` });
    notes.addEventListener("change", () => send("scene-notes", `${number} ${notes.value}`));
    const summary = node("summary");
    const fold = node("details", { class: "ivig-board-notes" }, summary, notes);
    const what = node("a", { class: "ivig-board-what" });
    const up = button("↑", "move", `${number} ${number - 1}`, { "aria-label": `Move scene ${number} up` });
    const down = button("↓", "move", `${number} ${number + 1}`, { "aria-label": `Move scene ${number} down` });
    const out = button("Delete", "delete", number, { "aria-label": `Delete scene ${number}` });
    const from = button("Present from here", "present", number, { class: "ivig-board-from", "aria-label": `Present from scene ${number}` });
    const grip = node("span", { class: "ivig-board-number", draggable: "true", title: "Drag to move" }, String(number));
    const row = node(
      "li",
      { class: "ivig-board-scene" },
      grip,
      node("div", { class: "ivig-board-text" }, title, what, fold),
      node("div", { class: "ivig-board-buttons" }, from, up, down, out),
    );
    grip.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", String(number));
      event.dataTransfer.setDragImage(row, 0, 0);
    });
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      const start = Number(event.dataTransfer.getData("text/plain"));
      if (start && start !== number) send("move", `${start} ${number}`);
    });
    return { row, title, notes, summary, what, up, down };
  }

  // What is being typed and was not sent yet is not overwritten.
  const written = new WeakMap();
  function write(field, text) {
    if (field !== document.activeElement || field.value === (written.get(field) ?? "")) field.value = text;
    written.set(field, text);
  }

  function show() {
    const scenes = model.get("scenes");
    write(name, model.get("title"));
    while (rows.length > scenes.length) rows.pop().row.remove();
    while (rows.length < scenes.length) {
      rows.push(makeRow(rows.length + 1));
      list.append(rows.at(-1).row);
    }
    scenes.forEach((scene, i) => {
      const { title, notes, summary, what, up, down } = rows[i];
      write(title, scene.title);
      write(notes, scene.notes);
      summary.textContent = scene.notes ? "Speaker notes" : "Add speaker notes";
      what.textContent = scene.what;
      what.href = scene.address;
      title.placeholder = scene.what;
      up.disabled = i === 0;
      down.disabled = i === scenes.length - 1;
    });
    for (const control of [present, slides, handout, save, fresh]) control.disabled = !scenes.length;
    empty.hidden = scenes.length > 0;
    fault.textContent = "";
  }

  // After a move the focus goes with the scene.
  list.addEventListener("click", ({ target }) => {
    if (target.dataset.act !== "move") return;
    const [, to] = target.dataset.number.split(" ").map(Number);
    const way = target.getAttribute("aria-label").endsWith("up") ? "up" : "down";
    const moved = () => {
      model.off("change:scenes", moved);
      const row = rows[to - 1];
      const wanted = row[way].disabled ? row[way === "up" ? "down" : "up"] : row[way];
      wanted.focus();
    };
    model.on("change:scenes", moved);
  });

  model.on("change:scenes", show);
  model.on("change:title", show);
  model.on("msg:custom", ({ type, number }) => {
    if (type === "focus") list.querySelector(`.ivig-board-from[data-number="${number}"]`)?.focus();
  });
  show();
}

export default { render };

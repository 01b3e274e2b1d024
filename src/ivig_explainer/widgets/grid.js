// A table whose cells are links. All rows are sent once; a filter sends only which of them to show, in which order.
// One cell at a time is in the tab order; the arrow keys move between cells. What a cell stands for is shown while it is
// pointed at or focused, stays while the pointer rests on it, and goes with Escape (WCAG 1.4.13).

const HIDE_AFTER_MS = 250;
const LAP_PX = 2; // the text laps over its cell, so that the pointer can cross to it
const EDGE_PX = 8;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function render({ model, el }) {
  const columns = model.get("columns");
  const box = element("div", { class: "ivig-grid-box" });
  const table = element("table", { class: "ivig-grid", role: "grid" });
  const caption = table.createCaption();
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  const tip = element("div", { class: "ivig-grid-tip", role: "tooltip", id: `ivig-tip-${Math.random().toString(36).slice(2)}`, hidden: "" });

  for (const { label, brief, note } of columns) {
    const texts = [element("span", { class: "ivig-grid-full" }, label), element("span", { class: "ivig-grid-brief", "aria-hidden": "true" }, brief)];
    if (note) texts.push(element("small", {}, note));
    head.append(element("th", { scope: "col" }, ...texts));
  }

  /** Rows are made when they are first shown, then kept. */
  const made = new Map();
  function row(index) {
    if (!made.has(index)) made.set(index, make(model.get("rows")[index]));
    return made.get(index);
  }

  function make({ id, name, notes, cells }) {
    const link = element("a", { class: "ivig-grid-stop", href: `?tab=explore&condition=${encodeURIComponent(id)}`, tabindex: "-1" }, name);
    const line = element("tr", { "data-id": id }, element("th", { scope: "row" }, link, element("small", {})));
    line.notes = notes;
    for (const cell of cells) line.append(element("td", {}, cell ? filled(cell) : nothing()));
    return line;
  }

  function filled({ look, text, brief, how, tags, about, link }) {
    const { href, title } = model.get("links")[link];
    const stop = element(
      "a",
      { class: `ivig-grid-stop ivig-grid-cell ${how.map((part) => `ivig-grid-${part}`).join(" ")}`, "data-look": look, href, target: "_blank", rel: "noopener", tabindex: "-1" },
      element("span", { class: "ivig-grid-symbol", "aria-hidden": "true" }, model.get("symbols")[look]),
      element("span", {}, element("span", { class: "ivig-grid-full" }, text), element("span", { class: "ivig-grid-brief", "aria-hidden": "true" }, brief)),
    );
    if (tags.length) stop.lastChild.append(" ", element("small", {}, tags.join(" ")));
    stop.about = { text, lines: about, title };
    return stop;
  }

  function nothing() {
    const hidden = element("span", { class: "ivig-hidden" }, model.get("empty"));
    return element("span", { class: "ivig-grid-stop ivig-grid-empty", tabindex: "-1" }, element("span", { "aria-hidden": "true" }, "–"), hidden);
  }

  function show() {
    hide();
    caption.textContent = model.get("caption");
    body.replaceChildren(...model.get("shown").map(row));
    table.setAttribute("aria-rowcount", body.rows.length + 1);
    table.hidden = !body.rows.length;
    annotate();
    mark();
  }

  function annotate() {
    for (const line of body.rows) line.querySelector("th small").textContent = line.notes[model.get("note")] ?? "";
  }

  // --- the focus: one stop in the tab order ---
  const stopsOf = (line) => [...line.cells].map((cell) => cell.querySelector(".ivig-grid-stop"));
  let current = null;
  function mark() {
    const open = model.get("opened");
    for (const line of body.rows) {
      if (line.dataset.id === open) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    enter(current?.isConnected ? current : body.rows[0] && stopsOf(body.rows[0])[0]);
  }
  function enter(stop) {
    current?.setAttribute("tabindex", "-1");
    current = stop ?? null;
    current?.setAttribute("tabindex", "0");
  }

  function target(event) {
    const line = current.closest("tr");
    const [at, column] = [[...body.rows].indexOf(line), stopsOf(line).indexOf(current)];
    const last = body.rows.length - 1;
    const [y, x] = {
      ArrowDown: [at + 1, column],
      ArrowUp: [at - 1, column],
      ArrowRight: [at, column + 1],
      ArrowLeft: [at, column - 1],
      PageDown: [Math.min(at + 10, last), column],
      PageUp: [Math.max(at - 10, 0), column],
      Home: [event.ctrlKey ? 0 : at, 0],
      End: [event.ctrlKey ? last : at, columns.length - 1],
    }[event.key] ?? [];
    return body.rows[y] && stopsOf(body.rows[y])[x];
  }
  body.addEventListener("keydown", (event) => {
    if (!event.target.matches(".ivig-grid-stop") || event.altKey || event.metaKey) return;
    const stop = target(event);
    if (!stop) return;
    event.preventDefault();
    enter(stop);
    stop.focus({ preventScroll: true });
    reveal(stop);
  });

  /** Scroll the box, never the page alone, until a cell stands clear of the sticky headings. */
  function reveal(stop) {
    const [cell, frame] = [stop.closest("td, th").getBoundingClientRect(), box.getBoundingClientRect()];
    const top = frame.top + head.offsetHeight;
    if (cell.top < top) box.scrollTop -= top - cell.top;
    else if (cell.bottom > frame.bottom) box.scrollTop += cell.bottom - frame.bottom;
    const left = frame.left + (stop.closest("th") ? 0 : body.rows[0].cells[0].offsetWidth);
    if (cell.left < left) box.scrollLeft -= left - cell.left;
    else if (cell.right > frame.right) box.scrollLeft += cell.right - frame.right;
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  body.addEventListener("click", (event) => {
    const stop = event.target.closest(".ivig-grid-stop");
    if (stop) enter(stop);
    const name = event.target.closest("th a");
    if (!name || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    model.send({ action: "open", value: name.closest("tr").dataset.id });
  });

  // --- what a cell stands for ---
  let told = null;
  let waiting = 0;
  function tell(stop) {
    clearTimeout(waiting);
    if (stop === told) return;
    hide();
    told = stop;
    const { lines, title } = stop.about;
    const texts = lines.map((position) => model.get("texts")[position]);
    tip.replaceChildren(
      element("strong", {}, stop.closest("tr").querySelector("th a").textContent),
      element("p", { class: "ivig-grid-position" }, texts[0]),
      ...texts.slice(1).map((text) => element("p", {}, text)),
      element("p", { class: "ivig-grid-source" }, `Source: ${title}`),
    );
    stop.setAttribute("aria-describedby", tip.id);
    tip.hidden = false;
    place();
  }
  function place() {
    if (!told) return;
    const [at, frame] = [told.getBoundingClientRect(), box.getBoundingClientRect()];
    if (!at.width || at.bottom < frame.top + head.offsetHeight || at.top > frame.bottom) return hide();
    const [width, height] = [document.documentElement.clientWidth - EDGE_PX, innerHeight - EDGE_PX];
    let [left, top] = [at.right - LAP_PX, Math.max(EDGE_PX, Math.min(at.top, height - tip.offsetHeight))];
    if (left + tip.offsetWidth > width) left = at.left + LAP_PX - tip.offsetWidth;
    if (left < EDGE_PX) {
      // beside it there is no room: under it, or above
      left = Math.max(EDGE_PX, Math.min(at.left, width - tip.offsetWidth));
      top = at.bottom - LAP_PX + tip.offsetHeight <= height ? at.bottom - LAP_PX : Math.max(EDGE_PX, at.top + LAP_PX - tip.offsetHeight);
    }
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
    return undefined;
  }
  function hide() {
    clearTimeout(waiting);
    told?.removeAttribute("aria-describedby");
    told = null;
    tip.hidden = true;
  }
  const leave = () => {
    clearTimeout(waiting);
    waiting = setTimeout(hide, HIDE_AFTER_MS); // time to reach the text with the pointer
  };
  body.addEventListener("pointerover", (event) => {
    const stop = event.target.closest(".ivig-grid-cell");
    if (stop && event.pointerType !== "touch") tell(stop);
    else if (!stop && told !== document.activeElement) leave();
  });
  body.addEventListener("pointerleave", () => told !== document.activeElement && leave());
  tip.addEventListener("pointerenter", () => clearTimeout(waiting));
  tip.addEventListener("pointerleave", () => told !== document.activeElement && leave());
  body.addEventListener("focusin", ({ target: stop }) => {
    if (stop.matches(".ivig-grid-cell:focus-visible")) tell(stop);
    else hide();
  });
  body.addEventListener("focusout", hide);
  const dismiss = (event) => event.key === "Escape" && hide();
  document.addEventListener("keydown", dismiss);
  box.addEventListener("scroll", place);
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", hide);

  model.on("change:shown", show);
  model.on("change:note", annotate);
  model.on("change:caption", () => (caption.textContent = model.get("caption")));
  model.on("change:opened", mark);
  model.on("msg:custom", (message) => message.type === "focus" && current?.focus());
  show();
  box.append(table);
  el.append(box, tip);
  return () => {
    document.removeEventListener("keydown", dismiss);
    removeEventListener("scroll", place);
    removeEventListener("resize", hide);
  };
}

export default { render };

// A table whose rows can be sorted by any column and opened by keyboard or mouse. All rows are sent once; a filter
// sends only which of them to show, in which order.

function render({ model, el }) {
  const columns = model.get("columns");
  const box = document.createElement("div");
  box.className = "ivig-table-box";
  const table = document.createElement("table");
  table.className = "ivig-table";
  const caption = table.createCaption();
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  let sorting = null; // null keeps Python's order

  const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
  const headers = columns.map(({ key, label }, position) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => {
      const falling = sorting?.position === position && !sorting.falling;
      sorting = sorting?.position === position && sorting.falling ? null : { position, falling };
      show();
    });
    cell.dataset.column = key;
    cell.append(button);
    head.append(cell);
    return cell;
  });
  const picking = model.get("picking");
  if (picking) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = picking;
    cell.dataset.column = "pick";
    head.append(cell);
  }

  /** Rows are made when they are first shown, then kept. */
  const made = new Map();
  function row(index) {
    if (!made.has(index)) made.set(index, make(model.get("rows")[index]));
    return made.get(index);
  }

  function make({ id, cells }) {
    const line = document.createElement("tr");
    line.dataset.id = id;
    cells.forEach(({ text, sort, mark, note }, position) => {
      const cell = document.createElement(position ? "td" : "th");
      cell.dataset.column = columns[position].key;
      cell.sortKey = sort ?? text;
      if (position) {
        cell.textContent = text;
        if (mark) cell.dataset.mark = mark;
      } else {
        cell.scope = "row";
        const link = document.createElement("a");
        link.href = `?tab=explore&condition=${encodeURIComponent(id)}`;
        link.textContent = text;
        link.tabIndex = -1;
        cell.append(link);
        if (note) {
          const small = document.createElement("span");
          small.className = "ivig-table-note";
          small.textContent = note;
          cell.append(" ", small);
        }
      }
      line.append(cell);
    });
    if (picking) {
      const cell = line.insertCell();
      cell.dataset.column = "pick";
      cell.append(pickBox(id, cells[0].text));
    }
    return line;
  }

  function pickBox(id, name) {
    const label = document.createElement("label"); // a larger target than the box itself
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", tabIndex: -1 });
    box.setAttribute("aria-label", `${picking}: ${name}`);
    box.addEventListener("change", () => {
      box.checked = model.get("picked").includes(id); // it is ticked once Python has taken it
      model.send({ action: "pick", value: id });
    });
    label.append(box);
    return label;
  }

  function pick() {
    const picked = new Set(model.get("picked"));
    for (const line of made.values()) {
      const box = line.querySelector("input");
      if (box) box.checked = picked.has(line.dataset.id);
    }
  }

  function order() {
    const shown = model.get("shown");
    if (!sorting) return shown;
    const { position, falling } = sorting;
    const key = (index) => row(index).cells[position].sortKey;
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
    return [...shown].sort((a, b) => (falling ? -1 : 1) * compare(key(a), key(b)));
  }

  function show() {
    headers.forEach((cell, position) => {
      if (sorting?.position === position) cell.setAttribute("aria-sort", sorting.falling ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    caption.textContent = model.get("caption");
    body.replaceChildren(...order().map(row));
    pick();
    mark();
  }

  // One row at a time is in the tab order, with its box; the arrow keys move between rows.
  const links = () => [...body.querySelectorAll("th a")];
  function mark() {
    const open = model.get("opened");
    for (const line of body.rows) {
      if (line.dataset.id === open) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    const all = links();
    const last = all.find((link) => link.tabIndex === 0); // where the visitor was, such as on a row just closed
    all.forEach((link) => reach(link, false));
    const first = all.find((link) => link.closest("tr").dataset.id === open) ?? last ?? all[0];
    if (first) reach(first, true);
  }

  function reach(link, within) {
    link.tabIndex = within ? 0 : -1;
    const box = link.closest("tr").querySelector("input");
    if (box) box.tabIndex = link.tabIndex;
  }

  body.addEventListener("keydown", (event) => {
    const all = links();
    const inBox = document.activeElement.matches("input");
    const at = all.indexOf(document.activeElement.closest("tr")?.querySelector("th a"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || !all[to]) return;
    event.preventDefault();
    all.forEach((link) => reach(link, false));
    reach(all[to], true);
    (inBox ? all[to].closest("tr").querySelector("input") : all[to]).focus();
  });

  body.addEventListener("focusin", (event) => {
    links().forEach((link) => reach(link, link.closest("tr").contains(event.target)));
  });

  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr");
    if (!line || event.target.closest("label") || event.metaKey || event.ctrlKey || event.shiftKey || getSelection().toString()) return;
    event.preventDefault();
    model.send({ action: "open", value: line.dataset.id });
  });

  model.on("msg:custom", (message) => {
    if (message.type === "focus") body.querySelector('th a[tabindex="0"]')?.focus();
  });
  model.on("change:shown", show);
  model.on("change:caption", () => (caption.textContent = model.get("caption")));
  model.on("change:opened", mark);
  model.on("change:picked", pick);
  show();
  box.append(table);
  el.append(box);
}

export default { render };

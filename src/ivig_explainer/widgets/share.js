// Share: the address of the present view as text and as a QR code, and the view as a scene of the lecture.
// Only on a page of our own; in JupyterLab the address is the notebook's.

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  if (!document.getElementById("ivig-page")) return undefined;

  const open = node("button", { type: "button", class: "ivig-share-open", "aria-expanded": "false" }, "Share");
  const field = node("input", { readonly: "", class: "ivig-share-address", "aria-label": "Address of this view" });
  const copy = node("button", { type: "button", class: "ivig-primary" }, "Copy link");
  const add = node("button", { type: "button", "data-scene": "tab" }, "Add this page to the lecture");
  const small = node("div", { class: "ivig-share-code" });
  const large = node("button", { type: "button" }, "Show large");
  const save = node("button", { type: "button" }, "Save code as SVG");
  const said = node("p", { class: "ivig-share-said", role: "status" });
  const codes = node("div", { class: "ivig-share-buttons" }, large, save);
  const panel = node(
    "div",
    { class: "ivig-share-panel", role: "group", "aria-label": "Share this view", hidden: "" },
    node("div", { class: "ivig-share-line" }, field, copy),
    small,
    said,
    codes,
    add,
  );
  const hall = node("dialog", { class: "ivig-share-hall", "aria-label": "QR code of this view" });
  const holder = node("div", { class: "ivig-share" }, open, panel, hall);
  el.append(holder);

  // A view is shared without the lecture that its visitor is at work on; the lecture is shared from its own tab.
  function address() {
    const here = new URL(location.href);
    const query = new URLSearchParams(here.search);
    const lecture = query.get("tab") === "teach" || query.has("teach.present.scene");
    if (!lecture) for (const name of [...query.keys()]) if (name.startsWith("teach.")) query.delete(name);
    return here.origin + here.pathname + (query.size ? `?${query}` : "");
  }

  function toggle(show) {
    panel.hidden = !show;
    open.setAttribute("aria-expanded", String(show));
    if (show) ask();
  }

  function ask() {
    field.value = address();
    if (model.get("code").address === field.value) return draw();
    small.replaceChildren();
    said.textContent = "";
    codes.hidden = true;
    model.send({ action: "code", value: field.value });
    return undefined;
  }

  function draw() {
    const { address: shown, svg, fine, fault } = model.get("code");
    if (shown !== field.value) return;
    codes.hidden = !svg;
    small.replaceChildren(...(svg ? [picture()] : []));
    said.textContent = fault ?? (fine ? "A long address makes a fine code: show it large, and scan it from near." : "");
  }

  function picture() {
    const { address: name, svg } = model.get("code");
    const code = node("div", { role: "img", "aria-label": `QR code of ${name}` });
    code.innerHTML = svg;
    return code;
  }

  open.addEventListener("click", () => toggle(panel.hidden));
  model.on("change:code", draw);
  copy.addEventListener("click", async () => {
    field.select();
    const done = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
    said.textContent = done ? "Copied." : "Press Ctrl+C (on a Mac ⌘C) to copy.";
  });
  large.addEventListener("click", () => {
    const close = node("button", { type: "button" }, "Close");
    close.addEventListener("click", () => hall.close());
    hall.replaceChildren(picture(), node("p", {}, model.get("code").address), close);
    hall.showModal();
  });
  save.addEventListener("click", () => {
    const file = new Blob([model.get("code").svg], { type: "image/svg+xml" });
    const link = node("a", { href: URL.createObjectURL(file), download: "ivig-link.svg" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    open.focus();
  });
  open.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));
  const away = (event) => !panel.hidden && !holder.contains(event.target) && toggle(false);
  document.addEventListener("pointerdown", away);
  const moved = () => !panel.hidden && ask();
  document.addEventListener("ivig-address", moved);
  const asked = () => navigator.clipboard?.writeText(address()).catch(() => undefined); // by a button elsewhere on the page
  document.addEventListener("ivig-copy", asked);
  return () => {
    document.removeEventListener("ivig-copy", asked);
    document.removeEventListener("pointerdown", away);
    document.removeEventListener("ivig-address", moved);
  };
}

export default { render };

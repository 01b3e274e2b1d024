// The frame of the page: banner, navigation, the tabs, footer, the line that tells screen readers what changed.

const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
const TEXTS = { plain: "Plain", student: "Student" };

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function render({ model, el, host }) {
  const app = element("div", { class: "ivig-app" });
  const standalone = Boolean(document.getElementById("ivig-page"));
  const slots = new Map();

  function choice(name, label, options, apply) {
    const select = element("select", { class: `ivig-${name}`, "aria-label": label });
    select.append(...Object.entries(options).map(([value, word]) => element("option", { value }, word)));
    select.addEventListener("change", () => {
      model.set(name, select.value);
      model.save_changes();
      apply();
    });
    return select;
  }

  // --- theme: follows the system until the visitor chooses ---
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  function applyTheme() {
    const chosen = model.get("theme");
    const dark = chosen === "auto" ? systemDark.matches : chosen === "dark";
    app.dataset.theme = dark ? "dark" : "light";
    if (standalone) document.documentElement.dataset.theme = app.dataset.theme;
    theme.value = chosen;
    model.set("dark", dark);
    model.save_changes();
  }
  const theme = choice("theme", "Colour theme", THEMES, applyTheme);
  systemDark.addEventListener("change", applyTheme);
  model.on("change:theme", applyTheme);

  // --- reading level: both texts stand in the page, one is shown ---
  function applyText() {
    app.dataset.text = model.get("text");
    text.value = model.get("text");
  }
  const text = choice("text", "Reading level", TEXTS, applyText);
  model.on("change:text", applyText);

  // --- banner and navigation ---
  const search = element("div", { class: "ivig-header-search" });
  const settings = element("div", { class: "ivig-settings" });
  const share = element("div");
  settings.append(element("label", {}, "Text", text), element("label", {}, "Theme", theme), share);
  const header = element("header", { class: "ivig-header" }, element("h1", {}, model.get("title")), search, settings);
  const links = new Map();
  const nav = element("nav", { class: "ivig-nav", "aria-label": "Parts of the explainer" });
  for (const { id, label } of model.get("tabs")) {
    const link = element("a", { class: `ivig-nav-${id}`, href: `?tab=${id}` }, label);
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return; // a new tab of the browser
      event.preventDefault();
      model.set("tab", id);
      model.save_changes();
    });
    links.set(id, link);
    nav.append(link);
  }
  // A badge is a number beside a tab's name, such as that of the scenes of the lecture.
  function showBadges() {
    for (const [id, link] of links) {
      link.querySelector(".ivig-badge")?.remove();
      const badge = model.get("badges")[id];
      if (badge) link.append(element("span", { class: "ivig-badge" }, ` (${badge})`));
    }
  }
  model.on("change:badges", showBadges);
  showBadges();
  const disclaimer = element("p", { class: "ivig-disclaimer", role: "note" }, model.get("disclaimer"));

  // --- notices: parts of the address that made no sense ---
  const notices = element("div", { class: "ivig-notices" });
  function showNotices() {
    notices.replaceChildren(
      ...model.get("notices").map((text) => element("p", { class: "ivig-notice", role: "alert" }, text)),
    );
    if (notices.childElementCount) {
      const close = element("button", { type: "button" }, "Dismiss");
      close.onclick = () => {
        model.set("notices", []);
        model.save_changes();
      };
      notices.append(close);
    }
  }
  model.on("change:notices", showNotices);
  showNotices();

  // --- tabs: each is a section that is filled when it is seen and Python has built it ---
  const main = element("main", { class: "ivig-main", id: "ivig-main", tabindex: "-1" }, notices);
  const sections = new Map();
  for (const { id, label } of model.get("tabs")) {
    const section = element("section", { class: `ivig-tab ivig-tab-${id}`, "aria-label": label, hidden: true });
    sections.set(id, section);
    main.append(section);
  }
  function place(slot) {
    return { search, share, address: app, presenter: app }[slot] ?? sections.get(slot);
  }

  /** The tab to show: Python's, once it has read the address; until then one that stands in the page and is asked for alone. */
  function seen() {
    if (model.get("settled") || !standalone) return model.get("tab");
    const asked = new URLSearchParams(location.search);
    const alone = [...asked.keys()].every((part) => part === "tab" || part === "theme");
    return alone && sections.has(asked.get("tab")) && asked.get("tab") in model.get("children") ? asked.get("tab") : model.get("tab");
  }

  function fillSlot(slot) {
    const reference = model.get("children")[slot];
    if (reference && !slots.has(slot)) {
      const holder = element("div", { class: "ivig-slot" });
      place(slot).append(holder);
      slots.set(slot, host.getWidget(reference).then((widget) => widget.render({ el: holder })));
    }
    return slots.get(slot);
  }
  const fillSeen = () => Promise.all(["address", "search", "share", "presenter", seen()].map(fillSlot));
  model.on("change:children", fillSeen);

  function showTab() {
    const chosen = seen();
    fillSeen();
    for (const [id, section] of sections) section.hidden = id !== chosen;
    for (const [id, link] of links) {
      if (id === chosen) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const here = links.get(chosen);
    if (here) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2; // on a phone
    const label = here?.firstChild.textContent;
    if (standalone) document.title = label ? `${label} · ${model.get("title")}` : model.get("title");
  }
  model.on("change:tab", showTab);

  // --- what was done and can be taken back; and whatever is marked as a scene goes into the lecture ---
  const offer = element("div", { class: "ivig-offer", hidden: true });
  function showOffer() {
    const said = model.get("offer");
    offer.hidden = !said;
    if (!said) return;
    const act = (label, press) => {
      const button = element("button", { type: "button" }, label);
      button.onclick = press;
      return button;
    };
    const close = () => {
      model.set("offer", "");
      model.save_changes();
      offer.hidden = true;
    };
    offer.replaceChildren(element("p", { dir: "auto" }, said), act("Undo", () => model.send({ action: "undo" })), act("Close", close));
  }
  model.on("change:offer", showOffer);
  app.addEventListener("click", ({ target }) => {
    const mark = target.closest("[data-scene]");
    if (mark) model.send({ action: "scene", value: mark.dataset.scene });
  });

  // --- the line that is read out, and files that Python hands over ---
  const status = element("p", { class: "ivig-status", role: "status" });
  model.on("change:announcement", () => (status.textContent = model.get("announcement")));
  model.on("msg:custom", (message, buffers) => {
    if (message.type === "save") save(message, buffers[0]);
    if (message.type === "copy") document.dispatchEvent(new Event("ivig-copy"));
  });
  function save({ name, mime }, data) {
    const link = element("a", { href: URL.createObjectURL(new Blob([data], { type: mime })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  const footer = element("footer", { class: "ivig-footer" });
  footer.innerHTML = model.get("footer");
  app.append(header, nav, disclaimer, main, offer, footer, status);
  if (!standalone) app.classList.add("ivig-embedded");
  applyTheme();
  applyText();
  showTab();
  el.append(app);

  // The page can be used once the first tab is drawn and the address is applied.
  async function settled() {
    showTab(); // the tab that Python chose may be another than the one that the address asked for
    await fillSeen();
    app.classList.add("ivig-ready");
  }
  if (model.get("settled")) settled();
  else model.on("change:settled", settled);

  return () => systemDark.removeEventListener("change", applyTheme);
}

export default { render };

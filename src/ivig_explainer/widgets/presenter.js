// The stage: one scene of a lecture fills the screen. What the scene is about is the page's own live part; by one style rule all
// that does not lead to it is hidden. Keys and buttons ask Python for the next scene; Escape leaves.

const HELP = "Keys: ← → Page Up, Page Down, Space, Home, End · N notes · F filters · T theme · B black · Escape leaves";
const FORMS = ".ivig-form, .ivig-filters, .ivig-bar";

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function button(label, press, attributes = {}) {
  const made = node("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", press);
  return made;
}

/** The selector of what a scene is about; nothing where it is the whole tab. */
function target(focus) {
  const [kind, name] = focus.split(":");
  if (kind === "chart") return `.ivig-chart-${CSS.escape(name)}`;
  return { card: ".ivig-card", compare: ".ivig-compare" }[kind];
}

/**
 * The style rules that leave in sight only `target` and what leads to it, and with `filters` the forms of its section.
 * (One :has() may not stand within another, so what leads to a form is told by the section that both stand in.)
 */
function rules(target, filters) {
  if (!target) return "";
  const tab = ".ivig-presenting .ivig-tab:not([hidden])";
  const places = [`section:not(.ivig-tab):has(${target})`, ".ivig-explore"];
  const forms = filters ? places.map((place) => `${place} :is(${FORMS})`) : [];
  const kept = [target, ...forms].join();
  const path = [`:has(${target})`, ...(filters ? places.map((place) => `${place} :has(${FORMS})`) : [])].join();
  return `${tab} *:not(:is(${kept}), :is(${kept}) *, :is(${path})) { display: none !important; }
    ${tab} :has(${target}) { border: 0; ${filters ? "" : "display: block;"} margin: 0; max-height: none; max-width: none;
      overflow: visible; padding: 0; position: static; width: auto; }`;
}

function render({ model, el }) {
  const app = el.closest(".ivig-app");
  const style = node("style");
  const lecture = node("p", { class: "ivig-stage-lecture" });
  const title = node("h2", { class: "ivig-stage-title", tabindex: "-1", dir: "auto" });
  const finding = node("p", { class: "ivig-stage-finding" });
  const head = node("div", { class: "ivig-stage-head" }, lecture, title, finding);
  const notes = node("aside", { class: "ivig-stage-notes", "aria-label": "Speaker notes", tabindex: "0", dir: "auto", hidden: "" });
  const cited = node("summary");
  const listing = node("div");
  const sources = node("details", { class: "ivig-stage-sources" }, cited, listing);
  const notice = node("p", { class: "ivig-stage-notice" });
  const bar = node("progress", { "aria-label": "Scenes shown" });
  const position = node("span", { class: "ivig-stage-position" });
  const act = (action) => () => model.send({ action });
  const previous = button("Previous", act("previous"), { class: "ivig-stage-previous" });
  const next = button("Next", act("next"), { class: "ivig-stage-next ivig-primary" });
  const showNotes = button("Notes", () => toggle("notes"), { "aria-pressed": "false", title: "N" });
  const showFilters = button("Filters", () => toggle("filters"), { "aria-pressed": "false", title: "F" });
  const full = button("Full screen", () => (document.fullscreenElement ? shrink() : grow()));
  const leave = button("Leave", act("leave"), { title: "Escape", class: "ivig-stage-leave" });
  const controls = node(
    "div",
    { class: "ivig-stage-controls", role: "group", "aria-label": "Lecture" },
    previous,
    position,
    next,
    showNotes,
    showFilters,
    button("Theme", act("theme"), { title: "T" }),
    full,
    node("p", { class: "ivig-stage-help" }, HELP),
    leave,
  );
  const foot = node("div", { class: "ivig-stage-foot" }, bar, sources, notice, controls);
  const black = node("div", { class: "ivig-stage-black", hidden: "" });
  const shown = { notes: false, filters: false };
  const main = () => app.querySelector(".ivig-main");
  let presenting = false;

  function toggle(what) {
    shown[what] = !shown[what];
    notes.hidden = !shown.notes;
    showNotes.setAttribute("aria-pressed", String(shown.notes));
    showFilters.setAttribute("aria-pressed", String(shown.filters));
    app.toggleAttribute("data-filters", shown.filters);
    restyle();
  }

  function restyle() {
    const scene = model.get("scene");
    style.textContent = presenting ? rules(target(scene.focus), shown.filters) : "";
    fit();
  }

  // Charts take the room that they have now.
  const fit = () => document.dispatchEvent(new Event("ivig-stage"));

  // --- the whole screen, where the browser allows it; else the whole window ---
  let shrinking = false;
  function grow() {
    const whole = app.classList.contains("ivig-embedded") ? app : document.documentElement;
    whole.requestFullscreen?.().catch(() => undefined);
  }
  function shrink() {
    shrinking = true;
    if (document.fullscreenElement) document.exitFullscreen();
  }
  // On a full screen the browser keeps the Escape key to itself: to leave the one is to leave the other.
  function changed() {
    full.textContent = document.fullscreenElement ? "Exit full screen" : "Full screen";
    if (!document.fullscreenElement && presenting && !shrinking) model.send({ action: "leave" });
    shrinking = false;
  }

  function enter() {
    presenting = true;
    notice.textContent = app.querySelector(".ivig-disclaimer").textContent;
    main().before(head);
    main().after(notes, foot, black);
    main().tabIndex = 0; // it may scroll
    app.append(style);
    app.classList.add("ivig-presenting");
    document.documentElement.classList.add("ivig-staged");
    if (navigator.userActivation?.isActive) grow();
    document.addEventListener("keydown", press, true);
    document.addEventListener("fullscreenchange", changed);
    addEventListener("resize", fit);
    title.focus({ preventScroll: true });
  }

  function exit() {
    presenting = false;
    for (const part of [head, notes, foot, black, style]) part.remove();
    main().tabIndex = -1;
    app.classList.remove("ivig-presenting");
    document.documentElement.classList.remove("ivig-staged");
    document.removeEventListener("keydown", press, true);
    document.removeEventListener("fullscreenchange", changed);
    removeEventListener("resize", fit);
    if (document.fullscreenElement) document.exitFullscreen();
    fit();
  }

  let last = 0;
  function show() {
    const scene = model.get("scene");
    if (!scene.number) {
      if (presenting) exit();
      last = 0;
      return;
    }
    if (!presenting) enter();
    lecture.textContent = scene.lecture;
    title.textContent = scene.title;
    finding.textContent = scene.finding;
    notes.innerHTML = scene.notes || "<p>This scene has no notes.</p>";
    cited.textContent = scene.cited ? `Sources: ${scene.cited}` : "";
    sources.hidden = !scene.cited;
    listing.innerHTML = scene.sources;
    position.textContent = `${scene.number} / ${scene.total}`;
    bar.max = scene.total;
    bar.value = scene.number;
    previous.disabled = scene.number === 1 && !scene.strayed;
    previous.textContent = scene.strayed ? "Back to the scene" : "Previous";
    next.disabled = scene.number === scene.total;
    app.dataset.focus = scene.focus.split(":")[0];
    restyle();
    if (scene.number === last) return;
    last = scene.number;
    sources.open = false;
    main().scrollTop = 0;
    // What had the focus may be gone with the scene before.
    if (!document.activeElement || document.activeElement === document.body || !foot.contains(document.activeElement)) {
      title.focus({ preventScroll: true });
    }
  }

  // --- keys ---
  const STEPS = {
    ArrowRight: "next",
    ArrowLeft: "previous",
    PageDown: "next",
    PageUp: "previous",
    Home: "first",
    End: "last",
    Escape: "leave",
    t: "theme",
    " ": "next",
  };
  const OWN = { n: () => toggle("notes"), f: () => toggle("filters"), b: () => (black.hidden = false) };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !app.isConnected) return;
    const at = event.target;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!black.hidden) {
      black.hidden = true;
      event.preventDefault();
      return;
    }
    if (key !== "Escape" && at.matches?.("input:not([type=checkbox]), select, textarea")) return; // a filter's own keys
    if (key.startsWith("Arrow") && at.closest?.(".ivig-grid, .ivig-table")) return; // go from cell to cell
    if (key === " " && at.closest?.("button, summary, a, input, [role=button]")) return; // presses what has the focus
    if (at.closest?.(".ivig-term") && key === "Escape") return; // puts a definition away
    let step = key === " " && event.shiftKey ? "previous" : STEPS[key];
    const down = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (down && !scrolls()) step = down > 0 ? "next" : "previous";
    if (!step && !down && !OWN[key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) model.send({ action: step });
    else if (down) main().scrollBy({ top: (down * main().clientHeight) / 5 });
    else OWN[key]();
  }

  /** Whether the scene is longer than the screen, so that Up and Down are needed to read it. */
  function scrolls() {
    return main().scrollHeight > main().clientHeight + 4;
  }

  model.on("change:scene", show);
  show();
  return () => presenting && exit();
}

export default { render };

// A Plotly chart with its finding as title, its description in words, and the same numbers as a table.
// plotly.js is loaded once per page from the server, where there is one; in JupyterLab the kernel sends it.

// How Plotly draws dashes and symbols, in the legend's smaller space.
const DASHES = { dash: "9 5", dot: "2 3", dashdot: "9 4 2 4", longdash: "14 6", longdashdot: "14 4 2 4" };
const SYMBOLS = {
  circle: "M18 6a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  square: "M18 2h8v8h-8z",
  diamond: "M22 1l5 5-5 5-5-5z",
  "triangle-up": "M22 1.5l5 8.5h-10z",
  "triangle-down": "M22 10.5l5 -8.5h-10z",
  x: "M18.5 1l3.5 3.5 3.5-3.5 1.5 1.5-3.5 3.5 3.5 3.5-1.5 1.5-3.5-3.5-3.5 3.5-1.5-1.5 3.5-3.5-3.5-3.5z",
  star: "M22 .5l1.4 4 4.1.1-3.3 2.5 1.2 4.1-3.4-2.4-3.4 2.4 1.2-4.1-3.3-2.5 4.1-.1z",
  cross: "M20.2 1h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2z",
  hourglass: "M17.5 1h9l-9 10h9z",
  hexagon: "M22 1l4.5 2.5v5l-4.5 2.5-4.5-2.5v-5z",
};
const WIDTH_STEP = 20; // Python hears of a change of width in steps of so many pixels
const PATIENCE_MS = 120;
const LARGEST_ZOOM = 2.4;
const SMALLEST_SHARE = 0.75; // of the page's own type
const NARROWEST_PX = 520; // a picture is not squeezed below this width only to be enlarged
const CONFIG = { displayModeBar: false, displaylogo: false, showSendToCloud: false };

/**
 * Give the names on the vertical axis the room that they need. Plotly can (`automargin`), but draws the chart, measures
 * it, and draws it again.
 */
function makeRoom(data, layout) {
  const { margin, yaxis, font } = layout;
  const names = data.flatMap(({ orientation, y }) => (orientation === "h" ? y : []));
  if (!yaxis?.automargin || !names.length || names.some((name) => typeof name !== "string")) return layout;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${font.size}px ${font.family}`;
  const widest = Math.max(...names.map((name) => pen.measureText(name + (yaxis.ticksuffix ?? "")).width));
  return {
    ...layout,
    margin: { ...margin, l: margin.l + Math.ceil(widest) },
    yaxis: { ...yaxis, automargin: false },
  };
}

function loadPlotly(model) {
  window.__ivigPlotly ??= fromServer().catch(() => fromKernel(model));
  return window.__ivigPlotly;
}

async function fromServer() {
  const page = document.getElementById("ivig-page");
  if (!page) throw new Error("not a page of ours");
  const address = new URL(JSON.parse(page.textContent).plotly, location.href); // this module has no address to start from
  return (await import(address)).default;
}

function fromKernel(model) {
  return new Promise((resolve, reject) => {
    model.on("msg:custom", function receive(message, [data]) {
      if (message.type !== "plotly") return;
      model.off("msg:custom", receive);
      const address = URL.createObjectURL(new Blob([data], { type: "text/javascript" }));
      import(address).then((module) => resolve(module.default), reject);
    });
    model.send({ action: "plotly" });
  });
}

function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // larger in a lecture hall
}

/** Of labels that would cover each other, a mark or the plot's edge, keep those of the largest marks. */
function declutter(plot) {
  if (!plot.layout?.meta?.declutter) return;
  const edge = plot.getBoundingClientRect();
  const boxes = (selector) => [...plot.querySelectorAll(selector)].map((node) => ({ node, box: node.getBoundingClientRect() }));
  const kept = boxes(".scatterlayer .point").map(({ box }) => box);
  const size = ({ node }) => node.parentNode.__data__?.mrc ?? 0;
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  for (const { node, box } of boxes(".textpoint text").sort((a, b) => size(b) - size(a))) {
    const shown = box.left >= edge.left && box.right <= edge.right && kept.every((other) => apart(box, other));
    node.style.visibility = shown ? "" : "hidden";
    if (shown) kept.push(box);
  }
}

async function render({ model, el }) {
  const figure = document.createElement("figure");
  figure.className = "ivig-chart";
  const title = document.createElement("h3");
  title.id = `ivig-${model.get("name")}-${Math.random().toString(36).slice(2)}`;
  const plot = document.createElement("div");
  plot.className = "ivig-plot";
  plot.setAttribute("role", "img");
  const description = document.createElement("figcaption");
  const details = document.createElement("details");
  details.className = "ivig-chart-table";
  const summary = document.createElement("summary");
  summary.textContent = "Show as table";
  const table = document.createElement("div");
  details.append(summary, table);
  const legend = document.createElement("ul");
  legend.className = "ivig-legend";
  const tools = document.createElement("div");
  tools.className = "ivig-chart-tools";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "Save, or add to a lecture");
  const add = document.createElement("button");
  Object.assign(add, { type: "button", textContent: "Add to lecture" });
  tools.append(add);
  figure.append(title, legend, plot, description, tools, details);
  el.append(figure);

  const Plotly = await loadPlotly(model);
  let wired = false;
  let drawnWidth;

  async function draw() {
    if (!model.get("figure").data) return; // a chart that is not asked for yet
    const { data, layout } = structuredClone(model.get("figure"));
    figure.className = `ivig-chart ivig-chart-${model.get("name")}`; // one plot may show one chart after another
    title.textContent = model.get("title");
    description.textContent = model.get("description");
    add.dataset.scene = `chart:${model.get("name")}`;
    add.setAttribute("aria-label", `Add to lecture: ${model.get("title")}`);
    plot.setAttribute("aria-label", `Chart: ${model.get("title")}. ${model.get("description")}`);
    drawLegend();
    drawTools();
    plot.hidden = !data.length; // an empty frame says nothing; title and table do
    zoom = staged();
    const scale = zoom ? 1 : typeScale();
    const font = { ...layout.font, size: layout.font.size * scale };
    const drawn = { ...layout, font, height: layout.height * scale, autosize: true, showlegend: false };
    plot.style.height = `${drawn.height}px`; // a change of width must not change it
    enlarge(drawn.height);
    drawnWidth = plot.offsetWidth;
    await Plotly.react(plot, data, makeRoom(data, drawn), CONFIG);
    if (details.open) drawTable();
    if (wired) return;
    wired = true;
    plot.on("plotly_afterplot", () => declutter(plot));
    declutter(plot);
    plot.on("plotly_click", ({ points: [point] }) => choose(point));
    plot.on("plotly_treemapclick", ({ points: [point] }) => choose(point) && false);
  }

  /** What the kernel answers to an action, as [message, buffers]. */
  function ask(action, type) {
    return new Promise((resolve) => {
      model.on("msg:custom", function receive(message, buffers) {
        if (message.type !== type) return;
        model.off("msg:custom", receive);
        resolve([message, buffers]);
      });
      model.send({ action });
    });
  }

  const FORMS = {
    png: { label: "PNG", says: (name) => `Save picture of “${name}” as PNG` },
    svg: { label: "SVG", says: (name) => `Save picture of “${name}” as SVG` },
    csv: { label: "CSV", says: (name) => `Save numbers of “${name}” as CSV` },
  };
  const buttons = Object.entries(FORMS).map(([form, { label }]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.form = form;
    button.textContent = label;
    button.addEventListener("click", () => save(form, button));
    return button;
  });
  tools.append(" Save: ", ...buttons);
  function drawTools() {
    for (const button of buttons) button.setAttribute("aria-label", FORMS[button.dataset.form].says(model.get("title")));
  }

  async function save(form, button) {
    button.disabled = true;
    try {
      if (form === "csv") {
        const [{ name, mime }, [bytes]] = await ask("csv", "file");
        return saveBlob(new Blob([bytes], { type: mime }), name);
      }
      const [credit] = await ask("credit", "credit");
      const style = getComputedStyle(figure);
      const colours = {
        text: style.color,
        muted: getComputedStyle(summary).color,
        surface: style.getPropertyValue("--surface").trim() || "#ffffff",
      };
      const drawn = await drawPicture(Plotly, { figure: model.get("figure"), title: model.get("title"), legend, credit, colours });
      const blob = form === "svg" ? new Blob([drawn.svg], { type: "image/svg+xml" }) : await toPng(drawn);
      saveBlob(blob, `ivig-${model.get("name")}.${form}`);
    } finally {
      button.disabled = false;
      button.focus({ preventScroll: true });
    }
  }

  // On the stage of a lecture the finished picture is enlarged, all of it alike, as far as there is room.
  let zoom = 0;
  function staged() {
    const stage = figure.closest(".ivig-presenting .ivig-main");
    if (!stage || !figure.offsetWidth) return 0;
    const above = plot.getBoundingClientRect().top - stage.getBoundingClientRect().top + stage.scrollTop;
    const room = stage.clientHeight - above - details.offsetHeight - 8;
    const whole = room / model.get("figure").layout.height;
    // A tall picture scrolls, because to see all of it at once it would be too small to read. One that fits itself to its width
    // must not have its width follow from its height.
    const readable = model.get("fits") || whole < SMALLEST_SHARE * typeScale();
    const fit = Math.min(readable ? typeScale() : whole, figure.clientWidth / NARROWEST_PX, LARGEST_ZOOM);
    return Math.max(1, Math.floor(fit * 50) / 50);
  }
  function enlarge(height) {
    const by = zoom > 1 ? zoom : 1;
    Object.assign(plot.style, { transform: by > 1 ? `scale(${by})` : "", transformOrigin: "0 0", width: by > 1 ? `${100 / by}%` : "" });
    plot.style.marginBottom = by > 1 ? `${height * (by - 1)}px` : "";
  }

  function choose(point) {
    const value = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    if (/^https?:/.test(value)) window.open(value, "_blank", "noopener");
    else if (value) model.send({ action: "choose", value });
    return false;
  }

  // A legend of our own wraps with the page and leaves the picture its height.
  function drawLegend() {
    const items = model.get("legend").map(({ label, mark }) => {
      const item = document.createElement("li");
      item.textContent = label;
      item.dataset.mark = mark;
      return item;
    });
    const { data, layout } = model.get("figure");
    const lines = layout.showlegend ? data.filter(({ name, showlegend }) => name && showlegend !== false) : [];
    legend.replaceChildren(...items, ...lines.map(lineItem));
  }

  // A line of the figure is told by its colour, its dashes and its symbol, as it is drawn; a mark without a line by its
  // symbol in a circle of the line's colour.
  function lineItem({ name, line, marker, mode = "lines" }) {
    const item = document.createElement("li");
    const dash = DASHES[line?.dash] ?? (/px/.test(line?.dash) ? line.dash.replaceAll("px", "") : "none");
    const lined = mode.includes("lines");
    item.innerHTML = lined
      ? `<svg class="ivig-legend-line" viewBox="0 0 44 12" width="44" height="12" aria-hidden="true">
         <path d="M0 6H44" fill="none" stroke-width="2"/><path stroke-width="1" d="${SYMBOLS[marker?.symbol] ?? ""}"/></svg>`
      : `<svg class="ivig-legend-line" viewBox="15 -1 14 14" width="14" height="14" aria-hidden="true">
         <path d="M22 -.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0 -13z"/>
         <path stroke-width="1" d="${SYMBOLS[marker?.symbol] ?? ""}" transform="translate(22 6) scale(.7) translate(-22 -6)"/></svg>`;
    const [path, symbol] = item.querySelectorAll("path");
    const edge = marker?.line?.color ?? marker?.color ?? "none";
    path.setAttribute(lined ? "stroke" : "fill", line?.color ?? marker?.color);
    path.setAttribute("stroke-dasharray", dash);
    symbol.setAttribute("fill", marker?.color ?? "none");
    symbol.setAttribute("stroke", edge);
    item.append(name);
    return item;
  }

  function drawTable() {
    const { columns, rows, links } = model.get("table");
    if (!columns) return;
    table.tabIndex = 0; // it may scroll
    table.setAttribute("role", "region");
    table.setAttribute("aria-label", `Table: ${model.get("title")}`);
    const grid = document.createElement("table");
    grid.createCaption().textContent = model.get("title");
    const head = grid.createTHead().insertRow();
    for (const column of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = column;
      head.append(cell);
    }
    const body = grid.createTBody();
    rows.forEach((values, number) => {
      const line = body.insertRow();
      values.forEach((value, position) => {
        const cell = position ? line.insertCell() : line.appendChild(document.createElement("th"));
        if (!position) cell.scope = "row";
        if (!position && links?.[number]) cell.append(linked(value, links[number]));
        else cell.textContent = value;
      });
    });
    table.replaceChildren(grid);
  }
  function linked(text, address) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, textContent: text, target: "_blank", rel: "noopener" });
    return link;
  }
  details.addEventListener("toggle", () => details.open && drawTable());

  // A little more room is not told, so that a scroll bar that comes and goes cannot make the chart do so for ever.
  let waiting;
  function tellWidth() {
    const width = Math.floor(plot.offsetWidth / (zoom ? 1 : typeScale()) / WIDTH_STEP) * WIDTH_STEP;
    const known = model.get("width");
    if (!width || (width >= known && width < known + 2 * WIDTH_STEP)) return;
    model.set("width", width);
    model.save_changes();
  }
  function refit() {
    if (!plot.data || !plot.offsetWidth) return;
    if (staged() !== zoom) draw();
    else if (plot.offsetWidth !== drawnWidth) {
      drawnWidth = plot.offsetWidth; // only another width needs another drawing: plotly draws all of it anew
      Plotly.Plots.resize(plot);
    }
    if (!model.get("fits")) return;
    clearTimeout(waiting);
    waiting = setTimeout(tellWidth, PATIENCE_MS);
  }
  const resized = new ResizeObserver(refit);
  resized.observe(plot);
  document.addEventListener("ivig-stage", refit);
  model.on("change:figure", draw);
  await draw();
  return () => {
    clearTimeout(waiting);
    resized.disconnect();
    document.removeEventListener("ivig-stage", refit);
  };
}

export default { render };

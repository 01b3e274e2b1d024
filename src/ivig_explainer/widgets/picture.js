// A chart as a picture that explains itself: its finding, its legend, the chart, and under it notice, data and sources.
// All of it is one SVG, made here; a PNG is that SVG drawn at twice its size.

const PICTURE = { width: 1000, edge: 24, font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" };
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (letter) => ESCAPES[letter]);
// No XML file may hold these.
const legal = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");

async function drawPicture(Plotly, { figure, title, legend, credit, colours }) {
  const { width, edge, font } = PICTURE;
  const parts = [];
  let top = edge;
  const write = (text, size, weight, colour) => {
    for (const line of wrapText(legal(text), `${weight} ${size}px ${font}`, width - 2 * edge)) {
      top += size * 1.3;
      parts.push(`<text x="${edge}" y="${top}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(line)}</text>`);
    }
  };
  write(title, 22, 600, colours.text);
  top += 10;
  top = placeLegend(parts, legend, top, colours);
  const { data, layout } = structuredClone(figure);
  if (data.length) {
    const size = { width: width - 2 * edge, height: layout.height };
    const still = { ...layout, ...size, autosize: false, showlegend: false };
    const chart = await Plotly.toImage({ data, layout: still }, { format: "svg", ...size, imageDataOnly: true });
    parts.push(chart.replace(/^<svg /, `<svg x="${edge}" y="${top}" `));
    top += layout.height + 6;
  }
  for (const line of credit.lines) write(line, 13, 400, colours.muted);
  const height = Math.ceil(top + edge);
  const told = legal([...credit.lines, ...credit.sources].join("\n"));
  return {
    width,
    height,
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ` +
      `font-family="${escaped(font)}"><title>${escaped(legal(title))}</title><desc>${escaped(told)}</desc>` +
      `<rect width="100%" height="100%" fill="${colours.surface}"/>${parts.join("")}</svg>`,
  };
}

/** Text in lines that are no wider than `room` pixels. */
function wrapText(text, font, room) {
  const pen = (wrapText.pen ??= document.createElement("canvas").getContext("2d"));
  pen.font = font;
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (lines.at(-1) && pen.measureText(longer).width > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The legend as the page draws it, wrapped; returns where it ends. */
function placeLegend(parts, legend, top, colours) {
  const { width, edge, font } = PICTURE;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `400 14px ${font}`;
  let left = edge;
  const items = [...legend.children];
  for (const item of items) {
    const drawing = item.querySelector("svg");
    const mark = drawing ? drawing.viewBox.baseVal.width : 14;
    const room = mark + 8 + pen.measureText(item.textContent).width + 20;
    if (left > edge && left + room > width - edge) [left, top] = [edge, top + 24];
    const drawn = drawing ? drawing.innerHTML : swatch(getComputedStyle(item, "::before"), colours);
    parts.push(`<g transform="translate(${left} ${top + 5})">${drawn}</g>`);
    parts.push(`<text x="${left + mark + 8}" y="${top + 16}" font-size="14" fill="${colours.text}">${escaped(legal(item.textContent.trim()))}</text>`);
    left += room;
  }
  return items.length ? top + 30 : top;
}

/** A mark of the stylesheet, its colour, shape and pattern, as SVG of 12 by 12 pixels. */
function swatch(style, colours) {
  const image = style.backgroundImage;
  const edge = style.borderLeftColor;
  const sign = style.content.replace(/^"|"$/g, "");
  if (sign && sign !== "none") return `<text x="0" y="11" font-size="13" fill="${style.color}">${escaped(sign)}</text>`;
  if (style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) === 0) {
    const dashes = style.borderLeftStyle === "dashed" ? "3 2" : "none";
    return `<path d="M6 0V12" stroke="${edge}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
  }
  const [first = style.backgroundColor] = image.match(/rgba?\([^)]*\)/) ?? [];
  const dotted = image.startsWith("radial");
  const round = style.borderTopLeftRadius.endsWith("%");
  const shape = (look) => (round ? `<circle cx="6" cy="6" r="5.5" ${look}/>` : `<rect x=".5" y=".5" width="11" height="11" ${look}/>`);
  let pattern = "";
  if (dotted) pattern = `<path d="M3 3h.1M6 3h.1M9 3h.1M3 6h.1M6 6h.1M9 6h.1M3 9h.1M6 9h.1M9 9h.1" stroke="${first}" stroke-width="1.4" stroke-linecap="round"/>`;
  if (image.startsWith("repeating-linear")) pattern = `<path d="M1 7L7 1M4 11L11 4" stroke="${colours.surface}" stroke-width="2"/>`;
  if (image.startsWith("repeating-conic")) pattern = `<path d="M1 1h5v5h5v5h-5v-5h-5z" fill="${colours.surface}"/>`;
  if (image.startsWith("linear")) pattern = `<rect x="6" y="1" width="5" height="10" fill="${colours.surface}"/>`;
  const drawn = shape(`fill="${dotted ? "none" : first}"`) + pattern + shape(`fill="none" stroke="${edge}"`);
  return style.rotate === "none" ? drawn : `<g transform="rotate(${parseFloat(style.rotate)} 6 6) translate(1.2 1.2) scale(.8)">${drawn}</g>`;
}

async function toPng({ svg, width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}


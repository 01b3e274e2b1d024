// The page's side of a kernel: it shows the widgets whose state stands in the HTML, and keeps them and the kernel in
// step over one websocket. It hosts anywidget front-end modules and nothing else, which is all that our notebooks
// show, so that the page needs none of JupyterLab's or Voilà's own scripts (9 MB). In JupyterLab this file is not used.

const page = JSON.parse(document.getElementById("ivig-page").textContent);
const PROTOCOL_VERSION = "5.3";
const SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"; // the only one that Voilà reads without harm
const RETRY_AFTER_MS = [500, 1500, 4000];
const CLOSED_IDLE = 4000; // the server ended the session because nobody used the page
const CLOSED_ENDED = 4001; // the session has ended

/** The websocket to the kernel: messages wait until it is open; `onLost(idle)` is told once when it is gone for good. */
class Kernel {
  #session = identifier();
  #waiting = [];
  #retries = 0;
  #lost = false;

  constructor({ base_url, kernel_id }, { onComm, onLost }) {
    const address = new URL(`${base_url}api/kernels/${kernel_id}/channels?session_id=${this.#session}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.address = address;
    this.onComm = onComm;
    this.onLost = onLost;
    this.#connect();
  }

  #connect() {
    this.socket = new WebSocket(this.address, [SUBPROTOCOL]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.#retries = 0;
      this.#waiting.splice(0).forEach((message) => this.socket.send(message));
      document.dispatchEvent(new CustomEvent("ivig-connected"));
    };
    this.socket.onmessage = ({ data }) => this.#receive(data);
    this.socket.onclose = ({ code }) => {
      if (this.#lost) return;
      if (code === CLOSED_IDLE || code === CLOSED_ENDED) this.#giveUp(code === CLOSED_IDLE);
      else if (this.#retries === RETRY_AFTER_MS.length) this.#giveUp();
      else setTimeout(() => this.#connect(), RETRY_AFTER_MS[this.#retries++]);
    };
  }

  #giveUp(idle = false) {
    if (this.#lost) return;
    this.#lost = true;
    this.onLost(idle);
  }

  #receive(data) {
    const { header, content, buffers } = unpack(data);
    if (header.msg_type === "comm_open" || header.msg_type === "comm_msg") this.onComm(content, buffers);
    if (header.msg_type === "error" || (header.msg_type === "stream" && /^Traceback|Error/m.test(content.text))) {
      console.error("The session met an error.", new URLSearchParams(location.search).has("debug") ? content : "");
    }
    // A kernel that died is started anew by the server, without the widgets of this page.
    const state = header.msg_type === "status" && content.execution_state;
    if (state === "restarting" || state === "autorestarting" || state === "dead") this.#giveUp();
  }

  send(comm_id, data) {
    const header = {
      msg_id: identifier(),
      msg_type: "comm_msg",
      session: this.#session,
      username: "",
      date: new Date().toISOString(),
      version: PROTOCOL_VERSION,
    };
    const message = pack("shell", header, {}, {}, { comm_id, data });
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
    else this.#waiting.push(message);
  }
}

// A message is: how many offsets, the offsets (the last one is the end), then channel, header, parent header,
// metadata, content, and buffers. Numbers are 64-bit, lowest byte first.

function pack(channel, ...parts) {
  const encoder = new TextEncoder();
  const texts = [encoder.encode(channel), ...parts.map((part) => encoder.encode(JSON.stringify(part)))];
  const offsets = [8 * (texts.length + 2)];
  texts.forEach((text) => offsets.push(offsets.at(-1) + text.length));
  const message = new Uint8Array(offsets.at(-1));
  const view = new DataView(message.buffer);
  view.setBigUint64(0, BigInt(offsets.length), true);
  offsets.forEach((offset, i) => view.setBigUint64(8 * (i + 1), BigInt(offset), true));
  texts.forEach((text, i) => message.set(text, offsets[i]));
  return message;
}

function unpack(data) {
  const view = new DataView(data);
  const offset = (i) => Number(view.getBigUint64(8 * (i + 1), true));
  const part = (i) => new DataView(data, offset(i), offset(i + 1) - offset(i));
  const read = (i) => JSON.parse(new TextDecoder().decode(part(i)));
  const count = Number(view.getBigUint64(0, true)) - 1;
  const buffers = Array.from({ length: count - 5 }, (_, i) => part(i + 5));
  return { header: read(1), content: read(4), buffers };
}

function identifier() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; // randomUUID needs https or localhost
}

/** The state of one widget, with the methods that the anywidget specification gives it. */
class Model {
  #state;
  #changed = new Set();
  #listeners = new Map();
  #early = []; // messages that came before anybody listened, such as one that moves the focus to what is being built

  constructor(id, state, kernel) {
    this.id = id;
    this.#state = state;
    this.kernel = kernel;
  }

  get(key) {
    return this.#state[key];
  }

  set(key, value) {
    if (Object.is(this.#state[key], value)) return;
    this.#state[key] = value;
    this.#changed.add(key);
    this.#emit(`change:${key}`, value);
    this.#emit("change");
  }

  save_changes() {
    if (!this.#changed.size) return;
    const state = Object.fromEntries([...this.#changed].map((key) => [key, this.#state[key]]));
    this.#changed.clear();
    this.kernel.send(this.id, { method: "update", state, buffer_paths: [] });
  }

  send(content) {
    this.kernel.send(this.id, { method: "custom", content });
  }

  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    if (name === "msg:custom") this.#early.splice(0).forEach((message) => listener(...message));
  }

  off(name, listener) {
    if (!name) this.#listeners.clear();
    else if (listener) this.#listeners.get(name)?.delete(listener);
    else this.#listeners.delete(name);
  }

  #emit(name, ...values) {
    this.#listeners.get(name)?.forEach((listener) => listener(...values));
  }

  /** Take over what the kernel says, without sending it back. */
  receive({ method, state, content }, buffers) {
    if (method === "custom") {
      if (this.#listeners.get("msg:custom")?.size) this.#emit("msg:custom", content, buffers);
      else this.#early.push([content, buffers]);
    }
    if (method !== "update") return;
    const keys = Object.keys(state).filter((key) => state[key] !== this.#state[key]);
    Object.assign(this.#state, state);
    keys.forEach((key) => this.#emit(`change:${key}`, state[key]));
    if (keys.length) this.#emit("change");
  }
}

const modules = new Map();

/** Import a module from its text, once however many widgets share it. */
function importText(text) {
  if (!modules.has(text)) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    modules.set(text, import(address));
  }
  return modules.get(text);
}

/** All widgets of the page. */
class Host {
  #models = new Map();
  #ready = new Map();

  constructor(kernel) {
    this.kernel = kernel;
  }

  add(states) {
    for (const [id, { state }] of Object.entries(states)) {
      if (!state._esm) continue;
      this.#models.set(id, new Model(id, state, this.kernel));
      importText(state._esm).catch(() => undefined); // at once for all; who shows the widget hears of a fault
    }
  }

  /** Take in a message of the kernel: a new widget, or news of one that is here. */
  receive({ comm_id, target_name, data }, buffers) {
    if (target_name === "jupyter.widget") this.add({ [comm_id]: data });
    else this.#models.get(comm_id)?.receive(data, buffers);
  }

  #find(reference) {
    const model = this.#models.get(reference.replace(/^anywidget:/, ""));
    if (!model) throw new Error(`no widget ${reference} on this page`);
    return model;
  }

  async #load(model) {
    if (!this.#ready.has(model)) {
      this.#ready.set(model, this.#initialize(model));
    }
    return this.#ready.get(model);
  }

  async #initialize(model) {
    const { default: exported } = await importText(model.get("_esm"));
    const widget = typeof exported === "function" ? await exported() : exported;
    await widget.initialize?.({ model, signal: new AbortController().signal });
    return widget;
  }

  async show(reference, el) {
    const model = this.#find(reference);
    const host = {
      getModel: async (child) => this.#find(child),
      getWidget: async (child) => ({ render: ({ el: place }) => this.show(child, place) }),
    };
    const widget = await this.#load(model);
    await widget.render?.({ model, el, host, signal: new AbortController().signal });
  }
}

function sayLost(idle) {
  const lost = document.getElementById("ivig-lost");
  const [broken, unused] = lost.querySelectorAll("span");
  broken.hidden = idle;
  unused.hidden = !idle;
  lost.hidden = false;
  document.querySelector(".ivig-app")?.classList.remove("ivig-ready");
}

async function start() {
  import(page.plotly).catch(() => undefined); // it takes longest, so it begins first; a plot asks again, and hears of a fault
  const states = [...document.querySelectorAll("script.ivig-state")].map((script) => JSON.parse(script.textContent));
  if (!states.length) {
    document.querySelector(".ivig-loading").remove(); // the notebook failed, and the page says so
    return;
  }
  let host;
  const kernel = new Kernel(page, {
    onComm: (content, buffers) => host.receive(content, buffers),
    onLost: sayLost,
  });
  host = new Host(kernel);
  states.forEach(({ state }) => host.add(state));
  const root = document.getElementById("ivig-root");
  const shown = document.createElement("div");
  await host.show(page.root ?? document.querySelector("[data-ivig-model]").dataset.ivigModel, shown);
  root.replaceChildren(...shown.childNodes);
  document.dispatchEvent(new CustomEvent("ivig-shown"));
}

document.querySelector("#ivig-lost button").addEventListener("click", () => location.reload());
// The kernel is given back as soon as the visitor leaves; what is missed here, the server culls.
addEventListener("pagehide", () => navigator.sendBeacon(`${page.base_url}ivig/leave/${page.kernel_id}`));
addEventListener("pageshow", (event) => event.persisted && location.reload());

start();

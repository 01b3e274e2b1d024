// Watches a page from inside, in the same way whoever made it. It looks once a frame, so that it costs little, and tells
// times in milliseconds since the navigation began, each taken after the frame that shows what was waited for.

(() => {
  const PATIENCE_MS = 60_000;

  // Some pages keep their content in shadow roots, which no selector looks into.
  const roots = [document];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.push(root);
    return root;
  };
  function find(selector) {
    for (const root of roots) {
      const found = root.querySelector(selector);
      if (found?.isConnected) return found;
    }
    return null;
  }

  // Some tables are drawn on a canvas: what is written there, and when.
  const written = new Map();
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    written.set(text, performance.now());
    return fillText.call(this, text, ...rest);
  };

  const text = (selector) => find(selector)?.textContent.trim() ?? "";
  const readable = (element) => element?.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ?? false;

  /** What of `wanted` the page does not show (yet). `since`: a canvas must have been written later than that. */
  function missing(look, wanted, since) {
    const faults = [];
    const hold = (name, shown) => shown !== wanted[name] && faults.push(`${name}: ${shown}, not ${wanted[name]}`);
    if (wanted.title) {
      if (text("h1") !== wanted.title || !readable(find("h1"))) faults.push("title");
    }
    if (wanted.card) hold("card", text(`${look.card} h2`));
    if (wanted.count) {
      hold("count", text(look.count));
      if (look.rows) hold("rows", rows(look.rows));
      if (look.first) hold("first", text(look.first));
      else if (!(written.get(wanted.first) >= since)) faults.push(`first: ${wanted.first} is not written`);
      const plot = find(look.chart);
      const bars = plot?.querySelectorAll(".bars .point path").length ? plot.querySelectorAll(".ytick text") : [];
      hold("categories", [...bars].map((label) => label.textContent.trim()).sort().join("|"));
      if (!readable(plot)) faults.push("chart");
    }
    return faults;
  }

  /** How many rows a table says it has, or has. */
  function rows(selector) {
    const table = find(selector);
    return table?.tBodies ? table.tBodies[0].rows.length : Number(table?.getAttribute("aria-rowcount")) - 1;
  }

  /** Resolves with the time at which the page shows what is wanted. */
  function when(look, wanted, since = 0) {
    return new Promise((resolve, reject) => {
      const end = performance.now() + PATIENCE_MS;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      (function watch() {
        const faults = missing(look, wanted, since);
        if (!faults.length) port2.postMessage(0);
        else if (performance.now() > end) reject(new Error(`the page does not show what it should: ${faults.join("; ")}`));
        else requestAnimationFrame(watch);
      })();
    });
  }

  /** Resolves with the milliseconds from the next event of this kind until the page shows what is wanted. */
  function answer(look, wanted, kind) {
    return new Promise((resolve, reject) => {
      const begin = () => {
        const start = performance.now();
        when(look, wanted, start).then((end) => resolve(end - start), reject);
      };
      addEventListener(kind, begin, { capture: true, once: true });
    });
  }

  /** Resolves with the milliseconds until a tab of our page, opened now, has its content and all its charts that are seen. */
  function opened(name) {
    const tab = document.querySelector(`.ivig-tab-${name}`);
    const start = performance.now();
    document.querySelector(`.ivig-nav-${name}`).click();
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - start);
      (function watch() {
        const plots = [...tab.querySelectorAll(".ivig-plot")].filter((plot) => plot.offsetParent);
        if (tab.querySelector("h2, h3, table") && plots.every((plot) => plot.data)) port2.postMessage(0);
        else requestAnimationFrame(watch);
      })();
    });
  }

  window.probe = { when, answer, opened, painted: () => performance.getEntriesByName("first-contentful-paint")[0].startTime };
})();

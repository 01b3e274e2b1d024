// The address bar: tells Python the query string, and shows the one that Python says. Only on a page of our own;
// in JupyterLab the address is the notebook's and is left alone.

function render({ model }) {
  if (!document.getElementById("ivig-page")) {
    model.send({ action: "ask", value: "" });
    return undefined;
  }

  function ask() {
    model.send({ action: "ask", value: location.search });
  }

  // A step to another tab, card or scene can be gone back to; a filter is only corrected in place.
  const step = (query) => {
    const parts = new URLSearchParams(query);
    return ["tab", "condition", "teach.present.scene"].map((name) => parts.get(name)).join("|");
  };

  function show(query, correct = false) {
    const address = location.pathname + (query ? `?${query}` : "");
    if (address === location.pathname + location.search) return;
    const method = correct || step(query) === step(location.search) ? "replaceState" : "pushState";
    history[method](null, "", address);
    document.dispatchEvent(new Event("ivig-address"));
  }

  model.on("change:shown", () => show(model.get("shown")));
  model.on("msg:custom", ({ type, query }) => type === "correct" && show(query, true));
  addEventListener("popstate", ask);
  ask();
  return () => removeEventListener("popstate", ask);
}

export default { render };

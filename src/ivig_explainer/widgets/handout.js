// In a handout there is no kernel: the charts' state stands in the file, and each is shown by the page's own plot view.

const states = JSON.parse(document.getElementById("ivig-charts").textContent);
const darkness = matchMedia("(prefers-color-scheme: dark)");
const shown = [];

/** What the plot view needs of a widget's model. */
function model({ dark, credit, ...state }) {
  const listeners = {};
  const light = state.figure;
  const own = {
    get: (name) => state[name],
    on: (name, listener) => (listeners[name] ??= []).push(listener),
    off: () => undefined,
    send: ({ action }) => {
      if (action === "credit") listeners["msg:custom"]?.forEach((hear) => hear({ type: "credit", ...credit }, []));
    },
    theme: (night) => {
      state.figure = night ? dark : light;
      return Promise.all((listeners["change:figure"] ?? []).map((draw) => draw()));
    },
  };
  shown.push(own);
  return own;
}

function theme(night) {
  document.documentElement.dataset.theme = night ? "dark" : "light";
  document.querySelector(".ivig-app").dataset.theme = night ? "dark" : "light";
  return Promise.all(shown.map((one) => one.theme(night)));
}

for (const el of document.querySelectorAll("[data-chart]")) await render({ model: model(states[el.dataset.chart]), el });
await theme(darkness.matches);
darkness.addEventListener("change", () => theme(darkness.matches));
addEventListener("beforeprint", () => theme(false)); // paper is white
addEventListener("afterprint", () => theme(darkness.matches));
document.querySelector(".ivig-app").classList.add("ivig-ready");

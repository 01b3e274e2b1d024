// Build plotly.min.js next to the widget that loads it. Run: npm ci && npm run build
import { build } from "esbuild";
import { readFile } from "node:fs/promises";

// plotly.js imports its stylesheet as a module that adds it to the page.
const css = {
  name: "css",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({
      contents: `const style = document.createElement("style"); style.textContent = ${JSON.stringify(await readFile(path, "utf8"))}; document.head.append(style);`,
    }));
  },
};

const { version } = JSON.parse(await readFile("node_modules/plotly.js/package.json", "utf8"));
await build({
  entryPoints: ["plotly.entry.js"],
  outfile: "../src/ivig_explainer/widgets/plotly.min.js",
  format: "esm",
  bundle: true,
  minify: true,
  legalComments: "none",
  plugins: [css],
  define: { global: "window", "define.amd": "false", "process.env.NODE_DEBUG": "false" },
  banner: { js: `/* plotly.js ${version} (c) Plotly, Inc., MIT licence; built by frontend/build.mjs with the traces of frontend/plotly.entry.js */` },
  target: "es2020",
});

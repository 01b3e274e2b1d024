// The traces that our charts use; add one here, then `npm run build`.
import Plotly from "plotly.js/lib/core";
import bar from "plotly.js/lib/bar";
import treemap from "plotly.js/lib/treemap";

Plotly.register([bar, treemap]); // scatter is part of the core
export default Plotly;

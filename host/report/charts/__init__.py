"""Charts: one file a chart, each a pure function from results to a Vega-Lite spec."""

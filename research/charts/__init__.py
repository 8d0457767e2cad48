"""Charts drawn on the server: SVG that needs no script and no style of its own, says what it shows,
and takes its colours from ``static/css/charts.css``."""

from research.charts.bars import bar_chart, stacked_chart
from research.charts.figures import MOST_TRACES, Figure, Trace
from research.charts.lines import line_chart, spark
from research.charts.tiles import region_map

__all__ = [
    "MOST_TRACES",
    "Figure",
    "Trace",
    "bar_chart",
    "line_chart",
    "region_map",
    "spark",
    "stacked_chart",
]

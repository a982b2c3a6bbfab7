"""Charts as SVG text: pure functions, escaped, themed by classes alone.

They carry no inline style and no script, so they stand under the strictest content policy,
print, and follow the theme of the page.
"""

from insights.panel.charts.bar import Bar, bars, level
from insights.panel.charts.calibration import Bin, calibration
from insights.panel.charts.heatmap import heatmap
from insights.panel.charts.line import Line, line
from insights.panel.charts.outlook import Outlook, outlook
from insights.panel.charts.sparkline import sparkline
from insights.panel.charts.track import signed_bar, track
from insights.panel.charts.treemap import Tile, shade, treemap

__all__ = [
    "Bar",
    "Bin",
    "Line",
    "Outlook",
    "Tile",
    "bars",
    "calibration",
    "heatmap",
    "level",
    "line",
    "outlook",
    "shade",
    "signed_bar",
    "sparkline",
    "track",
    "treemap",
]

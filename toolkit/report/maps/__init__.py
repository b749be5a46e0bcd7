"""Maps: every embedding in two dimensions, two of them side by side, with the neighbours of a key in each.

`layout` and `align` are for notebooks, too; `Atlas` is what a report holds of one entity.
"""

from toolkit.report.maps.content import Atlas
from toolkit.report.maps.layouts import align, layout
from toolkit.report.maps.planning import planned_maps

__all__ = ["Atlas", "align", "layout", "planned_maps"]

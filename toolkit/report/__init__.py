"""Reports: what a person looks at after a run. They read results, never models.

`write_report` turns a run directory into one HTML file, Markdown, CSV or LaTeX.
"""

from toolkit.report.write import write_report

__all__ = ["write_report"]

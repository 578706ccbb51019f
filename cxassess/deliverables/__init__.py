"""What is handed over: the workbook, the slides, CSV files and the report, all with the same figures."""

from cxassess.deliverables.action_file import read_actions
from cxassess.deliverables.export import FORMATS, export_assessment
from cxassess.deliverables.figures import Figures, build_figures
from cxassess.deliverables.workbook import write_workbook

__all__ = ["FORMATS", "Figures", "build_figures", "export_assessment", "read_actions", "write_workbook"]

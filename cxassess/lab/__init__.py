"""JupyterLab with the project's notebooks: a client's working folder, and opening it offline."""

from cxassess.lab.folder import make_folder
from cxassess.lab.start import START, LabCall, find_start, plan_lab, plan_presentation

__all__ = ["START", "LabCall", "find_start", "make_folder", "plan_lab", "plan_presentation"]

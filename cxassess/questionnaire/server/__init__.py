"""The server of the questionnaire: the component as a page of its own, for people who have a link, without a kernel."""

from cxassess.questionnaire.server.application import Route, make_application
from cxassess.questionnaire.server.house import House, Served
from cxassess.questionnaire.server.listen import Listening, serve

__all__ = ["House", "Listening", "Route", "Served", "make_application", "serve"]

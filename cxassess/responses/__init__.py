"""Responses: reading, checking, combining and writing them, and the blank workbook to fill in."""

from cxassess.responses.combine import combine_responses
from cxassess.responses.describe import describe
from cxassess.responses.intake import write_intake
from cxassess.responses.model import COMMENT_COLUMNS, ID_COLUMNS, KEYS, REASON_COLUMNS, Responses, Source
from cxassess.responses.read import check_responses, read_many, read_responses
from cxassess.responses.spool import Spool, SpooledOrganisation, spool_responses
from cxassess.responses.stream import stream_responses
from cxassess.responses.waves import order_waves
from cxassess.responses.write import write_responses

__all__ = [
    "COMMENT_COLUMNS",
    "ID_COLUMNS",
    "KEYS",
    "REASON_COLUMNS",
    "Responses",
    "Source",
    "Spool",
    "SpooledOrganisation",
    "check_responses",
    "combine_responses",
    "describe",
    "order_waves",
    "read_many",
    "read_responses",
    "spool_responses",
    "stream_responses",
    "write_intake",
    "write_responses",
]

"""The instrument: what is asked, of whom, how it counts, and every text in every language, as data."""

from cxassess.instrument.check import check_instrument
from cxassess.instrument.load import load_instrument
from cxassess.instrument.model import (
    Anchor,
    Element,
    Instrument,
    Item,
    MaturityLevel,
    NextStep,
    Role,
    RoleGap,
    RootCause,
    Scale,
    Systematic,
    Weighting,
)
from cxassess.instrument.show import show_instrument
from cxassess.instrument.sources import list_shipped

__all__ = [
    "Anchor",
    "Element",
    "Instrument",
    "Item",
    "MaturityLevel",
    "NextStep",
    "Role",
    "RoleGap",
    "RootCause",
    "Scale",
    "Systematic",
    "Weighting",
    "check_instrument",
    "list_shipped",
    "load_instrument",
    "show_instrument",
]

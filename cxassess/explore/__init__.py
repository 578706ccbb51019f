"""The interactive assessment of one organisation: what the report prints, to be looked through and tried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxassess.explore.material import Material, open_material

if TYPE_CHECKING:
    from cxassess.explore.widget import Explorer

__all__ = ["Explorer", "Material", "open_material"]


def __getattr__(name: str) -> Any:
    """Load the widget only when it is asked for."""
    if name == "Explorer":
        from cxassess.explore.widget import Explorer  # noqa: PLC0415

        return Explorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

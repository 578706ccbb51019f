"""How people join from their phones: an address, a code, and both as a picture."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import segno


def describe_join(url: str, code: str) -> dict[str, Any]:
    """Return the trait ``join`` of the board.

    Parameters
    ----------
    url : str
        Where a phone lands when it reads the picture; may carry the code.
    code : str
        To be typed by those who type the address.

    Returns
    -------
    dict
        ``url``, ``short`` (the address to type), ``code``, and ``qr``: ``size`` in modules with its quiet zone, and
        ``path``, what to draw in a box of that size.
    """
    parts = urlsplit(url)
    made = segno.make(url, error="m", micro=False)
    rows = [[bool(module) for module in row] for row in made.matrix_iter(border=2)]
    path = "".join(
        f"M{start} {line}h{end - start}v1h-{end - start}z" for line, row in enumerate(rows) for start, end in _runs(row)
    )
    short = parts.netloc + parts.path.rstrip("/").removesuffix(code).rstrip("/")
    return {"url": url, "short": short, "code": code, "qr": {"size": len(rows), "path": path}}


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return where dark modules begin and end in a row."""
    edges = [place for place, (one, other) in enumerate(zip([False, *row], [*row, False], strict=True)) if one != other]
    return list(zip(edges[::2], edges[1::2], strict=True))

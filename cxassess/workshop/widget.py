"""The board in a notebook: everything is in the engagement's file, so that a kernel that starts anew loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import anywidget
import traitlets

from cxassess.engagement import Engagement, open_engagement
from cxassess.errors import CxassessError
from cxassess.workshop.commands import obey
from cxassess.workshop.view import build_board
from cxassess.workshop.words import build_board_words, read_static


class Board(anywidget.AnyWidget):
    """The facilitator's board of a workshop.

    A message of the browser may arrive on any thread (JupyterLab uses several), and an engagement belongs to one: so
    each is obeyed through a connection of its own. What the browser can set here is never relied upon in Python.

    Parameters
    ----------
    engagement : Engagement, str or Path
        The client's engagement, or its file.
    wave : str
        Name of the wave; empty for the newest.
    language : str
        To begin with; empty for the engagement's own.
    join : dict, optional
        How people join: what `describe_join` returns.

    Raises
    ------
    CxassessError
        If there is no such wave.

    Examples
    --------
    >>> Board("acme.cxa", "2026-11", language="da")  # doctest: +SKIP
    """

    _esm = read_static("board.js")
    _css = read_static("board.css")
    board = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)
    join = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    theme = traitlets.Unicode("").tag(sync=True)
    polls = traitlets.Bool(True).tag(sync=True)
    age = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self,
        engagement: Engagement | str | Path,
        wave: str = "",
        *,
        language: str = "",
        join: Mapping[str, Any] | None = None,
    ) -> None:
        self._path = engagement.path if isinstance(engagement, Engagement) else engagement
        self._lock = Lock()
        with open_engagement(self._path) as opened:
            self._wave = wave or _find_newest(opened)
            if join and not opened.workshop(self._wave).state().began:
                opened.workshop(self._wave).set_timer(0, running=False)  # phones that join follow from now on
            seen = build_board(opened, self._wave, language)
        words = build_board_words([spoken["code"] for spoken in seen["languages"]])
        super().__init__(board=seen, words=words, lang=seen["language"], join=dict(join) if join else None)
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return f"<Board: {self._wave}, {self.board['step']}>"

    def _receive(self, _: object, message: Mapping[str, Any], __: object) -> None:
        with self._lock, open_engagement(self._path) as opened:
            reply = obey(opened, self._wave, message)
            seen = build_board(opened, self._wave, self.board["language"])
            if seen != self.board:
                self.board = seen
        self.send(reply)


def _find_newest(engagement: Engagement) -> str:
    waves = engagement.waves()
    if not waves:
        remedy = "Add one and open it: engagement.add_wave(…), engagement.open_wave(…)."
        raise CxassessError.single(engagement.path.name, "there is no wave in it", remedy)
    return waves[-1].name

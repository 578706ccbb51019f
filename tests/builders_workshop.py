"""Workshops for tests: people who joined with the code and voted, the top of the house unlike the front line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from builders_engagement import ORGANISATION, StillClock, admitted

from cxassess.engagement import Change, Engagement, create_engagement

WORKSHOP_WAVE = "Workshop 2026-10"
ROLES = ("top_management", "middle_management", "front_line", "back_office")
#: Where each role's votes lie: the higher up, the better it looks.
_CENTRES = {"top_management": 4.0, "middle_management": 3.2, "front_line": 1.9, "back_office": 2.6}


def make_workshop(
    path: Path | str,
    voters: int = 20,
    language: str = "en",
    clock: Callable[[], datetime] | None = None,
    *,
    seed: int = 7,
    elements: Sequence[str] = (),
) -> tuple[Engagement, str, list[str]]:
    """Make an engagement with an open pulse in which everybody has voted on every item, and nobody has handed in.

    Returns
    -------
    tuple
        The engagement (open: close it), the wave's name, and the tokens of those who joined.
    """
    engagement = create_engagement(path, organisation=ORGANISATION, language=language, clock=clock or StillClock())
    tokens = fill_workshop(engagement, voters, seed=seed, elements=elements)
    return engagement, WORKSHOP_WAVE, tokens


def fill_workshop(
    engagement: Engagement,
    voters: int = 20,
    *,
    wave: str = WORKSHOP_WAVE,
    seed: int = 7,
    elements: Sequence[str] = (),
) -> list[str]:
    """Add a pulse to an engagement, let people join with the code, and vote; return their tokens."""
    engagement.add_wave(wave, form="pulse", elements=elements)
    engagement.open_wave(wave)
    code = engagement.join_code(wave)
    random = Random(seed)
    tokens = []
    with engagement.transaction():
        for number in range(voters):
            role = ROLES[number % len(ROLES)]
            token = engagement.join(code, role=role)
            assert token is not None
            tokens.append(token)
            cast_votes(engagement, token, random)
    return tokens


def cast_votes(engagement: Engagement, token: str, random: Random) -> None:
    """Vote on every item, around where the role's votes lie; now and then somebody does not know."""
    admission = admitted(engagement, token)
    for place, item in enumerate(engagement.workshop(admission.wave).items()):
        centre = _CENTRES[admission.role] if place % 2 == 0 else 2.6
        level = min(5, max(1, round(random.gauss(centre, 0.7))))
        change = Change(item, flag="dont_know") if random.random() < 0.04 else Change(item, level)
        engagement.save(admission, change)

"""What all respondents of a role see of a wave, made once and kept ready to be sent."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from cxassess.engagement import Engagement, Wave
from cxassess.engagement.asked import list_asked
from cxassess.questionnaire.exchange import describe_wave
from cxassess.questionnaire.words import speak

_MOST_KEPT: Final = 32
_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def embed_json(value: Any) -> str:
    """Write a value as JSON that can stand in a page: nothing in it ends a script element or begins a comment."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)


@dataclass(frozen=True)
class Material:
    """The form, the pages around it and the component's words, in every language.

    Parameters
    ----------
    traits : str
        As JSON that can stand in a page.
    languages : tuple of str
        Of the instrument.
    titles : tuple of (str, str)
        Language → title of the page.
    """

    traits: str
    languages: tuple[str, ...]
    titles: tuple[tuple[str, str], ...]


class Library:
    """The material of one engagement; for one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Wave, str, str], Material] = OrderedDict()

    def prepare(self, engagement: Engagement) -> None:
        """Make what the respondents of open waves will see, before the first of them has to wait for it."""
        for wave in engagement.waves():
            instrument = engagement.instrument(reference=wave.instrument)
            for role in instrument.roles:
                if wave.state == "open" and list_asked(instrument, wave, role.id):
                    self.material(engagement, wave.name, role.id)

    def material(self, engagement: Engagement, wave_name: str, role: str) -> Material:
        """Return what a role sees of a wave, as its texts are now."""
        wave = engagement.wave(wave_name)
        key = (wave, role, json.dumps(engagement.texts(wave_name), sort_keys=True))
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = _make(engagement, wave, role)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found


def _make(engagement: Engagement, wave: Wave, role: str) -> Material:
    traits = describe_wave(engagement, wave.name, role)
    languages = tuple(language["code"] for language in traits["form"]["languages"])
    organisation = engagement.organisation
    titles = ((code, speak(code).text("server.title", organisation=organisation)) for code in languages)
    return Material(embed_json(traits), languages, tuple(titles))

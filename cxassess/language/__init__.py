"""Texts, plurals, numbers and dates in the languages of the reports.

Messages are YAML files, one folder a language, one file an area (``findings.yaml``, ``report.yaml`` …). A message is
a string with ``{fields}``, or a mapping of CLDR plural categories (``one``, ``other``), chosen by the value of ``n``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

import yaml
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent, get_decimal_symbol

LOCALES: Final = {"en": "en_GB", "da": "da_DK", "sv": "sv_SE"}
LANGUAGES: Final = tuple(LOCALES)
_FIELD = re.compile(r"\{(\w+)\}")
_COUNTS = re.compile(r"[1-9]")
_UNGROUPED: Final = 999  # up to here a number has no marks between its thousands
_MOST_DIGITS: Final = 6


@dataclass(frozen=True)
class Language:
    """One language: its messages and its ways of writing numbers, dates and lists.

    Parameters
    ----------
    code : str
        ``en``, ``da`` or ``sv``.
    locale : babel.Locale
        Where number, date, list and plural rules come from.
    messages : dict
        Area → nested messages.
    """

    code: str
    locale: Locale
    messages: dict[str, Any]

    def raw(self, key: str) -> Any:
        """Return the message or the group of messages under a dotted key; KeyError if there is none."""
        node: Any = self.messages
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                raise KeyError(f"{self.code}: {key}")
            node = node[part]
        return node

    def text(self, key: str, /, **values: object) -> str:
        """Return a message with its fields filled in.

        Values are put in as they are and never read as a message themselves, so names and comments are safe. Where
        the message has plural forms, ``n`` chooses among them.
        """
        message = self.raw(key)
        if isinstance(message, dict):
            form = self.locale.plural_form(abs(float(str(values["n"]))))
            message = message.get(form, message.get("other"))
        if not isinstance(message, str):
            raise KeyError(f"{self.code}: {key} is not a message")
        return _FIELD.sub(lambda match: str(values[match.group(1)]), message)

    def number(self, value: float, digits: int = 2) -> str:
        """Write a number with a fixed count of decimals, and a true minus sign; zero has none."""
        if -_UNGROUPED < value < _UNGROUPED and digits <= _MOST_DIGITS:  # as Babel writes it, and ten times as fast
            written = str(Decimal(str(value)).quantize(Decimal(1).scaleb(-digits))).replace(".", self._decimal_mark)
        else:
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            written = format_decimal(value, pattern, locale=self.locale)
        return written.replace("-", "−" if _COUNTS.search(written) else "")

    @cached_property
    def _decimal_mark(self) -> str:
        return get_decimal_symbol(self.locale)

    def signed(self, value: float, digits: int = 2) -> str:
        """Write a difference, with its sign; zero has none."""
        written = self.number(value, digits)
        return "+" + written if value > 0 and _COUNTS.search(written) else written

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share 0–1 as a percentage, in the language's own spacing."""
        places = "." + "0" * digits if digits else ""
        pattern = f"#,##0{places}%" if self.code == "en" else f"#,##0{places}\u00a0%"
        return format_percent(share, pattern, locale=self.locale).replace("-", "−")

    def date(self, value: date, form: str = "long") -> str:
        """Write a date; ``form`` is Babel's ``short`` to ``full`` or a pattern such as ``d MMMM``."""
        return format_date(value, form, locale=self.locale)

    def join(self, parts: Sequence[str]) -> str:
        """Join parts as a sentence does: commas, then *and*."""
        return format_list(list(parts), locale=self.locale)


#: The safe loader in C where PyYAML has it: ten times as fast.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _merge(folder: str) -> dict[str, Any]:
    root = files(__package__).joinpath(folder)
    paths = sorted(root.iterdir(), key=lambda path: path.name)
    return {
        path.name.removesuffix(".yaml"): yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
        for path in paths
        if path.name.endswith(".yaml")
    }


@cache
def get_language(code: str) -> Language:
    """Return a language by its code (``en``, ``da``, ``sv``); ValueError names the codes that exist."""
    if code not in LOCALES:
        raise ValueError(f"language {code!r} is not one of {', '.join(LANGUAGES)}")
    return Language(code, Locale.parse(LOCALES[code]), _merge(code))

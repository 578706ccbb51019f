"""The encoding of a text file: certain, or refused."""

from __future__ import annotations

import codecs
import re
from typing import Final

from cxassess.errors import CxassessError

_REMEDY: Final = "Save it again as CSV UTF-8 (in Excel: File, Save as, “CSV UTF-8 (comma delimited)”)."
_LETTERS: Final = frozenset("åäöæøéüèàáëêíóôúçñïðþßÅÄÖÆØÉÜÈÀÁËÊÍÓÔÚÇÑÏÐÞ")
_MARKS: Final = frozenset("’‘“”„–—…«»§°€£½·•\u00a0´×±")
_OPENING_IN_WORD = re.compile(r"[^\W\d_][“„«‘]|[“”„»«][^\W\d_]*[“”„»«][^\W\d_]|[^\W\d_]”[^\W\d_]")


def decode(name: str, data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file.

    UTF-8 with or without byte-order mark; UTF-16 with byte-order mark; Windows-1252 only where the bytes aren't
    UTF-8, all of them are defined there, and all become letters and punctuation of Danish, Swedish or English.

    Returns
    -------
    text, encoding : str
        The text, and the name of its encoding for people.

    Raises
    ------
    CxassessError
        In any doubt.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise CxassessError.single(name, "The encoding is UTF-32.", _REMEDY)
    for mark, codec, label in (
        (codecs.BOM_UTF8, "utf-8", "UTF-8 with byte-order mark"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    ):
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(codec)
            except UnicodeDecodeError as error:
                what = f"The file says it is {label}, but byte {error.start + len(mark) + 1:,} doesn’t fit."
                raise CxassessError.single(name, what, _REMEDY) from None
            return _without_controls(name, text), label
    if b"\0" in data:
        raise CxassessError.single(name, "The file isn’t text, or is UTF-16 without a byte-order mark.", _REMEDY)
    try:
        return _without_controls(name, data.decode("utf-8")), "UTF-8"
    except UnicodeDecodeError as error:
        return _without_controls(name, _decode_1252(name, data, error)), "Windows-1252"


def _decode_1252(name: str, data: bytes, first: UnicodeDecodeError) -> str:
    row = data.count(b"\n", 0, first.start) + 1
    where = f"{name}, about row {row}"
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        what = f"The encoding can’t be told: byte {first.start + 1:,} fits neither UTF-8 nor Windows-1252."
        raise CxassessError.single(where, what, _REMEDY) from None
    strange = sorted({char for char in set(text) if ord(char) > 127} - _LETTERS - _MARKS)
    if strange:
        shown = " ".join(strange[:8])
        what = f"The encoding can’t be told: not UTF-8, and as Windows-1252 the text would hold {shown}"
        raise CxassessError.single(where, what, _REMEDY)
    if not any(char in _LETTERS for char in text) or _OPENING_IN_WORD.search(text):
        what = "The encoding can’t be told: not UTF-8, and as Windows-1252 quotation marks would stand within words."
        raise CxassessError.single(where, what, _REMEDY)
    return text


def _without_controls(name: str, text: str) -> str:
    found = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if found:
        row = text.count("\n", 0, found.start()) + 1
        what = f"The file holds a control character (U+{ord(found.group()):04X}); it isn’t plain text."
        raise CxassessError.single(f"{name}, about row {row}", what, _REMEDY)
    return text

"""The encoding of a text file: certain, or refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from cxassess.errors import CxassessError

_REMEDY: Final = "Save it again as CSV UTF-8 (in Excel: File, Save as, “CSV UTF-8 (comma delimited)”)."
_LETTERS: Final = frozenset("åäöæøéüèàáëêíóôúçñïðþßÅÄÖÆØÉÜÈÀÁËÊÍÓÔÚÇÑÏÐÞ")
_MARKS: Final = frozenset("’‘“”„–—…«»§°€£½·•\u00a0´×±")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_LONGEST_WORD: Final = 1_000_000
_OPENING_IN_WORD = re.compile(r"[^\W\d_][“„«‘]|[“”„»«][^\W\d_]*[“”„»«][^\W\d_]|[^\W\d_]”[^\W\d_]")


@dataclass(frozen=True)
class Encoding:
    """How a text file is encoded.

    Parameters
    ----------
    codec : str
        As Python names it.
    mark : int
        Length of the byte-order mark.
    label : str
        For people.
    """

    codec: str
    mark: int
    label: str


_MARKED: Final = (
    (codecs.BOM_UTF8, Encoding("utf-8", 3, "UTF-8 with byte-order mark")),
    (codecs.BOM_UTF16_LE, Encoding("utf-16-le", 2, "UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding("utf-16-be", 2, "UTF-16")),
)


def decode(name: str, data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file.

    Returns
    -------
    text, encoding : str
        The text, and the name of its encoding for people.

    Raises
    ------
    CxassessError
        In any doubt, as `find_encoding` does.
    """
    encoding = find_encoding(name, lambda: [data])
    return data[encoding.mark :].decode(encoding.codec), encoding.label


def find_encoding(name: str, blocks: Callable[[], Iterable[bytes]]) -> Encoding:
    """Tell the encoding of a text file from all of its bytes.

    UTF-8 with or without byte-order mark; UTF-16 with byte-order mark; Windows-1252 only where the bytes aren't
    UTF-8, all of them are defined there, and all become letters and punctuation of Danish, Swedish or English.

    Parameters
    ----------
    name : str
        Of the file.
    blocks : callable
        Gives the bytes, block by block, each time anew; the first one holds at least four.

    Raises
    ------
    CxassessError
        In any doubt.
    """
    head = next(iter(blocks()), b"")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise CxassessError.single(name, "The encoding is UTF-32.", _REMEDY)
    for mark, marked in _MARKED:
        if head.startswith(mark):
            look = _try_codec(blocks(), marked)
            if look.fault is not None:
                what = f"The file says it is {marked.label}, but byte {look.fault + 1:,} doesn’t fit."
                raise CxassessError.single(name, what, _REMEDY)
            look.refuse_control(name)
            return marked
    plain = Encoding("utf-8", 0, "UTF-8")
    look = _try_codec(blocks(), plain)
    if look.nul:
        raise CxassessError.single(name, "The file isn’t text, or is UTF-16 without a byte-order mark.", _REMEDY)
    if look.fault is not None:
        plain = Encoding("cp1252", 0, "Windows-1252")
        _check_1252(name, blocks, look)
        look = _try_codec(blocks(), plain)
    look.refuse_control(name)
    return plain


@dataclass
class _Look:
    """What was seen while decoding: the first byte that doesn't fit and its row, a NUL, the first control character."""

    fault: int | None = None
    fault_row: int = 1
    nul: bool = False
    control: str = ""
    control_row: int = 1

    def refuse_control(self, name: str) -> None:
        if self.control:
            what = f"The file holds a control character (U+{ord(self.control):04X}); it isn’t plain text."
            raise CxassessError.single(f"{name}, about row {self.control_row}", what, _REMEDY)


def _try_codec(blocks: Iterable[bytes], encoding: Encoding) -> _Look:
    look = _Look()
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    before, lines, rows, first = 0, 0, 1, True
    for block in chain(blocks, [b""]):
        data = block[encoding.mark :] if first else block
        before += encoding.mark if first else 0
        first = False
        look.nul = look.nul or b"\0" in data
        if look.fault is None:
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(data, final=not block)
            except UnicodeDecodeError as error:
                look.fault = before - pending + error.start
                look.fault_row = lines + data.count(b"\n", 0, max(error.start - pending, 0)) + 1
            else:
                found = None if look.control else CONTROL.search(text)
                if found:
                    look.control, look.control_row = found.group(), rows + text.count("\n", 0, found.start())
                rows += text.count("\n")
        before += len(data)
        lines += data.count(b"\n")
    return look


def _check_1252(name: str, blocks: Callable[[], Iterable[bytes]], look: _Look) -> None:
    """Refuse bytes that aren't certain to be Windows-1252."""
    where = f"{name}, about row {look.fault_row}"
    used: set[str] = set()
    letters = odd = False
    for data in _at_gaps(blocks()):
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            what = f"The encoding can’t be told: byte {(look.fault or 0) + 1:,} fits neither UTF-8 nor Windows-1252."
            raise CxassessError.single(where, what, _REMEDY) from None
        used.update(text)
        letters = letters or not _LETTERS.isdisjoint(text)
        odd = odd or _OPENING_IN_WORD.search(text) is not None
    strange = sorted({char for char in used if ord(char) > 127} - _LETTERS - _MARKS)
    if strange:
        shown = " ".join(strange[:8])
        what = f"The encoding can’t be told: not UTF-8, and as Windows-1252 the text would hold {shown}"
        raise CxassessError.single(where, what, _REMEDY)
    if not letters or odd:
        what = "The encoding can’t be told: not UTF-8, and as Windows-1252 quotation marks would stand within words."
        raise CxassessError.single(where, what, _REMEDY)


def _at_gaps(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Return the bytes in blocks that end between words, where there are gaps."""
    kept = b""
    for block in blocks:
        data = kept + block
        end = max(data.rfind(gap) for gap in (b" ", b"\n", b"\r", b",", b";", b"\t")) + 1
        end = len(data) if len(data) - end > _LONGEST_WORD else end
        yield data[:end]
        kept = data[end:]
    yield kept

"""The parts of an Excel workbook, read as a stream: a small file can't fill the memory, whatever it claims."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from cxassess.errors import CxassessError
from cxassess.responses.files import RawFile

MAX_UNPACKED: Final = 300_000_000
MAX_RATIO: Final = 250
MAX_PARTS: Final = 5_000
_RATIO_FROM: Final = 3_000_000
_CHUNK: Final = 1 << 16
_PACKED: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
_REMEDY: Final = "Open it in Excel, save it as a new workbook (.xlsx), and read that."


class PartHandler:
    """Receives the elements of one part; their names come without a prefix, those of attributes as they are."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def data(self, text: str) -> None:
        """Take a piece of text."""


class Package:
    """A workbook's ZIP archive, checked before anything is unpacked.

    Parameters
    ----------
    file : RawFile
        The bytes.

    Raises
    ------
    CxassessError
        If it is damaged, protected by a password, no workbook, or unpacks to far more than it should.
    """

    def __init__(self, file: RawFile) -> None:
        self.name = file.name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(file.data))
        except _DAMAGE as error:
            raise self.damaged(str(error)) from None
        self._check_sizes()
        self._check_kind()

    def damaged(self, detail: str) -> CxassessError:
        """Make the error for a workbook that can't be read."""
        return CxassessError.single(self.name, f"The workbook is damaged ({detail}).", _REMEDY)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._archive.namelist()

    def parse(self, part: str, handler: PartHandler) -> None:
        """Send the elements of a part to a handler.

        Raises
        ------
        CxassessError
            If the part is missing, damaged, no XML, or declares a document type.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        local = _LocalNames()
        parser.StartElementHandler = lambda tag, attributes: handler.start(local[tag], attributes)
        parser.EndElementHandler = lambda tag: handler.end(local[tag])
        parser.CharacterDataHandler = handler.data
        try:
            with self._archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except KeyError:
            raise self.damaged(f"{part} is missing") from None
        except expat.ExpatError as error:
            raise self.damaged(f"{part}: {error}") from None
        except _DAMAGE as error:
            raise self.damaged(f"{part}: {error}") from None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part: id → (type's last word, path of the other part)."""
        folder, name = posixpath.split(part)
        relations = _Relations(folder)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(path):
            self.parse(path, relations)
        return relations.found

    def _refuse_doctype(self, *_: object) -> None:
        raise CxassessError.single(
            self.name, "The workbook declares an XML document type, as no workbook does.", _REMEDY
        )

    def _check_sizes(self) -> None:
        entries = self._archive.infolist()
        total = sum(entry.file_size for entry in entries)
        if any(entry.flag_bits & 1 for entry in entries):
            raise CxassessError.single(self.name, "The file is protected by a password.", "Save it without one.")
        if any(entry.compress_type not in _PACKED for entry in entries):
            raise self.damaged("it is packed in a way that workbooks aren’t")
        swollen = any(
            entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
            for entry in entries
        )
        if total > MAX_UNPACKED or swollen or len(entries) > MAX_PARTS:
            size = f"{total / 1e6:,.0f} MB in {len(entries):,} parts"
            what = f"The workbook unpacks to {size}, far more than responses need."
            remedy = "Copy the rows with responses into a new workbook, or save the sheet as CSV UTF-8."
            raise CxassessError.single(self.name, what, remedy)

    def _check_kind(self) -> None:
        names = set(self._archive.namelist())
        if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
            if any(name.endswith("workbook.bin") for name in names):
                raise CxassessError.single(self.name, "This is a binary workbook (.xlsb).", _REMEDY)
            return
        kind = "an OpenDocument file (.ods)" if "mimetype" in names else "a ZIP archive, but not an Excel workbook"
        remedy = "Save it as an Excel workbook (.xlsx) or as CSV UTF-8, and read that."
        raise CxassessError.single(self.name, f"This is {kind}.", remedy)


class _LocalNames(dict[str, str]):
    """Element names without their prefix, each looked up once."""

    def __missing__(self, tag: str) -> str:
        self[tag] = tag.rpartition(":")[2]
        return self[tag]


class _Relations(PartHandler):
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(self.folder, target))
            self.found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)


class SharedStrings(PartHandler):
    """The texts that cells refer to by number; phonetic readings are left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t":
            self._in_text = not self._phonetic

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "si":
            self.texts.append("".join(self._pieces))
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "t":
            self._in_text = False

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self._in_text:
            self._pieces.append(text)


class DateStyles(PartHandler):
    """Which cell styles show a number as a date."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, str] = {}
        self._in_cells = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if tag == "numFmt":
            self._formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            code = self._formats.get(number)
            if code is None and number.isdecimal():
                code = BUILTIN_FORMATS.get(int(number))
            self.dates.append(bool(code) and bool(is_date_format(code)))

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if tag == "cellXfs":
            self._in_cells = False

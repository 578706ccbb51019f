"""One response file, understood part by part: as a whole where it is small, otherwise so many rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from cxassess.errors import CxassessError, Problem
from cxassess.instrument.load import load_instrument
from cxassess.instrument.model import Instrument
from cxassess.instrument.sources import list_shipped
from cxassess.responses.codes import Labels
from cxassess.responses.collect import MAX_PROBLEMS, Collector
from cxassess.responses.csv_file import read_csv_parts, read_csv_table
from cxassess.responses.draft import Draft, drop_unanswered
from cxassess.responses.encoding import Encoding, find_encoding
from cxassess.responses.files import FoundFile, find_file, load_file, refuse_large
from cxassess.responses.headers import Header, read_layout
from cxassess.responses.intake_read import is_intake, read_intake_table
from cxassess.responses.long import read_long
from cxassess.responses.model import Shape, Source
from cxassess.responses.parquet_file import read_parquet_parts, read_parquet_table
from cxassess.responses.reading import Reading
from cxassess.responses.so_far import SoFar
from cxassess.responses.table import Table
from cxassess.responses.values import check_lengths
from cxassess.responses.waves import say_unordered
from cxassess.responses.who import read_keys
from cxassess.responses.wide import read_wide, say_duplicate
from cxassess.responses.words import WordTable, word_table
from cxassess.responses.xlsx_file import read_sheet_table
from cxassess.responses.xlsx_sheet import read_workbook

#: A wide row takes at least so many bytes: smaller files are read as a whole.
_ROW_BYTES: Final = {"text": 100, "parquet": 16, "zip": 1}


class FileReader:
    """Reads one file and tells in the end whether it may be used.

    A file is read in parts if it is wide (one row per respondent) CSV or Parquet and too large for one part; otherwise
    it comes as one. Either way the same code understands it, and finds the same problems; of more than 1,000, others
    may be listed.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : Instrument
        What was answered.
    rows : int, optional
        Data rows of a part; everything at once if not given.
    """

    def __init__(self, path: str | Path, instrument: Instrument, rows: int | None = None) -> None:
        self.found: FoundFile | None = None
        self.source: Source | None = None
        self.problems: list[Problem] = []
        self.so_far = SoFar(Path(path).name)
        self.dropped = 0
        self._path = path
        self._instrument = instrument
        self._rows = rows
        self._shape: Shape = "wide"
        self._encoding: Encoding | None = None
        self._part: Source | None = None

    def drafts(self) -> Iterator[Draft]:
        """Read the file, and return it part by part.

        Nothing may be said of the parts before the last one was taken, and ``source`` is there: if the file can't be
        used, ``source`` stays ``None``. ``problems`` are then complete, too; with a source, they are what was left out.
        """
        try:
            self.found = find_file(self._path)
            self._collector = Collector(self.found.name)
            yield from self._read(self.found)
        except CxassessError as error:
            self.problems = list(error.problems)

    def _read(self, file: FoundFile) -> Iterator[Draft]:
        problems = self._collector
        words = word_table(self._instrument, _other_languages(self._instrument))
        self.so_far = SoFar(file.name, in_parts=self._in_parts(file, words))
        first: Table | None = None
        count = kept = 0
        for table, reader_words in self._tables(file, words, problems):
            first = first or replace(table, columns=(), rows=table.rows[:0])
            draft = self._understand(table, reader_words, count)
            count += len(table.rows)
            self.dropped = problems.dropped + self.so_far.dates.held.dropped
            if draft is not None:
                kept += len(draft.roles)
                if self.so_far.in_parts and self._part is None:
                    self._part = replace(self._source(file, first, 0), decimal="", notes="")
                yield draft
        if first is None:
            return
        self._find_duplicates(file, words)
        self.so_far.settle(problems)
        if not problems.fatal and not kept:
            remedy = "Mend the answers; there would be none left."
            problems.add(first.name, "No respondent has an answer that can be used.", remedy)
        if not problems.fatal:
            for problem in say_unordered(self.so_far.days.medians(), file.name):
                problems.add(problem.where, problem.what, problem.remedy)
        self.problems = problems.problems()
        self.dropped = problems.dropped
        if not problems.fatal:
            self.source = self._source(file, first, count)

    def part_source(self, rows: int, dropped: int) -> Source:
        """Return the source of a part of so many rows and dropped answers, before the whole file is known."""
        if self._part is None:
            raise RuntimeError("no part was read")
        return replace(self._part, rows=rows, dropped=dropped)

    def _in_parts(self, file: FoundFile, words: WordTable) -> bool:
        """Whether the file is wide and too large for one part."""
        if self._rows is None or file.kind == "zip" or file.size <= self._rows * _ROW_BYTES[file.kind]:
            return False
        scratch = Collector(file.name)
        header = Header(self._instrument, words)
        table = next(self._parts(file, header, scratch, min(self._rows, 100)), None)
        layout = read_layout(table, header, scratch) if table else None
        if layout is None or layout.shape == "wide":
            return True
        refuse_large(file, "a file with one row per answer")
        return False

    def _tables(self, file: FoundFile, words: WordTable, problems: Collector) -> Iterator[tuple[Table, WordTable]]:
        header = Header(self._instrument, words)
        if self._rows is not None and self.so_far.in_parts:
            for table in self._parts(file, header, problems, self._rows):
                yield table, words
            return
        raw = load_file(file)
        if raw.kind == "text":
            yield read_csv_table(raw, header, problems), words
        elif raw.kind == "parquet":
            yield read_parquet_table(raw), words
        else:
            sheets = read_workbook(raw)
            if is_intake(sheets):
                table, roles, answers = read_intake_table(raw.name, sheets, self._instrument)
                yield table, word_table(self._instrument, _other_languages(self._instrument), roles, answers)
            else:
                yield read_sheet_table(raw.name, sheets, header), words

    def _understand(self, table: Table, words: WordTable, before: int) -> Draft | None:
        problems = self._collector
        problems.offset = before
        try:
            check_lengths(table, problems)
            columns = Collector(table.file)
            layout = read_layout(table, Header(self._instrument, words), columns)
            problems.absorb(columns, once=True)
            if layout is None:
                return None
            self._shape = "forms" if table.places else layout.shape
            reading = Reading(table, layout, self._instrument, words, problems, self.so_far)
            draft, marks = read_wide(reading) if layout.shape == "wide" else read_long(reading)
            if problems.fatal:
                return None
            self.so_far.marks |= marks
            draft, unanswered = drop_unanswered(draft)
            self.so_far.unanswered += unanswered
            organisation, wave = (Labels.of(draft.names[name]) for name in ("organisation", "wave"))
            self.so_far.days.add(organisation, wave, draft.answered_at)
            return draft if len(draft.roles) else None
        finally:
            problems.offset = 0

    def _find_duplicates(self, file: FoundFile, words: WordTable) -> None:
        """Find respondents who are there twice in parts far apart: candidates by their hashes, then exactly."""
        hashes = np.concatenate(self.so_far.hashes) if self.so_far.hashes else np.zeros(0, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        again = order[1:][hashes[order[1:]] == hashes[order[:-1]]]
        if not again.size or self._rows is None:
            return
        again.sort()
        wanted = np.unique(hashes[again[:MAX_PROBLEMS]])
        self._collector.add_unlisted(max(len(again) - MAX_PROBLEMS, 0))
        places: dict[tuple[str, str, str], str] = {}
        scratch, header, before, listed = Collector(file.name), Header(self._instrument, words), 0, 0
        for table in self._parts(file, header, scratch, self._rows):
            layout = read_layout(table, header, scratch)
            if layout is None:
                return
            keys = read_keys(Reading(table, layout, self._instrument, words, scratch, SoFar(file.name)))
            reading = Reading(table, layout, self._instrument, words, self._collector, self.so_far)
            self._collector.offset = before
            for row in np.flatnonzero(np.isin(hashes[before : before + len(table.rows)], wanted)).tolist():
                key = keys.at(row)
                if key in places and listed < MAX_PROBLEMS:
                    say_duplicate(reading, row, key[2], places[key])
                    listed += 1
                places.setdefault(key, table.place(row))
            before += len(table.rows)
        self._collector.offset = 0

    def _source(self, file: FoundFile, table: Table, rows: int) -> Source:
        return Source(
            name=file.name,
            sha256=self._part.sha256 if self._part else file.sha256(),
            shape=self._shape,
            rows=rows,
            encoding=table.encoding,
            delimiter=table.delimiter,
            decimal=" and ".join(sorted(self.so_far.marks)),
            dropped=self._collector.dropped,
            notes="\n".join((*table.notes, *self._collector.notes)),
        )

    def _parts(self, file: FoundFile, header: Header, problems: Collector, rows: int) -> Iterator[Table]:
        if file.kind == "parquet":
            return read_parquet_parts(file, rows)
        self._encoding = self._encoding or find_encoding(file.name, file.blocks)
        return read_csv_parts(file, self._encoding, header, problems, rows)


def _other_languages(instrument: Instrument) -> list[Instrument]:
    if instrument.id not in list_shipped():
        return []
    others = [load_instrument(instrument.id, code) for code in instrument.languages if code != instrument.language]
    return [other for other in others if other.reference == instrument.reference]

"""Everything that is handed over, as files in a folder: one call for the command line and for a notebook's button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cxassess.deliverables.csv_files import format_csv
from cxassess.deliverables.figures import build_figures
from cxassess.deliverables.workbook import write_workbook
from cxassess.engagement.whole import write_new
from cxassess.errors import CxassessError, Problem
from cxassess.language import LANGUAGES
from cxassess.report.files import render_files
from cxassess.report.names import report_name

if TYPE_CHECKING:
    from cxassess.assessment import Assessment

FORMATS: Final = ("xlsx", "pptx", "csv", "pdf")


def export_assessment(
    assessment: Assessment,
    folder: str | Path,
    formats: Sequence[str] = FORMATS,
    *,
    brand: str | Path = "",
    locale: str = "",
) -> tuple[Path, ...]:
    """Write the workbook, the slides, the CSV files and the report of an assessment, all with the same figures.

    Each file is written beside its place and then put there at once: a file that is there is replaced, whole or not
    at all. Only this user may read what is written.

    Parameters
    ----------
    assessment : Assessment
        What is handed over, in its language.
    folder : str or Path
        Where to write; made if it isn't there.
    formats : sequence of {"xlsx", "pptx", "csv", "pdf"}
        Which files; all of them if not given. The CSV files go into a folder of their own.
    brand : str or Path
        Path of a brand file.
    locale : {"en", "da", "sv"}
        Whose spreadsheet opens the CSV files; that of the assessment's language if not given.

    Returns
    -------
    tuple of Path
        What was written, in the order of the formats.

    Raises
    ------
    CxassessError
        With every problem of the call, or if a file can't be written.
    """
    locale = locale or assessment.instrument.language
    _check(formats, locale)
    folder = Path(folder)
    stem = report_name(assessment.organisation, assessment.wave, assessment.instrument.language)
    _make(folder)
    written: list[Path] = []
    for wanted in dict.fromkeys(formats):
        written += _write(assessment, folder / stem, wanted, brand=brand, locale=locale)
    return tuple(written)


def _write(assessment: Assessment, stem: Path, wanted: str, *, brand: str | Path, locale: str) -> Iterator[Path]:
    if wanted == "csv":
        own = stem.with_name(f"{stem.name}_csv")
        _make(own)
        for table in build_figures(assessment).tables:
            yield _put(own / f"{table.name}.csv", format_csv(table, locale))
        return
    path = stem.with_name(f"{stem.name}.{wanted}")
    if wanted == "xlsx":
        write_workbook(assessment, path, brand=brand)
    elif wanted == "pptx":
        from cxassess.deliverables.slides.write import build_slides  # noqa: PLC0415  (half a second to import)

        _put(path, build_slides(assessment, brand=brand or None))
    else:
        document = assessment.report(brand=brand).document.to_dict()
        _put(path, render_files(document, ("pdf",))["pdf"])
    yield path


def _put(path: Path, content: bytes) -> Path:
    with write_new(path, replace=True) as part:
        part.write_bytes(content)
    return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder can’t be made: {error.strerror}."
        raise CxassessError.single(str(folder), what, "Name a folder that you may write to.") from error


def _check(formats: Sequence[str], locale: str) -> None:
    problems = [
        Problem("formats", f"There is no format {wanted!r}.", f"Use any of {', '.join(FORMATS)}.")
        for wanted in dict.fromkeys(formats)
        if wanted not in FORMATS
    ]
    if not formats:
        problems.append(Problem("formats", "None is named.", f"Use any of {', '.join(FORMATS)}."))
    if locale not in LANGUAGES:
        problems.append(Problem("locale", f"There is no locale {locale!r}.", f"Use any of {', '.join(LANGUAGES)}."))
    if problems:
        raise CxassessError(problems)

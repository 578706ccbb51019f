"""The working folder of one client: notebooks, brand, data, output and the engagement, laid out from the package."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cxassess.engagement import create_engagement
from cxassess.errors import CxassessError
from cxassess.language import get_language
from cxassess.report.names import slugify
from cxassess.resources import resource_path

BRAND: Final = "brand/brand.yaml"
_PEOPLE: Final = "name,email,role,unit,language\r\n"
_KEPT_OUT: Final = "# A client's answers and reports belong in no repository.\n*.cxa*\n*.erased\ndata/\noutput/\n"
_SOURCES: Final = ("file", "responses")


def make_folder(
    folder: str | Path, *, organisation: str = "", language: str = "en", instrument: str | Path = "eight_elements"
) -> Path:
    """Lay out a client's working folder, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        Where: a new folder, or an empty one.
    organisation : str
        The client, as in reports: an engagement is made for it, and the notebooks open that. Without it they open the
        samples.
    language : str
        Of the engagement, the notebooks' parameters and the folder's own README.
    instrument : str or Path
        A shipped instrument, or the path of one; kept in the engagement.

    Returns
    -------
    Path
        The engagement, or the folder if none was made.

    Raises
    ------
    CxassessError
        If there is something in the folder already, or it cannot be written.
    """
    place = Path(folder).resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise CxassessError.single(str(folder), "There is something there already.", "Name a new folder.")
    if not place.parent.is_dir():
        raise CxassessError.single(str(folder), "There is no folder to put it in.", f"Make {place.parent} first.")
    name = f"{slugify(organisation)}.cxa" if organisation else ""
    with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as built:
        whole = Path(built) / "folder"
        whole.mkdir()
        _fill(whole, engagement=name, language=language)
        if name:
            create_engagement(whole / name, organisation=organisation, language=language, instrument=instrument).close()
        whole.replace(place)
    return place / name if name else place


def _fill(folder: Path, *, engagement: str, language: str) -> None:
    """Put in everything but the engagement."""
    for part in ("notebooks", "brand", "data", "output"):
        (folder / part).mkdir()
    values = {"language": language, "brand": f"../{BRAND}"}
    if engagement:
        values |= dict.fromkeys(_SOURCES, f"../{engagement}")
    for path in sorted(resource_path("notebooks").glob("*.ipynb")):
        notebook = set_parameters(json.loads(path.read_text(encoding="utf-8")), values)
        (folder / "notebooks" / path.name).write_text(
            json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    shutil.copyfile(resource_path("templates/report/brand.yaml"), folder / BRAND)
    (folder / "data" / "people.csv").write_text(_PEOPLE, encoding="utf-8", newline="")
    (folder / ".gitignore").write_text(_KEPT_OUT, encoding="utf-8")
    words = get_language(language)
    begin = words.text("lab.engagement", file=engagement) if engagement else words.text("lab.samples")
    (folder / "README.md").write_text(words.text("lab.readme", begin=begin), encoding="utf-8")


def set_parameters(notebook: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Give parameters of a notebook that are texts other values; those that it does not have are left out.

    Parameters
    ----------
    notebook : dict
        As in its file; changed in place, and returned.
    values : mapping
        Name → value.
    """
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            source = "".join(cell["source"])
            for name, value in values.items():
                source = _set(source, name, value)
            cell["source"] = source.splitlines(keepends=True)
    return notebook


def _set(source: str, name: str, value: str) -> str:
    line = re.compile(rf'^{re.escape(name)} = "[^"\n]*"', re.MULTILINE)
    return line.sub(lambda _: f"{name} = {json.dumps(value)}", source, count=1)

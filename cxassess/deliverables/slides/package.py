"""The finished file: the same bytes for the same deck, and nothing left of the library's own template."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Final

_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_THEME: Final = re.compile(r"ppt/theme/theme\d+\.xml")
_APP: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>cxassess</Application><PresentationFormat>Widescreen</PresentationFormat></Properties>"
)


def finish_package(content: bytes, theme: str) -> bytes:
    """Return a presentation file with its theme put in, and with fixed dates.

    Parameters
    ----------
    content : bytes
        The file as python-pptx writes it.
    theme : str
        XML of the theme, for the slides and the notes.
    """
    finished = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as package:
        for entry in given.infolist():
            data = given.read(entry)
            if _THEME.fullmatch(entry.filename):
                data = theme.encode()
            elif entry.filename == "docProps/app.xml":
                data = _APP.encode()
            stamped = zipfile.ZipInfo(entry.filename, _WHEN)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            stamped.external_attr = 0o600 << 16
            package.writestr(stamped, data)
    return finished.getvalue()

"""One code for everybody in a room."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from cxassess.cli import main
from cxassess.engagement import create_engagement, open_engagement


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.cxa"
    with create_engagement(path, organisation="Acme A/S") as engagement:
        engagement.add_wave("2026-11", anonymous=True)
        engagement.open_wave("2026-11")
    return path


def room(file: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["engagement", "room", str(file), "2026-11", *more])
    return result.exit_code, result.output


def test_the_code_lets_people_in_and_ends_the_one_before(file: Path, tmp_path: Path) -> None:
    codes = []
    for name in ("room.svg", "room.png"):
        status, said = room(file, "--base-url", "https://cx.example.com/", "--qr", str(tmp_path / name))
        assert status == 0, said
        code = re.search(r"^code: (\S+)$", said, re.M)
        assert code is not None
        assert f"https://cx.example.com/join/{code[1]}\n" in said
        codes.append(code[1])
    assert ET.parse(tmp_path / "room.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "room.png").read_bytes().startswith(b"\x89PNG")
    with open_engagement(file) as engagement:
        assert engagement.join(codes[0], role="front_line") is None
        token = engagement.join(codes[1], role="front_line")
        assert token is not None
        admission = engagement.admit(token)
        assert admission is not None
        assert admission.role == "front_line"


@pytest.mark.parametrize(
    "more", [("--base-url", "cx.example.com"), ("--base-url", "https://cx.example.com", "--qr", "room.pdf")]
)
def test_what_cannot_be_done_makes_no_code(file: Path, more: tuple[str, ...]) -> None:
    before = file.read_bytes()
    status, said = room(file, *more)
    assert status == 2
    assert "→" in said
    assert file.read_bytes() == before

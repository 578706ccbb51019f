"""What the tests of the interactive assessment share: explorers, and what the browser could read of them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

from cxassess import assess, read_responses, sample_path
from cxassess.explore import Explorer, Material, open_material
from cxassess.explore.stage import Stage
from cxassess.instrument import load_instrument
from cxassess.report.build import Report
from cxassess.report.html import render_page_html
from cxassess.report.pages.view import View
from cxassess.responses import Responses

NORDVAND, SMALL = "Nordvand Forsyning A/S", "small_team.csv"
LANGUAGES = ("en", "da", "sv")


@cache
def shared_material(name: str = "nordvand.csv") -> Material:
    """Return the material of a sample, read and scored once for all tests."""
    return open_material(name)


def make_explorer(name: str = "nordvand.csv", **options: Any) -> Explorer:
    """Make an explorer of a sample without reading it again."""
    return Explorer(shared_material(name), **options)


def stage_of(explorer: Explorer) -> Stage:
    return explorer._stage


def view_of(explorer: Explorer) -> View:
    return stage_of(explorer).know(explorer.choice).view


def report_of(name: str, language: str, wave: str = "", organisation: str = "") -> Report:
    """Return the report as ``cxassess.assess`` makes it from the file."""
    path = sample_path(name)
    context = path.with_suffix(".context.yaml")
    return assess(path, context=context, language=language, wave=wave, organisation=organisation).report()


def printed(report: Report, *pages: Any) -> str:
    """Return pages as the report's renderer writes them."""
    return "\n".join(render_page_html(page.to_dict(), report.meta.to_dict()) for page in pages)


def browser_sees(explorer: Explorer) -> str:
    """Return everything that is synchronised with the browser, as JSON, without the component's own code."""
    state = explorer.get_state()
    return json.dumps({key: value for key, value in state.items() if key not in ("_esm", "_css")}, default=str)


def hear(explorer: Explorer) -> list[tuple[dict[str, Any], Any]]:
    """Collect what the explorer sends to the browser."""
    heard: list[tuple[dict[str, Any], Any]] = []
    explorer.send = lambda content, buffers=None: heard.append((content, buffers))
    return heard


def say(explorer: Explorer, **message: Any) -> None:
    """Send a message as the browser does."""
    explorer._handle_custom_msg(message, [])


def low_answers(top: int = 3) -> Responses:
    """Return the newest wave of the sample with no answer above a level, so that there is room to move up."""
    path = sample_path("nordvand.csv")
    responses = read_responses(path, load_instrument("eight_elements", "en")).select(NORDVAND, "2026-10")
    answers = responses.answers.copy()
    for item in responses.instrument.item_ids:
        answers[item] = answers[item].clip(upper=top)
    return replace(responses, answers=answers)


def moved_up(responses: Responses, items: list[str], by: int = 1) -> Responses:
    """Return the responses with every answer to some items moved up."""
    answers = responses.answers.copy()
    for item in items:
        answers[item] = answers[item] + by
    return replace(responses, answers=answers)


def explorer_of(responses: Responses) -> Explorer:
    """Return an explorer of responses without any context."""
    return Explorer(Material(responses, lambda language: load_instrument("eight_elements", language), lambda _: {}))

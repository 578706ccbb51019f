"""Reading back what was handed over: the figures that a person finds in the report, the workbook and the slides.

Each reader knows only where something stands, and returns what it found there: a name → the text of the figure.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from pptx import Presentation

from cxassess.assessment import Assessment
from cxassess.instrument.model import LEVEL_RULES
from cxassess.language import Language, get_language
from cxassess.scoring.model import ALL, OVERALL

Facts = dict[tuple[str, ...], tuple[str, ...]]

NUMBER = r"\d[.,]\d\d"
SIGNED = rf"[+−]?{NUMBER}"


def words_of(assessment: Assessment) -> Language:
    return get_language(assessment.instrument.language)


def name_of(assessment: Assessment, element: str) -> str:
    return assessment.instrument.element(element).name


# ---------------------------------------------------------------- what is to be found, from the shown scores alone


def expect(assessment: Assessment) -> Facts:
    """Return every figure as it is to be printed, straight from the shown frames."""
    facts: Facts = {}
    language, instrument = words_of(assessment), assessment.instrument
    frames = {
        name: frame[frame["wave"] == assessment.wave]
        for name, frame in assessment.shown.frames.items()
        if "wave" in frame
    }
    if not is_there(assessment):
        return {}
    everybody = frames["scores"][frames["scores"]["group"] == ALL].set_index("element")
    facts["overall",] = (language.number(everybody.loc[OVERALL, "score"]),)
    for element in instrument.elements:
        row = everybody.loc[element.id]
        if row["status"] != "scored":
            facts["score", element.id] = (reason_of(language, row["reason"]),)
            continue
        facts["score", element.id] = (language.number(row["score"]), interval_of(language, row["low"], row["high"]))
        facts["n", element.id] = (str(row["n_respondents"]),)
        facts["level", element.id] = (str(row["level"]),)
    facts |= _expect_gaps(assessment, frames)
    facts |= _expect_items(assessment, frames)
    facts |= _expect_waves(assessment)
    facts |= _expect_rules(assessment, frames)
    return facts


def is_there(assessment: Assessment) -> bool:
    """Return whether the overall score may be shown; without it, the report has no figures."""
    scores = assessment.shown.scores
    own = (scores["wave"] == assessment.wave) & (scores["element"] == OVERALL) & (scores["group"] == ALL)
    return bool((scores[own]["status"] == "scored").any())


def reason_of(language: Language, reason: str) -> str:
    return language.text(f"report.hidden.{reason}")


def interval_of(language: Language, low: float, high: float, *, signed: bool = False) -> str:
    if low != low or high != high:
        return language.text("report.interval.none")
    if low == high and not signed:
        return language.text("report.interval.all_answered")
    ends = {"low": language.number(low), "high": language.number(high)}
    return language.text(f"report.interval.{'signed' if signed else 'plain'}", **ends)


def _expect_gaps(assessment: Assessment, frames: Mapping[str, Any]) -> Facts:
    language, pair = words_of(assessment), assessment.instrument.role_gap
    gaps = frames["gaps"]
    own = gaps[(gaps["high_group"] == f"role:{pair.high}") & (gaps["low_group"] == f"role:{pair.low}")]
    facts: Facts = {}
    for row in own[(own["status"] == "scored") & (own["element"] != OVERALL)].to_dict("records"):
        interval = interval_of(language, row["low"], row["high"], signed=True)
        verdict = language.text(f"report.verdict.{row['verdict']}")
        facts["gap", row["element"]] = (language.signed(row["gap"]), interval, verdict)
    return facts


def _expect_items(assessment: Assessment, frames: Mapping[str, Any]) -> Facts:
    language, items = words_of(assessment), frames["items"]
    facts: Facts = {}
    for row in items[items["group"] == ALL].to_dict("records"):
        if row["status"] == "scored":
            interval = interval_of(language, row["low"], row["high"])
            facts["item", row["item"]] = (language.number(row["mean"]), interval)
            facts["item_n", row["item"]] = (str(row["n"]),)
    return facts


def _expect_waves(assessment: Assessment) -> Facts:
    shown, language = assessment.shown, words_of(assessment)
    waves = shown.waves.sort_values("order")["wave"].tolist()
    if len(waves) < 2:
        return {}
    scores = shown.scores[(shown.scores["group"] == ALL) & (shown.scores["status"] == "scored")]
    facts: Facts = {}
    for element in assessment.instrument.elements:
        own = scores[scores["element"] == element.id].set_index("wave")["score"]
        facts["waves", element.id] = tuple(language.number(own[wave]) for wave in waves if wave in own.index)
        facts["changes", element.id] = _expect_changes(assessment, element.id, dict.fromkeys((waves[0], waves[-2])))
    return facts


def _expect_changes(assessment: Assessment, element: str, since: Iterable[str]) -> tuple[str, ...]:
    """Return verdict and figure since the first wave, and since the one before."""
    language, changes = words_of(assessment), assessment.shown.changes
    own = changes[(changes["element"] == element) & (changes["wave_to"] == assessment.wave)].set_index("wave_from")
    texts: list[str] = []
    for wave in since:
        shown = wave in own.index and own.loc[wave, "status"] == "scored"
        verdict = own.loc[wave, "verdict"] if shown else "cannot_tell"
        texts += [
            language.text(f"report.verdict.{verdict}"),
            language.signed(own.loc[wave, "change"]) if shown else "–",
        ]
    return tuple(texts)


def _expect_rules(assessment: Assessment, frames: Mapping[str, Any]) -> Facts:
    language, levels = words_of(assessment), frames["levels"]
    reached = levels[(levels["element"] == OVERALL) & levels["reached"].fillna(False).astype(bool)]
    return {
        ("rule", row["rule"]): (str(row["level"]), chance_of(language, row["probability"]))
        for row in reached.to_dict("records")
    }


def chance_of(language: Language, probability: float | None) -> str:
    """Write a probability as it is printed; it comes with two decimals."""
    if probability is None or probability != probability:
        return "–"
    if 0.01 <= probability <= 0.99:
        return _flat(language.percent(probability))
    side, limit = ("under", 0.01) if probability < 0.01 else ("over", 0.99)
    return say(language, f"report.chance.{side}", limit=language.percent(limit))


# ---------------------------------------------------------------- the report, on paper and on screen


def text_of_pdf(content: bytes, folder: Path) -> str:
    """Return the text of a PDF in reading order."""
    path = folder / "report.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True)
    return _flat(done.stdout.decode("utf-8"))


def text_of_html(content: str) -> str:
    """Return the text of a page as a browser shows it."""
    body = re.sub(r"<(style|title)\b.*?</\1>", " ", content, flags=re.DOTALL)
    return _flat(html.unescape(re.sub(r"<[^>]+>", " ", body)))


def say(language: Language, key: str, **values: object) -> str:
    return _flat(language.text(key, **values))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("\u00ad\\n?", "", text).replace("-\n", "-"))


def read_text(text: str, assessment: Assessment) -> Facts:
    """Return the figures in the text of a report."""
    language, instrument = words_of(assessment), assessment.instrument
    facts: Facts = {}
    if not is_there(assessment):
        return facts
    key = re.escape(say(language, "report.rule.nearest", score="§")).replace("§", f"({NUMBER})")
    facts["overall",] = (_found(key, text)[1],)
    for rule in LEVEL_RULES:
        name = re.escape(say(language, f"report.rule.{rule}", score=facts["overall",][0]))
        match = re.search(rf"{name} (\d) ([<>]?\d+ ?%|–)", text)
        if match:
            facts["rule", rule] = (match[1], match[2])
    how = say(language, "report.how.label")
    for number, element in enumerate(instrument.elements, start=1):
        facts |= _read_profile(text, number, element.id, assessment)
        facts |= _read_level(text, number, element.id, assessment)
    facts |= _read_gaps(text, how, assessment)
    facts |= _read_items(text, assessment)
    facts |= _read_trends(text, how, assessment)
    return facts


def _found(pattern: str, text: str) -> re.Match[str]:
    match = re.search(pattern, text)
    assert match is not None, f"{pattern} is not in the text"
    return match


def _between(text: str, begin: str, end: str) -> str:
    start = text.index(begin) + len(begin)
    return text[start : text.index(end, start)]


def _intervals(language: Language) -> str:
    words = (re.escape(say(language, f"report.interval.{key}")) for key in ("none", "all_answered"))
    return rf"{NUMBER}–{NUMBER}|{'|'.join(words)}"


def _reasons(language: Language) -> str:
    return "|".join(
        re.escape(reason_of(language, key)) for key in ("too_few", "withheld", "no_answers", "low_coverage")
    )


def _read_profile(text: str, number: int, element: str, assessment: Assessment) -> Facts:
    language = words_of(assessment)
    head = f"{say(language, 'report.head.score')} {say(language, 'report.head.interval')}"
    own = text[text.index(head) :]
    own = own[: own.index(say(language, "report.how.label"))]
    name = rf"\b{number} {re.escape(name_of(assessment, element))} "
    weakest = re.escape(say(language, "report.profile.weakest"))
    target = say(language, "report.profile.target", year=r"\d{4}")
    tags = rf"(?:(?:{weakest}|{target}) )*"
    match = _found(rf"{name}{tags}(?:({NUMBER}) ({_intervals(language)})|({_reasons(language)}))", own)
    return {("score", element): (match[3],) if match[3] else (match[1], match[2])}


def _read_level(text: str, number: int, element: str, assessment: Assessment) -> Facts:
    """Read an element's level from its own page, and how many answered from the table of what it rests on."""
    language, instrument = words_of(assessment), assessment.instrument
    facts: Facts = {}
    begin = say(
        language,
        "report.element.kicker",
        number=number,
        count=len(instrument.elements),
        name=name_of(assessment, element),
    )
    page = text[text.rindex(begin) :][:900]
    names = "|".join(re.escape(level.name) for level in instrument.levels)
    match = re.search(rf"\b{re.escape(say(language, 'report.fact.level'))} (\d), (?:{names})", page)
    if match:
        facts["level", element] = (match[1],)
    rests = _between(text, say(language, "report.certainty.table"), say(language, "report.how.label"))
    match = re.search(rf"\b{number} {re.escape(name_of(assessment, element))} (\d+) \d", rests)
    if match:
        facts["n", element] = (match[1],)
    return facts


def _read_gaps(text: str, how: str, assessment: Assessment) -> Facts:
    language, instrument = words_of(assessment), assessment.instrument
    pair = instrument.role_gap
    head = say(
        language, "report.roles.gap_head", high=instrument.role(pair.high).letter, low=instrument.role(pair.low).letter
    )
    if head not in text:
        return {}
    own = _between(text, head, how)
    places = sorted(
        (_found(rf"\b{number} {re.escape(element.name)} ", own).start(), element.id)
        for number, element in enumerate(instrument.elements, start=1)
    )
    verdicts = "|".join(re.escape(say(language, f"report.verdict.{key}")) for key in ("real", "cannot_tell"))
    to = say(language, "report.interval.signed", low="", high="").strip()
    signed = rf"−?{NUMBER} ?{to} ?−?{NUMBER}"
    none = re.escape(say(language, "report.interval.none"))
    facts: Facts = {}
    for (start, element), (end, _) in zip(places, [*places[1:], (len(own), "")], strict=True):
        match = re.search(rf"({SIGNED}) ({signed}|{none}) ({verdicts})", own[start:end])
        if match:
            facts["gap", element] = (match[1], match[2], match[3])
    return facts


def _read_items(text: str, assessment: Assessment) -> Facts:
    language, instrument = words_of(assessment), assessment.instrument
    facts: Facts = {}
    for number, element in enumerate(instrument.elements, start=1):
        for within, item in enumerate(element.items, start=1):
            name = re.escape(f"{number}.{within} {item.short} ")
            match = re.search(rf"{name}n = (\d+)\b.{{0,160}}? ({NUMBER}) ({_intervals(language)})", text)
            if match:
                facts["item", item.id] = (match[2], match[3])
                facts["item_n", item.id] = (match[1],)
    return facts


def _read_trends(text: str, how: str, assessment: Assessment) -> Facts:
    language, instrument = words_of(assessment), assessment.instrument
    title = say(language, "report.waves.trends_title")
    if title not in text:
        return {}
    own = _between(text, title, how)
    verdicts = "|".join(re.escape(say(language, f"report.verdict.{key}")) for key in ("up", "down", "cannot_tell"))
    facts: Facts = {}
    ends = [_found(rf"\b{number} {re.escape(one.name)}", own) for number, one in enumerate(instrument.elements, 1)]
    for place, (element, end) in enumerate(zip(instrument.elements, ends, strict=True)):
        mine = own[end.end() : ends[place + 1].start() if place + 1 < len(ends) else len(own)]
        facts["waves", element.id] = tuple(_found(rf"^((?: {NUMBER})*)", mine)[1].split())
        changes = re.findall(rf"({verdicts}) ({SIGNED}|–)", mine)
        facts["changes", element.id] = tuple(text for change in changes for text in change)
    return facts


# ---------------------------------------------------------------- the workbook


TABLES = ("summary", "scores", "gaps", "items", "waves", "changes", "certainty")


def read_workbook(content: bytes, assessment: Assessment) -> Facts:
    """Return the figures in the tidy sheets, written as the language writes them."""
    language = words_of(assessment)
    book = load_workbook(io.BytesIO(content), read_only=True)
    tables = {name: _table(book, name) for name in TABLES}
    facts: Facts = {}
    keys = {row["key"]: row["value"] for row in tables["summary"]}
    if isinstance(keys["score"], float):
        facts["overall",] = (language.number(keys["score"]),)
        for rule in LEVEL_RULES:
            key = "level" if rule == assessment.instrument.headline_rule else f"level_{rule}"
            if key in keys:
                facts["rule", rule] = (str(keys[key]), chance_of(language, keys[f"{key}_probability"]))
    for row in tables["scores"]:
        if row["group"] != ALL or row["element"] == OVERALL:
            continue
        if row["status"] != "scored":
            facts["score", row["element"]] = (row["reason"],)
            continue
        facts["score", row["element"]] = (language.number(row["score"]), _interval(row, language))
        facts["level", row["element"]] = (str(row["level"]),)
    for row in tables["certainty"]:
        if row["status"] == "scored" and row["element"] != OVERALL:
            facts["n", row["element"]] = (str(row["n_respondents"]),)
    pair = assessment.instrument.role_gap
    for row in tables["gaps"]:
        own = (row["high_group"], row["low_group"]) == (f"role:{pair.high}", f"role:{pair.low}")
        if own and row["status"] == "scored" and row["element"] != OVERALL:
            interval = _interval(row, language, signed=True)
            facts["gap", row["element"]] = (language.signed(row["gap"]), interval, row["verdict_word"])
    for row in tables["items"]:
        if row["group"] == ALL and row["status"] == "scored":
            facts["item", row["item"]] = (language.number(row["mean"]), _interval(row, language))
            facts["item_n", row["item"]] = (str(row["n"]),)
    if len({row["wave"] for row in tables["waves"]}) > 1:
        facts |= _workbook_waves(tables["waves"], language)
        facts |= _workbook_changes(tables, assessment)
    return facts


def _workbook_changes(tables: Mapping[str, list[dict[str, Any]]], assessment: Assessment) -> Facts:
    language = words_of(assessment)
    waves = list(dict.fromkeys(row["wave"] for row in tables["waves"]))
    rows = {(row["element"], row["wave_from"]): row for row in tables["changes"] if row["status"] == "scored"}
    facts: Facts = {}
    for element in assessment.instrument.elements:
        texts: list[str] = []
        for wave in dict.fromkeys((waves[0], waves[-2])):
            row = rows.get((element.id, wave))
            none = (say(language, "report.verdict.cannot_tell"), "–")
            texts += (row["verdict_word"], language.signed(row["change"])) if row else none
        facts["changes", element.id] = tuple(texts)
    return facts


def _workbook_waves(rows: list[dict[str, Any]], language: Language) -> Facts:
    found: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        if row["element"] != OVERALL:
            texts = found.setdefault(("waves", row["element"]), [])
            texts += [language.number(row["score"])] if row["status"] == "scored" else []
    return {key: tuple(texts) for key, texts in found.items()}


def _interval(row: Mapping[str, Any], language: Language, *, signed: bool = False) -> str:
    """Write an interval from its two ends, and see that the words beside them say the same."""
    low, high = (float("nan") if row[end] is None else float(row[end]) for end in ("low", "high"))
    written = interval_of(language, low, high, signed=signed)
    assert row["interval"] == written
    return written


def _table(book: Any, name: str) -> list[dict[str, Any]]:
    sheet, cells = next(iter(book.defined_names[f"cx_{name}"].destinations))
    head, *rows = [[cell.value for cell in row] for row in book[sheet][cells.replace("$", "")]]
    return [dict(zip(head, row, strict=True)) for row in rows]


# ---------------------------------------------------------------- the slides


def read_slides(content: bytes, assessment: Assessment) -> Facts:
    """Return the figures in the tables and texts of the slides, and see that the native charts hold the same."""
    language, instrument = words_of(assessment), assessment.instrument
    facts: Facts = {}
    if not is_there(assessment):
        return facts
    deck = Presentation(io.BytesIO(content))
    by_name = {element.name: element.id for element in instrument.elements}
    for slide in deck.slides:
        for rows in _tables(slide):
            facts |= _slide_table(rows, by_name, assessment)
        facts |= _slide_level(slide, assessment)
    values = _chart_values(deck)
    for (kind, *_), texts in facts.items():
        if kind == "score" and len(texts) == 2:
            assert texts[0] in {language.number(value) for value in values}
    return facts


def _slide_level(slide: Any, assessment: Assessment) -> Facts:
    """Read the level on the slide of an element."""
    language, instrument = words_of(assessment), assessment.instrument
    texts = [_flat(shape.text_frame.text).strip() for shape in slide.shapes if shape.has_text_frame]
    names = "|".join(re.escape(level.name) for level in instrument.levels)
    for number, element in enumerate(instrument.elements, start=1):
        own = say(language, "report.element.kicker", number=number, count=len(instrument.elements), name=element.name)
        if own in texts:
            pattern = rf"{re.escape(say(language, 'report.fact.level'))} (\d), (?:{names})"
            found = [match[1] for text in texts if (match := re.match(pattern, text))]
            return {("level", element.id): tuple(dict.fromkeys(found))} if found else {}
    return {}


def _tables(slide: Any) -> Iterator[list[list[str]]]:
    for shape in slide.shapes:
        if shape.has_table:
            yield [[_flat(cell.text).strip() for cell in row.cells] for row in shape.table.rows]


def _slide_table(rows: list[list[str]], by_name: Mapping[str, str], assessment: Assessment) -> Facts:
    language = words_of(assessment)
    weakest = say(language, "report.profile.weakest")
    head, *body = rows
    facts: Facts = {}
    rules = {say(language, f"report.rule.{rule}", score=""): rule for rule in LEVEL_RULES}
    verdicts = "|".join(re.escape(say(language, f"report.verdict.{key}")) for key in ("up", "down", "cannot_tell"))
    for row in body:
        rule = next((rules[name] for name in rules if row[0].startswith(name.strip())), "")
        if rule and len(row) == 3:
            facts["rule", rule] = (row[1], row[2])
        changes = [re.fullmatch(rf"(?:[▲▼–] )?({SIGNED}|–) ({verdicts})", text) for text in row[2:]]
        if len(row) > 2 and row[1] in by_name and all(changes):
            facts["changes", by_name[row[1]]] = tuple(text for one in changes if one for text in (one[2], one[1]))
        name = row[1].removesuffix(weakest).strip() if len(row) > 1 else ""
        item = re.fullmatch(r"(\d+)\.(\d+)", row[0])
        if say(language, "report.head.score") in head and name in by_name:
            facts["score", by_name[name]] = tuple(text for text in row[3:] if text)
        elif len(row) == 6 and name in by_name and re.fullmatch(SIGNED, row[3]):
            facts["gap", by_name[name]] = (row[3], row[4], row[5])
        elif item and say(language, "report.head.mean") in head and re.match(NUMBER, row[3]):
            mean, _, interval = row[3].partition(" ")
            key = assessment.instrument.elements[int(item[1]) - 1].items[int(item[2]) - 1].id
            facts["item", key] = (mean, interval)
    return facts


def _chart_values(deck: Any) -> set[float]:
    """Return every number in the native charts."""
    found: set[float] = set()
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                nodes = shape.chart._chartSpace.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}v")
                found |= {float(node.text) for node in nodes if re.fullmatch(r"-?\d+(\.\d+)?", node.text or "")}
    return found

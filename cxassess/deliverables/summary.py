"""The tables that come first: the figures of the summary page, and the findings in words."""

from __future__ import annotations

from collections.abc import Iterator

from cxassess.deliverables.cells import Cell, Row, Table, Writer, make_table
from cxassess.deliverables.comparisons import overall_row
from cxassess.deliverables.scores import element_cells
from cxassess.findings import say
from cxassess.instrument.model import LEVEL_RULES
from cxassess.report.pages.summary import rule_name
from cxassess.report.pages.view import View
from cxassess.scoring.model import ALL, OVERALL

SUMMARY = ("key", "label", "value", "detail")
FINDINGS = ("organisation", "wave", "finding", "element", "element_name", "headline", "text")
Entry = tuple[str, str, Cell, str]


def build_summary(writer: Writer) -> Table:
    """Build the key figures, each with the words that the report has for it."""
    rows: list[Row] = [
        {"key": writer.text(key), "label": writer.text(label), "value": value, "detail": writer.text(detail)}
        for key, label, value, detail in (*_about(writer), *_score(writer), *_levels(writer), *_quality(writer))
    ]
    return make_table("summary", SUMMARY, rows)


def _about(writer: Writer) -> Iterator[Entry]:
    view = writer.view
    yield "organisation", _word(view, "organisation"), writer.text(view.organisation), ""
    yield "wave", _word(view, "wave"), writer.text(view.wave_name), ""
    yield "report_date", _word(view, "report_date"), writer.date(view.report_date), ""
    yield "instrument", _word(view, "instrument"), writer.text(view.instrument.reference), ""
    row = view.row("responses_by_role", group=ALL)
    if row is None or row["n_respondents"] is None or row["status"] == "suppressed":
        yield "n_respondents", _word(view, "n_respondents"), writer.hidden("count", view.text("answered.few")), ""
        return
    yield "n_respondents", _word(view, "n_respondents"), writer.count(row["n_respondents"]), ""
    if row["n_invited"]:
        yield "n_invited", _word(view, "n_invited"), writer.count(row["n_invited"]), ""
        rate = row["n_respondents"] / row["n_invited"]
        yield "response_rate", view.text("certainty.response"), writer.share(rate), ""


def _score(writer: Writer) -> Iterator[Entry]:
    view = writer.view
    label = _word(view, "score")
    row = view.score(OVERALL)
    if row is None:
        yield "score", label, writer.hidden("score", view.hidden(overall_row(view))), ""
        return
    yield "score", label, writer.score(row["score"]), view.interval(row["low"], row["high"])
    if view.context.target and view.context.target.overall is not None:
        target = view.text("fact.target", year=view.context.target.date_of(OVERALL).year)
        yield "target", target, writer.score(view.context.target.overall), ""
    yield "coverage", view.text("head.coverage"), writer.share(row["coverage"]), ""


def _levels(writer: Writer) -> Iterator[Entry]:
    view = writer.view
    if view.score(OVERALL) is None:
        return
    own = view.instrument.headline_rule
    for rule in (own, *(rule for rule in LEVEL_RULES if rule != own)):
        reached = view.reached(OVERALL, rule)
        if reached is None:
            continue
        key = "level" if rule == own else f"level_{rule}"
        label = view.language.text("deliverables.keys.level", rule=rule_name(view, rule))
        yield key, label, writer.count(reached["level"]), view.level_name(int(reached["level"]))
        yield f"{key}_probability", _word(view, "probability"), writer.chance(reached["probability"]), ""


def _quality(writer: Writer) -> Iterator[Entry]:
    view = writer.view
    weakest = view.score(view.weakest) if view.weakest else None
    if weakest is not None:
        name = view.instrument.element(view.weakest).name
        label = view.language.text("deliverables.keys.weakest", element=name)
        yield "weakest_score", label, writer.score(weakest["score"]), view.interval(weakest["low"], weakest["high"])
    rule, row = view.instrument.systematic, view.row("systematic")
    if rule is not None and row is not None and row["systematic"] is not None and view.score(OVERALL):
        label = view.text("certainty.systematic", level=rule.level, count=len(rule.elements), n=len(rule.elements))
        yield "systematic", label, writer.flag(row["systematic"]), ""
        yield "systematic_probability", _word(view, "probability"), writer.chance(row["probability"]), ""
    careless = view.row("careless")
    if careless is not None and careless["n_flagged"] is not None:
        yield "n_hasty", view.text("certainty.careless"), writer.count(careless["n_flagged"]), ""


def _word(view: View, key: str) -> str:
    return view.language.text(f"deliverables.keys.{key}")


def build_findings(writer: Writer) -> Table:
    """Build every finding in words, those of the summary page first."""
    view = writer.view
    main = view.findings.main()
    ordered = (*main, *(finding for finding in view.findings.findings if finding not in main))
    rows = []
    for finding in ordered:
        said = say(finding, view.instrument, view.language, name=view.name)
        named = {"element": writer.text(""), "element_name": writer.text("")}
        rows.append(
            {
                "organisation": writer.text(view.organisation),
                "wave": writer.text(view.wave),
                "finding": writer.text(finding.kind),
                **(element_cells(writer, finding.element) if finding.element else named),
                "headline": writer.text(said.title, long=True),
                "text": writer.text(said.text, long=True),
            }
        )
    return make_table("findings", FINDINGS, rows)

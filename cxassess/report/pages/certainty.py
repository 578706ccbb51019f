"""How sure we are: the level by three rules, what each element rests on, and what cannot be said."""

from __future__ import annotations

from cxassess.document import (
    Block,
    Bottom,
    BulletList,
    Column,
    Columns,
    Fact,
    Facts,
    HowTo,
    Page,
    Rich,
    Run,
    Section,
    Table,
    TableColumn,
    Text,
)
from cxassess.findings import Finding, headline, say
from cxassess.instrument.model import LEVEL_RULES, Element
from cxassess.report.pages.exhibits import build_probabilities
from cxassess.report.pages.summary import rule_name
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.agreement import agreement_word
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row

MOST_UNKNOWNS = 4
MOST_SPLITS = 7
WIDTHS = {"answers": 2, "coverage": 4, "agreement": 4, "reliability": 4, "ahead": 4}


def build_certainty(view: View) -> Page:
    """Build the page on how sure the results are."""
    said = headline("certainty", view.findings, view.instrument, view.language, name=view.name)
    table = _table(view)
    blocks: list[Block] = [
        Facts(_facts(view)),
        _three_rules(view),
        table,
        HowTo(view.text("how.label"), _how_to(view)),
        *_units(view),
        *_splits(view),
        Bottom(),
        Section(view.text("certainty.unsaid"), (BulletList(_unsaid(view)),)),
    ]
    return Page("certainty", blocks, view.text("certainty.kicker"), said.title, said.text)


def _three_rules(view: View) -> Columns:
    own = view.instrument.headline_rule
    columns = []
    for rule in (own, *(rule for rule in LEVEL_RULES if rule != own)):
        rows = view.levels(OVERALL, rule)
        if not rows:
            continue
        title = rule_name(view, rule)
        title = view.text("certainty.rule_used", rule=title) if rule == own else title
        bars = build_probabilities(view, title, rows)
        columns.append(Column(4, (bars, Text(view.text(f"rule_says.{rule}"), "note"))))
    return Columns(columns)


# ---------------------------------------------------------------- facts


def _facts(view: View) -> list[Fact]:
    facts = [_response(view), _coverage(view), _careless(view), _systematic(view), _percentile(view)]
    return [fact for fact in facts if fact is not None]


def _response(view: View) -> Fact | None:
    row = view.row("responses_by_role", group=ALL)
    if row is None or row["n_respondents"] is None:
        return None
    label = view.text("certainty.response")
    number = view.language.number(row["n_respondents"], 0)
    if not row["n_invited"]:
        return Fact(label, number, view.text("certainty.response_unknown"))
    share = view.language.percent(row["n_respondents"] / row["n_invited"])
    return Fact(label, share, view.text("answered.of", n=number, invited=view.language.number(row["n_invited"], 0)))


def _coverage(view: View) -> Fact | None:
    row = view.score(OVERALL)
    if row is None or row["coverage"] is None:
        return None
    return Fact(
        view.text("certainty.coverage"), view.language.percent(row["coverage"]), view.text("certainty.coverage_note")
    )


def _careless(view: View) -> Fact | None:
    row = view.row("careless")
    if row is None or row["n_flagged"] is None:
        return None
    label = view.text("certainty.careless")
    flagged = int(row["n_flagged"])
    value = view.language.number(flagged, 0)
    if not flagged or row["score_without"] is None or row["score_all"] is None:
        return Fact(label, value, view.text("certainty.careless_none" if not flagged else "certainty.careless_some"))
    scores = {"with": view.number(row["score_all"]), "without": view.number(row["score_without"])}
    return Fact(label, value, view.text("certainty.careless_note", **scores))


def _systematic(view: View) -> Fact | None:
    row = view.row("systematic")
    rule = view.instrument.systematic
    if rule is None or row is None or row["systematic"] is None:
        return None
    note = "" if row["probability"] is None else view.text("certainty.likely", chance=view.chance(row["probability"]))
    value = view.text("certainty.systematic_yes" if row["systematic"] else "certainty.systematic_no")
    label = view.text("certainty.systematic", level=rule.level, count=len(rule.elements), n=len(rule.elements))
    return Fact(label, value, note)


def _percentile(view: View) -> Fact | None:
    row = view.row("benchmarks", element=OVERALL)
    if row is None or row["percentile"] is None or view.score(OVERALL) is None:
        return None
    count = view.language.number(int(row["n"]), 0)
    label = view.text("certainty.ahead", n=int(row["n"]), count=count)
    ahead = view.text("certainty.ahead_value", share=view.language.percent(row["percentile"] / 100))
    return Fact(label, ahead, _percent_interval(view, row))


def _percent_interval(view: View, row: Row) -> str:
    if row["low"] is None or row["high"] is None:
        return view.text("interval.none")
    low, high = view.language.number(row["low"], 0), view.language.percent(row["high"] / 100)
    return view.text("interval.named", interval=view.text("interval.plain", low=low, high=high))


# ---------------------------------------------------------------- what each element rests on


def _table(view: View) -> Table:
    benchmarked = any(_ahead(view, element) for element in view.instrument.elements)
    heads = ["answers", "coverage", "agreement", "reliability", *(["ahead"] if benchmarked else [])]
    columns = [TableColumn(view.text("head.number")), TableColumn(view.text("head.element"), width=7)]
    columns += [TableColumn(view.text(f"head.{head}"), width=WIDTHS[head]) for head in heads]
    rows = []
    for element in view.instrument.elements:
        cells = _cells(view, element)
        rows.append((str(view.number_of(element)), element.name, *cells[: len(heads)]))
    return Table(columns, rows, title=view.text("certainty.table"))


def _cells(view: View, element: Element) -> list[Rich]:
    row = view.score(element.id)
    if row is None:
        return [view.hidden(view.row("scores", element=element.id, group=ALL)), "–", "–", "–", "–"]
    alpha = view.row("reliability", element=element.id)
    return [
        view.number(row["n_respondents"], 0),
        "–" if row["coverage"] is None else view.language.percent(row["coverage"]),
        _agreement(view, row),
        _alpha(view, alpha),
        _ahead(view, element) or "–",
    ]


def _agreement(view: View, row: Row) -> str:
    """Write an element's agreement with its word; too few answers to say is a word too."""
    word = said_agreement(view, row)
    value = row["agreement"]
    return word if value is None else view.text("agreement.figure", value=view.number(value), word=word)


def said_agreement(view: View, row: Row) -> str:
    """Return the word for an element's agreement."""
    known = row["agreement"] is not None
    word = agreement_word(row["agreement"], row["n_respondents"]) if known else "too_few"
    return view.text(f"agreement.{word}")


def _units(view: View) -> list[Text]:
    """Return how alike the units are, where units were given."""
    found = view.findings.first("consistency", element=OVERALL)
    if found is None:
        return []
    words = say(found, view.instrument, view.language, name=view.name)
    return [Text((Run(f"{words.title}. ", "strong"), Run(words.text)), "small")]


def _splits(view: View) -> list[Table]:
    """Return a table of the items on which people agree least; empty where too few answered to say."""
    rows = [row for row in view.rows("items", group=ALL, status=SCORED) if row["r_wg"] is not None]
    rows = [row for row in rows if row["agreement"] != "too_few" and row["mean"] is not None]
    rows.sort(key=lambda row: (row["r_wg"], view.instrument.item_ids.index(row["item"])))
    if not rows:
        return []
    columns = (
        TableColumn(view.text("head.number")),
        TableColumn(view.text("causes.item"), width=9),
        TableColumn(view.text("head.element"), width=7),
        TableColumn(view.text("head.mean"), width=5),
        TableColumn(view.text("head.agreement"), width=4),
    )
    return [Table(columns, [_split_row(view, row) for row in rows[:MOST_SPLITS]], title=view.text("certainty.splits"))]


def _split_row(view: View, row: Row) -> tuple[str, ...]:
    item = view.instrument.item(row["item"])
    return (
        view.item_number(item.id),
        item.short,
        view.instrument.element(item.element).name,
        f"{view.number(row['mean'])} ({view.interval(row['low'], row['high'])})",
        view.text("agreement.figure", value=view.number(row["r_wg"]), word=view.text(f"agreement.{row['agreement']}")),
    )


def _alpha(view: View, row: Row | None) -> str:
    if row is None or row["status"] != SCORED or row["alpha"] is None:
        return view.text("agreement.too_few")
    return f"{view.number(row['alpha'])} ({view.interval(row['low'], row['high'])})"


def _ahead(view: View, element: Element) -> str:
    row = view.row("benchmarks", element=element.id)
    if row is None or row["percentile"] is None or view.score(element.id) is None:
        return ""
    share = view.language.percent(row["percentile"] / 100)
    if row["low"] is None or row["high"] is None:
        return share
    low, high = (view.language.number(row[side], 0) for side in ("low", "high"))
    return f"{share} ({view.text('interval.plain', low=low, high=high)})"


def _how_to(view: View) -> str:
    benchmarked = any(_ahead(view, element) for element in view.instrument.elements)
    return view.sentences(view.text("certainty.how"), view.text("certainty.how_ahead") if benchmarked else "")


# ---------------------------------------------------------------- what cannot be said


def _unknowns(view: View) -> list[Finding]:
    """Return what is unknown; elements without a role gap only where no more general reason is given."""
    found = view.findings.of("unknown")
    general = any(finding.word("what") in {"gaps", "role"} for finding in found)
    return [finding for finding in found if not (general and finding.word("what") == "gap")]


def _unsaid(view: View) -> list[Rich]:
    known = _unknowns(view)
    said = [say(finding, view.instrument, view.language, name=view.name) for finding in known[:MOST_UNKNOWNS]]
    bullets: list[Rich] = [words.text for words in said]
    if len(known) > MOST_UNKNOWNS:
        bullets.append(view.counted("certainty.unsaid_more", len(known) - MOST_UNKNOWNS, sentence=True))
    row = view.row("responses_by_role", group=ALL)
    invited = bool(row and row["n_invited"])
    everybody = invited and row is not None and row["n_respondents"] == row["n_invited"]
    silent = "certainty.unsaid_everybody" if everybody else "certainty.unsaid_silent"
    bullets.append(view.text(silent if invited else "certainty.unsaid_invited"))
    bullets.append(view.text("certainty.unsaid_customers"))
    return bullets

"""The tables of one wave's scores: by element and group, levels by rule, items, and the spread of their answers."""

from __future__ import annotations

from collections.abc import Iterator

from cxassess.deliverables.cells import Cell, Row, Table, Writer, make_table
from cxassess.instrument.model import LEVEL_RULES, Item
from cxassess.report.pages.certainty import said_agreement
from cxassess.report.pages.exhibits import target_of
from cxassess.report.pages.summary import rule_name
from cxassess.report.pages.view import SCORED, View
from cxassess.scoring.model import ALL, OVERALL
from cxassess.scoring.rows import Row as ScoreRow

KEY = ("organisation", "wave")
STATE = ("status", "reason")
SCORES = (
    *KEY,
    "element",
    "element_name",
    "group",
    "group_name",
    "score",
    "low",
    "high",
    "interval",
    "score_common",
    "level",
    "level_name",
    "target",
    "target_date",
    "n_respondents",
    "n_invited",
    "coverage",
    "agreement",
    "agreement_word",
    *STATE,
)
LEVELS = (*KEY, "element", "element_name", "rule", "rule_name", "level", "level_name", "reached", "probability")
ITEMS = (
    *KEY,
    "element",
    "element_name",
    "item",
    "item_number",
    "item_name",
    "group",
    "group_name",
    "mean",
    "low",
    "high",
    "interval",
    "n",
    "n_dont_know",
    "n_not_applicable",
    "n_missing",
    "agreement",
    "agreement_word",
    *STATE,
)
DISTRIBUTIONS = (
    *KEY,
    "element",
    "element_name",
    "item",
    "item_number",
    "item_name",
    "group",
    "group_name",
    "level",
    "level_name",
    "n",
    "share",
    *STATE,
)


def build_scores(writer: Writer) -> Table:
    """Build the scores of this wave, each element in the instrument's order and the overall score first."""
    view = writer.view
    order = {element: place for place, element in enumerate(elements_of(view))}
    rows = sorted(view.rows("scores"), key=lambda row: order[row["element"]])
    common = {(row["element"], row["group"]): row["score"] for row in view.rows("role_scores_common")}
    return make_table(
        "scores", SCORES, [_score(writer, row, common.get((row["element"], row["group"]))) for row in rows]
    )


def _score(writer: Writer, row: ScoreRow, common: float | None) -> Row:
    view, element = writer.view, row["element"]
    level = row["level"]
    everybody = row["group"] == ALL
    targets = view.context.target
    target = (targets.overall if element == OVERALL and targets else target_of(view, element)) if everybody else None
    return {
        **key_cells(writer, view.wave),
        **element_cells(writer, element),
        **group_cells(writer, row["group"]),
        **gated(
            writer,
            row,
            shown=row["score"] is not None,
            score=writer.score(row["score"]),
            low=writer.score(row["low"]),
            high=writer.score(row["high"]),
            interval=writer.interval(row["low"], row["high"]),
            score_common=writer.score(common),
            level=writer.count(level),
            level_name=writer.text(view.level_name(int(level)) if level is not None else ""),
        ),
        "target": writer.score(target),
        "target_date": writer.date(targets.date_of(element) if targets and target is not None else None),
        **gated(
            writer,
            row,
            shown=row["score"] is not None,
            n_respondents=writer.count(row["n_respondents"]),
            n_invited=writer.count(row["n_invited"]),
            coverage=writer.share(row["coverage"]),
            agreement=writer.score(row["agreement"]),
            agreement_word=writer.text(said_agreement(view, row)),
        ),
        **state_cells(writer, row),
    }


def build_levels(writer: Writer) -> Table:
    """Build how likely each level is, by the three rules; the instrument's own rule first."""
    view = writer.view
    own = view.instrument.headline_rule
    rules = (own, *(rule for rule in LEVEL_RULES if rule != own))
    rows: list[Row] = [
        {
            **key_cells(writer, view.wave),
            **element_cells(writer, element),
            "rule": writer.text(rule),
            "rule_name": writer.text(rule_name(view, rule) if element == OVERALL else _rule(view, rule)),
            "level": writer.count(row["level"]),
            "level_name": writer.text(view.level_name(int(row["level"]))),
            "reached": writer.flag(row["reached"]),
            "probability": writer.chance(row["probability"]),
        }
        for element in elements_of(view)
        if view.score(element)
        for rule in rules
        for row in view.levels(element, rule)
    ]
    return make_table("levels", LEVELS, rows)


def _rule(view: View, rule: str) -> str:
    return view.text(f"method.rule_name_{rule}")


def build_items(writer: Writer) -> Table:
    """Build the items' means, all respondents first, then each group."""
    view = writer.view
    rows = [_item(writer, item, row) for item, row in _by_item(view, "items")]
    return make_table("items", ITEMS, rows)


def _item(writer: Writer, item: Item, row: ScoreRow) -> Row:
    word = str(row["agreement"] or "too_few")
    figure = None if word == "too_few" else row["r_wg"]
    return {
        **key_cells(writer, writer.view.wave),
        **item_cells(writer, item),
        **group_cells(writer, row["group"]),
        **gated(
            writer,
            row,
            shown=row["mean"] is not None,
            mean=writer.score(row["mean"]),
            low=writer.score(row["low"]),
            high=writer.score(row["high"]),
            interval=writer.interval(row["low"], row["high"]),
            n=writer.count(row["n"]),
            n_dont_know=writer.count(row["n_dont_know"]),
            n_not_applicable=writer.count(row["n_not_applicable"]),
            n_missing=writer.count(row["n_missing"]),
            agreement=writer.score(figure),
            agreement_word=writer.text(writer.view.text(f"agreement.{word}")),
        ),
        **state_cells(writer, row),
    }


def build_distributions(writer: Writer) -> Table:
    """Build how many chose each level of each item; one row where that may not be shown."""
    view = writer.view
    rows: list[Row] = []
    for item, row in _by_item(view, "distributions"):
        shown = row["status"] == SCORED and row["share"] is not None
        reason = "" if shown else view.text("hidden.withheld" if row["reason"] == "withheld" else "hidden.distribution")
        level = row["level"]
        figures = {"n": writer.count(row["n"]), "share": writer.share(row["share"])}
        if not shown:
            figures = {name: writer.hidden(cell.kind, reason) for name, cell in figures.items()}
        rows.append(
            {
                **key_cells(writer, view.wave),
                **item_cells(writer, item),
                **group_cells(writer, row["group"]),
                "level": writer.count(level),
                "level_name": writer.text(view.level_name(int(level)) if level is not None else ""),
                **figures,
                "status": writer.text(row["status"]),
                "reason": writer.text(reason),
            }
        )
    return make_table("distributions", DISTRIBUTIONS, rows)


def _by_item(view: View, frame: str) -> Iterator[tuple[Item, ScoreRow]]:
    found = view.rows(frame)
    for item in view.instrument.items:
        for row in found:
            if row["item"] == item.id:
                yield item, row


# ---------------------------------------------------------------- cells that several tables have


def elements_of(view: View) -> tuple[str, ...]:
    """Return ``overall`` and the ids of the elements, in the instrument's order."""
    return (OVERALL, *(element.id for element in view.instrument.elements))


def key_cells(writer: Writer, wave: str) -> Row:
    """Return whose row it is."""
    return {"organisation": writer.text(writer.view.organisation), "wave": writer.text(wave)}


def element_cells(writer: Writer, element: str) -> Row:
    """Return an element's id and name."""
    return {"element": writer.text(element), "element_name": writer.text(element_name(writer.view, element))}


def element_name(view: View, element: str) -> str:
    """Return an element's name, also that of ``overall``; an unknown id stays as it is."""
    if element == OVERALL:
        return view.language.text("deliverables.overall")
    return next((known.name for known in view.instrument.elements if known.id == element), element)


def item_cells(writer: Writer, item: Item) -> Row:
    """Return an item's element, id, number and short name."""
    return {
        **element_cells(writer, item.element),
        "item": writer.text(item.id),
        "item_number": writer.text(writer.view.item_number(item.id)),
        "item_name": writer.text(item.short),
    }


def group_cells(writer: Writer, group: str) -> Row:
    """Return a group's id and name."""
    return {"group": writer.text(group), "group_name": writer.text(group_name(writer.view, group))}


def group_name(view: View, group: str) -> str:
    """Return a group's name, also that of ``all``."""
    return view.language.text("deliverables.everybody") if group == ALL else view.group_name(group)


def gated(writer: Writer, row: ScoreRow, *, shown: bool, **cells: Cell) -> dict[str, Cell]:
    """Return a row's figures, or in the place of each of them why it is hidden."""
    if shown and row["status"] == SCORED:
        return cells
    reason = writer.view.hidden(row)
    return {name: writer.hidden(cell.kind, reason) for name, cell in cells.items()}


def state_cells(writer: Writer, row: ScoreRow) -> Row:
    """Return whether a row is shown, and if not, why in words."""
    reason = "" if row["status"] == SCORED else writer.view.hidden(row)
    return {"status": writer.text(row["status"]), "reason": writer.text(reason)}

"""Benchmark bands: industries and countries beside each other, none of fewer than five organisations."""

from __future__ import annotations

from collections.abc import Mapping

from cxassess.document import Block, HeatGroup, HeatMap, HeatRow, HowTo, Page, Profile, ProfileRow, Text
from cxassess.portfolio.bands import DIMENSIONS, MINIMUM_GROUP, Band, BandGroup, Dimension, are_apart, band_of
from cxassess.portfolio.pages.view import PortfolioView
from cxassess.scoring.model import OVERALL


def build_bands(view: PortfolioView) -> tuple[Page, ...]:
    """Build the pages of the bands; none where there is neither a group nor an imported table to compare with."""
    found = {name: groups for name, groups in view.portfolio.bands.items() if groups}
    blocks = _elements(view)
    blocks += [_groups(view, dimension, found[dimension]) for dimension in DIMENSIONS if dimension in found]
    if not blocks:
        return ()
    kicker, lead = view.text("bands.kicker"), view.text("bands.lead")
    if not found:
        return (Page("bands", blocks, kicker, view.text("bands.title"), lead),)
    blocks += [HowTo(view.shared("how.label"), _how_to(view)), _minimum(view)]
    overall = Page("bands", blocks, kicker, _title(view, found), lead)
    names = view.text("bands.medians_lead")
    title = view.text("bands.medians")
    elements = Page("bands-elements", (_medians(view, found), _minimum(view)), kicker, title, names)
    return overall, elements


def _minimum(view: PortfolioView) -> Text:
    return Text(view.text("bands.minimum", minimum=MINIMUM_GROUP), "note")


def _title(view: PortfolioView, found: Mapping[Dimension, tuple[BandGroup, ...]]) -> str:
    for dimension, groups in found.items():
        alone = [group for group in groups if not group.joined]
        if len(alone) > 1:
            key = "apart" if are_apart(alone) else "overlap"
            names = {"high": view.group_name(alone[0], dimension), "low": view.group_name(alone[-1], dimension)}
            return view.text(f"bands.title_{key}_{dimension}", **names)
    return view.text("bands.title")


def _groups(view: PortfolioView, dimension: str, groups: tuple[BandGroup, ...]) -> Profile:
    own = view.portfolio.table is not None
    rows = []
    for number, group in enumerate(groups, 1):
        band = group.bands[OVERALL]
        reference = group.reference.get(OVERALL) if own else band
        name = view.group_name(group, dimension)
        rows.append(_row(view, (number, name), band, reference, view.counted_digits("bands.count", band.n)))
    overall = band_of(view.shown, OVERALL)
    if overall:
        reference = view.portfolio.table.band(OVERALL) if view.portfolio.table else overall
        tag = view.counted_digits("bands.count", overall.n)
        rows.append(_row(view, (len(rows) + 1, view.text("bands.all")), overall, reference, tag))
    return _profile(view, view.text(f"bands.{dimension}"), rows)


def _elements(view: PortfolioView) -> list[Block]:
    """Return the portfolio's elements on the imported bands."""
    table = view.portfolio.table
    rows: list[ProfileRow] = []
    for element in (*(one.id for one in view.instrument.elements), OVERALL):
        own = band_of(view.shown, element)
        if own and table:
            number = len(rows) + 1
            rows.append(_row(view, (number, view.element_name(element)), own, table.band(element), ""))
    if not rows or table is None:
        return []
    label = view.text("bands.imported", name=table.name)
    return [_profile(view, label, rows), HowTo(view.shared("how.label"), view.text("bands.how_imported"))]


def _row(view: PortfolioView, place: tuple[int, str], band: Band, reference: Band | None, tag: str) -> ProfileRow:
    number, name = place
    low, high = view.within(band)
    return ProfileRow(
        number=number,
        name=name,
        score=band.mean,
        low=low,
        high=high,
        score_text=view.number(band.mean),
        interval_text=view.interval(low, high),
        band=(reference.q25, reference.q75) if reference else None,
        tag=tag,
    )


def _profile(view: PortfolioView, title: str, rows: list[ProfileRow]) -> Profile:
    alt = " ".join(
        view.shared("alt.score", name=row.name, score=row.score_text, interval=row.interval_text) for row in rows
    )
    return Profile(
        title=title,
        scale=view.scale,
        rows=rows,
        score_head=view.text("head.mean"),
        interval_head=view.shared("head.interval"),
        alt=alt,
        band_label=view.text("bands.label_imported" if view.portfolio.table else "bands.label"),
    )


def _how_to(view: PortfolioView) -> str:
    return view.text("bands.how_groups_imported" if view.portfolio.table else "bands.how_groups")


def _medians(view: PortfolioView, found: Mapping[Dimension, tuple[BandGroup, ...]]) -> HeatMap:
    elements = [*(element.id for element in view.instrument.elements), OVERALL]
    groups = [
        HeatGroup(
            view.text(f"bands.{dimension}"),
            [
                HeatRow(
                    view.group_name(group, dimension),
                    [
                        view.heat(group.bands[element].median if element in group.bands else None)
                        for element in elements
                    ],
                )
                for group in parts
            ],
        )
        for dimension, parts in found.items()
    ]
    numbered = [f"{view.number_of(element)} {element.name}" for element in view.instrument.elements]
    return HeatMap(
        title="",
        row_head=view.text("head.group"),
        columns=[*numbered, view.text("head.overall")],
        groups=groups,
        key=view.heat_key(),
        alt=view.text("bands.alt"),
    )

# ruff: noqa: E501
"""A document with every kind of block, as the report's pages have them, for the tests of the renderers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cxassess import document as d

LEVELS = ("Ad hoc", "Under way", "Systematic", "Anchored", "Lifestyle")
SCALE = d.ScoreScale(tuple(d.ScaleLevel(i + 1, name) for i, name in enumerate(LEVELS)), (1.5, 2.5, 3.5, 4.5))
META = d.Meta(
    title="Customer experience: where Nordvand stands",
    organisation="Nordvand Forsyning A/S",
    wave="Wave 3, autumn 2026",
    language="en",
    date="12 November 2026",
    confidential="Confidential",
    page_of="of",
)
ELEMENTS = (
    (2, "A clear customer strategy", 3.41, 0.12, (2.8, 3.5), 3.75),
    (6, "Easy for employees", 3.26, 0.11, (2.9, 3.5), 3.5),
    (1, "Top management’s ownership", 3.12, 0.12, (2.7, 3.4), 3.5),
    (8, "Patience and persistence", 2.95, 0.13, (2.6, 3.2), 3.5),
    (5, "An engaged back office", 2.83, 0.15, (2.5, 3.1), 3.25),
    (3, "Transparent, fast data", 2.71, 0.13, (2.4, 3.1), 3.25),
    (7, "Middle managers who execute", 2.66, 0.13, (2.7, 3.3), 3.25),
    (4, "Leadership cadence", 2.44, 0.12, (2.6, 3.2), 3.25),
)
ROLES = (
    d.GroupKey("top", "T", "Top management", "n = 7 of 8", "high"),
    d.GroupKey("middle", "M", "Middle management", "n = 14 of 18"),
    d.GroupKey("front", "F", "Front line", "n = 26 of 40", "low"),
    d.GroupKey("back", "B", "Back office", "n = 17 of 24"),
)
HOW = "How to read"


def profile(title: str = "Against other utilities, cadence is the one element clearly behind") -> d.Profile:
    rows = [
        d.ProfileRow(
            number,
            name,
            score,
            score - half,
            score + half,
            f"{score:.2f}",
            f"{score - half:.2f}–{score + half:.2f}",
            band=band,
            target=target,
            tag="Weakest link" if number == 4 else "",
            marked=number == 4,
        )
        for number, name, score, half, band, target in ELEMENTS
    ]
    alt = "; ".join(f"{row.name} {row.score_text}, {row.interval_text}" for row in rows)
    return d.Profile(title, SCALE, rows, "Score", "95% interval", alt, "middle half of 41 utilities", "target 2027")


def cover() -> d.Page:
    dots = [
        d.CoverDot(name, score, f"{score:.2f}", number == 4)
        for number, name, score, *_ in sorted(ELEMENTS, key=lambda element: element[0])
    ]
    block = d.Cover(
        "CX maturity assessment",
        META.title,
        "Maturity assessment on eight elements, four roles and three waves",
        META.organisation,
        META.wave,
        META.date,
        (
            "64 of 90 invited answered (71%)",
            "Answers collected 5 to 23 October 2026",
            (d.Run("Confidential", "strong"), d.Run(": Top management and middle managers of Nordvand")),
        ),
        dots,
        SCALE.levels,
        "Each dot is one of the eight elements on the scale of 1 to 5. The marked one is the weakest link.",
        "The organisation, the people and all figures are invented.",
        "Eight dots on a scale of 1 to 5. The lowest, leadership cadence at 2.44, is marked.",
    )
    return d.Page("cover", (block,))


def summary() -> d.Page:
    shares = (0.001, 0.84, 0.159, 0.0004, 0.0)
    words = ("<1%", "84%", "16%", "<1%", "<1%")
    rows = [
        d.Probability(i + 1, name, share, word, i == 1)
        for i, (name, share, word) in enumerate(zip(LEVELS, shares, words, strict=True))
    ]
    rules = d.Table(
        (d.TableColumn("Rule", width=1), d.TableColumn("Level", "right"), d.TableColumn("Chance", "right")),
        (
            ("Weakest link (used here)", "2", "84%"),
            ("Gated: each level fully met", "2", "97%"),
            ("Average of the eight, 2.92", "3", ">99%"),
        ),
        title="The level depends on the rule",
        marked=(0,),
    )
    level = d.LevelNumeral(
        "2", "Under way", "An organisation is no further than its weakest element. Level 2 is 84% likely."
    )
    found = (
        d.NumberedEntry(
            "Customers have no fixed place in follow-up:",
            "they were on 5 of 12 monthly agendas, sales and cost on all 12, and cadence is weakest for the third year.",
        ),
        d.NumberedEntry(
            "Top management sees another company:",
            "on five of seven comparable elements it scores clearly above the front line, on cadence 3.3 against 2.2.",
        ),
        d.NumberedEntry(
            "Middle managers slipped back:",
            "after the reorganisation in February six of 18 are new, and the element fell from 3.04 to 2.66, while four others have risen since 2024.",
        ),
    )
    actions = (
        d.NumberedEntry(
            "Put customers beside sales and cost",
            parts=(
                d.Labelled("Who", "Chief executive"),
                d.Labelled(
                    "Visible after 90 days",
                    "Three monthly meetings held with customers as a fixed item, and each decision minuted with a name and a date.",
                ),
            ),
        ),
        d.NumberedEntry(
            "Name an owner for three customer journeys",
            parts=(
                d.Labelled("Who", "Chief operating officer"),
                d.Labelled(
                    "Visible after 90 days",
                    "Three named owners, each with one figure for the share of customers who get what was promised.",
                ),
            ),
        ),
        d.NumberedEntry(
            "Bring the six new middle managers up to speed",
            parts=(
                d.Labelled("Who", "Head of HR"),
                d.Labelled(
                    "Visible after 90 days",
                    "All six have spent two days with the front line and led one local improvement with their team.",
                ),
            ),
        ),
    )
    who = [("Top management", 7, 8), ("Middle management", 14, 18), ("Front line", 26, 40), ("Back office", 17, 24)]
    return d.Page(
        "summary",
        (
            d.Columns(
                (
                    d.Column(4, (level,)),
                    d.Column(4, (d.Probabilities("How sure is the level?", rows, "Under way 84%, systematic 16%."),)),
                    d.Column(4, (rules,)),
                )
            ),
            profile(),
            d.HowTo(
                HOW,
                "Dot: Nordvand’s score, the mean of 64 answers. Line: 95% interval. Grey band: the middle half of 41 utilities. Open diamond: Nordvand’s own target for 2027. Light vertical lines: where the next level begins.",
            ),
            d.Columns(
                (
                    d.Column(6, (d.Section("What we found", (d.Numbered(found),)),)),
                    d.Column(
                        6,
                        (
                            d.Section(
                                "What to do in the next 90 days", (d.Numbered(actions, accent=True),), accent=True
                            ),
                        ),
                    ),
                )
            ),
            d.Bottom(),
            d.WhoAnswered("Who answered", [d.RoleAnswered(n, a, i, f"{a} of {i}") for n, a, i in who]),
        ),
        "Summary",
        "Seven of eight elements are systematic; leadership cadence keeps Nordvand at level 2",
    )


def dumbbell() -> d.Dumbbell:
    rows = (
        (
            4,
            "Leadership cadence",
            (3.3, 2.5, 2.2, 2.4),
            "+1.10",
            "0.74 to 1.46",
            "real",
            "Top management follows up among itself; the rhythm stops before it reaches the teams.",
        ),
        (
            1,
            "Top management’s ownership",
            (3.9, 3.2, 2.85, 3.15),
            "+1.05",
            "0.70 to 1.40",
            "real",
            "The further from the top, the less people see of it.",
        ),
        (
            2,
            "A clear customer strategy",
            (4.1, 3.6, 3.2, 3.3),
            "+0.90",
            "0.55 to 1.25",
            "real",
            "All roles know the strategy; those who meet customers use it least.",
        ),
        (
            8,
            "Patience and persistence",
            (3.6, 3.0, 2.8, 2.87),
            "+0.80",
            "0.43 to 1.17",
            "real",
            "Top management counts three years; the others remember three projects.",
        ),
        (
            5,
            "An engaged back office",
            (3.0, 2.7, 2.5, 3.37),
            "+0.50",
            "0.11 to 0.89",
            "real",
            "Back office rates itself 0.9 above what the front line meets.",
        ),
        (
            3,
            "Transparent, fast data",
            (3.1, 2.6, 2.7, 2.65),
            "+0.40",
            "−0.04 to 0.84",
            "cannot tell",
            "The four roles see much the same.",
        ),
        (
            7,
            "Middle managers who execute",
            (2.5, 3.2, 2.5, 2.53),
            "0.00",
            "−0.42 to 0.42",
            "cannot tell",
            "Middle managers alone see themselves at level 3.",
        ),
    )
    ids = [group.id for group in ROLES]
    built = [
        d.DumbbellRow(
            number,
            name,
            text,
            [d.GroupScore(i, s) for i, s in zip(ids, scores, strict=True)],
            gap,
            interval,
            verdict,
            verdict == "real",
            number == 4,
        )
        for number, name, scores, gap, interval, verdict, text in rows
    ]
    hidden = (("T", "too few answers (n < 5)"), ("B", "withheld, so that the small group cannot be worked out"))
    built.append(
        d.DumbbellRow(
            6,
            "Easy for employees",
            "Middle managers and front line agree.",
            [d.GroupScore("middle", 3.4), d.GroupScore("front", 3.2)],
            "",
            "",
            "not shown",
            False,
            hidden=hidden,
        )
    )
    return d.Dumbbell(
        "Scores by role, widest gap between top management and front line first",
        SCALE,
        ROLES,
        built,
        "Gap T − F",
        "Scores by role for eight elements.",
    )


def roles() -> d.Page:
    causes = (
        d.Evidence(
            "Too far from the customers",
            3,
            "strong evidence",
            "Five real gaps between top and front line; one of seven top managers has been through Nordvand’s own move-in journey.",
        ),
        d.Evidence(
            "No ownership in management",
            2,
            "clear evidence",
            "Customers were on 5 of 12 monthly agendas; sales and cost were on all 12. No figure for customers has an owner.",
        ),
        d.Evidence(
            "An unclear picture of the experience",
            1,
            "some evidence",
            "The strategy is known (3.41), but answers on who owns the journeys are split from 1 to 5.",
        ),
    )
    return d.Page(
        "role_gaps",
        (
            dumbbell(),
            d.HowTo(
                HOW,
                "Each letter is one role’s mean. The bar joins top management and front line. The gap is followed by its 95% interval, adjusted for seven comparisons; a gap is called real only when that interval leaves out zero. Groups with fewer than five answers are never shown, and a second group is withheld with them.",
            ),
            d.Bottom(),
            d.Section("What the pattern points to: the three root causes", (d.RootCauses(causes),)),
        ),
        "Role gaps",
        "Top management sees a company further ahead than the one the front line works in",
        "Five of the seven gaps that can be compared are larger than chance allows. The widest, 1.1 of a level, is on leadership cadence.",
    )


def ladder() -> d.Ladder:
    anchors = (
        "Customers come up at meetings when someone has complained or a large account may leave.",
        "Customer figures are shown now and then, often last on the agenda, and left out when time runs short.",
        "Customers have a fixed place at the monthly management meeting beside sales and cost, and one person answers for each figure.",
        "Teams go through their customer figures every week, one-to-ones return to them, and the minutes show which decisions they changed.",
        "Teams call a meeting themselves when a figure moves, drop what nobody uses, and would object if customers left the agenda.",
    )
    states = ("below", "current", "next", "above", "above")
    tags = ("", "Nordvand today", "Next anchor", "", "")
    rungs = [d.Rung(i + 1, LEVELS[i], anchors[i], states[i], tags[i]) for i in range(5)]  # type: ignore[arg-type]
    return d.Ladder(
        "The ladder: what one could walk in and see at each level",
        rungs,
        2.44,
        2.32,
        2.56,
        "2.44",
        "Nordvand stands at 2.44 on the ladder.",
    )


def distributions() -> d.Distributions:
    items = (
        (
            "4.1",
            "Customers’ place at management meetings",
            (8, 39, 39, 12, 2),
            "n = 62, don’t know 2",
            2.61,
            0.12,
            "0.62",
            "moderate",
        ),
        (
            "4.2",
            "The rhythm of follow-up in teams",
            (12, 45, 33, 9, 1),
            "n = 60, don’t know 4",
            2.42,
            0.13,
            "0.64",
            "moderate",
        ),
        (
            "4.3",
            "Customers in one-to-ones and reviews",
            (21, 44, 27, 7, 1),
            "n = 58, don’t know 6",
            2.23,
            0.14,
            "0.60",
            "moderate",
        ),
        (
            "4.4",
            "Owners of whole customer journeys",
            (26, 26, 25, 16, 7),
            "n = 49, don’t know 15",
            2.52,
            0.24,
            "0.25",
            "answers are split",
        ),
    )
    rows = [
        d.DistributionRow(
            number,
            name,
            detail,
            [s / 100 for s in shares],
            [str(s) for s in shares],
            mean,
            mean - half,
            mean + half,
            f"{mean:.2f}",
            f"{mean - half:.2f}–{mean + half:.2f}",
            agreement,
            word,
            split=word.endswith("split"),
            marked=number == "4.3",
        )
        for number, name, shares, detail, mean, half, agreement, word in items
    ]
    return d.Distributions(
        "Two of the four questions hold it back, and on journey owners people disagree",
        5,
        rows,
        "Level",
        "Mean",
        "Agreement",
        "Four items and their answers.",
    )


def element() -> d.Page:
    facts = (
        d.Fact("Score, of 5", "2.44", "95% interval 2.32–2.56", True),
        d.Fact("Level", "2, Under way", "84% sure; level 3: 16%"),
        d.Fact("Since 2024", "+0.15", "cannot tell"),
        d.Fact("Other utilities", "2.6–3.2", "middle half of 41 utilities"),
        d.Fact("Own target, 2027", "3.25", "0.81 to go"),
    )
    panel = d.Panel(
        "From level 2 to level 3",
        (
            d.Labelled(
                "First action, next week",
                "Move customers from last to second on the December agenda, with one page of figures beside sales and cost.",
            ),
            d.Labelled("Who", "Chief executive, with the finance manager who prepares the meeting."),
            d.Labelled(
                "Visible after 90 days", "Three sets of minutes with a decision, a name and a date under customers."
            ),
        ),
    )
    quotes = (
        d.Quote(
            "We go through sales line by line. When we get to the customers, people have started packing up.",
            "Middle management, question 4.1",
        ),
        d.Quote(
            "I have had four one-to-ones this year. Nobody has asked me what customers say when I answer the phone.",
            "Front line, question 4.3",
        ),
    )
    return d.Page(
        "element-leadership_cadence",
        (
            d.Facts(facts),
            d.Columns((d.Column(8, (ladder(),)), d.Column(4, (panel,), tinted=True))),
            distributions(),
            d.HowTo(
                HOW,
                (
                    d.Run(
                        "Columns: share of answers at levels 1 to 5, in per cent. Dot and line under them: mean and 95% interval on the same scale. Agreement: "
                    ),
                    d.Run("r_wg", "emph"),
                    d.Run(", from 0 (answers spread as by chance) to 1 (all alike)."),
                ),
            ),
            d.Bottom(),
            d.Section("In their own words", (d.Quotes(quotes),)),
        ),
        "Element 4 of 8: Leadership cadence",
        "Customers come up at the meetings, but not in a rhythm that reaches the teams",
        "Nordvand scores 2.44 and so stands just below the step to level 3. Of the four questions, one-to-ones and reviews score lowest.",
    )


def trends(waves: int = 3) -> d.Trends:
    values = {
        1: (2.58, 2.95, 3.12), 2: (2.61, 3.22, 3.41), 3: (2.31, 2.44, 2.71), 4: (2.29, 2.41, 2.44),
        5: (2.62, 2.77, 2.83), 6: (2.98, 3.08, 3.26), 7: (2.71, 3.04, 2.66), 8: (2.88, 2.79, 2.95),
    }  # fmt: skip
    names = {number: name for number, name, *_ in ELEMENTS}
    panels = []
    for number, seen in values.items():
        many = [seen[i % 3] for i in range(waves)]
        verdicts = ("down" if number == 7 else "cannot_tell", "up")
        words = {"down": "down", "up": "up", "cannot_tell": "cannot tell"}
        changes = (
            [d.Change(f"since {2024 + i}", v, words[v], "+0.27") for i, v in enumerate(verdicts)] if waves > 1 else []
        )
        panels.append(
            d.TrendPanel(
                number,
                names[number],
                many,
                [None if number == 8 and i == 0 else v - 0.13 for i, v in enumerate(many)],
                [None if number == 8 and i == 0 else v + 0.13 for i, v in enumerate(many)],
                [f"{v:.2f}" for v in many],
                changes,
                "2024 was imported without an interval" if number == 8 else "",
                number == 7,
            )
        )
    return d.Trends(
        "Each element over the waves, with what can and cannot be said",
        [str(2024 + i) for i in range(waves)],
        panels,
        2.5,
        "Eight panels.",
    )


def waves(chart: d.Block) -> d.Page:
    callout = d.Callout(
        "About the setback",
        "A step up in level takes about three years, and scores go down on the way. The fall follows the reorganisation, and the score is not clearly different from 2024: a reason to train six people, not to change the plan. Best so far: 3.04, in 2025.",
    )
    return d.Page(
        "waves",
        (
            chart,
            trends(),
            d.HowTo(
                HOW,
                "Dot and line: mean and 95% interval. Dashed line: 2.5, where level 3 begins. Up and down are said only when the interval of the change, adjusted for eight comparisons, leaves out zero; otherwise the answer is cannot tell. Open dot: no interval.",
            ),
            d.Bottom(),
            callout,
        ),
        "Three waves, 2024 to 2026",
        "Four elements have risen since 2024; middle managers fell back this year",
        "The average has risen by 0.30 of a level in two years. The weakest link has not moved for certain, and it decides the level.",
    )


def plan_block() -> d.Plan:
    rows = (
        d.PlanRow(
            1,
            "Customers beside sales and cost",
            "Second on the December agenda, with one page of figures.",
            "Chief executive",
            (1, 13),
            (3, 8, 12),
            "Three meetings with decisions minuted, each with a name and a date.",
            "Quick win.",
            True,
        ),
        d.PlanRow(
            2,
            "Owners for three journeys",
            "Choose among move-in, outage and bill.",
            "Chief operating officer",
            (1, 9),
            (4,),
            "Three named owners, each with one figure.",
        ),
        d.PlanRow(
            3,
            "Six new middle managers",
            "Book two days each with the front line.",
            "Head of HR",
            (2, 12),
            (6,),
            "Six local improvements led by the six.",
        ),
        d.PlanRow(
            4,
            "Ten minutes a week in teams",
            "Try it in two teams and keep what works.",
            "Heads of department",
            (3, 13),
            (7,),
            "Held in 9 weeks of 10 in all eleven teams.",
        ),
        d.PlanRow(
            5,
            "A day with the front line",
            "All seven dates in the calendar by Friday.",
            "All of top management",
            (1, 6),
            (4,),
            "Seven visits, and one thing changed after each.",
            "Quick win.",
        ),
    )
    return d.Plan(
        "The first 90 days, 16 November 2026 to 12 February 2027",
        ("No.", "Action and first step next week", "Who", "Week 1", "Visible after 90 days"),
        rows,
        "Weeks",
    )


def plan(chart: d.Block) -> d.Page:
    side = (
        d.Labelled(
            "Begin now: 1 to 5",
            "They need time in the calendar, not money. Actions 1 and 5 are quick wins: people can see them within four weeks.",
        ),
        d.Labelled(
            "Decide in February: 6",
            "Daily figures need work in IT. Begin with one promise, water back within four hours, before all the others.",
        ),
        d.Labelled(
            "Wait: 7",
            "A bonus on figures that nobody trusts yet does harm. Take it up when the figures have run for a year.",
        ),
    )
    decide = (
        "Customers become item 2 of the monthly meeting from December.",
        "Three journeys and their owners are chosen by name.",
        "Two days of each new middle manager’s time are set free.",
    )
    hear = (
        ("27 November", "The results, in every team, with room for questions."),
        ("15 January", "What has changed so far because of the answers."),
        ("12 February", "A short pulse of eight questions, one for each element."),
    )
    return d.Page(
        "plan",
        (
            d.Columns(
                (
                    d.Column(
                        8,
                        (
                            chart,
                            d.HowTo(
                                HOW,
                                "Each number is an action, placed at the mean of sixteen votes from 1 to 5. Filled: begins now. Open: waits.",
                            ),
                        ),
                    ),
                    d.Column(4, (d.Panel("", side),)),
                )
            ),
            plan_block(),
            d.HowTo(
                HOW, "Bar: the weeks in which the action runs. Notch: when something is shown to those who answered."
            ),
            d.Bottom(),
            d.Columns(
                (
                    d.Column(
                        6,
                        (
                            d.Section(
                                "Decisions asked of top management",
                                (d.BulletList(decide, checkboxes=True),),
                                accent=True,
                            ),
                        ),
                    ),
                    d.Column(6, (d.Section("What those who answered will hear", (d.Dated(hear),)),)),
                )
            ),
        ),
        "Priorities and the 90-day plan",
        "Begin with the meeting calendar: it costs least and moves the weakest link",
        "Sixteen managers judged seven actions at the workshop on 4 November. Five begin now; two wait until the basics hold.",
    )


def method() -> d.Page:
    blocks: list[d.Block] = []
    for i in range(14):
        blocks += [
            d.Heading(f"Method, part {i + 1}"),
            d.Text("A score is the mean of the answers, each role counting alike. " * 6),
            d.BulletList(
                ("Half rule: at least half of the items answered.", "Don’t know is not zero."), ordered=i % 2 == 0
            ),
        ]
    return d.Page(
        "method",
        blocks,
        "Method",
        "How the figures came about",
        "What was asked, how it was counted, and what it can’t say.",
        flow=True,
    )


def change_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return plain values with every shown text changed; kinds, styles, colours and ids stay."""
    keep = {
        "kind",
        "style",
        "size",
        "state",
        "verdict",
        "id",
        "group",
        "place",
        "align",
        "language",
        "spec",
        "brand",
        "logo_kind",
        "href",
        "data",
        "format",
        "iso_date",
    }
    if isinstance(value, dict):
        return {key: inner if key in keep else change_texts(inner, change) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [change_texts(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def full_document(*charts: d.Block, meta: d.Meta = META) -> d.Document:
    line, actions = charts or (d.Text("chart"), d.Text("chart"))
    return d.Document(replace(meta), (cover(), summary(), roles(), element(), waves(line), plan(actions), method()))


def standings(rows: int = 12, names: tuple[str, ...] = ()) -> d.Standings:
    """Return a league table: the last row is hidden, the one before has no interval."""
    built = [
        d.StandingRow(
            str(i + 1),
            names[i] if i < len(names) else f"Organisation {i + 1}",
            score,
            score - 0.01,
            score - 0.2,
            score + 0.15,
            ("34", f"{score - 0.01:.2f}", f"{score - 0.2:.2f}–{score + 0.15:.2f}", f"{i + 1}–{i + 3}", "3"),
        )
        for i, score in enumerate(4.5 - 3 * i / rows for i in range(rows - 2))
    ]
    texts = ("9", "2.00", "no interval", "–", "2")
    built.append(d.StandingRow("–", "Without an interval", 2.0, 2.0, None, None, texts))
    hidden = ("fewer than 5", "–", "", "–", "–")
    built.append(d.StandingRow("–", "Hidden", None, None, None, None, hidden, hidden_text="too few answers (n < 5)"))
    heads = ("Answered", "Score", "95% interval", "Places", "Level")
    return d.Standings("League", SCALE, "Organisation", heads, built, "as measured", "drawn to the mean", "alt")


def heat_map(rows: int = 6, names: tuple[str, ...] = (), columns: int = 9) -> d.HeatMap:
    """Return a heat map in two groups; one cell is hidden."""
    cells = [d.HeatCell(f"{2.5 + shade:.2f}", shade) for shade in (-1.0, -0.4, 0.0, 0.3, 1.0)]
    built = [
        d.HeatRow(
            names[i] if i < len(names) else f"Organisation {i + 1}",
            [d.HeatCell("–") if i == j == 1 else cells[(i + j) % 5] for j in range(columns)],
        )
        for i in range(rows)
    ]
    half = rows // 2
    groups = (
        d.HeatGroup("First group", [d.HeatRow("Median", cells[:1] * columns, strong=True), *built[:half]]),
        d.HeatGroup("", built[half:]),
    )
    heads = [f"{i + 1} An element with a long name" for i in range(columns)]
    return d.HeatMap("Map", "Organisation", heads, groups, cells, "alt")

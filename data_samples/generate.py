"""Make the sample data: synthetic responses that behave like real ones. Every name and figure is invented.

Usage: python data_samples/generate.py [folder]

A respondent's answer is the organisation's level of the element, plus what the role sees of it, plus the item's
difficulty, plus the person's own way of answering and view of the element, plus noise; rounded to the nearest level.
Everything comes from one seed, so the files are the same bytes on every run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from comments import COMMENTS

from cxassess.instrument import load_instrument
from cxassess.instrument.model import Instrument, Item
from cxassess.responses import Responses, Source, write_responses

SEED = 20261121
INSTRUMENT = load_instrument("eight_elements")
ROLE_VIEW = {"top_management": 0.62, "middle_management": 0.12, "front_line": -0.18, "back_office": -0.06}
NAMES_DA = ("Nord", "Øst", "Vest", "Syd", "Midt", "Lille", "Ny", "Gammel", "Kyst", "Skov")
NAMES_SV = ("Väst", "Öst", "Norr", "Söder", "Mälar", "Sjö", "Berg", "Ås", "Göta", "Dal")
ENDINGS_DA = ("forsyning", "bank", "huse", "transport", "forsikring", "energi", "byg", "medico", "fiber", "marked")
ENDINGS_SV = ("kraft", "bygg", "sparbank", "frakt", "försäkring", "fastigheter", "vård", "stål", "livs", "data")
INDUSTRIES = ("utilities", "banking", "housing", "transport", "insurance", "energy", "construction", "health")


@dataclass(frozen=True)
class Wave:
    """One wave of one organisation: label, first day, who was invited and the levels that are to be found."""

    label: str
    start: datetime
    invited: dict[str, int]
    levels: dict[str, float]
    response_rate: float = 0.72


@dataclass(frozen=True)
class Plan:
    """An organisation to make responses for."""

    name: str
    language: str
    waves: tuple[Wave, ...]
    units: tuple[str, ...] = ()
    comments: bool = False
    spread: float = 0.42
    role_view: dict[str, float] = field(default_factory=lambda: ROLE_VIEW)
    careless: float = 0.0


def item_difficulties(rng: np.random.Generator, instrument: Instrument) -> dict[str, float]:
    """Return how much harder or easier each item is than its element; sums to zero within an element."""
    difficulties: dict[str, float] = {}
    for element in instrument.elements:
        offsets = rng.normal(0, 0.28, len(element.items))
        difficulties |= dict(zip((item.id for item in element.items), offsets - offsets.mean(), strict=True))
    return difficulties


def answer(rng: np.random.Generator, item: Item, mean: float, role: str) -> int | str:
    """Return a level, a reason for having none, or nothing at all."""
    inside = role in ("top_management", "middle_management")
    unknown = 0.02 if inside else 0.07 if item.pulse else 0.11
    draw = rng.random()
    if draw < unknown:
        return "dont_know"
    if draw < unknown + 0.012:
        return "not_applicable"
    if draw < unknown + 0.03:
        return "missing"
    return int(np.clip(np.rint(mean + rng.normal(0, 0.55)), 1, INSTRUMENT.level_count))


def respond(rng: np.random.Generator, plan: Plan, difficulties: dict[str, float]) -> Iterator[dict[str, object]]:
    """Yield one row per respondent and wave; people keep their id and their way of answering between waves."""
    habits: dict[str, float] = {}
    views: dict[tuple[str, str], float] = {}
    for wave in plan.waves:
        for role, invited in wave.invited.items():
            share = min(1.0, wave.response_rate + (0.16 if role == "top_management" else 0.0))
            answered = rng.permutation(invited)[: round(share * invited)]
            for number in sorted(int(place) + 1 for place in answered):
                person = f"{role[:1]}{number:03d}"
                habit = habits.setdefault(person, rng.normal(0, plan.spread))
                row: dict[str, object] = {
                    "organisation": plan.name,
                    "wave": wave.label,
                    "respondent": person,
                    "role": role,
                    "unit": plan.units[number % len(plan.units)] if plan.units else None,
                    "answered_at": wave.start + timedelta(minutes=int(rng.integers(0, 18 * 24 * 60))),
                }
                items = INSTRUMENT.items_for(role)
                tired = rng.random() < plan.careless
                row["seconds"] = int(len(items) * (1.4 if tired else float(np.clip(rng.normal(16, 4), 6, 40))))
                repeated = int(rng.integers(2, 5))
                for item in items:
                    view = views.setdefault((person, item.element), rng.normal(0, 0.5))
                    mean = wave.levels[item.element] + plan.role_view[role] + habit + view + difficulties[item.id]
                    row[item.id] = repeated if tired else answer(rng, item, mean, role)
                yield row


def assemble(rows: list[dict[str, object]], comments: list[dict[str, object]]) -> Responses:
    """Put rows into the responses frames."""
    table = pd.DataFrame(rows)
    keys = ["organisation", "wave", "respondent"]
    answers = table[[*keys, "role", "unit", "answered_at", "seconds"]].copy()
    answers["unit"] = answers["unit"].astype("string")
    answers["seconds"] = answers["seconds"].astype("Int64")
    reasons = []
    for item in INSTRUMENT.items:
        column = pd.Series([row.get(item.id) for row in rows], dtype="object")
        text = column.map(lambda value: value if isinstance(value, str) else None)
        answers[item.id] = pd.array([v if isinstance(v, int) else None for v in column], dtype="Int8")
        found = table.loc[text.notna(), keys].assign(item=item.id, reason=text[text.notna()])
        reasons.append(found)
    note = pd.DataFrame(comments, columns=[*keys, "item", "text"])
    source = Source("generate.py", "", "wide", len(table))
    return Responses(INSTRUMENT, answers, pd.concat(reasons, ignore_index=True), note, source)


def add_comments(rng: np.random.Generator, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Give comments to respondents of the newest wave whose role and answers fit them."""
    newest = max(str(row["wave"]) for row in rows)
    found: list[dict[str, object]] = []
    used: set[tuple[object, str]] = set()
    for item_id, role, text in COMMENTS:
        fits = [
            row
            for row in rows
            if row["wave"] == newest
            and row["role"] == role
            and isinstance(row.get(item_id), int)
            and (row["respondent"], item_id) not in used
        ]
        row = fits[int(rng.integers(0, len(fits)))]
        used.add((row["respondent"], item_id))
        found.append(
            {key: row[key] for key in ("organisation", "wave", "respondent")} | {"item": item_id, "text": text}
        )
    return found


def levels(values: list[float]) -> dict[str, float]:
    """Name the levels of the elements in the instrument's order."""
    return dict(zip((element.id for element in INSTRUMENT.elements), values, strict=True))


def nordvand() -> Plan:
    """Plan one utility over three years: a step forward, a setback after a reorganisation, and recovery."""
    invited = [
        {"top_management": 8, "middle_management": 18, "front_line": 38, "back_office": 24},
        {"top_management": 8, "middle_management": 18, "front_line": 40, "back_office": 25},
        {"top_management": 8, "middle_management": 18, "front_line": 40, "back_office": 24},
    ]
    found = [
        [2.45, 2.50, 2.05, 2.15, 2.55, 2.95, 2.65, 2.60],
        [2.75, 3.00, 2.30, 2.05, 2.50, 2.60, 2.05, 2.40],
        [3.05, 3.35, 2.70, 2.20, 2.75, 3.20, 2.75, 2.95],
    ]
    starts = [datetime(2024, 10, 7, 8), datetime(2025, 10, 6, 8), datetime(2026, 10, 5, 8)]
    waves = tuple(
        Wave(f"{start:%Y-%m}", start, people, levels(values), 0.71)
        for start, people, values in zip(starts, invited, found, strict=True)
    )
    units = ("Kundecenter", "Drift", "Projekt", "Administration")
    return Plan("Nordvand Forsyning A/S", "da", waves, units, comments=True, careless=0.03)


def small_team() -> Plan:
    """Plan a management team of six: the whole may be shown, neither of its two roles may."""
    wave = Wave(
        "2026-09",
        datetime(2026, 9, 14, 8),
        {"top_management": 4, "middle_management": 2},
        levels([3.1, 2.6, 2.2, 2.4, 2.7, 3.0, 2.5, 2.9]),
        1.0,
    )
    return Plan("Kustbageriet AB", "sv", (wave,))


def portfolio(rng: np.random.Generator) -> list[Plan]:
    """Plan forty organisations of very different size and maturity, Danish and Swedish; one has too few respondents."""
    plans = []
    for number in range(40):
        danish = number % 2 == 0
        first, last = (NAMES_DA, ENDINGS_DA) if danish else (NAMES_SV, ENDINGS_SV)
        pair = number // 2
        name = first[pair % 10] + last[(pair * 3 + pair // 10) % 10] + (" A/S" if danish else " AB")
        size = float(rng.choice([0.4, 0.7, 1.0, 1.6, 2.4]))
        invited = {
            "top_management": max(3, round(7 * size**0.5)),
            "middle_management": max(4, round(12 * size)),
            "front_line": max(6, round(26 * size)),
            "back_office": max(4, round(14 * size)),
        }
        if number == 17:
            invited = {"top_management": 1, "front_line": 3}
        base = float(np.clip(rng.normal(2.62, 0.55), 1.3, 4.4))
        found = levels([float(np.clip(base + rng.normal(0, 0.32), 1.1, 4.8)) for _ in INSTRUMENT.elements])
        view = {role: value * float(rng.uniform(0.2, 1.4)) for role, value in ROLE_VIEW.items()}
        wave = Wave("2026-10", datetime(2026, 10, 5, 8), invited, found, float(rng.uniform(0.5, 0.85)))
        plans.append(Plan(name, "da" if danish else "sv", (wave,), spread=0.4, role_view=view, careless=0.02))
    return plans


def context(plan: Plan, **more: object) -> dict[str, object]:
    """Return an organisation's context as it stands in the YAML file."""
    return {plan.name: {"invited": {wave.label: wave.invited for wave in plan.waves}, **more}}


def write_outcomes(path: Path, plans: list[Plan]) -> None:
    """Write an invented outcome of each organisation: in part what its leadership and middle managers make of it.

    Two of them are not known. It has a seed of its own, so that the other files don't depend on it.
    """
    rng = np.random.default_rng([SEED, len("outcome")])
    rows = ["organisation,outcome"]
    for number, plan in enumerate(plans):
        found = plan.waves[-1].levels
        value = 20 + 5 * found["leadership_ownership"] + 4 * found["middle_managers"] + rng.normal(0, 5.5)
        rows.append(f"{plan.name},{'' if number in {8, 29} else f'{value:.1f}'}")
    path.write_text("\r\n".join(rows) + "\r\n", encoding="utf-8", newline="")


class Quoted(yaml.SafeDumper):
    """A dumper that quotes every string value, as the project's YAML files do."""


def quote(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Represent a string in double quotes."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')


Quoted.add_representer(str, quote)


def write(folder: Path, name: str, plans: list[Plan], contexts: dict[str, object]) -> Responses:
    """Write the responses and the context of a sample."""
    rng = np.random.default_rng([SEED, len(name), sum(name.encode())])
    rows, comments = [], []
    for plan in plans:
        own = list(respond(rng, plan, item_difficulties(rng, INSTRUMENT)))
        rows += own
        if plan.comments:
            comments += add_comments(rng, own)
    responses = assemble(rows, comments)
    write_responses(responses, folder / f"{name}.csv")
    text = yaml.dump(contexts, Dumper=Quoted, allow_unicode=True, sort_keys=False, width=100)
    (folder / f"{name}.context.yaml").write_text(text, encoding="utf-8")
    return responses


def main(folder: Path) -> None:
    """Write all sample files into a folder."""
    rng = np.random.default_rng(SEED)
    utility = nordvand()
    targets = levels([3.5, 3.75, 3.25, 3.0, 3.25, 3.5, 3.25, 3.5])
    write(folder, "nordvand", [utility], context(
        utility,
        short_name="Nordvand",
        audience={
            "en": "Top management and middle managers of Nordvand",
            "da": "Topledelse og mellemledere i Nordvand",
            "sv": "Högsta ledningen och mellancheferna i Nordvand",
        },
        report_date="2026-11-12",
        wave_names={
            "2024-10": {"en": "Autumn 2024", "da": "Efterår 2024", "sv": "Hösten 2024"},
            "2025-10": {"en": "Autumn 2025", "da": "Efterår 2025", "sv": "Hösten 2025"},
            "2026-10": {"en": "Autumn 2026", "da": "Efterår 2026", "sv": "Hösten 2026"},
        },
        target={"date": "2027-10-15", "elements": targets, "overall": 3.4},
        events=[
            {
                "date": "2025-02-01",
                "label": {"en": "Reorganisation", "da": "Omorganisering", "sv": "Omorganisation"},
            },
            {
                "date": "2026-01-15",
                "label": {"en": "Promise agreed", "da": "Kundeløfte vedtaget", "sv": "Kundlöfte antaget"},
            },
        ],
        industry="utilities",
        country="Denmark",
    ))  # fmt: skip
    team = small_team()
    write(folder, "small_team", [team], context(team, short_name="Kustbageriet", industry="food", country="Sweden"))
    plans = portfolio(rng)
    contexts: dict[str, object] = {}
    for number, plan in enumerate(plans):
        country = "Denmark" if plan.language == "da" else "Sweden"
        contexts |= context(plan, industry=INDUSTRIES[number % len(INDUSTRIES)], country=country)
    write(folder, "portfolio", plans, contexts)
    write_outcomes(folder / "portfolio.outcome.csv", plans)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)

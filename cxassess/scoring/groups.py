"""The groups of people in one organisation and wave, and how they are weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

import numpy as np

from cxassess.context import OrganisationContext
from cxassess.instrument.model import Instrument
from cxassess.responses.waves import natural_key
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import ALL, ROLE, UNIT
from cxassess.scoring.partials import Partials, Sums, add_groups
from cxassess.scoring.strata import Stratum

Contexts = Mapping[str, OrganisationContext]
Key = TypeVar("Key")


@dataclass(frozen=True)
class WaveGroups:
    """The sums of one organisation in one wave, by role and by unit.

    Parameters
    ----------
    organisation, wave : str
        Of whom and when.
    everyone : Sums
        All respondents.
    roles : dict
        Number of the role in the instrument → its sums; only roles with respondents.
    units : dict
        Name of the unit → its sums, in natural order.
    invited : dict
        Number of the role → people invited, where known.
    """

    organisation: str
    wave: str
    everyone: Sums
    roles: dict[int, Sums]
    units: dict[str, Sums]
    invited: dict[int, int]

    @property
    def key(self) -> tuple[str, str]:
        """Organisation and wave."""
        return (self.organisation, self.wave)

    @property
    def _everyone_invited(self) -> int | None:
        """How many were invited in all, with the roles in which nobody answered; None if a role's number is missing."""
        known = [self.invited.get(role) for role in sorted({*self.roles, *self.invited})]
        return sum(n for n in known if n is not None) if None not in known and known else None

    def strata(self, instrument: Instrument) -> list[Stratum]:
        """Return the strata of everybody together, by the instrument's weighting scheme.

        ``roles``: every role counts equally. ``weights``: by the given weights. ``respondents``: everybody counts
        equally, as one stratum drawn from all who were invited.
        """
        weighting = instrument.weighting
        if weighting.scheme == "respondents":
            return [Stratum(self.everyone, Fraction(1), self._everyone_invited)]
        weights = {
            role: as_fraction(weighting.weights[instrument.roles[role].id])
            if weighting.scheme == "weights"
            else Fraction(1)
            for role in self.roles
        }
        return [Stratum(sums, weights[role], self.invited.get(role)) for role, sums in self.roles.items()]

    def groups(self, instrument: Instrument) -> list[tuple[str, list[Stratum], int | None]]:
        """Return every group as its key, its strata and the number invited: all, roles, units.

        Roles without respondents are there if somebody in them was invited. In a role and in a unit every respondent
        counts equally; nobody knows how many of a unit were invited.
        """
        everyone = self.strata(instrument)
        listed: list[tuple[str, list[Stratum], int | None]] = [(ALL, everyone, self._everyone_invited)]
        for number, role in enumerate(instrument.roles):
            invited = self.invited.get(number)
            if number in self.roles:
                listed.append((ROLE + role.id, [Stratum(self.roles[number], Fraction(1), invited)], invited))
            elif invited:
                listed.append((ROLE + role.id, [], invited))
        listed += [(UNIT + unit, [Stratum(sums, Fraction(1), None)], None) for unit, sums in self.units.items()]
        return listed


def collect_groups(parts: Partials, instrument: Instrument, contexts: Contexts) -> list[WaveGroups]:
    """Return the groups of every organisation and wave, sorted by organisation and wave."""
    cells = [parts.cells[name].tolist() for name in ("organisation", "wave", "role", "unit")]
    waves: dict[tuple[str, str], list[int]] = {}
    roles: dict[tuple[tuple[str, str], int], list[int]] = {}
    units: dict[tuple[tuple[str, str], str], list[int]] = {}
    for row, (organisation, wave, role, unit) in enumerate(zip(*cells, strict=True)):
        key = (organisation, wave)
        waves.setdefault(key, []).append(row)
        roles.setdefault((key, role), []).append(row)
        if unit:
            units.setdefault((key, unit), []).append(row)
    parts = _leave_out_unasked(parts, instrument, list(waves.values()))
    found = {key: WaveGroups(*key, sums, {}, {}, {}) for key, sums in _add_each(parts, waves).items()}
    for (key, role), sums in sorted(_add_each(parts, roles).items(), key=lambda one: one[0][1]):
        found[key].roles[role] = sums
    for (key, unit), sums in sorted(_add_each(parts, units).items(), key=lambda one: natural_key(one[0][1])):
        found[key].units[unit] = sums
    for (organisation, wave), groups in found.items():
        context = contexts.get(organisation)
        given = context.invited.get(wave, {}) if context else {}
        groups.invited.update({n: given[role.id] for n, role in enumerate(instrument.roles) if role.id in given})
    return [found[key] for key in sorted(found)]


def _leave_out_unasked(parts: Partials, instrument: Instrument, waves: Sequence[Sequence[int]]) -> Partials:
    """Take for not asked what nobody in a wave has said anything about, while they have about other elements.

    Not even “don't know” was chosen: the wave was about some of the elements only, and nothing of it is missing.
    """
    place = {element.id: number for number, element in enumerate(instrument.elements)}
    element = np.array([place[item.element] for item in instrument.items])
    wave = np.empty(len(parts.cells), dtype=np.intp)
    for number, rows in enumerate(waves):
        wave[list(rows)] = number
    told = np.zeros((len(waves), len(place)), dtype=np.int64)
    said = parts.answers.sum(axis=2) + parts.no_number.sum(axis=2)
    np.add.at(told, (wave[:, None], element[None, :]), said)
    silent = (told == 0) & (told > 0).any(axis=1, keepdims=True)
    return replace(parts, asked=parts.asked * ~silent[wave][:, element]) if silent.any() else parts


def _add_each(parts: Partials, rows: Mapping[Key, list[int]]) -> dict[Key, Sums]:
    return dict(zip(rows, add_groups(parts, list(rows.values())), strict=True))

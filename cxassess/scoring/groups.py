"""The groups of people in one organisation and wave, and how they are weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cxassess.context import OrganisationContext
from cxassess.instrument.model import Instrument
from cxassess.responses.waves import natural_key
from cxassess.scoring.coding import Ints
from cxassess.scoring.estimate import Stratum
from cxassess.scoring.levels import as_fraction
from cxassess.scoring.model import ALL, ROLE, UNIT
from cxassess.scoring.partials import Partials, Sums, add_cells, cells_by_wave

Contexts = Mapping[str, OrganisationContext]


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
    return [_collect(parts, rows, key, instrument, contexts) for key, rows in cells_by_wave(parts).items()]


def _collect(
    parts: Partials, rows: Ints, key: tuple[str, str], instrument: Instrument, contexts: Contexts
) -> WaveGroups:
    organisation, wave = key
    cells = parts.cells.iloc[rows]
    by_role: dict[int, list[int]] = {}
    by_unit: dict[str, list[int]] = {}
    for row, role, unit in zip(rows.tolist(), cells["role"].tolist(), cells["unit"].tolist(), strict=True):
        by_role.setdefault(int(role), []).append(row)
        if unit:
            by_unit.setdefault(str(unit), []).append(row)
    context = contexts.get(organisation)
    given = context.invited.get(wave, {}) if context else {}
    invited = {number: given[role.id] for number, role in enumerate(instrument.roles) if role.id in given}
    return WaveGroups(
        organisation,
        wave,
        add_cells(parts, rows),
        {role: add_cells(parts, by_role[role]) for role in sorted(by_role)},
        {unit: add_cells(parts, by_unit[unit]) for unit in sorted(by_unit, key=natural_key)},
        invited,
    )

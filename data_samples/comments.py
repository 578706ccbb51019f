"""Invented comments for the sample data, as people in a Nordic utility might write them: item, role, text."""

from __future__ import annotations

from typing import Final

COMMENTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("LO1", "front_line", "Direktøren sad med ved telefonerne en hel formiddag i maj. Det talte vi om længe bagefter."),
    ("LO1", "front_line", "Jeg har været her i seks år og har aldrig set en fra ledelsen ude hos en kunde."),
    (
        "LO1",
        "middle_management",
        "Two of them go out regularly. The others would like to, but the calendar always wins.",
    ),
    (
        "LO4",
        "middle_management",
        "Det bliver nævnt, når vi ikke når vores kundemål, og så går vi videre til økonomien.",
    ),
    ("LO4", "back_office", "Om ett område inte bidrar märks det inte. Det finns ingen som frågar."),
    (
        "CS1",
        "front_line",
        "Prøv selv at melde flytning hos os. Så ved man, hvorfor folk er trætte, når de endelig kommer igennem.",
    ),
    ("CS2", "front_line", "Vi ved godt, hvad der driller kunderne: de tre samme ting, uge efter uge."),
    (
        "CS3",
        "back_office",
        "Strategien er fin at læse, men jeg ved ikke, hvad den betyder for en, der sidder med fakturaer.",
    ),
    (
        "CS3",
        "middle_management",
        "For the first time people in three departments describe the same experience in their own words.",
    ),
    ("CS4", "front_line", "Vi lover vand igen inden for fire timer. Det er et godt løfte, for alle kan huske det."),
    ("DT2", "front_line", "Gennemsnittet ser pænt ud. Det er de fire, der ventede i tre dage, som ringer til os."),
    ("DT2", "middle_management", "Vi har mål for svartid, men ikke for om kunden fik løst sit problem."),
    ("DT3", "front_line", "Tallene kommer, når måneden er gået. Så kan vi ikke huske, hvad der skete."),
    ("DT3", "back_office", "Vi ser driftens siffror varje morgon, men inte hur det gick för kunderna."),
    (
        "DT3",
        "middle_management",
        "Since the screens went up in the spring the team talks about yesterday, not about last quarter.",
    ),
    (
        "LC1",
        "middle_management",
        "Vi gennemgår salget linje for linje. Når vi når til kunderne, er folk begyndt at pakke sammen.",
    ),
    (
        "LC1",
        "middle_management",
        "Customers are on the agenda, as the last item, and we have run out of time at four of five meetings.",
    ),
    (
        "LC2",
        "front_line",
        "Jeg har haft fire samtaler i år. Ingen har spurgt, hvad kunderne siger, når jeg tager telefonen.",
    ),
    ("LC2", "back_office", "Hos os bliver kunderne nævnt, når der har været en klage. Ellers ikke."),
    (
        "LC2",
        "front_line",
        "Vår grupp pratar om det varje måndag, men det är för att vår chef tycker att det är viktigt.",
    ),
    ("LC3", "back_office", "Flytterejsen gik vi igennem sammen én gang. Det burde vi gøre igen, for det hjalp."),
    ("LC4", "front_line", "Når en sag går gennem tre afdelinger, er det kunden selv, der må holde styr på den."),
    ("LC4", "middle_management", "Nobody knows who owns the move-in journey, so everybody repairs a little of it."),
    ("BO1", "back_office", "Jeg har aldrig mødt en kunde, men jeg kan se på rykkerne, når noget er gået skævt."),
    ("BO3", "front_line", "Kollegerne i it er gode, når man først får fat i dem."),
    ("BO4", "front_line", "We get the new letters at the same time as the customers do, and then the phone rings."),
    ("EE1", "front_line", "Jeg må give en kunde rabat for 200 kroner uden at spørge. Det har ændret min arbejdsdag."),
    (
        "EE2",
        "middle_management",
        "Verktygen är bättre än för ett år sedan, men vi har fortfarande tre system för samma kund.",
    ),
    (
        "EE3",
        "front_line",
        "Efter omorganiseringen hann vi inte öva på det nya. Nu har vi en halvtimme varannan onsdag.",
    ),
    ("MM1", "middle_management", "Vi blev spurgt, før planen var skrevet færdig. Det er første gang."),
    ("MM2", "front_line", "Vores nye leder er god, men hun er her kun hver anden dag."),
    ("MM4", "middle_management", "I was given the plan on a Thursday and asked to present it on the Friday."),
    (
        "PP4",
        "back_office",
        "Det er tredje gang på ti år, vi sætter kunden først. Denne gang har det varet længere end et år.",
    ),
    ("PP4", "front_line", "Man märker att de menar det nu, för det finns kvar även när det är mycket att göra."),
    (
        "PP2",
        "top_management",
        "We lost a year to the reorganisation. The important thing is that we did not change direction.",
    ),
)

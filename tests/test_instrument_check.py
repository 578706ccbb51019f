"""Every way in which an instrument can be wrong is refused with its file, line and path, all at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders_instrument import SELF_SERVICE

from cxassess.errors import CxassessError, Problem
from cxassess.instrument import check_instrument, load_instrument

Change = tuple[str, str, str]
"""File, old text (must stand there), new text; only the first place is changed."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SELF_SERVICE, tmp_path / "own"))


@pytest.fixture
def check_changed(folder: Path) -> Callable[..., list[Problem]]:
    def check(*changes: Change) -> list[Problem]:
        for file, old, new in changes:
            path = folder / file
            text = path.read_text(encoding="utf-8")
            if old not in text:
                pytest.fail(f"{old!r} does not stand in {file}")
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return check_instrument(folder)

    return check


def find_line(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


S, E, D = "instrument.yaml", "en.yaml", "da.yaml"
STEP = "{from: 2, effort: 2, impact: 3, quick_win: true, weeks: [1, 4], milestones: [4]}"
ANCHOR_1 = '"1": "People ask the colleague beside them, or wait."'
ANCHOR_2 = '"2": "There are some pages, but one has to be told where they are."'
FH1_ROLES = 'roles: ["service_owner", "agent", "user"]\n        practice: "people find'
EXTRA_ELEMENT = '  nonsense: {name: "N", in_sentence: "n", meaning: "M", steps: {}}\n  learning:\n'

CASES: dict[str, tuple[Change, str, str]] = {
    # structure: shape
    "missing key": ((S, 'headline_rule: "staged"\n', ""), "", "headline_rule is missing"),
    "unknown key": ((S, "headline_rule:", "headline_rul:"), "headline_rul", "not known here"),
    "number in quotes": ((S, "levels: 7", 'levels: "7"'), "levels", "is a text, but a whole number"),
    "too many levels": ((S, "levels: 7", "levels: 11"), "levels", "11 is above 10"),
    "one level": ((S, "levels: 7", "levels: 1"), "levels", "1 is below 2"),
    "decimal levels": ((S, "levels: 7", "levels: 7.5"), "levels", "whole number"),
    "octal number": ((S, "levels: 7", "levels: 07"), "levels", "whole number"),
    "bare text": ((S, '"staged"', "staged"), "headline_rule", "not allowed"),
    "unknown rule": ((S, '"staged"', '"middle"'), "headline_rule", '"middle" is not allowed'),
    "bare version": ((S, '"2.1"', "2.10"), "version", "2.1 stands without quotes"),
    "date as version": ((S, '"2.1"', "2026-10-01"), "version", "2026-10-01 stands without quotes"),
    "null as version": ((S, '"2.1"', "null"), "version", "null stands without quotes"),
    "nothing as version": ((S, '"2.1"', ""), "version", "nothing stands here"),
    "no as a list member": ((S, '"en", "da"', '"en", no'), "languages[1]", "no stands without quotes"),
    "version with @": ((S, '"2.1"', '"2@1"'), "version", "is not a version"),
    "bad id": ((S, 'id: "FH1"', 'id: "1FH"'), "elements[0].items[0].id", "is not an id"),
    "bad id of the instrument": ((S, '"self_service"', '"self-service"'), "id", "is not an id"),
    "long id": ((S, 'id: "FH1"', f'id: "{"F" * 33}"'), "elements[0].items[0].id", "is not an id"),
    "weight zero": ((S, "weight: 1.0", "weight: 0"), "elements[0].weight", "0 is not above 0"),
    "weight negative": ((S, "weight: 1.0", "weight: -1.5"), "elements[0].weight", "-1.5 is not above 0"),
    "weight infinite": ((S, "weight: 1.0", "weight: .inf"), "elements[0].weight", "number is expected"),
    "weight true": ((S, "weight: 1.0", "weight: true"), "elements[0].weight", "number is expected, not true"),
    "weight with comma": ((S, "weight: 1.0", "weight: 1,0"), "elements[0].weight", "number is expected"),
    "pulse yes": ((S, "pulse: true", "pulse: yes"), "elements[0].items[0].pulse", "true or false is expected"),
    "pulse in quotes": ((S, "pulse: true", 'pulse: "true"'), "elements[0].items[0].pulse", "true or false"),
    "item without roles": (
        (S, FH1_ROLES, FH1_ROLES.replace('"service_owner", "agent", "user"', "")),
        "roles",
        "too few",
    ),
    "roles not a list": ((S, 'roles: ["service_owner", "agent"]', 'roles: "agent"'), "roles", "a list is expected"),
    "effort 6": ((S, STEP, STEP.replace("effort: 2", "effort: 6")), "steps[1].effort", "6 is above 5"),
    "impact 0": ((S, STEP, STEP.replace("impact: 3", "impact: 0")), "steps[1].impact", "0 is below 1"),
    "week 14": ((S, STEP, STEP.replace("[1, 4]", "[1, 14]")), "steps[1].weeks[1]", "14 is above 13"),
    "three weeks": ((S, STEP, STEP.replace("[1, 4]", "[1, 2, 4]")), "steps[1].weeks", "too many"),
    "one week": ((S, STEP, STEP.replace("[1, 4]", "[4]")), "steps[1].weeks", "missing"),
    # structure: rules
    "cut-offs not rising": ((S, "2.5, 3.5", "3.5, 3.5"), "cutoffs[2]", "does not lie above 3.5"),
    "cut-offs too few": ((S, ", 6.5]", "]"), "cutoffs", "5 cut-offs do not fit 7 levels"),
    "cut-off outside": ((S, "6.5]", "7.5]"), "cutoffs[5]", "outside the scale"),
    "cut-off at the bottom": ((S, "[1.5", "[1"), "cutoffs[0]", "outside the scale"),
    "role without weight": ((S, ", user: 3.0}", "}"), "weighting.weights", "user has no weight"),
    "no weights at all": (
        (S, "  weights: {service_owner: 1.0, agent: 2.0, user: 3.0}\n", ""),
        "weighting",
        "has no weight",
    ),
    "weight of nobody": ((S, "user: 3.0}", "user: 3.0, ghost: 1.0}"), "weighting.weights.ghost", 'no role "ghost"'),
    "role weight zero": ((S, "user: 3.0}", "user: 0.0}"), "weighting.weights.user", "not above 0"),
    "unused weights": ((S, 'scheme: "weights"', 'scheme: "roles"'), "weighting.weights", "does not use them"),
    "role gap unknown": ((S, 'low: "user"', 'low: "users"'), "role_gap.low", 'no role "users"'),
    "role gap the same": ((S, 'low: "user"', 'low: "service_owner"'), "role_gap.low", "the same role"),
    "unknown role": ((S, FH1_ROLES, FH1_ROLES.replace("agent", "agents")), "elements[0].items[0].roles[1]", "agents"),
    "role twice": ((S, FH1_ROLES, FH1_ROLES.replace('"agent"', '"user"')), "elements[0].items[0].roles[2]", "already"),
    "unknown cause": ((S, '["inside_view"]', '["outside_view"]'), "root_causes[0]", 'no root cause "outside_view"'),
    "element twice": ((S, 'id: "learning"', 'id: "finding_help"'), "elements[2].id", "stands already in line"),
    "item twice": ((S, 'id: "FH2"', 'id: "Fh1"'), "elements[0].items[1].id", "stands already in line"),
    "element overall": ((S, 'id: "learning"', 'id: "overall"'), "elements[2].id", "overall score"),
    "item like a column": ((S, 'id: "FH2"', 'id: "Wave"'), "elements[0].items[1].id", "another column"),
    "item like a comment": ((S, 'id: "FH2"', 'id: "comment_FH1"'), "elements[0].items[1].id", "another column"),
    "no pulse item": ((S, "pulse: true", "pulse: false"), "elements[0]", "no item of the element"),
    "role twice in the list": ((S, '"agent", "user"]\nroot', '"agent", "agent"]\nroot'), "roles[2]", "already"),
    "role that is never asked": ((S, '"user"]\nroot', '"user", "guest"]\nroot'), "roles[3]", "is asked no item"),
    "cause without items": ((S, '"no_owner"]\nelem', '"no_owner", "z"]\nelem'), "root_causes[2]", "has no item"),
    "language twice": ((S, '"en", "da"', '"en", "da", "en"'), "languages[2]", "already"),
    "step missing": ((S, f"      - {STEP}\n", ""), "elements[0].steps", "the step from level 2 is missing"),
    "step twice": ((S, STEP, STEP.replace("from: 2", "from: 1")), "elements[0].steps[1].from", "second step"),
    "step from the top": ((S, "{from: 6", "{from: 7"), "elements[0].steps[5].from", "no step from level 7"),
    "step from nowhere": ((S, "{from: 6", "{from: 0"), "elements[0].steps[5].from", "0 is below 1"),
    "weeks reversed": ((S, STEP, STEP.replace("[1, 4]", "[4, 1]")), "steps[1].weeks", "reversed"),
    "milestone outside": ((S, STEP, STEP.replace("[4]}", "[5]}")), "steps[1].milestones[0]", "outside the weeks"),
    "milestones not rising": ((S, STEP, STEP.replace("[4]}", "[3, 2]}")), "milestones[1]", "come after week 3"),
    "quick win of effort 3": ((S, STEP, STEP.replace("effort: 2", "effort: 3")), "steps[1].quick_win", "effort of 3"),
    # texts
    "wrong language": ((D, '"da"', '"en"'), "language", "not the one of the file"),
    "element without text": ((E, "  learning:\n", "  learnings:\n"), "elements", "learning has no text"),
    "element too many": ((E, "  learning:\n", EXTRA_ELEMENT), "elements.nonsense", "no element nonsense"),
    "item without text": ((E, "  FH2:\n", "  FH3:\n"), "items", "the item FH2 has no text"),
    "item too many": ((E, "  FH2:\n", "  FH3:\n"), "items.FH3", "no item FH3"),
    "role without text": ((E, "  user: {", "  users: {"), "roles", "the role user has no text"),
    "cause too many": ((E, "  no_owner:", "  no_owners:"), "root_causes.no_owners", "no root cause"),
    "text missing": ((E, '    short: "Where people look first"\n', ""), "items.FH1.short", "short is missing"),
    "text misspelt": ((E, "    short:", "    shrt:"), "items.FH1.shrt", "not known here"),
    "text empty": ((E, '"Where people look first"', '""'), "items.FH1.short", "text is empty"),
    "text of spaces": ((E, '"Where people look first"', '"  "'), "items.FH1.short", "text is empty"),
    "text with space at the end": ((E, 'look first"\n    ev', 'look first "\n    ev'), "items.FH1.short", "a space"),
    "text with line break": ((E, 'Where people look first"\n', 'Where\\npeople"\n'), "items.FH1", "line break"),
    "text with control character": ((E, 'Where people look first"\n', 'Where\\u0007"\n'), "items.FH1", "control"),
    "text too long": ((E, '"Where people look first"', f'"{"x" * 2001}"'), "items.FH1.short", "longer than 2000"),
    "bare no as a text": ((E, '"Where people look first"', "no"), "items.FH1.short", "no stands without quotes"),
    "bare number as a text": ((E, '"Where people look first"', "1.10"), "items.FH1.short", "1.1 stands without quotes"),
    "bare words as a text": ((E, '"Where people look first"', "Where people"), "items.FH1.short", "without quotes"),
    "list as a text": ((E, '"Where people look first"', '["a"]'), "items.FH1.short", "not a list"),
    "anchor the same": (
        (E, ANCHOR_2, '"2": "people  ASK the colleague beside them, or wait."'),
        "FH1.anchors.2",
        "same",
    ),
    "anchor missing": ((E, ANCHOR_2, ""), "items.FH1.anchors", "the anchor 2 is missing"),
    "anchor too many": ((E, ANCHOR_2, ANCHOR_2 + '\n      "8": "More."'), "FH1.anchors.8", "no anchor 8"),
    "anchor 0": ((E, ANCHOR_2, ANCHOR_2 + '\n      "0": "Less."'), "FH1.anchors.0", "is not a level"),
    "anchors out of order": (
        (E, f"{ANCHOR_1}\n      {ANCHOR_2}", f"{ANCHOR_2}\n      {ANCHOR_1}"),
        "items.FH1.anchors.1",
        "stands after 2",
    ),
    "anchor key bare": (
        (E, ANCHOR_1, ANCHOR_1.replace('"1"', "1")),
        "items.FH1.anchors.1",
        "the key 1 is not in quotes",
    ),
    "step text missing": (
        (E, '      "6": {title: "Anyone', '      "7": {title: "Anyone'),
        "steps",
        "step 6 is missing",
    ),
    "step text too many": ((E, '      "6": {title: "Anyone', '      "7": {title: "Anyone'), "steps.7", "no step 7"),
    "level text missing": ((E, '  "7": {name: "Self', '  "8": {name: "Self'), "levels", "the level 7 is missing"),
    "element names the same": ((E, 'name: "Solving it oneself"', 'name: "FINDING help"'), "oneself.name", "same"),
    "short names the same": (
        (E, 'short: "Words on the help pages"', 'short: "Where people look first"'),
        "FH2.short",
        "same",
    ),
    "letters the same": ((E, 'letter: "A"', 'letter: "O"'), "roles.agent.letter", "reads the same"),
    "letter too long": ((E, 'letter: "A"', 'letter: "AB"'), "roles.agent.letter", "is not one letter"),
    "letter a sign": ((E, 'letter: "A"', 'letter: "#"'), "roles.agent.letter", "is not one letter"),
    "answers the same": ((E, '"Not relevant"', '"Don’t know"'), "scale.not_applicable", "reads the same"),
    # YAML itself
    "duplicate key": ((E, "scale: {", 'name: "Again"\nscale: {'), "name", "a second time; the first is in line 2"),
    "duplicate role": ((E, "  agent: {", "  user: {"), "roles.user", "a second time"),
    "anchor of YAML": ((E, 'name: "Digital', 'name: &a "Digital'), "name", "the anchor &a is not allowed"),
    "alias": ((E, 'name: "Digital self-service at the service desk"', "name: *a"), "name", "the alias *a"),
    "tag": ((E, 'name: "Digital', 'name: !!str "Digital'), "name", "the tag"),
    "python tag": ((E, "scale: {", "scale: !!python/object/apply:os.system {"), "scale", "the tag"),
    "merge key": ((E, "scale: {", 'scale: {<<: {why: "x"}, '), "scale.<<", "the merge key"),
    "block text": ((E, '"Measures how well', '|\n  "Measures how well'), "description", "a block text"),
    "second document": ((E, "scale: {", "---\nscale: {"), "", "second document"),
    "key no": ((E, "scale: {", 'scale: {no: "x", '), "scale.no", "the key no is not in quotes"),
    "list as a key": ((E, "scale: {", 'scale: {[a]: "x", '), "scale", "where a key is expected"),
    "syntax": ((E, "roles:\n", "roles: [\n"), "", "not valid YAML"),
    "quote not closed": (
        (E, 'name: "Digital self-service at the service desk"', 'name: "Digital'),
        "",
        "not valid YAML",
    ),
    "tab": ((E, "  user: {", "\tuser: {"), "", "not valid YAML"),
}

MANY = {"role twice in the list": 13, "element too many": 7}  # faults that other places have to follow


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_named_with_its_place(case: str, check_changed: Callable[..., list[Problem]]) -> None:
    change, path, what = CASES[case]
    problems = check_changed(change)
    found = [problem for problem in problems if what in problem.what and path in problem.where]
    assert found, [str(problem) for problem in problems]
    assert re.match(rf"{re.escape(change[0])}:\d+", found[0].where)
    assert all(problem.what and problem.remedy and "\n" not in problem.what for problem in problems)
    assert len(problems) <= MANY.get(case, 5), [str(problem) for problem in problems]


def test_the_line_is_that_of_the_value(check_changed: Callable[..., list[Problem]], folder: Path) -> None:
    problems = check_changed((E, '"Where people look first"', "no"), (S, STEP, STEP.replace("impact: 3", "impact: 9")))
    text_line, step_line = find_line(folder, E, "short: no"), find_line(folder, S, "impact: 9")
    assert [problem.where for problem in problems] == [
        f"instrument.yaml:{step_line} (elements[0].steps[1].impact)",
        f"en.yaml:{text_line} (items.FH1.short)",
    ]


def test_what_is_missing_has_the_line_of_its_parent(check_changed: Callable[..., list[Problem]], folder: Path) -> None:
    (problem,) = check_changed((E, '    short: "Where people look first"\n', ""))
    assert problem.where == f"en.yaml:{find_line(folder, E, '  FH1:')} (items.FH1.short)"


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ((S, STEP, STEP.replace("impact: 3", "impact: 0")), 1),
        ((S, "pulse: true", "pulse: yes"), 1),
        ((S, "{from: 6", "{from: 0"), 2),
        ((S, FH1_ROLES, FH1_ROLES.replace('"service_owner", "agent", "user"', "1")), 1),
        ((E, ANCHOR_2, '"2": ""'), 1),
        ((E, ANCHOR_2, '"2": 2'), 1),
    ],
)
def test_one_fault_is_one_problem(change: Change, count: int, check_changed: Callable[..., list[Problem]]) -> None:
    assert len(check_changed(change)) == count


def test_all_problems_are_found_at_once(check_changed: Callable[..., list[Problem]], folder: Path) -> None:
    changes = [
        (S, "weight: 1.0", "weight: 0"),
        (S, 'low: "user"', 'low: "nobody"'),
        (S, "[4]}", "[9]}"),
        (E, '"Where people look first"', "no"),
        (E, ANCHOR_2, ""),
        (E, 'letter: "A"', 'letter: "O"'),
        (D, "  FH2:\n", "  FH3:\n"),
    ]
    problems = check_changed(*changes)
    assert len(problems) == 8
    assert {problem.where.partition(":")[0] for problem in problems} == {S, E, D}
    with pytest.raises(CxassessError) as error:
        load_instrument(folder)
    assert list(error.value.problems) == problems


def test_near_misses_are_suggested(check_changed: Callable[..., list[Problem]]) -> None:
    (problem, *_) = [p for p in check_changed((E, "    short:", "    shrt:")) if "shrt" in p.what]
    assert "Did you mean short?" in problem.remedy


def test_other_language_files_must_be_listed(folder: Path, check_changed: Callable[..., list[Problem]]) -> None:
    shutil.copy(folder / "en.yaml", folder / "sv.yaml")
    (folder / "notes.yaml").write_text("anything: goes", encoding="utf-8")
    (problem,) = check_instrument(folder)
    assert problem.where == "sv.yaml:1"
    assert '"sv" is not listed' in problem.what


def test_a_listed_language_must_have_its_file(folder: Path) -> None:
    (folder / "da.yaml").unlink()
    (problem,) = check_instrument(folder)
    assert problem.where == "instrument.yaml:5 (languages[1])"
    assert "no file da.yaml" in problem.what


def test_a_language_cannot_lead_out_of_the_folder(check_changed: Callable[..., list[Problem]]) -> None:
    problems = check_changed((S, '"en", "da"', '"en", "da", "../../en"'))
    assert any("is not a language code" in problem.what for problem in problems)


@pytest.mark.parametrize("file", [S, E])
def test_a_file_must_not_be_empty(file: str, folder: Path) -> None:
    (folder / file).write_text("# nothing here\n", encoding="utf-8")
    (problem,) = check_instrument(folder)
    assert problem.where == f"{file}:1"
    assert "empty" in problem.what


@pytest.mark.parametrize("content", ['"a text"', "- 1\n- 2\n", "12", "null", "[]"])
def test_a_file_must_be_a_mapping(content: str, folder: Path) -> None:
    (folder / S).write_text(content, encoding="utf-8")
    problems = check_instrument(folder)
    assert any(problem.where == "instrument.yaml:1" and "a mapping is expected" in problem.what for problem in problems)


def test_a_file_must_be_utf8(folder: Path) -> None:
    path = folder / D
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    (problem,) = check_instrument(folder)
    assert re.fullmatch(r"da\.yaml:\d+", problem.where)
    assert "is not UTF-8" in problem.what


def test_a_byte_order_mark_is_fine(folder: Path) -> None:
    path = folder / D
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check_instrument(folder) == []


def test_control_characters_are_refused(folder: Path) -> None:
    path = folder / D
    text = path.read_text(encoding="utf-8").replace("roles:", "\x00roles:", 1)
    path.write_text(text, encoding="utf-8")
    (problem,) = check_instrument(folder)
    assert problem.where == f"da.yaml:{find_line(folder, D, chr(0))}"
    assert "control character" in problem.what


def test_random_bytes_are_refused(folder: Path) -> None:
    (folder / E).write_bytes(bytes(range(256)) * 20)
    assert check_instrument(folder)


def test_a_large_file_is_refused(folder: Path) -> None:
    with (folder / E).open("ab") as stream:
        stream.write(b"# padding\n" * 200_001)
    (problem,) = check_instrument(folder)
    assert "larger than 2,000,000 bytes" in problem.what


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[" * 100 + "]" * 100, "nested more than 20 deep"),
        ("[" * 500_000, "nested more than 20 deep"),
        ("{a: " * 100 + "1" + "}" * 100, "nested more than 20 deep"),
        ("\n".join(" " * depth + "a:" for depth in range(1000)), "nested more than 20 deep"),
        ("- " * 100_000, "nested more than 20 deep"),
        ("? " * 100_000, "where a key is expected"),
        ("[" + "1," * 900_000 + "1]", "more than 200,000 values"),
        ("{" + ",".join(f"k{number}: 1" for number in range(110_000)) + "}", "more than 200,000 values"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
            "the alias *a is not allowed",
        ),
        ("a: &a [*a]", "the alias *a is not allowed"),
        ("a: [" + "*x," * 100_000 + "]", "500 problems were found"),
        ("weight: " + "9" * 1_000_000, "is not known here"),
    ],
    ids=[
        "lists",
        "many lists",
        "mappings",
        "blocks",
        "dashes",
        "keys",
        "members",
        "entries",
        "bomb",
        "loop",
        "aliases",
        "digits",
    ],
)
def test_hostile_files_are_refused_at_once(content: str, what: str, folder: Path) -> None:
    (folder / S).write_text(content, encoding="utf-8")
    problems = check_instrument(folder)
    assert any(what in problem.what for problem in problems), [str(problem) for problem in problems[:5]]
    assert len(problems) <= 520
    assert all(len(str(problem)) < 1500 for problem in problems)


def test_sources_that_do_not_exist(tmp_path: Path) -> None:
    for source in ("nine_elements", tmp_path, tmp_path / "x.yaml", str(tmp_path / "none"), "a\0b", "x" * 5000, ""):
        (problem,) = check_instrument(source)
        assert problem.remedy
        with pytest.raises(CxassessError):
            load_instrument(source)
    (problem,) = check_instrument("nine_elements")
    assert "eight_elements" in problem.remedy


def test_an_unreadable_file_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = check_instrument(folder)
    assert problem.where == "instrument.yaml"
    assert "Permission denied" in problem.what

"""``python -m benchmarks [reports|scoring] [--quick] [--out FOLDER]``: measure, write results, table and picture."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.figures import Table
from benchmarks.machine import describe_machine
from benchmarks.picture import draw_picture
from benchmarks.reports import measure_reports
from benchmarks.scoring import measure_scoring
from benchmarks.table import write_tables

HERE: Final = Path(__file__).resolve().parent
MEASURE: Final = {"reports": measure_reports, "scoring": measure_scoring}
PARTS: Final = tuple(MEASURE)


def main() -> None:
    """Measure what is asked for and write it down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, help="one part only; both otherwise")
    parser.add_argument("--quick", action="store_true", help="a minute's run, to see that all of it works")
    parser.add_argument("--out", type=Path, help="write everything here, instead of to benchmarks/ and docs/")
    chosen = parser.parse_args()
    parts = (chosen.part,) if chosen.part else PARTS
    folder, pictures = (chosen.out, chosen.out) if chosen.out else (HERE, HERE.parent / "docs")
    folder.mkdir(parents=True, exist_ok=True)
    machine = describe_machine()
    found: dict[str, list[Table]] = {part: [] for part in PARTS}
    for part in parts:
        for table in MEASURE[part](_say, quick=chosen.quick):
            found[part].append(table)  # everything is written again after each table: a stopped run keeps its figures
            results = {
                "measured": datetime.now(UTC).date().isoformat(),
                "quick": chosen.quick,
                "machine": machine,
                **{name: [one.to_dict() for one in tables] for name, tables in found.items()},
            }
            text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
            (folder / "results.json").write_text(text, encoding="utf-8")
            words = write_tables(found["reports"], found["scoring"], machine)
            (folder / "results.md").write_text(words, encoding="utf-8")
            picture = draw_picture(found["reports"], found["scoring"], machine["cores"])
            (pictures / "benchmark.svg").write_text(picture, encoding="utf-8")
    sys.stdout.write(words)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()

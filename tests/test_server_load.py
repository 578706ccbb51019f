"""The load script runs, and writes every line of its table. No figure is judged here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.heavy
@pytest.mark.slow
def test_the_load_script_measures_what_it_says() -> None:
    command = [sys.executable, "-m", "benchmarks.serving", "--people", "5", "--seconds", "1"]
    root = Path(__file__).parents[1]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stdout.splitlines() if line.startswith("| ")]
    assert len(lines) == 9
    assert sum("acknowledged" in line and "answers," in line for line in lines) == 2
    assert "MiB" in lines[-1]

"""The bounds that math.hpp states for its elementary functions, on every kind of machine."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sanitize import compiler

ROOT = Path(__file__).parents[2]
BOUNDS = {
    "exp": 1.1,
    "decay": 1.1,
    "ExpNear": 1.0,
    "expm1_below": 1.2,
    "log": 1.0,
    "log1p_near": 1.2,
    "log1p, share": 1.8,
    "arctan": 2.4,
}


@pytest.mark.skipif(shutil.which(compiler()[0]) is None, reason="no compiler")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="long double has no more digits than float64")
def test_elementary_functions_keep_their_bounds():
    tool = [sys.executable, str(ROOT / "tools/kernel_accuracy.py")]
    printed = subprocess.run(tool, check=True, capture_output=True, text=True).stdout
    measured = re.findall(r"^(\w+(?:, \w+)?) +float\d\d +\[.*\]: ([\d.]+) ulp$", printed, re.MULTILINE)
    assert {name for name, _ in measured} == set(BOUNDS)
    for name, ulps in measured:
        assert float(ulps) <= BOUNDS[name], printed

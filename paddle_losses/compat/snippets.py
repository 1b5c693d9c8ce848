"""Run the cells of document S1 as they stand in ``document_s1.py``, and look at what they print."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ._install import install

SCRIPT = Path(__file__).with_name("document_s1.py")


def run_cells() -> dict[int, tuple[str, np.ndarray]]:
    """What each cell prints, and the array behind it, by the number of the cell."""
    names: dict[str, Any] = {}
    printed = {}
    with install():
        for number, code in cells():
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(code, str(SCRIPT), "exec"), names)
            if output.getvalue():
                printed[number] = (output.getvalue().rstrip("\n"), names["loss_value"][0])
    return printed


def cells() -> Iterator[tuple[int, str]]:
    """Number and code of each cell; the code keeps its lines' numbers."""
    text = SCRIPT.read_text(encoding="utf-8")
    marks = list(re.finditer(r"^# In \[(\d+)\]\n", text, re.MULTILINE))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends):
        yield int(mark[1]), "\n" * text.count("\n", 0, mark.end()) + text[mark.end() : end]

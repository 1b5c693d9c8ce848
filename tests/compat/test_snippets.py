"""The cells of document S1: as they stand there, and what they print."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from paddle_losses import compat
from paddle_losses.compat import snippets

RECORDED = json.loads((Path(__file__).parent / "fluid" / "api.json").read_text())["printed by document_s1.py"]

# Of the twelve cells in the document's file, their lines stripped of white space and the quotes straightened.
DIGEST = "feee18c3767b91ae925e5c6dd0f23fb7083300d6191ebe1f0047ac5677d1a443"


@pytest.fixture(scope="module")
def printed():
    return snippets.run_cells()


def test_the_code_is_the_documents():
    def normal(code):
        return "\n".join(line.strip() for line in code.split("\n")).strip()

    text = "\n".join(normal(code) for _, code in snippets.cells())
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST


@pytest.mark.parametrize("example", compat.EXAMPLES, ids=lambda example: example.printed.split(":")[0])
def test_each_cell_prints_the_documents_line(printed, example):
    line, value = printed[example.cell]
    assert line == example.printed
    assert value.dtype == np.float32 and value.shape == (1,) and value.tobytes().hex() == example.bytes


def test_every_cell_but_the_first_prints(printed):
    assert [number for number, _ in snippets.cells()] == [1, *printed]


def test_1_8_5_prints_ten_of_the_eleven_lines(printed):
    differing = [(old, new) for old, (new, _) in zip(RECORDED, printed.values()) if old != new]
    assert differing == [
        ("Log-Cosh: [array([1.2114437], dtype=float32)]", "Log-Cosh: [array([1.2114438], dtype=float32)]")
    ]


def test_the_shim_is_gone_afterwards(printed):
    assert "paddle.fluid" not in sys.modules


def test_an_error_in_a_cell_shows_its_line(tmp_path, monkeypatch):
    script = tmp_path / "broken.py"
    script.write_text("# In [1]\nx = 1\n\n# In [2]\ny = x / 0\n")
    monkeypatch.setattr(snippets, "SCRIPT", script)
    with pytest.raises(ZeroDivisionError) as error:
        snippets.run_cells()
    assert error.traceback[-1].lineno + 1 == 5


def test_quantile_goes_through_ifelse():
    names = {}
    with compat.install():
        for number, code in snippets.cells():
            if number in (1, 28):
                exec(code, names)
    steps = [operator.type for operator in names["quantile_program"].global_block().ops]
    for step in ("split_rows", "if_rows", "else_rows", "merge_rows"):
        assert steps.count(step) == 1

"""``python -m paddle_losses``: what it prints and how it ends."""

from __future__ import annotations

import dataclasses
import runpy
import sys
from types import SimpleNamespace

import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import __main__ as command
from paddle_losses import __version__, compat
from paddle_losses.compat import snippets


def test_all_lines_are_exact(capsys):
    assert command.main([]) == 0
    printed = capsys.readouterr().out
    for example in compat.EXAMPLES:  # once through the functions, once through the snippets
        assert printed.count(f"document  {example.printed}\nours      {example.printed}  exact\n") == 2
    assert printed.count("11 of 11 lines exact.") == 2
    assert "0.3333333 (mean) or 1.0000000 (sum)" in printed
    assert "by mistake" in printed


def test_anything_inexact_ends_with_status_1(capsys, monkeypatch):
    off = dataclasses.replace(compat.EXAMPLES[0], function=lambda *_: paddle.to_tensor([1.3333333]))
    monkeypatch.setattr(command, "EXAMPLES", (off, *compat.EXAMPLES[1:]))
    assert command.main([]) == 1
    printed = capsys.readouterr().out
    assert "1 ulp off" in printed
    assert "10 of 11 lines exact." in printed


@pytest.mark.parametrize("line, value", [("MBE: [array([0.1], dtype=float32)]", 0.1), ("MBE: 0", 0.0)])
def test_an_inexact_snippet_ends_with_status_1(capsys, monkeypatch, line, value):
    printed = snippets.run_cells()
    printed[25] = (line, np.array([value], "float32"))
    monkeypatch.setattr(snippets, "run_cells", lambda: printed)
    assert command.main([]) == 1
    assert "10 of 11 lines exact." in capsys.readouterr().out


@pytest.mark.parametrize(
    "value, expected, verdict",
    [
        (1.0, 1.0, "exact"),
        (1.0000001, 1.0, "1 ulp off"),
        (-1e-45, 1e-45, "2 ulp off"),
        (np.inf, 1.0, "not finite"),
        (np.nan, 1.0, "not finite"),
    ],
)
def test_distance_in_ulps(value, expected, verdict):
    value, expected = np.array([value], "float32"), np.array([expected], "float32")
    assert command.compare(value, expected) == verdict


def test_shape_and_dtype_count():
    one = np.ones(1, "float32")
    assert "shape []" in command.compare(one[0].reshape(()), one)
    assert "float64" in command.compare(one.astype("float64"), one)


def test_info(capsys):
    assert command.main(["--info"]) == 0
    printed = capsys.readouterr().out
    for text in (__version__, paddle.__version__, np.__version__, "device", "kernels"):
        assert text in printed


def test_info_says_which_kernels_are_in_use(capsys, monkeypatch):
    def row():
        assert command.main(["--info"]) == 0
        (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("kernels")]
        return line.split(maxsplit=1)[1]

    monkeypatch.setattr(command, "library", SimpleNamespace(machine=lambda: b"avx2"))
    with losses.set_kernels(True):
        assert row() == "avx2"
    with losses.set_kernels(False):
        assert row() == "off (PADDLE_LOSSES_KERNELS=0)"
    monkeypatch.setattr(command, "library", None)
    assert row() == "none (installed without a compiler)"


def test_unknown_options_are_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        command.main(["--fast"])
    assert stop.value.code == 2
    assert "unrecognized arguments: --fast" in capsys.readouterr().err


def test_a_line_that_only_looks_different_is_not_exact(capsys, monkeypatch):
    first = compat.EXAMPLES[0]
    off = dataclasses.replace(first, printed=first.printed.replace("1.3333334", "1.3333333"))
    monkeypatch.setattr(command, "EXAMPLES", (off, *compat.EXAMPLES[1:]))
    assert command.main([]) == 1
    assert "10 of 11 lines exact." in capsys.readouterr().out


def test_the_comparison_runs_on_the_cpu(monkeypatch, capsys):
    chosen = []
    monkeypatch.setattr(paddle, "set_device", chosen.append)
    command.main([])
    assert chosen == ["cpu"]


def test_run_as_a_module(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["paddle_losses", "--info"])
    monkeypatch.delitem(sys.modules, "paddle_losses.__main__")
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("paddle_losses", run_name="__main__")
    assert stop.value.code == 0

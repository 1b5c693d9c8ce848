"""The main job on real data, whole: it takes seconds."""

from __future__ import annotations

import pytest
import quickstart


def test_quickstart_learns(capsys):
    results = quickstart.main(["--epochs", "20"])
    printed = capsys.readouterr().out
    for loss, scores in results["breast cancer"].items():
        assert scores["ROC AUC"] > 0.98 and scores["accuracy"] > 0.93, loss
    for loss, scores in results["diabetes"].items():
        assert scores["R2"] > 0.15, loss
    for name in ("FocalLoss", "BCEWithLogitsLoss", "HuberLoss", "MSELoss"):
        assert name in printed


def test_epochs_must_be_positive(capsys):
    with pytest.raises(SystemExit):
        quickstart.main(["--epochs", "0"])
    assert "--epochs must be at least 1, got 0" in capsys.readouterr().err

"""The main job on real data, whole: it takes seconds."""

from __future__ import annotations

import numpy as np
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


def test_scores():
    label = np.array([0, 0, 1, 1])
    scores = quickstart.classification_scores(label, np.array([-2.0, -0.5, 0.5, 0.1]))
    assert scores == {"accuracy": 1, "ROC AUC": 1, "average precision": 1}
    scores = quickstart.regression_scores(np.array([0.0, 2.0]), np.array([3.0, 2.0]))
    assert list(scores.values()) == pytest.approx([1.5, 4.5**0.5, -3.5])


def test_each_loss_trains_on_the_same_three_quarters(monkeypatch, capsys):
    seen, train = [], quickstart.train

    def watch(x, y, loss, name, options):
        seen.append((name, type(loss).__name__, len(x)))
        return train(x, y, loss, name, options)

    monkeypatch.setattr(quickstart, "train", watch)
    quickstart.main(["--epochs", "1"])
    assert seen == [
        ("FocalLoss", "SigmoidFocalLoss", 426),
        ("BCEWithLogitsLoss", "BCEWithLogitsLoss", 426),
        ("HuberLoss", "HuberLoss", 331),
        ("MSELoss", "MSELoss", 331),
    ]


def test_the_seed_decides_the_split(monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(quickstart, "predict", lambda network, x: seen.append(x) or np.arange(len(x)))
    for seed in "01":
        quickstart.main(["--epochs", "1", "--seed", seed])
    assert [len(x) for x in seen] == [143, 143, 111, 111] * 2
    assert not np.array_equal(seen[0], seen[4])

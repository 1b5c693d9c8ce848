"""The digits: every loss that can teach them is there, and learns."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
import train_digits
from train_digits import CLASSES, PER_CLASS, RECIPES

from paddle_losses import functional

FAMILIES = (
    "binary",
    "hinge",
    "classification",
    "poly",
    "imbalance",
    "mining",
    "margin",
    "metric",
    "contrastive",
)
# For evaluation only; for numbers, not classes.
NO_TEACHERS = {"zero_one_loss", "ghm_regression_loss", *functional.NOT_LOSSES}


def losses_of_the_families():
    functions = {getattr(functional, name) for name in functional.__all__ if name not in NO_TEACHERS}
    return {f.__name__ for f in functions if f.__module__.rsplit(".", 1)[1] in FAMILIES}


def test_every_loss_is_there():
    assert {name.split()[0].strip(",") for name in RECIPES} == losses_of_the_families()


@pytest.mark.parametrize("name", RECIPES)
def test_every_loss_runs_as_the_table_says(name):
    recipe = RECIPES[name]
    images, _, labels, _ = train_digits.digits(0)
    model = train_digits.train(recipe, images, labels, steps=2, seed=0)
    outputs = train_digits.outputs_of(model, images[:5])
    assert outputs.shape == (5, train_digits.SIZE if recipe.metric else CLASSES)
    assert np.isfinite(outputs).all()


@pytest.mark.parametrize(
    "name", ["cross_entropy", "arcface_loss", "batch_triplet_loss, hard", "info_nce_loss"]
)
def test_one_of_every_kind_learns(name):
    untrained, trained = (train_digits.score(RECIPES[name], steps, 0) for steps in (0, 60))
    if RECIPES[name].metric:  # the nearest image is right in 96 % of the cases without training
        assert trained.by_mean > 0.93 > 0.85 > untrained.by_mean
    assert trained.accuracy > 0.93 and trained.accuracy > untrained.accuracy


def test_a_loss_that_teaches_nothing_is_seen():
    recipe = train_digits.Recipe(paddle.nn.Identity, lambda loss, e, digit: (0 * e).sum(), "cosine")
    assert train_digits.score(recipe, 60, 0).by_mean < 0.85


def test_the_batch_is_what_the_recipes_take(monkeypatch):
    seen = []

    def watch(loss, outputs, digit):
        seen.append((outputs.shape, digit.numpy()))
        return outputs.sum()

    images, _, labels, _ = train_digits.digits(0)
    recipe = train_digits.Recipe(paddle.nn.Identity, watch)
    train_digits.train(recipe, images, labels, steps=1, seed=0)
    [(shape, digit)] = seen
    assert shape == [CLASSES, PER_CLASS, CLASSES]
    assert (digit == np.arange(CLASSES)[:, None]).all()


def test_triplets_and_pairs():
    embedding = paddle.arange(CLASSES * PER_CLASS).reshape([CLASSES, PER_CLASS, 1])
    anchor, positive, negative = (t.numpy()[:, 0] // PER_CLASS for t in train_digits.triplets(embedding))
    assert (anchor == positive).all() and (anchor != negative).all()
    drawn = [(one.numpy(), other.numpy()) for one, other in train_digits.pairs(embedding)]
    assert len(drawn) == PER_CLASS // 2
    for one, other in drawn:
        assert (one // PER_CLASS == other // PER_CLASS).all() and (one != other).all()


def test_the_table_goes_between_the_markers(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(
        f"before\n{train_digits.BEGIN}\na stale table\n{train_digits.END}\nafter\n", encoding="utf-8"
    )
    train_digits.main(["--only", "hinge_loss", "--steps", "5", "--into", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before") and text.endswith("after\n") and "stale" not in text
    table = text[text.index("| loss") : text.index(train_digits.END)].strip()
    assert table == capsys.readouterr().out.strip()
    assert table.splitlines()[2].startswith("| `hinge_loss` | ")
    assert table.splitlines()[3].startswith("| embeddings without training |  | 9")


def test_wrong_arguments_are_refused(capsys):
    for arguments, message in (
        (["--steps", "0"], "--steps must be at least 1, got 0"),
        (["--only", "no_such_loss"], "no loss here begins with no_such_loss; there are binary_cross"),
    ):
        with pytest.raises(SystemExit):
            train_digits.main(arguments)
        assert message in capsys.readouterr().err

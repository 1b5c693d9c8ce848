"""The pictures of `paddle_losses.plot` show what the losses compute."""

from __future__ import annotations

import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import paddle
import pytest

import paddle_losses as losses
from paddle_losses import plot

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")


def test_a_curve_is_the_loss_and_its_gradient():
    x, value, gradient = plot.curve(losses.huber_loss, 1.0, over=(-3, 3), points=7, delta=1.5)
    np.testing.assert_array_equal(x, np.arange(-3, 4))
    expected = losses.huber_loss(
        paddle.to_tensor(x), paddle.ones([7], "float64"), delta=1.5, reduction="none"
    ).numpy()
    np.testing.assert_array_equal(value, expected)
    np.testing.assert_array_equal(gradient, [-1.5, -1.5, -1.5, -1, 0, 1, 1.5])


def test_without_a_label_a_loss_of_one_prediction_is_drawn():
    x, value, gradient = plot.curve(losses.lsgan_generator_loss, None, over=(0, 2), points=3, target=0.5)
    np.testing.assert_array_equal(value, (x - 0.5) ** 2 / 2)
    np.testing.assert_array_equal(gradient, x - 0.5)
    axes = plot.compare([losses.wgan_generator_loss, losses.minimax_generator_loss], None)
    assert axes[0].get_xlabel() == "prediction"


def test_a_loss_must_give_a_number_for_each_prediction():
    with pytest.raises(ValueError, match=r"for each prediction, got \[\]"):
        plot.curve(lambda x, label, reduction: losses.mse_loss(x, label))
    with pytest.raises(ValueError, match=r"one number, got \[3\]"):
        plot.curve(lambda x: x.expand([3]), None)


def test_what_is_drawn_is_the_curve():
    axes = plot.plot_loss(losses.hinge_loss, 1.0, over=(-2, 2), points=5, margin=0.5)
    x, *parts = plot.curve(losses.hinge_loss, 1.0, over=(-2, 2), points=5, margin=0.5)
    for area, y in zip(axes, parts):
        (line,) = area.get_lines()
        np.testing.assert_array_equal(line.get_xdata(), x)
        np.testing.assert_array_equal(line.get_ydata(), y)
        assert line.get_label() == "hinge_loss, margin=0.5"
        assert "label = 1" in area.get_xlabel()


def test_compare_draws_all_into_one_figure():
    axes = plot.compare([losses.l1_loss, losses.mse_loss, (losses.quantile_loss, {"quantile": 0.9})])
    assert [len(area.get_lines()) for area in axes] == [3, 3]
    (figure,) = {area.figure for area in axes}
    names = ["l1_loss", "mse_loss", "quantile_loss, quantile=0.9"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    assert axes[0].get_legend() is axes[1].get_legend() is None


def test_compare_draws_where_it_is_told_to():
    _, axes = plt.subplots(1, 2)
    assert plot.compare([losses.l1_loss, losses.mse_loss], axes=axes) is axes
    names = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert names == ["l1_loss", "mse_loss"]


def test_a_second_loss_goes_where_the_first_one_is():
    axes = plot.plot_loss(losses.exponential_loss, 1.0)
    assert plot.plot_loss(losses.logistic_loss, 1.0, axes=axes, name="log(1 + exp(-f))") is axes
    assert [line.get_label() for line in axes[0].get_lines()] == ["exponential_loss", "log(1 + exp(-f))"]


@pytest.mark.parametrize(
    "arguments, settings, error, message",
    [
        ((losses.nn.MSELoss(),), {}, TypeError, "got MSELoss"),
        (("mse_loss",), {}, TypeError, "got str"),
        ((losses.mse_loss,), {"over": (1, 1)}, ValueError, "over must be"),
        ((losses.mse_loss,), {"over": (0, np.inf)}, ValueError, "over must be"),
        ((losses.mse_loss,), {"points": 1}, ValueError, "points must be"),
        ((losses.hinge_loss,), {}, ValueError, "label must be -1 or 1"),
        ((losses.huber_loss,), {"delta": -1}, ValueError, "delta must be"),
    ],
)
def test_wrong_arguments(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        plot.plot_loss(*arguments, **settings)


def test_nothing_to_compare():
    with pytest.raises(ValueError, match="no loss"):
        plot.compare([])


def test_without_matplotlib_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
        plot.plot_loss(losses.mse_loss)


def test_the_package_does_not_import_matplotlib():
    code = "import sys, paddle_losses.plot; assert 'matplotlib' not in sys.modules, 'imported'"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)

"""Pictures of losses: the value and its gradient over a range of predictions.

Needs matplotlib: ``pip install "paddle_losses[plot]"``. Every text in a figure is English or a symbol, so no
figure needs a Chinese font.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Callable, Union

import numpy as np
import paddle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["compare", "curve", "plot_loss"]

Loss = Callable[..., paddle.Tensor]
Entry = Union[Loss, tuple[Loss, dict[str, Any]]]


def curve(
    loss: Loss,
    label: float | None = 0.0,
    *,
    over: tuple[float, float] = (-4.0, 4.0),
    points: int = 401,
    **settings: Any,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value and gradient of a loss over a range of predictions, in float64.

    Args:
        loss (callable): a loss of predictions and labels of one shape, such as
            ``paddle_losses.huber_loss``; it is called with ``reduction="none"``.
        label (float): the label of every prediction. None: ``loss`` takes a prediction alone and gives a
            number, like ``paddle_losses.wgan_generator_loss``, or a function of yours that makes boxes or
            vectors from a number; it is called for one prediction [1] after the other.
        over (tuple): the first and the last prediction.
        points (int): how many predictions, at even distances.
        **settings: what else the loss takes.

    Returns:
        tuple: predictions, values, gradients; NumPy arrays [points].

    Raises:
        TypeError: ``loss`` is not a function (a Layer, for instance).
        ValueError: ``over`` is no range, ``points`` below 2, the loss refuses an argument, or gives no
            number for each prediction.

    Example:
        >>> import paddle, paddle_losses as losses
        >>> from paddle_losses import plot
        >>> x, value, gradient = plot.curve(losses.mse_loss, over=(-1, 1), points=3)
        >>> print(x, value, gradient)
        [-1.  0.  1.] [1. 0. 1.] [-2.  0.  2.]
        >>> def sliding(shift):
        ...     box = paddle.to_tensor([[0.0, 0.0, 1.0, 1.0]], "float64")
        ...     return losses.giou_loss(box + shift * paddle.to_tensor([1.0, 0.0, 1.0, 0.0], "float64"), box)
        >>> print(plot.curve(sliding, None, over=(-1, 1), points=3)[1])
        [1. 0. 1.]
    """
    if not callable(loss) or isinstance(loss, paddle.nn.Layer):
        raise TypeError(
            f"plot: loss must be a function such as paddle_losses.mse_loss, got {type(loss).__name__}."
        )
    first, last = over
    if not -np.inf < first < last < np.inf:
        raise ValueError(f"plot: over must be two numbers, the smaller one first, got {over!r}.")
    if points < 2:
        raise ValueError(f"plot: points must be at least 2, got {points!r}.")
    x = paddle.to_tensor(np.linspace(first, last, points), stop_gradient=False)
    value = _one_by_one(loss, x, settings) if label is None else _all_at_once(loss, x, label, settings)
    value.sum().backward()
    return x.numpy(), value.numpy(), x.grad.numpy()


def _all_at_once(loss: Loss, x: paddle.Tensor, label: float, settings: dict[str, Any]) -> paddle.Tensor:
    value = loss(x, paddle.full_like(x, label), reduction="none", **settings)
    if value.shape != x.shape:
        raise ValueError(f"plot: the loss must give a value for each prediction, got {list(value.shape)}.")
    return value


def _one_by_one(loss: Loss, x: paddle.Tensor, settings: dict[str, Any]) -> paddle.Tensor:
    values = [loss(x[i : i + 1], **settings) for i in range(len(x))]
    if values[0].size != 1:
        raise ValueError(f"plot: without a label the loss must give one number, got {list(values[0].shape)}.")
    return paddle.stack([value.reshape([]) for value in values])


def plot_loss(
    loss: Loss,
    label: float | None = 0.0,
    *,
    over: tuple[float, float] = (-4.0, 4.0),
    points: int = 401,
    axes: Sequence[Axes] | None = None,
    name: str | None = None,
    **settings: Any,
) -> Sequence[Axes]:
    """Draw a loss and its gradient over a range of predictions.

    Args:
        loss (callable): as in :func:`curve`.
        label (float): the label of every prediction, or None as in :func:`curve`.
        over (tuple): the first and the last prediction.
        points (int): how many predictions.
        axes (sequence): where to draw the value and the gradient; a new figure if None.
        name (str): what the legend says; the name of the loss and its settings if None.
        **settings: what else the loss takes.

    Returns:
        sequence: the two matplotlib axes, of value and gradient.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
        TypeError, ValueError: as :func:`curve`.

    Example:
        >>> import paddle_losses as losses
        >>> from paddle_losses import plot
        >>> value, gradient = plot.plot_loss(losses.huber_loss, delta=2.0)
        >>> print(value.get_legend_handles_labels()[1], gradient.get_ylabel())
        ['huber_loss, delta=2.0'] gradient
    """
    x, *parts = curve(loss, label, over=over, points=points, **settings)
    axes = _new_axes(label) if axes is None else axes
    for area, y in zip(axes, parts):
        area.plot(x, y, label=name or _name(loss, settings))
    axes[0].legend()  # the gradient has the same colours
    return axes


def compare(
    losses: Sequence[Entry],
    label: float | None = 0.0,
    *,
    over: tuple[float, float] = (-4.0, 4.0),
    points: int = 401,
    axes: Sequence[Axes] | None = None,
) -> Sequence[Axes]:
    """Draw several losses and their gradients into one figure.

    Args:
        losses (sequence): losses as in :func:`curve`, or pairs of a loss and a dict of its settings.
        label (float): the label of every prediction, or None as in :func:`curve`.
        over (tuple): the first and the last prediction.
        points (int): how many predictions.
        axes (sequence): where to draw the values and the gradients; a new figure if None.

    Returns:
        sequence: the two matplotlib axes, of values and gradients.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
        TypeError, ValueError: as :func:`curve`, or there is no loss.

    Example:
        >>> import paddle_losses as losses
        >>> from paddle_losses import plot
        >>> values, gradients = plot.compare([losses.mse_loss, (losses.huber_loss, {"delta": 2.0})])
        >>> print(values.get_legend_handles_labels()[1])
        ['mse_loss', 'huber_loss, delta=2.0']
    """
    if not losses:
        raise ValueError("plot: there is no loss to compare.")
    drawn = axes
    for entry in losses:
        loss, settings = entry if isinstance(entry, tuple) else (entry, {})
        drawn = plot_loss(loss, label, over=over, points=points, axes=drawn, **settings)
    if axes is None:  # below, where it hides no curve
        drawn[0].get_legend().remove()
        handles, names = drawn[0].get_legend_handles_labels()
        drawn[0].figure.legend(handles, names, loc="outside lower center", ncols=4)
    return drawn


def _new_axes(label: float | None) -> Sequence[Axes]:
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "paddle_losses.plot needs matplotlib: run 'pip install matplotlib'.", name=error.name
        ) from None
    _, axes = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for area, title in zip(axes, ("loss", "gradient")):
        area.set(xlabel="prediction" if label is None else f"prediction (label = {label:g})", ylabel=title)
        area.grid(alpha=0.3)
    return axes


def _name(loss: Loss, settings: dict[str, Any]) -> str:
    words = [getattr(loss, "__name__", type(loss).__name__)]
    return ", ".join([*words, *(f"{key}={value}" for key, value in settings.items())])

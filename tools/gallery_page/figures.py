"""The figure of a loss: its value above, its gradient below, narrow enough for a phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from paddle_losses import plot

from .sketches import Sketch

POINTS, KEPT = 161, 17  # kept is every tenth


def draw(sketch: Sketch, path: Path) -> None:
    with matplotlib.rc_context({"svg.hashsalt": "paddle_losses", "font.size": 10}):
        figure, axes = plt.subplots(2, 1, figsize=(4.8, 5.0), sharex=True, layout="constrained")
        _draw_lines(sketch, axes)
        _label(sketch, axes)
        figure.savefig(path, metadata={"Date": None, "Description": _some_points(axes)})
        plt.close(figure)


def _draw_lines(sketch: Sketch, axes: Sequence[Axes]) -> None:
    for curve in sketch.curves:
        place = {"over": sketch.over, "points": POINTS, "axes": axes, "name": curve.name or "loss"}
        plot.plot_loss(curve.loss, curve.label, **place, **dict(curve.settings))


def _label(sketch: Sketch, axes: Sequence[Axes]) -> None:
    for area, title in zip(axes, ("value", "gradient")):
        area.set_ylabel(title)
        area.grid(alpha=0.3)
    axes[1].set_xlabel(sketch.along)
    axes[0].get_legend().remove()
    if len(sketch.curves) > 1:  # above, where it hides no curve
        axes[0].figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    slopes = np.concatenate([line.get_ydata() for line in axes[1].get_lines()])
    if np.ptp(slopes) < 1e-9:  # nothing to magnify
        axes[1].set_ylim(slopes[0] - 1, slopes[0] + 1)


def _some_points(axes: Sequence[Axes]) -> str:
    """What the figure keeps as text: a test cannot read a picture, it can read these."""

    def few(line: Line2D) -> list[float]:
        return [float(f"{y:.5g}") for y in line.get_ydata()[:: POINTS // (KEPT - 1)]]

    lines = zip(*(area.get_lines() for area in axes))
    return json.dumps([{"name": v.get_label(), "value": few(v), "gradient": few(g)} for v, g in lines])

"""The eleven examples of document S1 as data, with what the document prints for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np

from . import losses


@dataclass(frozen=True)
class Example:
    """One cell of the document: a call and the line it prints."""

    cell: int
    printed: str  # the whole line, as it stands in the document
    bytes: str  # the printed float32, little endian, in hexadecimal
    function: Callable[..., Any]
    pred: tuple[float, ...]
    label: tuple[float, ...]
    arguments: dict[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def expected(self) -> np.ndarray:
        """What the document prints, float32 of shape [1]."""
        return np.frombuffer(bytes.fromhex(self.bytes), "<f4")

    def run(self) -> np.ndarray:
        """What our function computes, float32 of shape [1]."""
        column = [np.array(values, "float32").reshape(-1, 1) for values in (self.pred, self.label)]
        return self.function(*column, **self.arguments).numpy()

    def line(self, value: np.ndarray) -> str:
        """``value`` printed as the document does."""
        return f"{self.printed.partition(':')[0]}: {[value]}"


EXAMPLES = (
    Example(
        cell=23,
        printed="L1 Loss: [array([1.3333334], dtype=float32)]",
        bytes="abaaaa3f",
        function=losses.l1_loss,
        pred=(1, 2, 3),
        label=(1, 3, 6),
    ),
    Example(
        cell=24,
        printed="L2 Loss: [array([2.6666667], dtype=float32)]",
        bytes="abaa2a40",
        function=losses.l2_loss,
        pred=(3, 2, 1),
        label=(1, 2, 3),
    ),
    Example(
        cell=25,
        printed="MBE: [array([0.], dtype=float32)]",
        bytes="00000000",
        function=losses.mean_bias_error,
        pred=(3, 2, 1),
        label=(1, 2, 3),
    ),
    Example(
        cell=26,
        printed="Huber Loss: [array([3.3333333], dtype=float32)]",
        bytes="55555540",
        function=losses.huber_loss,
        pred=(4, 2, 1),
        label=(1, 2, 3),
        arguments={"delta": 2},
        note="min(delta |e|, e^2), which is not the Huber loss: that is 2.0 here",
    ),
    Example(
        cell=27,
        printed="Log-Cosh: [array([1.2114438], dtype=float32)]",
        bytes="97109b3f",
        function=losses.logcosh_loss,
        pred=(4, 2, 1),
        label=(1, 2, 3),
    ),
    Example(
        cell=28,
        printed="quantile loss: [array([0.75], dtype=float32)]",
        bytes="0000403f",
        function=losses.quantile_loss,
        pred=(4, 2, 1, 3),
        label=(1, 2, 3, 4),
        arguments={"gamma": 0.5},
    ),
    Example(
        cell=29,
        printed="BCE Loss: [array([0.07029679], dtype=float32)]",
        bytes="c3f78f3d",
        function=losses.bce_loss,
        pred=(0.9, 0.1, 1),
        label=(1, 0, 1),
    ),
    Example(
        cell=30,
        printed="WCE Loss: [array([0.07029679], dtype=float32)]",
        bytes="c3f78f3d",
        function=losses.wce_loss,
        pred=(0.9, 0.1, 1),
        label=(1, 0, 1),
    ),
    Example(
        cell=31,
        printed="Balanced Cross Entropy: [array([0.03514839], dtype=float32)]",
        bytes="c3f70f3d",
        function=losses.balanced_ce_loss,
        pred=(0.9, 0.1, 1),
        label=(1, 0, 1),
    ),
    Example(
        cell=32,
        printed="Focal Loss: [array([0.00035533], dtype=float32)]",
        bytes="054bba39",
        function=losses.focal_loss,
        pred=(0.9, 0.1, 1),
        label=(1, 0, 1),
    ),
    Example(
        cell=33,
        printed="Hinge Loss: [array([9.292055e-05], dtype=float32)]",
        bytes="57dec238",
        function=losses.focal_loss,
        pred=(0.9, -0.1, 1),
        label=(1, -1, 1),
        note="not the hinge loss: the cell calls focal_loss, on -1/1 labels",
    ),
)

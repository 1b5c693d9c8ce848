"""Layers that keep a running density of gradients, written by hand because they own a state."""

from __future__ import annotations

from typing import Any, ClassVar

import paddle
from paddle import Tensor

from .. import functional as F
from ..functional import _checks, _density
from ..functional._math import constant
from ._layer import FunctionalLoss, setting

_MOMENTUM = """    momentum (float): m in [0, 1): in training, the buffer ``density`` becomes m·density +
        (1 - m)·counts of the batch before it is used; in eval mode it stays as it is, and stands in
        for the batch's counts once there is one. It starts at 0 and is part of ``state_dict``. A bin
        that has faded below 1 - m counts as empty."""


class DensityLoss(FunctionalLoss):
    """Base of the Layers whose function takes a ``density``: they keep one over the batches."""

    density: Tensor

    _keeps: ClassVar[dict[str, str]] = {"density": _MOMENTUM}
    _adds = (setting("momentum", "float", 0.75),)

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        name = type(self).__name__
        _checks.number(name, "[0, 1)", momentum=self.momentum)
        _checks.count(name, 1, bins=self.bins)
        self.register_buffer("density", paddle.zeros([self.bins], "float64"))

    def _follow(self, counts: Tensor) -> Tensor:
        """The density to weigh with, after the batch's counts have gone into the buffer."""
        name = type(self).__name__
        _checks.require_shape(name, "density", self.density, [self.bins], "one count per bin")
        # What one element of one batch leaves. A bin below it has faded: counted as it is, it would
        # give the next element to fall into it a weight without bound.
        least = constant(1 - self.momentum, counts)
        if not self.training:
            begun = (self.density.sum() > 0).expand([self.bins])
            return paddle.where(begun, _without_faded(self.density, least), counts)
        # Rebound, not written into: Paddle 2.6 overlooks that, by source or by bytecode.
        density = constant(self.momentum, counts) * self.density + least * counts
        self.density = density
        return _without_faded(density, least)


def _without_faded(density: Tensor, least: Tensor) -> Tensor:
    return paddle.where(density < least, paddle.zeros_like(density), density)


class GHMClassificationLoss(DensityLoss, fn=F.ghm_classification_loss):
    def forward(self, logit: Tensor, label: Tensor) -> Tensor:
        """Compute the loss; the arguments are those of the function."""
        counts = _density.classification_counts(logit, label, self.bins)
        return self._fn(logit, label, self._follow(counts), **self._current_settings())


class GHMRegressionLoss(DensityLoss, fn=F.ghm_regression_loss):
    def forward(self, input: Tensor, label: Tensor) -> Tensor:
        """Compute the loss; the arguments are those of the function."""
        counts = _density.regression_counts(input, label, self.mu, self.bins)
        return self._fn(input, label, self._follow(counts), **self._current_settings())

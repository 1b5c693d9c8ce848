"""The Layer that learns the scale and the bias of similarities."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import paddle
from paddle import Tensor

from .. import functional as F
from ..functional import _checks
from ..functional._math import at_least, at_most, held
from ..functional._precision import full_precision
from ._layer import FunctionalLoss, setting

_SCALE = """    init_scale (float): where the learned scale w begins, from e^-20 to e^20. The parameter is
        ``log_scale``, its logarithm, so that w, which ``loss.scale()`` gives, is always positive; it is
        held in that interval."""
_BIAS = """    init_bias (float): where the learned ``bias`` b begins."""
_LIMIT = 20.0  # of the logarithm: after any step, however large, the scale is one to go on from


class GE2ELoss(FunctionalLoss, fn=F.ge2e_loss):
    bias: Tensor

    _keeps: ClassVar[dict[str, str]] = {"scale": _SCALE, "bias": _BIAS}
    _adds = (setting("init_scale", "float", 10.0), setting("init_bias", "float", -5.0))
    _note = (
        "Scale and bias are learned: give ``loss.parameters()`` to the optimizer too, and save\n"
        "``loss.state_dict()``. There are no labels: a batch is sorted by speaker, [speakers, utterances, D]."
    )

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        _checks.number("GE2ELoss", "(0, inf)", init_scale=self.init_scale)
        if abs(math.log(self.init_scale)) > _LIMIT:
            raise ValueError(
                f"GE2ELoss: init_scale must be from e^-{_LIMIT:g} to e^{_LIMIT:g}, got {self.init_scale}."
            )
        _checks.number("GE2ELoss", "(-inf, inf)", init_bias=self.init_bias)
        self.log_scale = self._number(math.log(self.init_scale))
        self.bias = self._number(float(self.init_bias))

    def forward(self, embedding: Tensor) -> Tensor:
        """Compute the loss of a batch [speakers, utterances, D]."""
        return self._fn(embedding, self.scale(), self.bias, **self._current_settings())

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "scale":
            raise AttributeError("GE2ELoss: scale is exp(log_scale); set it with log_scale.set_value(…).")
        super().__setattr__(name, value)

    def _number(self, value: float) -> Tensor:
        begin = paddle.nn.initializer.Constant(value)
        return self.create_parameter([1], default_initializer=begin)

    # No property: the jit.save of Paddle 2.6 reads every attribute, in a mode where no parameter can be
    # computed with.
    def scale(self) -> Tensor:
        """The scale w > 0 as it is now, of shape []."""
        return _exponential(self.log_scale).reshape([])


@full_precision
def _exponential(log_scale: Tensor) -> Tensor:
    # Half precision, in which a CPU has no exp, is raised as everywhere.
    x = _checks.prediction("GE2ELoss", "log_scale", log_scale)
    kept = at_most(_LIMIT, at_least(-_LIMIT, held(x)))
    # Its gradient is that without limits, so that training leads back.
    return paddle.exp(x + (kept - held(x)))

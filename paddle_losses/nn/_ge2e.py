"""The Layer that learns the scale and the bias of similarities."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import paddle
from paddle import Tensor

from .. import functional as F
from ..functional import _checks
from ..functional._math import at_least, at_most, held
from ._layer import FunctionalLoss, setting

_SCALE = """    init_scale (float): where the learned scale w begins, from e^-20 to e^20. The parameter is
        ``log_scale``, its logarithm, so that w, which ``loss.scale()`` gives, is always positive; outside
        that interval it is held at its ends."""
_BIAS = """    init_bias (float): where the learned ``bias`` b begins. Give ``loss.parameters()`` to the
        optimizer too."""
_LIMIT = 20.0  # of the logarithm: after any step, however large, the scale is one to go on from


class GE2ELoss(FunctionalLoss, fn=F.ge2e_loss):
    bias: Tensor

    _keeps: ClassVar[dict[str, str]] = {"scale": _SCALE, "bias": _BIAS}
    _adds = (setting("init_scale", "float", 10.0), setting("init_bias", "float", -5.0))

    def __init__(self, *positional: Any, **settings: Any) -> None:
        super().__init__(*positional, **settings)
        _checks.number("GE2ELoss", "(0, inf)", init_scale=self.init_scale)
        _checks.number("GE2ELoss", "(-inf, inf)", init_bias=self.init_bias)
        self.log_scale = self._number(math.log(self.init_scale))
        self.bias = self._number(float(self.init_bias))

    def _kept(self) -> dict[str, Tensor]:
        return {"scale": self.scale(), "bias": self.bias}

    def _number(self, value: float) -> Tensor:
        begin = paddle.nn.initializer.Constant(value)
        return self.create_parameter([1], default_initializer=begin)

    # No property: the jit.save of Paddle 2.6 reads every attribute, in a mode where no parameter can be
    # computed with.
    def scale(self) -> Tensor:
        """The scale w > 0 as it is now, [1]."""
        kept = at_most(_LIMIT, at_least(-_LIMIT, held(self.log_scale)))
        # Its gradient is that without limits, so that training leads back.
        return paddle.exp(self.log_scale + (kept - held(self.log_scale)))

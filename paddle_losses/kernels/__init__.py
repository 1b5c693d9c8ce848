"""Fused losses: value and gradient in one pass of native code.

Every function gives the loss, reduced, or None where it does not serve: the caller then goes on with
Paddle's operations, and those also say what is wrong with an argument. Fused are float tensors on the
CPU in eager mode, of which only the prediction needs a gradient. The loops are in ``source/``.
"""

from ._boxes import boxes
from ._elementwise import elementwise, focal, mean
from ._library import library
from ._softmax import softmax

__all__ = ["boxes", "elementwise", "focal", "library", "mean", "softmax"]

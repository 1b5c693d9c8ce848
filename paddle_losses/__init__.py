"""Loss functions for PaddlePaddle: right in value and gradient, and documented.

``paddle_losses.huber_loss(input, label)`` and the other functions stand here and in
``paddle_losses.functional``; ``paddle_losses.nn`` has them as Layers; ``paddle_losses.compat`` has
the documents' own functions, which reproduce their printed numbers.
"""

try:
    import paddle as _paddle  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "paddle":
        raise
    raise ModuleNotFoundError(
        "paddle_losses needs PaddlePaddle 2.6.2 or newer: run 'pip install paddlepaddle' "
        "(or install the paddlepaddle-gpu that fits your CUDA version).",
        name="paddle",
    ) from None

from . import compat, functional, nn
from ._switches import set_kernels, set_value_checks
from .functional import *  # noqa: F403

__version__ = "0.1.0"

__all__ = ["compat", "functional", "nn", "set_kernels", "set_value_checks", *functional.__all__]

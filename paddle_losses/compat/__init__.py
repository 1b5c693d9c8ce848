"""What the documents' code prints, reproduced to the last bit.

The functions here are theirs; ``compat.fluid`` runs their snippets, and other old programs, unchanged. It is
not imported unless asked for.
"""

from ._install import install, uninstall
from .examples import EXAMPLES, Example
from .losses import (
    balanced_ce_loss,
    bce_loss,
    focal_loss,
    hinge_loss,
    huber_loss,
    l1_loss,
    l2_loss,
    logcosh_loss,
    mean_bias_error,
    quantile_loss,
    wce_loss,
)

__all__ = [
    "l1_loss",
    "l2_loss",
    "mean_bias_error",
    "huber_loss",
    "logcosh_loss",
    "quantile_loss",
    "bce_loss",
    "wce_loss",
    "balanced_ce_loss",
    "focal_loss",
    "hinge_loss",
    "install",
    "uninstall",
    "EXAMPLES",
    "Example",
]

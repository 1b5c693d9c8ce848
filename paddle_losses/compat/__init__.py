"""What the documents' code prints, reproduced to the last bit."""

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
    "EXAMPLES",
    "Example",
]

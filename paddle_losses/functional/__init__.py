"""The losses as functions. Before the ``*`` of a signature stand tensors, after it settings."""

from .binary import (
    balanced_cross_entropy,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    weighted_cross_entropy,
)
from .boxes import (
    alpha_iou_loss,
    box_iou,
    ciou_loss,
    diou_loss,
    diou_nms,
    eiou_loss,
    focal_eiou_loss,
    giou_loss,
    iou_loss,
    riou_loss,
)
from .classification import (
    cross_entropy,
    entropy_loss,
    js_divergence,
    kl_divergence,
    label_smooth,
    nce_loss,
    zero_one_loss,
)
from .contrastive import ge2e_loss, info_nce_loss, multiple_negatives_ranking_loss
from .detection import detection_loss, yolov1_loss
from .gan import (
    gradient_penalty,
    loss_sensitive_gan_discriminator_loss,
    loss_sensitive_gan_generator_loss,
    lsgan_discriminator_loss,
    lsgan_generator_loss,
    minimax_discriminator_loss,
    minimax_generator_loss,
    non_saturating_generator_loss,
    wgan_discriminator_loss,
    wgan_generator_loss,
)
from .hinge import (
    exponential_loss,
    hinge_loss,
    logistic_loss,
    multiclass_hinge_loss,
    squared_hinge_loss,
)
from .imbalance import (
    focal_loss,
    ghm_classification_loss,
    ghm_regression_loss,
    sigmoid_focal_loss,
    softmax_focal_loss,
)
from .margin import (
    arcface_loss,
    cosface_loss,
    large_margin_softmax_loss,
    softmax_loss,
    sphereface_loss,
)
from .metric import batch_triplet_loss, contrastive_loss, margin_ranking_loss, triplet_margin_loss
from .mining import hard_negative_mask, mine_triplets, ohem_cross_entropy
from .perceptual import perceptual_loss, style_loss
from .poly import poly1_cross_entropy, poly1_focal_loss, poly_cross_entropy
from .regression import (
    huber_loss,
    l1_loss,
    log_cosh_loss,
    mean_bias_error,
    mse_loss,
    quantile_loss,
    smooth_l1_loss,
)
from .segmentation import dice_loss

__all__ = [
    # regression
    "l1_loss",
    "mse_loss",
    "mean_bias_error",
    "huber_loss",
    "smooth_l1_loss",
    "log_cosh_loss",
    "quantile_loss",
    # binary
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "weighted_cross_entropy",
    "balanced_cross_entropy",
    # hinge
    "hinge_loss",
    "squared_hinge_loss",
    "multiclass_hinge_loss",
    "exponential_loss",
    "logistic_loss",
    # classification
    "cross_entropy",
    "label_smooth",
    "entropy_loss",
    "kl_divergence",
    "js_divergence",
    "nce_loss",
    "zero_one_loss",
    # poly
    "poly1_cross_entropy",
    "poly_cross_entropy",
    "poly1_focal_loss",
    # imbalance
    "sigmoid_focal_loss",
    "focal_loss",
    "softmax_focal_loss",
    "ghm_classification_loss",
    "ghm_regression_loss",
    # mining
    "ohem_cross_entropy",
    "hard_negative_mask",
    "mine_triplets",
    # segmentation
    "dice_loss",
    # boxes
    "iou_loss",
    "giou_loss",
    "diou_loss",
    "ciou_loss",
    "eiou_loss",
    "focal_eiou_loss",
    "alpha_iou_loss",
    "riou_loss",
    "box_iou",
    "diou_nms",
    # detection
    "yolov1_loss",
    "detection_loss",
    # gan
    "minimax_discriminator_loss",
    "minimax_generator_loss",
    "non_saturating_generator_loss",
    "wgan_discriminator_loss",
    "wgan_generator_loss",
    "gradient_penalty",
    "lsgan_discriminator_loss",
    "lsgan_generator_loss",
    "loss_sensitive_gan_discriminator_loss",
    "loss_sensitive_gan_generator_loss",
    # perceptual
    "perceptual_loss",
    "style_loss",
    # margin
    "softmax_loss",
    "large_margin_softmax_loss",
    "sphereface_loss",
    "cosface_loss",
    "arcface_loss",
    # contrastive
    "info_nce_loss",
    "multiple_negatives_ranking_loss",
    "ge2e_loss",
    # metric
    "triplet_margin_loss",
    "batch_triplet_loss",
    "contrastive_loss",
    "margin_ranking_loss",
]

# What prepares a loss or looks at its parts: no Layer, and a contract of its own.
NOT_LOSSES = (
    "label_smooth",
    "hard_negative_mask",
    "mine_triplets",
    "box_iou",
    "diou_nms",
    "gradient_penalty",
)

"""What the gallery adds to the docstring of each function: when to use it, when not, and what is drawn.

The texts are Markdown; the name of a loss in backticks becomes a link.
"""

from __future__ import annotations

from dataclasses import dataclass

import paddle_losses as losses

from . import sketches
from .sketches import Curve, Sketch, labelled, varied


@dataclass(frozen=True)
class Entry:
    use: str
    avoid: str
    sketch: Sketch | None = None  # what is no loss may have none


# The notebook that explains a family, by the module of its functions.
NOTEBOOKS = {
    "regression": "02_regression",
    "binary": "03_classification_imbalance",
    "hinge": "03_classification_imbalance",
    "classification": "03_classification_imbalance",
    "poly": "03_classification_imbalance",
    "imbalance": "03_classification_imbalance",
    "boxes": "04_boxes",
    "gan": "06_gan",
    "margin": "05_metric_contrastive",
    "contrastive": "05_metric_contrastive",
    "metric": "05_metric_contrastive",
}

ENTRIES = {
    # ------------------------------------------------------------------------------------ regression
    "l1_loss": Entry(
        "The labels have outliers, or the median is wanted. Images: it blurs less than `mse_loss`.",
        "The last digits matter: the gradient does not fade near 0, so the learning rate must. A smooth "
        "form is `log_cosh_loss` or `huber_loss`.",
        sketches.errors([Curve(losses.l1_loss, label=0)]),
    ),
    "mse_loss": Entry(
        "The noise is about normal and the mean is wanted. The first choice for a number.",
        "Single labels are far off: one of them outweighs all others, see `huber_loss`. Behind a sigmoid the "
        "gradient vanishes where the output is wrong and sure; take `binary_cross_entropy_with_logits`.",
        sketches.errors([Curve(losses.mse_loss, label=0)]),
    ),
    "mean_bias_error": Entry(
        "To see whether predictions are too high or too low on average.",
        "For training: it falls without end, and errors of opposite sign cancel.",
        sketches.errors([Curve(losses.mean_bias_error, label=0)]),
    ),
    "huber_loss": Entry(
        "Some labels are outliers, and `delta` says from which error on, in units of the label.",
        "Nearly all errors are far above or far below `delta`: there it is nothing but `l1_loss` (times"
        " δ) or half `mse_loss`. Scale the labels, or choose δ by the errors that are usual.",
        sketches.errors(varied(losses.huber_loss, 0, "delta", (0.5, 1.0, 2.0))),
    ),
    "smooth_l1_loss": Entry(
        "Coordinates of boxes and keypoints: slope 1 for large errors whatever `beta` is, so that the "
        "weights of a sum of losses stay what they were.",
        "Boxes are judged by their IoU: the four coordinates are not independent, see `giou_loss`.",
        sketches.errors(varied(losses.smooth_l1_loss, 0, "beta", (0.5, 1.0, 2.0))),
    ),
    "log_cosh_loss": Entry(
        "Like `huber_loss`, without a seam: all derivatives exist everywhere.",
        "The labels are not of order 1: it has no δ, so its bend lies where the labels' unit puts it. "
        "Or Newton steps are taken (boosting, second-order optimizers) and errors are large: the second"
        " derivative fades there, and the step explodes.",
        sketches.errors([Curve(losses.log_cosh_loss, label=0)]),
    ),
    "quantile_loss": Entry(
        "An interval instead of a number (two quantiles), or too little costs more than too much.",
        "The mean is wanted. Quantiles must not cross: nothing in the loss keeps them in order.",
        sketches.errors(varied(losses.quantile_loss, 0, "quantile", (0.1, 0.5, 0.9))),
    ),
    # ---------------------------------------------------------------------------------------- binary
    "binary_cross_entropy": Entry(
        "A network that gives probabilities and cannot be changed.",
        "There are logits: `binary_cross_entropy_with_logits` knows no clipping and has a gradient "
        "however wrong the logit is.",
        Sketch(labelled(losses.binary_cross_entropy, 1, 0), (0.005, 0.995), "probability"),
    ),
    "binary_cross_entropy_with_logits": Entry(
        "Yes or no, also several times for one input (several labels that do not exclude each other).",
        "Exactly one of several classes is right: `cross_entropy`. Positives are rare: "
        "`weighted_cross_entropy`; among a flood of easy negatives: `focal_loss`.",
        sketches.logits(labelled(losses.binary_cross_entropy_with_logits, 1, 0)),
    ),
    "weighted_cross_entropy": Entry(
        "Positives are rare: `pos_weight` = negatives / positives makes both weigh the same.",
        "Probabilities are to be read as such: the weight moves them. Few positives among a flood of easy "
        "negatives: `focal_loss`.",
        sketches.logits(varied(losses.weighted_cross_entropy, 1, "pos_weight", (1.0, 2.0, 5.0)), ", label 1"),
    ),
    "balanced_cross_entropy": Entry(
        "Edges, cracks, vessels: few positive pixels in each image. `beta=None` balances by the batch.",
        "Some batches have no positives: with `beta=None` they teach nothing; give the share of "
        "negatives in the whole data.",
        sketches.logits(varied(losses.balanced_cross_entropy, 1, "beta", (0.25, 0.5, 0.9)), ", label 1"),
    ),
    # ----------------------------------------------------------------------------------------- hinge
    "hinge_loss": Entry(
        "Decisions alone matter, as in a support vector machine: what is right by `margin` is left alone.",
        "Probabilities are wanted, or a gradient everywhere: `logistic_loss`. Labels of 0/1: make them ±1.",
        sketches.scores(varied(losses.hinge_loss, 1, "margin", (0.5, 1.0, 2.0))),
    ),
    "squared_hinge_loss": Entry(
        "A hinge shall be smooth at the margin and punish far misses.",
        "Labels may be wrong: the square follows them far. `hinge_loss` or `logistic_loss` follow less.",
        sketches.scores(varied(losses.squared_hinge_loss, 1, "margin", (0.5, 1.0, 2.0))),
    ),
    "multiclass_hinge_loss": Entry(
        "Several classes and no need for probabilities: the right score shall lead by `margin`.",
        "There are many classes, or rows are to be ranked by confidence: `cross_entropy`.",
        sketches.classes(
            losses.multiclass_hinge_loss, "variant", ("crammer_singer", "weston_watkins"), (0.0, 1.0), "score"
        ),
    ),
    "exponential_loss": Entry(
        "Boosting, and data without wrong labels.",
        "Labels may be wrong or scores large: a miss by 10 costs 22 026. `logistic_loss` is the tame form.",
        sketches.scores([Curve(losses.exponential_loss, label=1)]),
    ),
    "logistic_loss": Entry(
        "Labels are ±1 and a probability is wanted: σ(score).",
        "Labels are 0/1: `binary_cross_entropy_with_logits` is the same loss.",
        sketches.scores([Curve(losses.logistic_loss, label=1)]),
    ),
    # -------------------------------------------------------------------------------- classification
    "cross_entropy": Entry(
        "Exactly one of several classes is right, or the label is a distribution. The first choice.",
        "Several labels may be right at once: `binary_cross_entropy_with_logits`. Most "
        "rows are easy: `softmax_focal_loss`.",
        sketches.classes(losses.cross_entropy, "label_smoothing", (0.0, 0.1, 0.3)),
    ),
    "label_smooth": Entry(
        "To soften labels before another loss, or to look at what `label_smoothing` of `cross_entropy` does.",
        "The loss is `cross_entropy`, which softens by itself and without the distribution in memory.",
    ),
    "entropy_loss": Entry(
        "A term of a sum: added, it makes predictions for unlabelled data decided; subtracted, it keeps "
        "a policy or a classifier undecided.",
        "As the only loss: one class for everything is its minimum.",
        sketches.entropy(),
    ),
    "kl_divergence": Entry(
        "The label is a distribution, as in distillation, and 0 shall mean that it is matched.",
        "The label is a class id: `cross_entropy`. Neither of the two is the truth, or the value must "
        "stay bounded: `js_divergence`.",
        sketches.distributions(losses.kl_divergence, ((1, 0, 0), (0.8, 0.1, 0.1), (0.2, 0.4, 0.4))),
    ),
    "js_divergence": Entry(
        "A divergence of two distributions that is symmetric and never above log 2; its root is a metric.",
        "The prediction starts far from the label: where the two have nothing in common the gradient fades.",
        sketches.distributions(losses.js_divergence, ((1, 0, 0), (0.8, 0.1, 0.1), (0.2, 0.4, 0.4))),
    ),
    "nce_loss": Entry(
        "A vocabulary too large for a softmax, and a known distribution to draw noise from.",
        "The softmax over all classes is affordable: `cross_entropy` is exact. Few noise samples from a"
        " distribution unlike the data teach little.",
        sketches.noise_contrastive(),
    ),
    "zero_one_loss": Entry(
        "Evaluation: its mean is the error rate.",
        "Training: there is no gradient. `hinge_loss`, `logistic_loss` and `cross_entropy` stand in for it.",
        sketches.scores([Curve(losses.zero_one_loss, label=1)]),
    ),
    # ------------------------------------------------------------------------------------------ poly
    "poly1_cross_entropy": Entry(
        "Cross entropy is not quite enough and one number may be tuned: `poly_epsilon` above 0 for balanced "
        "data, between -1 and 0 against overconfidence.",
        "`poly_epsilon` is below -1: beyond p = -1/ε the loss rises while a row becomes right.",
        sketches.classes(losses.poly1_cross_entropy, "poly_epsilon", (-1.0, 0.0, 2.0)),
    ),
    "poly_cross_entropy": Entry(
        "To study the series itself: one coefficient for each power of 1 - p.",
        "In a first attempt: the paper found the first coefficient to matter most, `poly1_cross_entropy`.",
        sketches.classes(losses.poly_cross_entropy, "coefficients", ((0.0,), (2.0,), (0.0, 2.0))),
    ),
    "poly1_focal_loss": Entry(
        "`sigmoid_focal_loss` is not quite enough, and one more number may be tuned.",
        "`poly_epsilon` is below -min(α, 1 - α): there the loss rises while an element becomes right.",
        sketches.logits(varied(losses.poly1_focal_loss, 1, "poly_epsilon", (-0.25, 0.0, 1.0)), ", label 1"),
    ),
    # ------------------------------------------------------------------------------------- imbalance
    "sigmoid_focal_loss": Entry(
        "A flood of easy negatives, as in dense detectors; divide by the positives with `normalizer`.",
        "Labels are noisy: what stays wrong gets most of the weight, see `ghm_classification_loss`. "
        "Positives are rare but negatives not easy: `weighted_cross_entropy`, or `alpha` of 0.5 and "
        "more; the default 0.25 weighs positives *less*.",
        sketches.logits(varied(losses.sigmoid_focal_loss, 1, "gamma", (0.0, 0.5, 2.0, 5.0)), ", label 1"),
    ),
    "softmax_focal_loss": Entry(
        "Several classes that exclude each other, most rows easy.",
        "Probabilities are to be read as such: `gamma` > 0 makes them less confident than they are right.",
        sketches.classes(losses.softmax_focal_loss, "gamma", (0.0, 0.5, 2.0, 5.0)),
    ),
    "ghm_classification_loss": Entry(
        "Mostly easy elements *and* some wrong labels: both crowds lose weight. The Layer's `momentum` "
        "smooths the counts over batches.",
        "Batches are small: ten bins need some hundred elements to be counted.",
        sketches.logits(sketches.crowds(losses.ghm_classification_loss, 1), ", label 1"),
    ),
    "ghm_regression_loss": Entry(
        "Coordinates with many near hits and some labels that are far off.",
        "Batches are small, or outliers are what must be learned.",
        sketches.errors(sketches.crowds(losses.ghm_regression_loss, 0, mu=1.0), ", mu=1"),
    ),
    # ---------------------------------------------------------------------------------------- mining
    "ohem_cross_entropy": Entry(
        "Segmentation where most pixels are right soon: only pixels below `thresh` count, and always "
        "the `min_kept` hardest.",
        "Labels at the borders of objects are careless: these are the hard pixels.",
        sketches.pixels(),
    ),
    "hard_negative_mask": Entry(
        "Anchors of a detector: three negatives for each positive, those with the highest loss.",
        "The loss itself makes easy negatives fade, as `focal_loss` does.",
    ),
    "mine_triplets": Entry(
        'To have the indices, for instance to log which share of all triplets is easy by now ("easy" of'
        ' "all").',
        "Only the loss is wanted: `batch_triplet_loss` mines and computes in one.",
    ),
    # ---------------------------------------------------------------------------------- segmentation
    "dice_loss": Entry(
        "Small objects in large images: a class of ten pixels weighs as much as the background. Together "
        "with `cross_entropy` it trains more steadily.",
        "Alone from a poor start: its gradient is small where a region is missed altogether.",
        sketches.dice(),
    ),
    # ----------------------------------------------------------------------------------------- boxes
    "iou_loss": Entry(
        "Anchors that overlap their target already.",
        "Boxes may lie beside their target, where it has no gradient: `giou_loss`.",
        sketches.overlapping(losses.iou_loss, "mode", ("linear", "log")),
    ),
    "giou_loss": Entry(
        "Boxes from anywhere; the first choice.",
        "Small boxes lie inside large targets: there it is `iou_loss`, blind to where; `diou_loss` sees it.",
        sketches.sliding(losses.giou_loss),
    ),
    "diou_loss": Entry(
        "The centres matter, or one box lies within the other.",
        "Width and height must fit: `ciou_loss`, `eiou_loss`.",
        sketches.sliding(losses.diou_loss),
    ),
    "ciou_loss": Entry(
        "Detectors whose boxes differ in shape; several YOLOs use it.",
        "Shapes agree and sizes do not: the aspect ratio sees nothing of it, `eiou_loss` does.",
        sketches.growing(losses.ciou_loss),
    ),
    "eiou_loss": Entry(
        "Width and height must fit each by itself; it ended nearest in the simulation of the README.",
        "Results shall equal those of mmdetection's class of this name: it is another loss (*Extended* IoU).",
        sketches.growing(losses.eiou_loss),
    ),
    "focal_eiou_loss": Entry(
        "Most anchors hardly overlap their target: the few good ones shall teach.",
        "Boxes do not overlap: loss and gradient are 0 there unless `gamma` is 0.",
        sketches.overlapping(losses.focal_eiou_loss, "gamma", (0.0, 0.5, 2.0)),
    ),
    "alpha_iou_loss": Entry(
        "Precision at a high IoU counts: `alpha` = 3 pulls good boxes harder.",
        "A start from poor boxes: with α > 1 their gradient is small.",
        sketches.overlapping(losses.alpha_iou_loss, "alpha", (0.5, 1.0, 3.0)),
    ),
    "riou_loss": Entry(
        "Many poor boxes drown few good ones: the pull grows up to IoU = `beta`.",
        "Boxes do not overlap, where it has no gradient; or a published formula is needed: this one is ours.",
        sketches.overlapping(losses.riou_loss, "beta", (0.5, 0.8, 0.95)),
    ),
    "box_iou": Entry(
        "To match boxes with anchors, to evaluate, to weigh losses by overlap.",
        "As a loss: `iou_loss`, `giou_loss`, `diou_loss` and `ciou_loss` are one minus it, reduced, and"
        " accurate where boxes nearly fit.",
        sketches.kinds_of_iou(),
    ),
    "diou_nms": Entry(
        "After inference, in crowds: boxes that overlap while their centres lie apart are more often "
        "kept as two objects.",
        "During training; and never across classes: call it once per class.",
    ),
    # ------------------------------------------------------------------------------------- detection
    "yolov1_loss": Entry(
        "To repeat YOLO v1, or to learn how a detector's loss is put together.",
        "A new detector: cross entropies and IoU losses in `detection_loss` have better gradients than "
        "squared errors.",
        sketches.yolo(),
    ),
    "detection_loss": Entry(
        "To put together the losses of classes and boxes: boxes count where an anchor lies on an object.",
        "Anchors are matched in another way, or parts have weights of their own: add them up yourself.",
        sketches.detector(),
    ),
    # ------------------------------------------------------------------------------------------- gan
    "minimax_discriminator_loss": Entry(
        "The discriminator of a plain GAN, together with `non_saturating_generator_loss`.",
        "Training is unstable or collapses: `wgan_discriminator_loss` or `lsgan_discriminator_loss`.",
        sketches.critics(losses.minimax_discriminator_loss),
    ),
    "minimax_generator_loss": Entry(
        "To study the game of the paper.",
        "For training: the gradient vanishes where the fakes are bad. `non_saturating_generator_loss` "
        "pulls there.",
        sketches.generators(losses.minimax_generator_loss),
    ),
    "non_saturating_generator_loss": Entry(
        "The generator of a plain GAN.",
        "With the critic of another game: each discriminator loss has its own generator loss.",
        sketches.generators(losses.non_saturating_generator_loss),
    ),
    "wgan_discriminator_loss": Entry(
        "The loss shall say how far training has come: its negative estimates the Wasserstein distance "
        "of the two distributions (with clipped weights, up to a factor).",
        "Without `gradient_penalty` or clipped weights: it falls without end.",
        sketches.critics(losses.wgan_discriminator_loss),
    ),
    "wgan_generator_loss": Entry(
        "With `wgan_discriminator_loss`.",
        "As a measure of progress: its zero means nothing.",
        sketches.generators(losses.wgan_generator_loss),
    ),
    "gradient_penalty": Entry(
        "Together with `wgan_discriminator_loss`: it keeps the critic's slope near 1.",
        "The critic has layers that Paddle cannot differentiate twice (the docstring lists them), or "
        "BatchNorm.",
        sketches.penalty(),
    ),
    "lsgan_discriminator_loss": Entry(
        "A GAN that trains more steadily than the plain one, without a penalty.",
        "Scores go through a sigmoid: it wants them as they are.",
        sketches.critics(losses.lsgan_discriminator_loss),
    ),
    "lsgan_generator_loss": Entry(
        "With `lsgan_discriminator_loss`; also fakes on the right side but far off are pulled.",
        "The discriminator learned with other targets: `target` must fit.",
        sketches.generators(losses.lsgan_generator_loss),
    ),
    "loss_sensitive_gan_discriminator_loss": Entry(
        "Good fakes shall be left in peace: a fake need cost more than its real sample only by the "
        "distance of the two.",
        "No distance of samples means anything; or outputs are scores, high for real samples: here low "
        "is real.",
        sketches.loss_sensitive_critic(),
    ),
    "loss_sensitive_gan_generator_loss": Entry(
        "With `loss_sensitive_gan_discriminator_loss`.",
        "With a critic whose scores are high for real samples.",
        sketches.generators(losses.loss_sensitive_gan_generator_loss, " (low = real)"),
    ),
    # ------------------------------------------------------------------------------------ perceptual
    "perceptual_loss": Entry(
        "Images that shall look alike: super-resolution, style transfer. `nn.PerceptualLoss` runs the "
        "network.",
        "Alone: what the network does not see is free. Add a pixel loss such as `l1_loss`.",
        sketches.maps(losses.perceptual_loss, "norm", ("l1", "l2")),
    ),
    "style_loss": Entry(
        "Texture and colours of another image, wherever they are.",
        "The arrangement counts: `perceptual_loss`.",
        sketches.maps(losses.style_loss),
    ),
    # ---------------------------------------------------------------------------------------- margin
    "softmax_loss": Entry(
        "Embeddings from a plain classifier; with `normalize=True` lengths do not count. The base line for "
        "the margins below.",
        "Classes shall lie apart: `arcface_loss`, `cosface_loss`. With `normalize=True` and `scale` "
        "left at 1, where the loss stays high (above 8.2 for 10 000 classes); take 16 to 64.",
        sketches.angles(losses.softmax_loss, "scale", (1.0, 4.0, 16.0), normalize=True),
    ),
    "large_margin_softmax_loss": Entry(
        "To repeat the paper; `annealing` (large, then falling) is what makes it train.",
        "A first attempt: `arcface_loss` trains without annealing.",
        sketches.angles(losses.large_margin_softmax_loss, "margin", (1, 2, 4), length=2),
    ),
    "sphereface_loss": Entry(
        "To repeat SphereFace: centres of length 1, the angle counts `margin` times.",
        "A first attempt: `arcface_loss` or `cosface_loss` have the same aim and train without annealing.",
        sketches.angles(losses.sphereface_loss, "margin", (1, 2, 4)),
    ),
    "cosface_loss": Entry(
        "Faces, speakers, products: many classes, new ones at test time. The simplest margin.",
        "Few classes that are all known: `cross_entropy`. A `scale` too small cannot reach a low loss.",
        sketches.angles(losses.cosface_loss, "margin", (0.0, 0.2, 0.35), scale=16),
    ),
    "arcface_loss": Entry(
        "Where `cosface_loss` fits, with a margin of the angle itself: the usual choice for faces and "
        "speakers.",
        "Labels are noisy: the margin insists on them. Training does not start: take a smaller "
        "`margin`. (Beyond θ = π - `margin` another branch takes over, and the value jumps there.)",
        sketches.angles(losses.arcface_loss, "margin", (0.0, 0.25, 0.5), scale=16),
    ),
    # ----------------------------------------------------------------------------------- contrastive
    "info_nce_loss": Entry(
        "Pairs that belong together (two views, image and text) and a large batch of others.",
        "The batch has other members of the same class: they are pushed away as negatives. "
        "`temperature` is small and labels are noisy: only the nearest negatives count.",
        sketches.partners(losses.info_nce_loss, "temperature", (0.07, 0.2, 1.0)),
    ),
    "multiple_negatives_ranking_loss": Entry(
        "Questions and answers, sentences and paraphrases, with hard negatives if there are any.",
        "Duplicates in a batch: each is the other's negative.",
        sketches.partners(losses.multiple_negatives_ranking_loss, "scale", (1.0, 5.0, 20.0)),
    ),
    "ge2e_loss": Entry(
        "Several utterances of each of several speakers in a batch. `nn.GE2ELoss` owns scale and bias.",
        "A speaker has one utterance only: its centroid needs others. Or batches are not arranged by "
        "speaker.",
        sketches.speakers(),
    ),
    # ---------------------------------------------------------------------------------------- metric
    "triplet_margin_loss": Entry(
        "The triplets are given.",
        "Triplets must be found first: `batch_triplet_loss`. Vectors can grow at will: a margin is then"
        " soon met; normalise them.",
        sketches.triplet(),
    ),
    "batch_triplet_loss": Entry(
        "Batches with several images of each class: hard triplets without a sampler.",
        'Labels are noisy: the hardest triplets are the wrong ones; take "semihard". Everything '
        'collapses to one point, where the loss stays at `margin`: begin with "semihard" or a smaller '
        "learning rate. (Its curve jumps where another triplet is chosen.)",
        sketches.groups(),
    ),
    "contrastive_loss": Entry(
        "Pairs with the label similar or not: signatures, duplicates.",
        "Similar pairs may keep a distance: it draws them to 0, a triplet only nearer than the others.",
        sketches.pairs(),
    ),
    "margin_ranking_loss": Entry(
        "Which of two scores should be higher is known, not how high.",
        "Labels are numbers: `mse_loss`. `margin` is left at 0: equal scores, and so one score for "
        "everything, cost nothing.",
        sketches.ranking(),
    ),
}

"""Train a small network on real digits with every loss that can teach it, and score each on held-out images.

scikit-learn's digits are 1797 handwritten digits of 8 × 8 pixels. Losses of class scores are judged by their
decisions; losses of embeddings by the nearest training image, and by the nearest mean of a digit: the
digits are so easy that the nearest image is mostly right without any training. All runs have the
same network, optimizer, steps and seed.

    python tools/train_digits.py                              all losses, two minutes
    python tools/train_digits.py --only arcface_loss ge2e_loss
    python tools/train_digits.py --into README.md             write the table between the markers of a file
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import paddle
import paddle.nn.functional as F
from markers import between
from paddle import Tensor
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.preprocessing import normalize

import paddle_losses as losses
from paddle_losses import nn

CLASSES, SIZE = 10, 32  # digits, components of an embedding
PER_CLASS = 8  # images of every digit in a batch
BEGIN, END = "<!-- digits: written by tools/train_digits.py -->", "<!-- end of digits -->"


@dataclass(frozen=True)
class Recipe:
    """How to train with a loss.

    ``make`` gives the Layer. ``call`` takes it, the outputs of a batch [10, PER_CLASS, outputs], digit by
    digit, and the digits [10, PER_CLASS]. ``metric`` is the distance that the embeddings are compared by;
    without one the outputs are class scores.
    """

    make: Callable[[], paddle.nn.Layer]
    call: Callable[[paddle.nn.Layer, Tensor, Tensor], Tensor]
    metric: str | None = None


@dataclass(frozen=True)
class Score:
    accuracy: float
    seconds: float
    by_mean: float | None = None  # of embeddings, by the nearest mean of a digit


# ------------------------------------------------------------------------------- losses of class scores


def by_class(loss, score, digit):
    return loss(score, digit)


def yes_or_no(loss, score, digit):
    return loss(score, F.one_hot(digit, CLASSES))


def chances(loss, score, digit):
    return loss(F.sigmoid(score), F.one_hot(digit, CLASSES))


def plus_or_minus(loss, score, digit):
    return loss(score, 2 * F.one_hot(digit, CLASSES) - 1)


def softened(loss, score, digit):
    return loss(score, losses.label_smooth(F.one_hot(digit, CLASSES), smoothing=0.1))


def against_noise(loss, score, digit, draws=9):
    noise = paddle.randint(0, CLASSES, [*digit.shape, draws])
    own = paddle.take_along_axis(score, digit.unsqueeze(-1), -1).squeeze(-1)
    log_prob = paddle.full([], 1 / CLASSES).log()
    return loss(
        own,
        paddle.take_along_axis(score, noise, -1),
        log_prob.expand(digit.shape),
        log_prob.expand(noise.shape),
    )


def beside_cross_entropy(loss, score, digit):
    return losses.cross_entropy(score, digit) + 0.1 * loss(score)


# --------------------------------------------------------------------------------- losses of embeddings


def by_label(loss, embedding, digit):
    return loss(embedding.flatten(0, 1), digit.flatten())


def annealed(loss, embedding, digit):
    loss.annealing *= 0.98
    return by_label(loss, embedding, digit)


def in_groups(loss, embedding, digit):
    return loss(embedding)


def pairs(embedding):
    """Two images of every digit at a time: [PER_CLASS / 2] pairs of [10, SIZE]."""
    return zip(embedding[:, 0::2].unbind(1), embedding[:, 1::2].unbind(1))


def matched(loss, embedding, digit):
    return sum(loss(one, other) for one, other in pairs(embedding)) * 2 / PER_CLASS


def triplets(embedding):
    """Images, others of the same digit, and images of another digit, each [10 · PER_CLASS / 2, SIZE]."""
    anchor, positive = embedding[:, 0::2], embedding[:, 1::2]
    negative = paddle.roll(positive, paddle.randint(1, CLASSES, [1]).item(), axis=0)
    return anchor.flatten(0, 1), positive.flatten(0, 1), negative.flatten(0, 1)


def in_triplets(loss, embedding, digit):
    return loss(*triplets(embedding))


def alike_or_not(loss, embedding, digit):
    anchor, positive, negative = triplets(embedding)
    alike = paddle.concat([paddle.ones([len(anchor)]), paddle.zeros([len(anchor)])])
    return loss(paddle.concat([anchor, anchor]), paddle.concat([positive, negative]), alike)


def ranked(loss, embedding, digit):
    anchor, positive, negative = triplets(embedding)
    near, far = F.cosine_similarity(anchor, positive), F.cosine_similarity(anchor, negative)
    return loss(near, far, paddle.ones_like(near))


def centres(layer: type, **settings) -> Callable[[], paddle.nn.Layer]:
    return lambda: layer(embedding_size=SIZE, num_classes=CLASSES, **settings)


RECIPES = {
    "binary_cross_entropy": Recipe(nn.BCELoss, chances),
    "binary_cross_entropy_with_logits": Recipe(nn.BCEWithLogitsLoss, yes_or_no),
    "weighted_cross_entropy": Recipe(lambda: nn.WeightedCrossEntropyLoss(pos_weight=9), yes_or_no),
    "balanced_cross_entropy": Recipe(lambda: nn.BalancedCrossEntropyLoss(beta=0.9), yes_or_no),
    "hinge_loss": Recipe(nn.HingeLoss, plus_or_minus),
    "squared_hinge_loss": Recipe(nn.SquaredHingeLoss, plus_or_minus),
    "exponential_loss": Recipe(nn.ExponentialLoss, plus_or_minus),
    "logistic_loss": Recipe(nn.LogisticLoss, plus_or_minus),
    "multiclass_hinge_loss": Recipe(nn.MulticlassHingeLoss, by_class),
    "multiclass_hinge_loss, weston_watkins": Recipe(
        lambda: nn.MulticlassHingeLoss(variant="weston_watkins"), by_class
    ),
    "cross_entropy": Recipe(nn.CrossEntropyLoss, by_class),
    "cross_entropy, label_smoothing=0.1": Recipe(lambda: nn.CrossEntropyLoss(label_smoothing=0.1), by_class),
    "entropy_loss · 0.1 + cross_entropy": Recipe(nn.EntropyLoss, beside_cross_entropy),
    "kl_divergence": Recipe(nn.KLDivergenceLoss, softened),
    "js_divergence": Recipe(nn.JSDivergenceLoss, softened),
    "nce_loss": Recipe(nn.NCELoss, against_noise),
    "poly1_cross_entropy": Recipe(nn.Poly1CrossEntropyLoss, by_class),
    "poly_cross_entropy": Recipe(lambda: nn.PolyCrossEntropyLoss(coefficients=[1.0, 0.5]), by_class),
    "poly1_focal_loss": Recipe(nn.Poly1FocalLoss, yes_or_no),
    "sigmoid_focal_loss": Recipe(nn.SigmoidFocalLoss, yes_or_no),
    "softmax_focal_loss": Recipe(nn.SoftmaxFocalLoss, by_class),
    "ghm_classification_loss": Recipe(nn.GHMClassificationLoss, yes_or_no),
    "ohem_cross_entropy": Recipe(lambda: nn.OHEMCrossEntropyLoss(min_kept=16, axis=-1), by_class),
    "softmax_loss": Recipe(centres(nn.SoftmaxLoss), by_label, "cosine"),
    "softmax_loss, normalize": Recipe(centres(nn.SoftmaxLoss, normalize=True, scale=16), by_label, "cosine"),
    "large_margin_softmax_loss": Recipe(
        centres(nn.LargeMarginSoftmaxLoss, annealing=100.0), annealed, "cosine"
    ),
    "sphereface_loss": Recipe(centres(nn.SphereFaceLoss, annealing=100.0), annealed, "cosine"),
    "cosface_loss": Recipe(centres(nn.CosFaceLoss), by_label, "cosine"),
    "arcface_loss": Recipe(centres(nn.ArcFaceLoss), by_label, "cosine"),
    "triplet_margin_loss": Recipe(nn.TripletMarginLoss, in_triplets, "euclidean"),
    "batch_triplet_loss, hard": Recipe(nn.BatchTripletLoss, by_label, "euclidean"),
    "batch_triplet_loss, semihard": Recipe(
        lambda: nn.BatchTripletLoss(strategy="semihard"), by_label, "euclidean"
    ),
    "batch_triplet_loss, all": Recipe(lambda: nn.BatchTripletLoss(strategy="all"), by_label, "euclidean"),
    "contrastive_loss": Recipe(nn.ContrastiveLoss, alike_or_not, "euclidean"),
    "margin_ranking_loss": Recipe(lambda: nn.MarginRankingLoss(margin=0.5), ranked, "cosine"),
    "info_nce_loss": Recipe(nn.InfoNCELoss, matched, "cosine"),
    "info_nce_loss, symmetric": Recipe(lambda: nn.InfoNCELoss(symmetric=True), matched, "cosine"),
    "multiple_negatives_ranking_loss": Recipe(nn.MultipleNegativesRankingLoss, matched, "cosine"),
    "ge2e_loss, softmax": Recipe(nn.GE2ELoss, in_groups, "cosine"),
    "ge2e_loss, contrast": Recipe(lambda: nn.GE2ELoss(variant="contrast"), in_groups, "cosine"),
}


# ------------------------------------------------------------------------------------------- training


def network(outputs: int) -> paddle.nn.Layer:
    return paddle.nn.Sequential(
        paddle.nn.Conv2D(1, 16, 3, padding=1),
        paddle.nn.ReLU(),
        paddle.nn.Conv2D(16, 32, 3, stride=2, padding=1),
        paddle.nn.ReLU(),
        paddle.nn.Flatten(),
        paddle.nn.Linear(32 * 4 * 4, outputs),
    )


def digits(seed: int) -> tuple[np.ndarray, ...]:
    """Images [N, 1, 8, 8] in [0, 1] and digits: three quarters to train with, one to score."""
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype("float32").reshape(-1, 1, 8, 8)
    return train_test_split(images, labels, test_size=0.25, random_state=seed, stratify=labels)


def train(recipe: Recipe, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> paddle.nn.Layer:
    paddle.seed(seed)
    model, loss = network(SIZE if recipe.metric else CLASSES), recipe.make()
    optimizer = paddle.optimizer.Adam(3e-3, parameters=[*model.parameters(), *loss.parameters()])
    places = [np.flatnonzero(labels == digit) for digit in range(CLASSES)]
    digit = paddle.arange(CLASSES).unsqueeze(1).expand([CLASSES, PER_CLASS])
    draw = np.random.default_rng(seed)
    for _ in range(steps):
        batch = np.concatenate([draw.choice(place, PER_CLASS, replace=False) for place in places])
        outputs = model(paddle.to_tensor(images[batch])).reshape([CLASSES, PER_CLASS, -1])
        recipe.call(loss, outputs, digit).backward()
        optimizer.step()
        optimizer.clear_grad()
    model.eval()
    return model


def outputs_of(model: paddle.nn.Layer, images: np.ndarray) -> np.ndarray:
    with paddle.no_grad():
        return model(paddle.to_tensor(images)).numpy()


def score(recipe: Recipe, steps: int, seed: int) -> Score:
    """Train with a loss and say how many of the held-out images are told right."""
    images, held_out, labels, truth = digits(seed)
    begin = time.perf_counter()
    model = train(recipe, images, labels, steps, seed)
    seconds = time.perf_counter() - begin
    seen, new = outputs_of(model, images), outputs_of(model, held_out)
    if recipe.metric is None:
        return Score(float((new.argmax(1) == truth).mean()), seconds)
    if recipe.metric == "cosine":
        seen, new = normalize(seen), normalize(new)
    told = [judge.fit(seen, labels).predict(new) for judge in (KNeighborsClassifier(1), NearestCentroid())]
    by_image, by_mean = (float((digit == truth).mean()) for digit in told)
    return Score(by_image, seconds, by_mean)


# ------------------------------------------------------------------------------------------- the table


HEAD = """\
| loss | highest score | nearest image | nearest mean | seconds |
|---|---|---|---|---|"""


def row(name: str, result: Score) -> str:
    accuracy = f"{result.accuracy:.1%}"
    embeds = result.by_mean is not None
    told = ["", accuracy, f"{result.by_mean:.1%}"] if embeds else [accuracy, "", ""]
    return f"| {name} | {' | '.join(told)} | {result.seconds:.1f} |"


def main(arguments: list[str] | None = None) -> dict[str, Score]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], metavar="LOSS", help="those whose names begin so")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path, metavar="FILE", help="write the table between its markers")
    options = parser.parse_args(arguments)
    if options.steps < 1:
        parser.error(f"--steps must be at least 1, got {options.steps}")
    wrong = [prefix for prefix in options.only if not any(name.startswith(prefix) for name in RECIPES)]
    if wrong:
        parser.error(f"no loss here begins with {wrong[0]}; there are {', '.join(RECIPES)}")
    names = [name for name in RECIPES if not options.only or name.startswith(tuple(options.only))]
    print(HEAD)
    results, lines = {}, [HEAD]
    for name in names:
        results[name] = score(RECIPES[name], options.steps, options.seed)
        lines.append(row(f"`{name}`", results[name]))
        print(lines[-1], flush=True)
    lines.append(row("embeddings without training", score(RECIPES["arcface_loss"], 0, options.seed)))
    print(lines[-1])
    if options.into:
        table = "\n".join(lines)
        text = options.into.read_text(encoding="utf-8")
        options.into.write_text(between(text, BEGIN, END, table), encoding="utf-8")
    return results


if __name__ == "__main__":
    main()

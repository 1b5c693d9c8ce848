"""Every loss once more, as naively as possible: NumPy, float64, one element at a time in meaning.

Nothing of the package is imported here. The formulas are the textbook's, right for moderate inputs;
extreme inputs are the business of ``test_accuracy.py``, which computes with 60 digits.
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def l1(input, label):
    return np.abs(label - input)


def mse(input, label):
    return (label - input) ** 2


def mean_bias_error(input, label):
    return input - label


def huber(input, label, delta=1.0):
    e = np.abs(label - input)
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))


def smooth_l1(input, label, beta=1.0):
    if beta == 0:
        return l1(input, label)
    e = np.abs(label - input)
    return np.where(e <= beta, e**2 / (2 * beta), e - beta / 2)


def log_cosh(input, label):
    return np.log(np.cosh(label - input))


def quantile(input, label, quantile=0.5):
    if isinstance(quantile, list):
        label = label[..., np.newaxis]
        quantile = np.array(quantile)
    e = label - input
    return np.where(e >= 0, quantile * e, (quantile - 1) * e)


def binary_cross_entropy(input, label, epsilon=1e-7):
    p = np.clip(input, epsilon, 1 - epsilon)
    return -(label * np.log(p) + (1 - label) * np.log(1 - p))


def weighted_cross_entropy(logit, label, pos_weight=1.0):
    w = 1.0 if pos_weight is None else pos_weight
    p = sigmoid(logit)
    return -(w * label * np.log(p) + (1 - label) * np.log(1 - p))


def balanced_cross_entropy(logit, label, beta=0.5, held=None):
    batch = label if held is None else held["label"]
    b = beta if beta is not None else np.mean(1 - batch) if batch.size else 0.5
    p = sigmoid(logit)
    return -(b * label * np.log(p) + (1 - b) * (1 - label) * np.log(1 - p))


def sigmoid_focal(logit, label, alpha=0.25, gamma=2.0):
    p = sigmoid(logit)
    positive, negative = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    return -(
        positive * (1 - p) ** gamma * label * np.log(p) + negative * p**gamma * (1 - label) * np.log(1 - p)
    )


def hinge(input, label, margin=1.0):
    return np.maximum(0, margin - label * input)


def squared_hinge(input, label, margin=1.0):
    return np.maximum(0, margin - label * input) ** 2


def exponential(input, label):
    return np.exp(-label * input)


def logistic(input, label):
    return np.log(1 + np.exp(-label * input))


def multiclass_hinge(input, label, margin=1.0, variant="crammer_singer", axis=-1):
    x = np.moveaxis(input, axis, -1)
    right = np.eye(x.shape[-1], dtype=bool)[label]
    excess = np.where(right, 0, np.maximum(0, margin - np.sum(x * right, -1, keepdims=True) + x))
    return np.sum(excess, -1) if variant == "weston_watkins" else np.max(excess, -1, initial=0)


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis, keepdims=True, initial=-1e300))
    return e / np.sum(e, axis, keepdims=True)


def label_smooth(label, smoothing=0.1, mode="uniform", num_classes=None):
    q = label if label.dtype.kind == "f" else np.eye(num_classes)[label]
    if mode == "uniform":
        return (1 - smoothing) * q + smoothing / q.shape[-1]
    return (1 - smoothing) * q + smoothing * (1 - q) / (q.shape[-1] - 1)


def rows(input, label, axis=-1, ignore_index=-100, label_smoothing=0.0, smoothing_mode="uniform"):
    """Inputs with the classes last, label distributions, and which rows count."""
    x, kept = np.moveaxis(input, axis, -1), np.ones(np.moveaxis(input, axis, -1).shape[:-1])
    q = np.moveaxis(label, axis, -1) if label.dtype.kind == "f" else label
    if label.dtype.kind != "f":
        kept = (label != ignore_index).astype(float)
        q = np.eye(x.shape[-1])[np.where(kept > 0, label, 0)]
    return x, label_smooth(q, label_smoothing, smoothing_mode), kept


def cross_entropy(input, label, from_logits=True, epsilon=1e-7, **options):
    x, q, kept = rows(input, label, **options)
    p = softmax(x) if from_logits else np.clip(x, epsilon, 1)
    return kept * -np.sum(q * np.log(p), -1), kept


def entropy(input, from_logits=True, axis=-1):
    p = softmax(input, axis) if from_logits else input
    return -np.sum(p * np.log(p), axis)


def kl_divergence(input, label, from_logits=True, epsilon=1e-7, axis=-1):
    p = softmax(input, axis) if from_logits else np.clip(input, epsilon, 1)
    return np.sum(label * np.log(label / p), axis)


def js_divergence(input, label, from_logits=True, axis=-1):
    p = softmax(input, axis) if from_logits else input
    m = (p + label) / 2
    return np.sum(p * np.log(p / m) + label * np.log(label / m), axis) / 2


def nce(score, noise_score, log_prob, noise_log_prob):
    k = noise_score.shape[-1]
    seen = -np.log(sigmoid(score - np.log(k) - log_prob))
    return seen - np.sum(np.log(sigmoid(-(noise_score - np.log(k) - noise_log_prob))), -1)


def poly(input, label, coefficients=None, poly_epsilon=2.0, **options):
    entropies, kept = cross_entropy(input, label, **options)
    x, q, _ = rows(input, label, **options)
    miss = 1 - np.sum(q * softmax(x), -1)
    terms = [poly_epsilon] if coefficients is None else coefficients
    return entropies + kept * sum(c * miss ** (j + 1) for j, c in enumerate(terms)), kept


def poly1_focal(logit, label, poly_epsilon=1.0, alpha=0.25, gamma=2.0):
    p = sigmoid(logit)
    miss = label * (1 - p) + (1 - label) * p
    return sigmoid_focal(logit, label, alpha, gamma) + poly_epsilon * miss ** (gamma + 1)


def softmax_focal(input, label, alpha=None, gamma=2.0, axis=-1, ignore_index=-100):
    x, q, kept = rows(input, label, axis, ignore_index)
    p = np.sum(q * softmax(x), -1)
    return kept * (1.0 if alpha is None else alpha) * (1 - p) ** gamma * -np.log(p), kept


def harmony(hardness, bins):
    """N / (elements of the bin · bins that are not empty)."""
    index = np.minimum((hardness * bins).astype(int), bins - 1)
    counts = np.array([np.sum(index == b) for b in range(bins)])
    return hardness.size / (counts[index] * max(1, np.sum(counts > 0)))


def ghm_classification(logit, label, bins=10, held=None):
    at = held or {"logit": logit, "label": label}
    return harmony(np.abs(sigmoid(at["logit"]) - at["label"]), bins) * weighted_cross_entropy(logit, label)


def ghm_regression(input, label, mu=0.02, bins=10, held=None):
    at = held or {"input": input, "label": label}
    error = np.abs(at["label"] - at["input"])
    weight = harmony(error / np.sqrt(error**2 + mu**2), bins)
    return weight * (np.sqrt((label - input) ** 2 + mu**2) - mu)


def zero_one(input, label, axis=-1):
    if input.shape == label.shape:
        return np.where((input > 0) != (label > 0), 1.0, 0.0)
    return np.where(np.argmax(input, axis) != label, 1.0, 0.0)


def box_parts(input, label, box_format="xyxy", epsilon=1e-7):
    """IoU, GIoU's (C - U) / C, DIoU's ρ²/c², CIoU's v and α, EIoU's last two terms in one."""
    (ax, ay, aX, aY), (bx, by, bX, bY) = (_corners(boxes, box_format) for boxes in (input, label))
    (aw, ah), (bw, bh) = (aX - ax, aY - ay), (bX - bx, bY - by)

    def area(w, h):
        return np.maximum(w, 0) * np.maximum(h, 0)

    def ratio(a, b):
        return a / np.maximum(b, epsilon)

    common = area(np.minimum(aX, bX) - np.maximum(ax, bx), np.minimum(aY, bY) - np.maximum(ay, by))
    union = area(aw, ah) + area(bw, bh) - common
    cw, ch = np.ptp([ax, aX, bx, bX], axis=0), np.ptp([ay, aY, by, bY], axis=0)
    iou = ratio(common, union)
    v = 4 / np.pi**2 * (_aspect(bw, bh) - _aspect(aw, ah)) ** 2
    v = np.where((np.fmax(aw, ah) <= 0) | (np.fmax(bw, bh) <= 0), 0, v)  # no size, no aspect ratio
    return {
        "iou": iou,
        "giou": ratio(cw * ch - union, cw * ch),
        "diou": ratio(((ax + aX - bx - bX) ** 2 + (ay + aY - by - bY) ** 2) / 4, cw**2 + ch**2),
        "v": v,
        "alpha": ratio(v, 1 - iou + v),
        "eiou": ratio((aw - bw) ** 2, cw**2) + ratio((ah - bh) ** 2, ch**2),
    }


def _corners(boxes, box_format):
    x, y, X, Y = np.moveaxis(boxes, -1, 0)
    return (x, y, X, Y) if box_format == "xyxy" else (x - X / 2, y - Y / 2, x + X / 2, y + Y / 2)


def _aspect(w, h):
    return np.arctan2(np.maximum(w, 0), np.maximum(h, 0))


def iou(input, label, mode="linear", **options):
    iou = box_parts(input, label, **options)["iou"]
    return 1 - iou if mode == "linear" else -np.log(np.maximum(iou, options.get("epsilon", 1e-7)))


def giou(input, label, **options):
    part = box_parts(input, label, **options)
    return 1 - part["iou"] + part["giou"]


def diou(input, label, **options):
    part = box_parts(input, label, **options)
    return 1 - part["iou"] + part["diou"]


def ciou(input, label, held=None, **options):
    part = box_parts(input, label, **options)
    alpha = part["alpha"] if held is None else box_parts(**held, **options)["alpha"]
    return 1 - part["iou"] + part["diou"] + alpha * part["v"]


def eiou(input, label, **options):
    part = box_parts(input, label, **options)
    return 1 - part["iou"] + part["diou"] + part["eiou"]


def focal_eiou(input, label, gamma=0.5, held=None, **options):
    factor = box_parts(**(held or {"input": input, "label": label}), **options)["iou"] ** gamma
    return factor * eiou(input, label, **options)


def alpha_iou(input, label, alpha=3.0, base="iou", held=None, **options):
    part = box_parts(input, label, **options)
    beta = part["alpha"] if held is None else box_parts(**held, **options)["alpha"]
    terms = {
        "iou": [],
        "giou": [part["giou"]],
        "diou": [part["diou"]],
        "ciou": [part["diou"], beta * part["v"]],
    }

    def power(x):  # with a finite slope at 0
        return x**alpha if alpha >= 1 else x * np.maximum(x, options.get("epsilon", 1e-7)) ** (alpha - 1)

    return 1 - power(part["iou"]) + sum(power(term) for term in terms[base])


def riou(input, label, beta=0.95, **options):
    u = (1 - box_parts(input, label, **options)["iou"]) / (1 - beta)
    loss = np.where(u < 1, u**2 / 2, 0.5 + np.log(np.maximum(u, 1)))
    return loss / (0.5 - np.log(1 - beta))


def ohem(input, label, thresh=0.7, min_kept=10000, ignore_index=-100, axis=1):
    loss, kept = cross_entropy(input, label, axis=axis, ignore_index=ignore_index)
    ranked = np.sort(np.where(kept > 0, loss, -1).ravel())[::-1]
    lowest = ranked[min(min_kept, loss.size) - 1] if min_kept and loss.size else np.inf
    chosen = kept * ((np.exp(-loss) < thresh) | (loss >= lowest))
    return chosen * loss, chosen


def products(embedding, weight, normalize_embedding=False, normalize_weight=False):
    x, w = embedding, weight
    x = x / np.linalg.norm(x, axis=1, keepdims=True) if normalize_embedding else x
    w = w / np.linalg.norm(w, axis=1, keepdims=True) if normalize_weight else w
    return x @ w.T


def softmax_of_centres(embedding, label, weight, normalize=False, scale=1.0):
    return cross_entropy(scale * products(embedding, weight, normalize, normalize), label)


def info_nce(query, positive, negatives=None, temperature=0.07, normalize=True, symmetric=False):
    logits = products(query, positive, normalize, normalize)
    right = np.arange(len(query))
    if negatives is not None:
        own = np.diagonal(logits)[:, np.newaxis]
        logits, right = np.concatenate([own, with_negatives(query, negatives, normalize)], 1), 0 * right
    loss = retrieval(logits / temperature, right)
    return (loss + retrieval(logits.T / temperature, right)) / 2 if symmetric else loss


def retrieval(logits, right):
    own = logits[np.arange(len(right)), right]
    return np.log(np.sum(np.exp(logits - own[:, np.newaxis]), 1))


def multiple_negatives_ranking(anchor, positive, hard_negatives=None, scale=20.0):
    logits = products(anchor, positive, True, True)
    if hard_negatives is not None:
        logits = np.concatenate([logits, with_negatives(anchor, hard_negatives, True)], 1)
    return retrieval(scale * logits, np.arange(len(anchor)))


def with_negatives(query, negatives, normalize):
    if negatives.ndim == 2:
        return products(query, negatives, normalize, normalize)
    rows = [products(q[np.newaxis], n, normalize, normalize)[0] for q, n in zip(query, negatives)]
    return np.reshape(rows, negatives.shape[:2])


def ge2e(embedding, scale, bias, variant="softmax"):
    speakers, utterances, _ = embedding.shape
    e = embedding / np.linalg.norm(embedding, axis=2, keepdims=True)
    loss = np.zeros((speakers, utterances))
    for j, i in np.ndindex(speakers, utterances):
        centroids = e.mean(1)
        centroids[j] = np.delete(e[j], i, 0).mean(0)
        s = scale * products(e[j, i : i + 1], centroids, True, True)[0] + bias
        wrong = np.delete(s, j)
        softmax_loss = -s[j] + np.log(np.sum(np.exp(s)))
        contrast_loss = 1 - sigmoid(s[j]) + np.max(sigmoid(wrong), initial=0)
        loss[j, i] = softmax_loss if variant == "softmax" else contrast_loss
    return loss


def margin_softmax(logits, own, label):
    altered = np.where(np.arange(logits.shape[1]) == label[:, np.newaxis], own[:, np.newaxis], logits)
    return cross_entropy(altered, label)


def right_cosine(embedding, label, weight):
    cosine = products(embedding, weight, True, True)[np.arange(len(label)), label]
    return np.clip(cosine, -1, 1)


def psi(cosine, margin, annealing):
    theta = np.arccos(cosine)
    k = np.minimum(np.floor(theta * margin / np.pi), margin - 1)
    return ((-1) ** k * np.cos(margin * theta) - 2 * k + annealing * cosine) / (1 + annealing)


def large_margin(embedding, label, weight, margin=4, annealing=0.0):
    lengths = np.linalg.norm(embedding, axis=1) * np.linalg.norm(weight[label], axis=1)
    own = lengths * psi(right_cosine(embedding, label, weight), margin, annealing)
    return margin_softmax(products(embedding, weight), own, label)


def sphereface(embedding, label, weight, margin=4, annealing=0.0):
    own = np.linalg.norm(embedding, axis=1) * psi(right_cosine(embedding, label, weight), margin, annealing)
    return margin_softmax(products(embedding, weight, False, True), own, label)


def cosface(embedding, label, weight, margin=0.35, scale=64.0):
    own = scale * (right_cosine(embedding, label, weight) - margin)
    return margin_softmax(scale * products(embedding, weight, True, True), own, label)


def arcface(embedding, label, weight, margin=0.5, scale=64.0, epsilon=1e-7):
    cosine = right_cosine(embedding, label, weight)
    theta = np.arccos(cosine)
    sine = np.sqrt(np.maximum(np.sin(theta) ** 2, epsilon))
    turned = cosine * np.cos(margin) - sine * np.sin(margin)
    own = np.where(theta < np.pi - margin, turned, cosine - margin * np.sin(margin))
    return margin_softmax(scale * products(embedding, weight, True, True), scale * own, label)


def distance(x, y, p=2, epsilon=0.0):
    return np.sum(np.abs(x - y + epsilon) ** p, -1) ** (1 / p)


def triplet_margin(anchor, positive, negative, margin=1.0, p=2, swap=False, epsilon=1e-6):
    near, far, crossed = (
        distance(x, y, p, epsilon) for x, y in ((anchor, positive), (anchor, negative), (positive, negative))
    )
    return np.maximum(0, near - (np.minimum(far, crossed) if swap else far) + margin)


def triplets(embedding, label, strategy="hard", margin=1.0):
    found = []
    distance = np.linalg.norm(embedding[:, None] - embedding[None], axis=-1)
    for a, row in enumerate(distance):
        positives = [i for i in range(len(label)) if label[i] == label[a] and i != a]
        negatives = [i for i in range(len(label)) if label[i] != label[a]]
        if strategy == "hard" and positives and negatives:
            found.append((a, max(positives, key=row.__getitem__), min(negatives, key=row.__getitem__)))
        for p in positives if strategy != "hard" else ():
            allowed = {
                "all": negatives,
                "easy": [n for n in negatives if row[n] > row[p] + margin],
                "semihard": [n for n in negatives if row[p] < row[n] < row[p] + margin],
            }[strategy]
            if strategy == "semihard":
                allowed = sorted(allowed, key=row.__getitem__)[:1]
            found += [(a, p, n) for n in allowed]
    return tuple(np.array([triplet[i] for triplet in found], "int64") for i in range(3))


def batch_triplet(embedding, label, strategy="hard", margin=1.0):
    a, p, n = (embedding[index] for index in triplets(embedding, label, strategy, margin))
    return triplet_margin(a, p, n, margin, epsilon=0.0)


def contrastive(anchor, other, label, margin=1.0):
    d = distance(anchor, other)
    return (label * d**2 + (1 - label) * np.maximum(0, margin - d) ** 2) / 2


def margin_ranking(input, other, label, margin=0.0):
    return np.maximum(0, -label * (input - other) + margin)


def dice(
    input,
    label,
    mode="multiclass",
    from_logits=True,
    smooth=1e-5,
    squared=False,
    batch=False,
    include_background=True,
    ignore_index=None,
    ignore_empty=False,
):
    kept = np.ones(label.shape) if ignore_index is None else (label != ignore_index).astype(float)
    label = np.where(kept > 0, label, 0)
    if mode == "multiclass":
        p = softmax(input, 1) if from_logits else input
        if label.ndim < input.ndim:
            label, kept = np.moveaxis(np.eye(input.shape[1])[label], -1, 1), kept[:, np.newaxis]
    else:
        p = sigmoid(input) if from_logits else input
    if mode == "binary":
        p, label, kept = p[:, np.newaxis], label[:, np.newaxis], kept[:, np.newaxis]
    axes = (*([0] if batch else []), *range(2, p.ndim))
    e = 2 if squared else 1
    both = np.sum(kept * (p**e + label**e), axes)
    loss = 1 - (np.sum(2 * kept * p * label, axes) + smooth) / (both + smooth)
    present = np.sum(kept * label, axes) > 0 if ignore_empty else np.ones(loss.shape)
    loss, present = (a[np.newaxis] if batch else a for a in (loss, present.astype(float)))
    first = 0 if include_background else 1
    return (present * loss)[:, first:], present[:, first:]


def yolov1(input, label, boxes_per_cell=2, lambda_coord=5.0, lambda_noobj=0.5, held=None):
    at = input if held is None else held["input"]
    total = np.zeros(input.shape[0])
    for n, row, column in np.ndindex(input.shape[:3]):
        cell, truth, there = input[n, row, column], label[n, row, column], label[n, row, column, 4]
        boxes = cell[: 5 * boxes_per_cell].reshape(-1, 5)
        fixed = at[n, row, column, : 5 * boxes_per_cell].reshape(-1, 5)
        scale = np.array([1 / input.shape[1], 1 / input.shape[1], 1, 1])
        ious = [centred_iou(b[:4] * scale, truth[:4] * scale) for b in fixed]
        best = int(np.argmax(ious)) if there else -1
        for b, box in enumerate(boxes):
            if b != best:
                total[n] += lambda_noobj * box[4] ** 2
                continue
            signed = np.sign(box[2:4]) * np.sqrt(np.abs(box[2:4]))
            errors = np.concatenate([box[:2] - truth[:2], signed - np.sqrt(truth[2:4])])
            total[n] += lambda_coord * np.sum(errors**2) + (box[4] - ious[b]) ** 2
        total[n] += there * np.sum((cell[5 * boxes_per_cell :] - truth[5:]) ** 2)
    return total


def centred_iou(a, b):
    sides = [
        max(0, min(a[i] + a[i + 2] / 2, b[i] + b[i + 2] / 2) - max(a[i] - a[i + 2] / 2, b[i] - b[i + 2] / 2))
        for i in (0, 1)
    ]
    common = sides[0] * sides[1]
    return common / (a[2] * a[3] + b[2] * b[3] - common)


def detection(classification, localization, iou, iou_threshold=0.5, box_weight=1.0):
    if not classification.size:
        return np.array(0.0)
    found = iou > iou_threshold
    box = np.sum(found * localization) / max(1, np.sum(found))
    return np.mean(classification) + box_weight * box


def mean(x):
    return np.mean(x) if x.size else np.array(0.0)


def minimax_discriminator(real, fake):
    return mean(-np.log(sigmoid(real))) + mean(-np.log(1 - sigmoid(fake)))


def minimax_generator(fake):
    return mean(np.log(1 - sigmoid(fake)))


def non_saturating_generator(fake):
    return mean(-np.log(sigmoid(fake)))


def wgan_discriminator(real, fake):
    return mean(fake) - mean(real)


def wgan_generator(fake):
    return -mean(fake)


def lsgan_discriminator(real, fake, real_target=1.0, fake_target=0.0):
    return 0.5 * mean((real - real_target) ** 2) + 0.5 * mean((fake - fake_target) ** 2)


def lsgan_generator(fake, target=1.0):
    return 0.5 * mean((fake - target) ** 2)


def loss_sensitive_gan_discriminator(real, fake, distance, weight=1.0):
    return mean(real) + weight * mean(np.maximum(0, distance + real - fake))


def loss_sensitive_gan_generator(fake):
    return mean(fake)


def over_two_maps(distance, input, label, weights):
    first, second = weights or (1, 1)
    return np.array(
        [first * distance(x, y) + second * distance(2 * x, 2 * y) for x, y in zip(input, label)]
    ).reshape(len(input))


def perceptual(input, label, weights=None, norm="l1"):
    def distance(x, y):
        return np.mean(np.abs(x - y) ** (1 if norm == "l1" else 2)) if x.size else 0.0

    return over_two_maps(distance, input, label, weights)


def style(input, label, weights=None):
    def gram(x):
        rows = x.reshape(len(x), -1)
        return np.array([[np.dot(a, b) / x.size for a in rows] for b in rows])

    def distance(x, y):
        return np.mean((gram(x) - gram(y)) ** 2) if x.size else 0.0

    return over_two_maps(distance, input, label, weights)


def elements(result):
    """The loss of every element and what it counts in the mean, from what an oracle returns."""
    return result if isinstance(result, tuple) else (result, np.ones_like(result))


def reduce(result, reduction, sample_weight=1.0):
    """The house rule: mean = Σ w·loss / Σ w, and 0 where Σ w is 0."""
    loss, counts = elements(result)
    loss = sample_weight * loss
    if reduction == "none":
        return loss
    total, weight = np.sum(loss), np.sum(sample_weight * counts)
    if reduction == "sum":
        return total
    return total / weight if weight != 0 else 0.0


def gradient(function, tensors, name, step=1e-6):
    """Central differences of Σ function(**tensors) with respect to one tensor."""
    result = np.zeros_like(tensors[name])
    for index in np.ndindex(result.shape):
        ends = []
        for sign in (1, -1):
            moved = tensors[name].copy()
            moved[index] += sign * step
            ends.append(np.sum(function(**{**tensors, name: moved})))
        result[index] = (ends[0] - ends[1]) / (2 * step)
    return result

"""Our losses of several tensors beside those of other libraries: value, and the gradient of every tensor.

As in test_peers.py: what they compute is recorded in data/peers, by tools/record_peers_of_several.py;
`SAME` maps every call of theirs to ours and says in words which conventions differ; `DIFFERENT` lists what
we do otherwise on purpose. `MINED` does it for the choice of triplets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, NamedTuple

import numpy as np
import paddle
import pytest

import paddle_losses as losses

FOLDER = Path(__file__).parent / "data" / "peers"
PEERS = (
    "pytorch-metric-learning",
    "torch_of_several",
    "sentence-transformers",
    "info-nce-pytorch",
    "speechbrain",
    "torchgan",
    "coqui-tts",
    "ge2e_paper",
)
MINERS = "pytorch-metric-learning_miners"


class Entry(NamedTuple):
    """One call of a peer, with one reduction."""

    name: str
    call: str
    case: str
    settings: dict
    arrays: dict[str, np.ndarray]
    reduction: str
    value: np.ndarray
    gradient: dict[str, np.ndarray]
    elements: np.ndarray | None  # the value before it is reduced, where that is recorded too


class Same(NamedTuple):
    """How a call of ours gives the numbers of theirs."""

    ours: str
    says: str = "the same"
    # our arguments from an entry; by default theirs
    call: Callable[[Entry, dict], dict] = lambda entry, tensors: {**tensors, **entry.settings}
    # what their value and gradient are to be multiplied by
    times: Callable[[Entry], float] = lambda entry: 1.0
    # what is left to differ: rounding, and what they lose of a softmax that is almost 1
    noise: Callable[[Entry], float] = lambda entry: 0.0
    # ours has no reductions
    reduces: bool = True


# ---------------------------------------------------------------------------------------- the conventions


def only(*names, **others):
    """Our arguments are the arrays, the settings called ``names``, and ``others``."""
    return lambda entry, tensors: {**tensors, **{n: entry.settings[n] for n in names}, **others}


def renamed(**names):
    """Theirs under our names."""
    return lambda entry, tensors: {
        names.get(name, name): value for name, value in {**tensors, **entry.settings}.items()
    }


def in_radians(entry, tensors):
    return {**tensors, **entry.settings, "margin": np.radians(entry.settings["margin"])}


def of_logits(entry):
    """log_softmax and its gradient are right to 1e-16, and the gradient is multiplied by the scale."""
    return 2.5e-16 * entry.settings.get("scale", 1 / entry.settings.get("temperature", 1.0))


def of_a_bias_that_cancels(entry):
    """To 1e-16 for each utterance."""
    return 2e-15


def one_over_temperature(entry, tensors):
    return {**tensors, "normalize": True, "scale": 1 / entry.settings["temperature"]}


def rows_of_triplets(entry, tensors):
    names = ("anchor", "positive", "negative")
    rows = {
        name: paddle.gather(tensors["embedding"], index) for name, index in zip(names, tensors["triplets"])
    }
    return {**rows, **entry.settings, "epsilon": 0.0}


def normalised_rows_of_triplets(entry, tensors):
    x = tensors["embedding"]
    length = paddle.sqrt((x * x).sum(1, keepdim=True))
    return rows_of_triplets(entry, {**tensors, "embedding": x / length})


def share_above_0(entry):
    """Their mean is divided by the number of triplets that cost something."""
    nonzero = entry.reduction == "mean of those above 0"
    return np.mean(entry.elements > 0) if nonzero else 1.0


def share_of_violating(entry):
    """The same, where their elements are not recorded."""
    x, label, margin = entry.arrays["embedding"], entry.arrays["label"], entry.settings["margin"]
    d = np.linalg.norm(x[:, None] - x, axis=2)
    same = label[:, None] == label
    positive = same & ~np.eye(len(x), dtype=bool)
    lead = d[:, :, None] - d[:, None, :] + margin
    return (lead > 0)[positive[:, :, None] & ~same[:, None, :]].mean()


def share_without_positive(entry):
    """Of them the loss is 0 here: their nearest negative is far away."""
    label = entry.arrays["label"]
    return len(label) / ((label[:, None] == label).sum(1) > 1).sum()


def every_other(entry, tensors):
    """Of both views, all but a vector and its partner are its negatives."""
    query = paddle.concat([tensors["query"], tensors["positive"]])
    positive = paddle.concat([tensors["positive"], tensors["query"]])
    n = query.shape[0]
    others = [[j for j in range(n) if j % (n // 2) != i % (n // 2)] for i in range(n)]
    negatives = query[paddle.to_tensor(others).flatten()].reshape([n, n - 2, -1])
    return {"query": query, "positive": positive, "negatives": negatives, **entry.settings}


def both_directions(entry, tensors):
    query, positive, scale = tensors["anchor"], tensors["positive"], entry.settings["scale"]
    return {"query": query, "positive": positive, "temperature": 1 / scale, "symmetric": True}


def hard_negatives_of_all(entry, tensors):
    arguments = {"anchor": tensors["anchor"], "positive": tensors["positive"], **entry.settings}
    if "first" in tensors:
        arguments["hard_negatives"] = paddle.concat([tensors["first"], tensors["second"]])
    return arguments


def shifted(entry, tensors):
    """Their distance is that of x - y + 1e-6."""
    return {**tensors, "other": tensors["other"] - paddle.to_tensor(1e-6, "float64"), **entry.settings}


def critic(weight):
    return lambda x: paddle.tanh(paddle.matmul(x, weight, transpose_y=True)).sum(1)


def of_one_point(entry, tensors):
    """Between a sample and itself there is only the sample."""
    x = tensors["interpolate"]
    return {"critic": critic(tensors["weight"]), "real": x, "fake": x, "weight": 1.0}


SAME = {
    # ------------------------------------------------------------------------- pytorch-metric-learning
    "pml.ArcFaceLoss": Same(
        "arcface_loss",
        "the margin is in degrees, 28.6 by default; centres are columns",
        in_radians,
        noise=of_logits,
    ),
    "pml.CosFaceLoss": Same("cosface_loss", "centres are columns", noise=of_logits),
    "pml.LargeMarginSoftmaxLoss": Same("large_margin_softmax_loss", "centres are columns", noise=of_logits),
    "pml.SphereFaceLoss": Same("sphereface_loss", "centres are columns", noise=of_logits),
    "pml.NormalizedSoftmaxLoss": Same(
        "softmax_loss",
        "normalize=True with scale 1 / temperature; centres are columns",
        one_over_temperature,
        noise=of_logits,
    ),
    "pml.TripletMarginLoss": Same(
        "triplet_margin_loss",
        "of the rows that the triplets name, without ε; their default mean is over those above 0, and the "
        "smaller distance of swap is the same",
        rows_of_triplets,
        times=share_above_0,
    ),
    "pml.TripletMarginLoss, normalised": Same(
        "triplet_margin_loss",
        "LpDistance normalises unless told otherwise",
        normalised_rows_of_triplets,
        times=share_above_0,
    ),
    "pml.ContrastiveLoss": Same(
        "contrastive_loss",
        "d, or max(0, neg_margin - d), where ours is half its square; positive and negative pairs have "
        "means of their own, over those above 0",
        renamed(neg_margin="margin"),
    ),
    "pml.NTXentLoss": Same("info_nce_loss", "in SelfSupervisedLoss(symmetric=False)", noise=of_logits),
    "pml.NTXentLoss, symmetric": Same(
        "info_nce_loss",
        "in SelfSupervisedLoss as it is: every vector of both views is a query, and all but its partner are "
        "negatives, of its own view too; our symmetric=True has only those of the other view",
        every_other,
    ),
    # ------------------------------------------------------------------------------------------- torch
    "F.triplet_margin_loss": Same("triplet_margin_loss", "eps is our epsilon", renamed(eps="epsilon")),
    "F.margin_ranking_loss": Same("margin_ranking_loss"),
    # --------------------------------------------------------------------------- sentence-transformers
    "sentences.MultipleNegativesRankingLoss": Same(
        "multiple_negatives_ranking_loss",
        "hard negatives come one tensor each for all anchors, and all of them are candidates of every one",
        hard_negatives_of_all,
        noise=of_logits,
    ),
    "sentences.MultipleNegativesRankingLoss, symmetric": Same(
        "info_nce_loss",
        "both directions, partitioned per direction, are symmetric=True with temperature 1 / scale",
        both_directions,
        noise=of_logits,
    ),
    "sentences.ContrastiveLoss": Same(
        "contrastive_loss",
        "the Euclidean one (their default is the cosine), whose difference has 1e-6 added",
        shifted,
    ),
    "sentences.BatchHardTripletLoss": Same(
        "batch_triplet_loss",
        "an anchor without a positive counts, as if it had one at distance 0; here it is left out",
        only("margin", strategy="hard"),
        times=share_without_positive,
    ),
    "sentences.BatchAllTripletLoss": Same(
        "batch_triplet_loss",
        "the mean is over the triplets above 0, here over all",
        only("margin", strategy="all"),
        times=share_of_violating,
    ),
    # -------------------------------------------------------------------------------- info-nce-pytorch
    "info_nce": Same(
        "info_nce_loss",
        "negative_mode is our shape of the negatives: [M, D] unpaired, [N, K, D] paired",
        noise=of_logits,
    ),
    # ------------------------------------------------------------------------------------- speechbrain
    "speechbrain.AngularMargin": Same(
        "cosface_loss", "of cosines, in LogSoftmaxWrapper, for means only", noise=of_logits
    ),
    "speechbrain.AdditiveAngularMargin": Same(
        "arcface_loss",
        "of cosines, in LogSoftmaxWrapper, for means only; they are cut at 1 - 1e-7 from 0",
        noise=of_logits,
    ),
    # ---------------------------------------------------------------------------------------- torchgan
    "torchgan.minimax_discriminator_loss": Same("minimax_discriminator_loss", reduces=False),
    "torchgan.minimax_generator_loss": Same(
        "non_saturating_generator_loss", "what nonsaturating=True, their default, is", only(), reduces=False
    ),
    "torchgan.minimax_generator_loss, saturating": Same(
        "minimax_generator_loss", "what nonsaturating=False is", only(), reduces=False
    ),
    "torchgan.least_squares_discriminator_loss": Same(
        "lsgan_discriminator_loss",
        "a is fake_target and b real_target",
        renamed(a="fake_target", b="real_target"),
        reduces=False,
    ),
    "torchgan.least_squares_generator_loss": Same(
        "lsgan_generator_loss", "c is target", renamed(c="target"), reduces=False
    ),
    "torchgan.wasserstein_discriminator_loss": Same("wgan_discriminator_loss", reduces=False),
    "torchgan.wasserstein_generator_loss": Same("wgan_generator_loss", reduces=False),
    "torchgan.wasserstein_gradient_penalty": Same(
        "gradient_penalty",
        "of one sample; the weight goes outside, and interpolating before",
        of_one_point,
        reduces=False,
    ),
    # -------------------------------------------------------------------------------------------- GE2E
    "coqui.GE2ELoss": Same(
        "ge2e_loss",
        "of embeddings that are normalised, and with positive cosines",
        renamed(loss_method="variant"),
        noise=of_a_bias_that_cancels,
    ),
    "paper.ge2e": Same("ge2e_loss", noise=of_a_bias_that_cancels),
}


# ------------------------------------------------------------------------------- what differs on purpose


class Different(NamedTuple):
    because: str
    # our value and gradient instead of theirs; None where ours is theirs
    value: Callable[[Entry], np.ndarray] | None
    gradient: Callable[[Entry], dict[str, np.ndarray]] | None


def flat(entry):
    return {name: np.zeros_like(array) for name, array in entry.gradient.items()}


def still_at_zero(entry):
    """Theirs, but for the zero vectors."""
    moved = np.abs(entry.arrays["query"]).max(1, keepdims=True) > 0
    return {**entry.gradient, "query": entry.gradient["query"] * moved}


def nothing(entry):
    return np.zeros_like(entry.value)


def reduced(value, gradient, entry):
    if entry.reduction == "none":
        return value, gradient
    return value.mean(), {name: g / len(value) for name, g in gradient.items()}


def softmax_of_cosines(x, w, own, scale, turn):
    """Cross entropy of rows and its gradients, the cosine with the own centre put through ``turn``."""
    (long_x, unit_x), (long_w, unit_w) = measured(x), measured(w)
    cosines, rows = unit_x @ unit_w.T, np.arange(len(x))
    turned, slope = cosines.copy(), np.ones_like(cosines)
    turned[rows, own], slope[rows, own] = turn(cosines[rows, own])
    logits, right = scale * turned, scale * turned[rows, own]
    logits[rows, own] = -np.inf
    value = np.logaddexp(0, np.logaddexp.reduce(logits, axis=1) - right)
    p = np.exp(logits - (right + value)[:, None])
    p[rows, own] = -p.sum(1)
    steps = scale * p * slope
    slope_x = (steps @ unit_w - (steps * cosines).sum(1, keepdims=True) * unit_x) / long_x
    slope_w = (steps.T @ unit_x - (steps * cosines).sum(0)[:, None] * unit_w) / long_w
    return value, slope_x, slope_w


def measured(x):
    long = np.linalg.norm(x, axis=1, keepdims=True)
    return long, x / long


def arcface(entry):
    """Of embeddings along their centres, where our sine is sqrt(epsilon) and a constant."""
    margin = entry.settings["margin"]
    margin = np.radians(margin) if entry.name.startswith("pml") else margin

    def turn(cosine):
        ahead = cosine > 0
        near = np.cos(margin) * cosine - np.sin(margin) * np.sqrt(1e-7)
        away = cosine - margin * np.sin(margin)
        return np.where(ahead, near, away), np.where(ahead, np.cos(margin), 1.0)

    x, w, y = (entry.arrays[name] for name in ("embedding", "weight", "label"))
    value, x, w = softmax_of_cosines(x, w, y, entry.settings["scale"], turn)
    return reduced(value, {"embedding": x, "weight": w}, entry)


def info_nce(entry):
    q, p = entry.arrays["query"], entry.arrays["positive"]
    scale = 1 / entry.settings["temperature"]
    value, q, p = softmax_of_cosines(q, p, np.arange(len(q)), scale, lambda cosine: (cosine, 1.0))
    return reduced(value, {"query": q, "positive": p}, entry)


def linear_slope(entry):
    """Of a softmax of equal logits, and of the products with centres, of length 1 in SphereFace."""
    w = entry.arrays["weight"]
    w = w / np.linalg.norm(w, axis=1, keepdims=True) if "Sphere" in entry.name else w
    own = w[entry.arrays["label"]]
    return {"embedding": w.mean(0, keepdims=True) - own, "weight": np.zeros_like(w)}


def of_the_paper(entry):
    """GE2E of the same embeddings."""
    for other in ENTRIES:
        if (other.name, other.case, other.reduction) == ("paper.ge2e", entry.case, "mean"):
            same = all(np.array_equal(other.arrays[name], entry.arrays[name]) for name in entry.arrays)
            if same and other.settings["variant"] == entry.settings["loss_method"]:
                return other
    raise LookupError(f"the paper's loss is not recorded for {entry.case}")


def sample_by_sample(entry):
    return [e for e in ENTRIES if e.name == entry.name and e.case.startswith("sample ")]


NO_DIRECTION = (
    "a zero vector is divided by 1e-12, which makes a slope of 1e12; here it has no direction to turn"
)

DIFFERENT = {
    ("pml.ArcFaceLoss", "aligned"): Different(
        "the slope of acos is infinite at 1, and times 0 NaN; here epsilon bounds the sine from below",
        lambda entry: arcface(entry)[0],
        lambda entry: arcface(entry)[1],
    ),
    ("speechbrain.AdditiveAngularMargin", "aligned"): Different(
        "the cosine is cut at 1 - 1e-7 from 0, and so is all that it teaches",
        lambda entry: arcface(entry)[0],
        lambda entry: arcface(entry)[1],
    ),
    ("pml.ArcFaceLoss", "zero"): Different(NO_DIRECTION, None, flat),
    ("pml.CosFaceLoss", "zero"): Different(NO_DIRECTION, None, flat),
    ("pml.NormalizedSoftmaxLoss", "zero"): Different(NO_DIRECTION, None, flat),
    ("pml.LargeMarginSoftmaxLoss", "zero"): Different(
        "a zero vector has no slope, and stays; here it has that of a linear classifier", None, linear_slope
    ),
    ("pml.SphereFaceLoss", "zero"): Different(
        "a zero vector has no slope, and stays; here it has that of a linear classifier", None, linear_slope
    ),
    ("pml.NTXentLoss", "opposite"): Different(
        "1e-308 is added to a probability, beyond which there is no slope; here the loss goes on",
        lambda entry: info_nce(entry)[0],
        lambda entry: info_nce(entry)[1],
    ),
    ("info_nce", "zero"): Different(NO_DIRECTION, None, still_at_zero),
    ("F.margin_ranking_loss", "on the margin"): Different(
        "at the corner it takes the slope of the side that costs, here of the other", nothing, flat
    ),
    ("torchgan.wasserstein_gradient_penalty", "samples"): Different(
        "one norm over all samples, which grows with the batch; in the paper and here, one for each",
        lambda entry: np.mean([e.value for e in sample_by_sample(entry)]),
        lambda entry: {"weight": np.mean([e.gradient["weight"] for e in sample_by_sample(entry)], axis=0)},
    ),
    ("coqui.GE2ELoss", "any"): Different(
        "cosines are bounded from below by 1e-6: who is on the other side of a centroid learns nothing",
        lambda entry: of_the_paper(entry).value,
        lambda entry: of_the_paper(entry).gradient,
    ),
}

# ----------------------------------------------------------------------------------------------- the tests


def read(peer):
    for recorded in json.loads((FOLDER / f"{peer}.json").read_text())["entries"]:
        arrays = {name: np.array(array) for name, array in recorded["arrays"].items()}
        elements = recorded["value"].get("none")
        elements = None if elements is None else np.array(elements)
        for reduction, value in recorded["value"].items():
            # the gradients of "sum" and of the sum of "none" are one
            gradient = recorded["gradient"].get(reduction, recorded["gradient"].get("sum"))
            gradient = {name: np.array(g).reshape(arrays[name].shape) for name, g in gradient.items()}
            call = recorded["call"].replace("reduction=reduction", f"reduction='{reduction}'")
            call = call.replace("reducer(reduction)", f"reducer('{reduction}')")
            about = recorded["name"], call, recorded["case"], recorded["settings"]
            yield Entry(*about, arrays, reduction, np.array(value), gradient, elements)


ENTRIES = [entry for peer in PEERS for entry in read(peer)]


def difference(entry):
    return DIFFERENT.get((entry.name, entry.case))


def ours(entry):
    """Our value, and the gradients of its sum."""
    same = SAME[entry.name]
    tensors = {
        name: paddle.to_tensor(array, stop_gradient=name not in entry.gradient)
        for name, array in entry.arrays.items()
    }
    arguments = same.call(entry, tensors)
    if same.reduces:
        arguments["reduction"] = "mean" if entry.reduction.startswith("mean") else entry.reduction
    value = getattr(losses, same.ours)(**arguments)
    value.sum().backward()
    slopes = {name: tensors[name].grad for name in entry.gradient}
    return value.numpy(), {
        name: np.zeros_like(entry.arrays[name]) if slope is None else slope.numpy()
        for name, slope in slopes.items()
    }


def theirs(entry):
    times = SAME[entry.name].times(entry)
    value, gradient = entry.value * times, {name: g * times for name, g in entry.gradient.items()}
    if entry.name == "pml.ContrastiveLoss":  # v²/2, pair by pair
        return value**2 / 2, {name: value[:, None] * g for name, g in gradient.items()}
    return value, gradient


def agrees(entry, actual, wanted):
    """Value and gradients; zero is judged by the largest of the numbers beside it."""
    for a, w in zip(listed(actual), listed(wanted)):
        largest = max(np.abs(part).max(initial=0) for part in w)
        atol = 1e-15 * min(1, largest) + SAME[entry.name].noise(entry)
        if not all(x.shape == np.shape(y) and np.allclose(x, y, 1e-12, atol) for x, y in zip(a, w)):
            return False
    return True


def listed(result):
    value, gradient = result
    return [value], [gradient[name] for name in sorted(gradient)]


def by_entry(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: f"{entry.call}, {entry.case}")


@by_entry([entry for entry in ENTRIES if not difference(entry)])
def test_the_same(entry):
    actual, wanted = ours(entry), theirs(entry)
    assert agrees(entry, actual, wanted), f"\nours\n{actual}\ntheirs\n{wanted}"


@by_entry([entry for entry in ENTRIES if difference(entry)])
def test_different(entry):
    actual, (value, gradient), different = ours(entry), theirs(entry), difference(entry)
    wanted = (
        different.value(entry) if different.value else value,
        different.gradient(entry) if different.gradient else gradient,
    )
    assert agrees(entry, actual, wanted), f"\nours\n{actual}\nwanted\n{wanted}"
    assert not agrees(entry, actual, (value, gradient)), "it is the same now: take it out of DIFFERENT"


def test_every_convention_is_of_something_recorded():
    assert set(SAME) == {entry.name for entry in ENTRIES}
    assert set(DIFFERENT) <= {(entry.name, entry.case) for entry in ENTRIES}


# ---------------------------------------------------------------------------------- which triplets to choose


class Mined(NamedTuple):
    """How a miner of theirs is made of triplets of ours."""

    says: str
    ours: Callable[[Batch], set]
    theirs: Callable[[Batch, set], set] = lambda batch, found: found


class Batch(NamedTuple):
    call: str
    case: str
    embedding: np.ndarray
    label: np.ndarray
    triplets: set

    def mine(self, strategy, margin=1.0):
        arrays = paddle.to_tensor(self.embedding), paddle.to_tensor(self.label)
        triplets = losses.mine_triplets(*arrays, strategy=strategy, margin=margin)
        return set(zip(*(index.tolist() for index in triplets)))

    def apart(self, i, j):
        return np.linalg.norm(self.embedding[i] - self.embedding[j])


def nearest_of(batch, triplets):
    """For every anchor and positive, the triplet with the nearest negative."""
    nearest = {}
    for a, p, n in sorted(triplets, key=lambda t: -batch.apart(t[0], t[2])):
        nearest[a, p] = a, p, n
    return set(nearest.values())


def of_farthest_positives(batch):
    farthest = {(a, p) for a, p, _ in batch.mine("hard")}
    return {(a, p, n) for a, p, n in batch.mine("semihard", margin=1e9) if (a, p) in farthest}


def of_margins(margin):
    name = f"TripletMarginMiner(margin={margin}, type_of_triplets="
    return {
        f"{name}'easy'": Mined("the same", lambda batch: batch.mine("easy", margin)),
        f"{name}'semihard'": Mined(
            "all within the margin, where ours is the nearest of every anchor and positive",
            lambda batch: batch.mine("semihard", margin),
            nearest_of,
        ),
        f"{name}'hard'": Mined(
            "all negatives nearer than the positive, where ours is one triplet for each anchor",
            lambda batch: batch.mine("all") - batch.mine("easy", 0.0),
        ),
        f"{name}'all'": Mined(
            "all that violate the margin, where ours is all there are",
            lambda batch: batch.mine("all") - batch.mine("easy", margin),
        ),
    }


MINED = {
    "BatchHardMiner(": Mined("the same", lambda batch: batch.mine("hard")),
    "BatchEasyHardMiner(pos_strategy='hard', neg_strategy='semihard'": Mined(
        "for every anchor the farthest positive and the nearest negative beyond it, however far beyond",
        of_farthest_positives,
    ),
    **of_margins(0.2),
    **of_margins(1.0),
}


def batches():
    for recorded in json.loads((FOLDER / f"{MINERS}.json").read_text())["entries"]:
        arrays = (np.array(recorded["arrays"][name]) for name in ("embedding", "label"))
        yield Batch(recorded["call"], recorded["case"], *arrays, set(map(tuple, recorded["triplets"])))


BATCHES = list(batches())


def miner(batch):
    (found,) = (mined for name, mined in MINED.items() if batch.call.startswith(name))
    return found


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.call}, {batch.case}")
def test_the_same_triplets(batch):
    mined = miner(batch)
    assert mined.ours(batch) == mined.theirs(batch, batch.triplets)


def test_every_miner_finds_triplets():
    found = {batch.call for batch in BATCHES if batch.triplets}
    assert found == {batch.call for batch in BATCHES}
    assert len(found) == len(MINED)

"""Record what other libraries compute of several tensors, for tests/test_peers_of_several.py.

Embeddings and class centres, anchors with positives and negatives, outputs for real and for fake: where a
loss teaches more than its first tensor, every entry holds the gradients of all of them. Otherwise as
record_peers.py, whose environment it needs, and beyond it:

    pip install pytorch-metric-learning sentence-transformers info-nce-pytorch
    pip install --no-deps torchgan coqui-tts speechbrain
    python tools/record_peers_of_several.py

Of the last three one file each is used, without what the rest of them needs. "paper" is
nobody's library: GE2E as its authors wrote it, in loops over speakers and utterances.
"""

import functools
import importlib
import itertools
import json
import platform
import sys
import types
from importlib import metadata
from typing import NamedTuple
from unittest import mock

import numpy as np
import torch
from pytorch_metric_learning import distances, miners, reducers
from pytorch_metric_learning import losses as metric_losses
from pytorch_metric_learning.utils import loss_and_miner_utils
from record_peers import FOLDER, digits, folders_only, grid, normal

MEAN = ("mean",)
BOTH = ("mean", "none")
REDUCTIONS = ("mean", "sum", "none")


class Call(NamedTuple):
    name: str  # whose, and which
    form: str  # what is run, with {} for the settings
    case: str  # what is special about the arrays
    arrays: dict
    settings: dict
    reductions: tuple = MEAN


def main():
    for name, distributions, calls in PEERS:
        entries = [entry(call) for call in calls()]
        write(name, distributions, entries)
        print(f"{name}: {len(entries)} calls")
    write("pytorch-metric-learning_miners", ["pytorch-metric-learning"], list(mined()))


def write(name, distributions, entries):
    """One line for each entry."""
    versions = [f"{d} {metadata.version(d)}" for d in distributions] or ["written from the paper"]
    if "torch" not in distributions:
        versions.append(f"torch {torch.__version__}")
    origin = ", ".join([*versions, f"NumPy {np.__version__}", f"Python {platform.python_version()}", "CPU"])
    lines = ",\n".join(json.dumps(e) for e in entries)
    (FOLDER / f"{name}.json").write_text(f'{{"origin": "{origin}", "entries": [\n{lines}\n]}}\n')


def entry(call):
    text, value, gradient = written(call), {}, {}
    for reduction in call.reductions:
        value[reduction], gradient[reduction] = evaluate(text, call.arrays, reduction)
    if "sum" in value and "none" in value:  # they have the same gradient, so one is enough
        assert gradient.pop("none") == gradient["sum"]
    return {
        "name": call.name,
        "call": text,
        "case": call.case,
        "settings": call.settings,
        "arrays": {name: array.tolist() for name, array in call.arrays.items()},
        "value": value,
        "gradient": gradient,
    }


def written(call):
    settings = ", ".join(f"{name}={value!r}" for name, value in call.settings.items())
    return call.form.format(settings).replace("(, ", "(").replace(", , ", ", ").replace(", )", ")")


def evaluate(text, arrays, reduction):
    """The value, and the gradients of its sum with respect to all but the label."""
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    learned = {name: tensors[name].requires_grad_() for name in arrays if name not in NOT_LEARNED}
    with mock.patch.object(torch.Tensor, "float", torch.Tensor.double):  # some cast to float32
        value = eval(text, namespace(), {**tensors, "reduction": reduction})
    if value.dtype != torch.float64:
        raise TypeError(f"{text} is computed in {value.dtype}")
    value.sum().backward()
    return digits(value.detach().numpy()), {name: slope(tensor) for name, tensor in learned.items()}


NOT_LEARNED = ("label", "triplets", "interpolate")


def slope(tensor):
    return digits((torch.zeros_like(tensor) if tensor.grad is None else tensor.grad).numpy())


# ------------------------------------------------------------------------------------ where the calls live


@functools.lru_cache
def namespace():
    sentences = sentence_losses()
    folders_only("TTS", "TTS.encoder")
    return {
        "F": torch.nn.functional,
        "cat": torch.cat,
        "pml": types.SimpleNamespace(**{**vars(metric_losses), **vars(distances)}),
        "reducer": reducer,
        "elements": elements,
        "owning": owning,
        "sentences": sentences,
        "euclidean": sentences.SiameseDistanceMetric.EUCLIDEAN,
        "info_nce": importlib.import_module("info_nce").info_nce,
        "speechbrain": speechbrain_losses(),
        "cosines": cosines,
        "torchgan": torchgan_losses(),
        "coqui": importlib.import_module("TTS.encoder.losses"),
        "critic": critic,
        "paper": types.SimpleNamespace(ge2e=ge2e_of_the_paper),
        "pairs": lambda lists: tuple(map(torch.tensor, lists)),
    }


def sentence_losses():
    """The losses, in spite of a torchvision whose compiled operators do not fit the torch."""
    sys.modules["torchvision"] = None
    return importlib.import_module("sentence_transformers.sentence_transformer.losses")


def torchgan_losses():
    """The functions, without the trainer, which wants more packages."""
    folders_only("torchgan", "torchgan.losses")
    return importlib.import_module("torchgan.losses.functional")


def speechbrain_losses():
    """The losses, without loading and decoding of sound."""
    folders_only("speechbrain", "speechbrain.nnet", "speechbrain.utils")
    for name, function in (("dataio.dataio", "length_to_mask"), ("decoders.ctc", "filter_ctc_output")):
        sys.modules[f"speechbrain.{name}"] = types.ModuleType(name)
        setattr(sys.modules[f"speechbrain.{name}"], function, None)  # not for these losses
    return importlib.import_module("speechbrain.nnet.losses")


def owning(module, **parameters):
    """The module with tensors of ours in place of its own parameters."""
    return functools.partial(torch.func.functional_call, module, parameters)


def reducer(reduction):
    kinds = {"mean": reducers.MeanReducer, "sum": reducers.SumReducer, "none": reducers.DoNothingReducer}
    return {**kinds, "mean of those above 0": reducers.AvgNonZeroReducer}[reduction]()


def elements(result):
    """What comes out where nothing is reduced."""
    return result["loss"]["losses"] if isinstance(result, dict) else result


def cosines(embedding, weight):
    normalize = torch.nn.functional.normalize
    return normalize(embedding) @ normalize(weight).T


def critic(x, weight):
    """A small network with one score for each row."""
    return torch.tanh(x @ weight.T).sum(1)


def ge2e_of_the_paper(embedding, scale, bias, variant, reduction):
    """Equations 4 to 9: normalised embeddings, and the own centroid without the utterance itself."""
    speakers, utterances, _ = embedding.shape
    e = embedding / embedding.norm(dim=2, keepdim=True)
    losses = []
    for j, i in itertools.product(range(speakers), range(utterances)):
        others = [e[j, m] for m in range(utterances) if m != i]
        centroids = [e[k].mean(0) if k != j else torch.stack(others).mean(0) for k in range(speakers)]
        cosines = torch.stack([e[j, i] @ c / (e[j, i].norm() * c.norm()) for c in centroids])
        s = scale * cosines + bias
        if variant == "softmax":
            losses.append(torch.logsumexp(s, 0) - s[j])
        else:
            rest = torch.cat([s[:j], s[j + 1 :]])
            losses.append(1 - torch.sigmoid(s[j]) + torch.sigmoid(rest).max())
    losses = torch.stack(losses).reshape(speakers, utterances)
    return losses if reduction == "none" else losses.mean()


# ----------------------------------------------------------------------------------- class centres: margins

CENTRES = np.array([[1.0, 0.0], [0.0, 2.0], [-0.6, 0.8]])
ROWS = {"embedding": normal(101, 6, 4), "label": np.array([0, 1, 2, 0, 1, 2]), "weight": normal(102, 3, 4)}


def around():
    """Embeddings at all angles to the right centre, and of several lengths."""
    angles = np.radians([10, 44, 46, 89, 91, 130, 140, 150, 155, 170, 178, 200, 300])
    lengths = np.resize([1.0, 0.5, 2.0, 7.0], angles.size)
    rows = (np.stack([np.cos(angles), np.sin(angles)], 1) * lengths[:, None]).round(3)
    return {"embedding": rows, "label": np.zeros(angles.size, int), "weight": CENTRES}


def aligned():
    """At the right centre, and away from it."""
    rows = np.array([[1.0, 0.0], [-2.0, 0.0], [0.0, 3.0], [0.0, -0.5]])
    return {"embedding": rows, "label": np.array([0, 0, 1, 1]), "weight": CENTRES}


def alone():
    """A single class, of which there is nothing to learn."""
    return {"embedding": CENTRES, "label": np.zeros(3, int), "weight": np.array([[3.0, 1.0]])}


def nowhere():
    return {"embedding": np.zeros([1, 2]), "label": np.array([1]), "weight": CENTRES}


def many():
    ids = np.random.default_rng(103).integers(0, 7, 12)
    return {"embedding": normal(104, 12, 9), "label": ids, "weight": normal(105, 7, 9, scale=4)}


def margin_calls():
    for case, arrays in (("many", many()), ("one class", alone())):
        yield margin_call("ArcFaceLoss", case, arrays, {"margin": 28.6, "scale": 16})
        yield margin_call("CosFaceLoss", case, arrays, {"margin": 0.2, "scale": 16})
        yield margin_call("LargeMarginSoftmaxLoss", case, arrays, {"margin": 4})
        yield margin_call("SphereFaceLoss", case, arrays, {"margin": 4})
        yield margin_call("NormalizedSoftmaxLoss", case, arrays, {"temperature": 0.1})
    for case, arrays in (("rows", ROWS), ("around", around())):
        for settings in grid(margin=(0.0, 20.0, 28.6, 60.0), scale=(1, 64)):
            yield margin_call("ArcFaceLoss", case, arrays, settings)
        for settings in grid(margin=(0.0, 0.1, 0.35), scale=(1, 64)):
            yield margin_call("CosFaceLoss", case, arrays, settings)
        for name, margin in itertools.product(("LargeMarginSoftmaxLoss", "SphereFaceLoss"), (1, 2, 3, 4, 5)):
            yield margin_call(name, case, arrays, {"margin": margin})
        for temperature in (0.05, 0.5, 1.0):
            arguments = case, arrays, {"temperature": temperature}
            yield margin_call("NormalizedSoftmaxLoss", *arguments)
    for case, arrays in (("aligned", aligned()), ("zero", nowhere())):
        yield margin_call("ArcFaceLoss", case, arrays, {"margin": 28.6, "scale": 8})
        yield margin_call("CosFaceLoss", case, arrays, {"margin": 0.35, "scale": 8})
        yield margin_call("LargeMarginSoftmaxLoss", case, arrays, {"margin": 3})
        yield margin_call("SphereFaceLoss", case, arrays, {"margin": 3})
        yield margin_call("NormalizedSoftmaxLoss", case, arrays, {"temperature": 0.125})


def margin_call(name, case, arrays, settings):
    form = f"elements(owning(pml.{name}(*weight.shape, {{}}, reducer=reducer(reduction)), W=weight.T)"
    return Call(f"pml.{name}", f"{form}((embedding, label)))", case, arrays, settings, BOTH)


def speech_calls():
    form = "speechbrain.LogSoftmaxWrapper(speechbrain.{}({{}}))"
    form += "(cosines(embedding, weight).unsqueeze(1), label.unsqueeze(1))"
    cases = {"rows": ROWS, "around": around(), "aligned": aligned()}
    for (case, arrays), name in itertools.product(cases.items(), ("AngularMargin", "AdditiveAngularMargin")):
        for settings in grid(margin=(0.0, 0.2, 0.5), scale=(1, 30)):
            if case != "aligned" or settings["scale"] == 1:
                yield Call(f"speechbrain.{name}", form.format(name), case, arrays, settings)


# --------------------------------------------------------------------------------------- pairs and triplets

LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2])
PACKAGED = "pml.LpDistance(normalize_embeddings=False)"


def triplet_calls():
    index = loss_and_miner_utils.get_all_triplets_indices(torch.from_numpy(LABELS))
    triplets = torch.stack(index).numpy()[:, ::5]
    arrays = {"embedding": normal(111, 8, 3), "triplets": triplets}
    form = f"elements(pml.TripletMarginLoss({{}}, distance={PACKAGED}, reducer=reducer(reduction))"
    form += "(embedding, indices_tuple=tuple(triplets)))"
    for settings in grid(margin=(0.05, 1.0, 4.0), swap=(False, True)):
        yield Call("pml.TripletMarginLoss", form, "triplets", arrays, settings, (*BOTH, NONZERO))
    form = "elements(pml.TripletMarginLoss({}, reducer=reducer(reduction))"
    form += "(embedding, indices_tuple=tuple(triplets)))"
    yield Call("pml.TripletMarginLoss, normalised", form, "triplets", arrays, {"margin": 0.3}, BOTH)
    arrays = {
        "embedding": arrays["embedding"].copy(),
        "triplets": np.array([[0, 2, 0], [1, 3, 3], [4, 5, 1]]),
    }
    arrays["embedding"][1] = arrays["embedding"][0]  # a distance of 0
    form = f"elements(pml.TripletMarginLoss({{}}, distance={PACKAGED}, reducer=reducer(reduction))"
    form += "(embedding, indices_tuple=tuple(triplets)))"
    yield Call("pml.TripletMarginLoss", form, "a distance of 0", arrays, {"margin": 0.5}, BOTH)


NONZERO = "mean of those above 0"


def pair_calls():
    anchor, other, label = normal(113, 6, 3), normal(114, 6, 3), np.array([1, 1, 1, 0, 0, 0])
    other[0] = anchor[0]  # a distance of 0
    other[4] = anchor[4] + np.array([0.3, -0.4, 0.0])
    arrays = {"anchor": anchor, "other": other, "label": label}
    for kind, select in (("pos", label == 1), ("neg", label == 0)):
        chosen = {name: array[select] for name, array in arrays.items()}
        form = f"pml.ContrastiveLoss({{}}, distance={PACKAGED}, reducer=reducer('none'))"
        rows = np.arange(3), np.arange(3, 6)
        pairs = (*rows, *EMPTY) if kind == "pos" else (*EMPTY, *rows)
        form += f"(cat([anchor, other]), indices_tuple=pairs({[list(map(int, p)) for p in pairs]}))"
        for margin in (1.0, 5.0):
            text = f"{form}['{kind}_loss']['losses']"
            yield Call("pml.ContrastiveLoss", text, kind, chosen, {"neg_margin": margin}, ("none",))


EMPTY = (np.zeros(0, int), np.zeros(0, int))


def contrast_calls():
    arrays = {"query": normal(115, 5, 4), "positive": normal(116, 5, 4)}
    form = "elements(pml.SelfSupervisedLoss(pml.NTXentLoss({}, reducer=reducer(reduction)), "
    opposite = {"query": np.array([[1.0, 0.0], [0.0, 1.0]]), "positive": np.array([[-2.0, 0.0], [1.0, 1.0]])}
    for temperature in (0.07, 0.5, 1.0):
        for name, symmetric in (("NTXentLoss", False), ("NTXentLoss, symmetric", True)):
            text = f"{form}symmetric={symmetric})(query, positive))"
            yield Call(f"pml.{name}", text, "rows", arrays, {"temperature": temperature}, BOTH)
    text = f"{form}symmetric=False)(query, positive))"
    yield Call("pml.NTXentLoss", text, "opposite", opposite, {"temperature": 0.001}, BOTH)


def metric_learning_calls():
    yield from margin_calls()
    yield from triplet_calls()
    yield from pair_calls()
    yield from contrast_calls()


def mined():
    """Triplets of the miners, of embeddings whose distances all differ."""
    arrays = {"embedding": normal(117, 10, 3), "label": np.array([0, 0, 0, 1, 1, 1, 2, 2, 3, 0])}
    x = torch.from_numpy(arrays["embedding"])
    apart = torch.pdist(x)
    assert torch.cdist(apart[:, None], apart[:, None]).fill_diagonal_(1).min() > 1e-9
    for case, labels in (
        ("rows", arrays["label"]),
        ("one class", np.zeros(10, int)),
        ("pairs", np.arange(10)),
    ):
        y = torch.from_numpy(labels)
        for text in MINERS:
            found = eval(text, {**vars(miners), **vars(distances)})(x, y)
            found = loss_and_miner_utils.convert_to_triplets(found, y)
            triplets = sorted(map(list, torch.stack(list(found)).T.tolist()))
            listed = {"embedding": arrays["embedding"].tolist(), "label": labels.tolist()}
            yield {"call": text, "case": case, "arrays": listed, "triplets": triplets}


DISTANCE = "distance=LpDistance(normalize_embeddings=False)"
MINERS = [
    f"BatchHardMiner({DISTANCE})",
    f"BatchEasyHardMiner(pos_strategy='hard', neg_strategy='semihard', {DISTANCE})",
    *(
        f"TripletMarginMiner(margin={margin}, type_of_triplets='{kind}', {DISTANCE})"
        for margin, kind in itertools.product((0.2, 1.0), ("all", "hard", "semihard", "easy"))
    ),
]


# -------------------------------------------------------------------------------------------------- torch


def torch_calls():
    names = ("anchor", "positive", "negative")
    arrays = {name: normal(120 + i, 6, 3) for i, name in enumerate(names)}
    form = "F.triplet_margin_loss(anchor, positive, negative, {}, reduction=reduction)"
    for settings in grid(margin=(0.5, 2.0), p=(1, 2, 3), swap=(False, True)):
        yield Call("F.triplet_margin_loss", form, "rows", arrays, settings, REDUCTIONS)
    for settings in grid(p=(1.5, 2), eps=(0.0, 0.01, 0.1)):
        yield Call("F.triplet_margin_loss", form, "rows", arrays, settings, REDUCTIONS)
    same = {name: array.copy() for name, array in arrays.items()}
    same["positive"][0], same["negative"][1] = same["anchor"][:2]
    same["positive"][2] = same["negative"][2] = same["anchor"][2]
    for settings in grid(margin=(6.0,), p=(1, 2, 3), eps=(0.0, 1e-6)):
        yield Call("F.triplet_margin_loss", form, "the same", same, settings, REDUCTIONS)
    yield from torch_ranking()


def torch_ranking():
    arrays = {"input": normal(131, 8), "other": normal(132, 8), "label": np.resize([1.0, -1.0, 1.0], 8)}
    tie = {"input": np.array([1.0, 0.5]), "other": np.array([0.5, 1.0]), "label": np.array([1.0, -1.0])}
    form = "F.margin_ranking_loss(input, other, label, {}, reduction=reduction)"
    for margin in (0.0, 0.5, 2.0):
        yield Call("F.margin_ranking_loss", form, "rows", arrays, {"margin": margin}, REDUCTIONS)
    yield Call("F.margin_ranking_loss", form, "on the margin", tie, {"margin": 0.5}, REDUCTIONS)


# ----------------------------------------------------------------------------------- sentence-transformers


def sentence_calls():
    anchors = {"anchor": normal(141, 5, 4), "positive": normal(142, 5, 4)}
    negatives = {"first": normal(143, 5, 4), "second": normal(144, 5, 4)}
    form = "sentences.MultipleNegativesRankingLoss(None, {{}}).compute_loss_from_embeddings([{}], None)"
    for case, arrays in (("pairs", anchors), ("hard negatives", {**anchors, **negatives})):
        for scale in (1.0, 20.0, 100.0):
            text = form.format(", ".join(arrays))
            yield Call("sentences.MultipleNegativesRankingLoss", text, case, arrays, {"scale": scale})
    both = {"directions": ("query_to_doc", "doc_to_query"), "partition_mode": "per_direction"}
    name, text = "sentences.MultipleNegativesRankingLoss, symmetric", form.format("anchor, positive")
    for scale in (1.0, 20.0):
        yield Call(name, text, "pairs", anchors, {"scale": scale, **both})
    yield from sentence_pairs()
    yield from sentence_triplets()


def sentence_pairs():
    pairs = {"anchor": normal(145, 6, 3), "other": normal(146, 6, 3), "label": np.array([1, 0, 1, 0, 0, 1])}
    form = "sentences.ContrastiveLoss(None, euclidean, {}, size_average=reduction == 'mean')"
    form += ".compute_loss_from_embeddings([anchor, other], label)"
    for margin in (0.5, 2.0, 4.0):
        arguments = pairs, {"margin": margin}, ("mean", "sum")
        yield Call("sentences.ContrastiveLoss", form, "pairs", *arguments)


def sentence_triplets():
    lonely = np.concatenate([normal(148, 7, 3), [[90.0, 0.0, 0.0]]])  # far from all, and without a positive
    cases = {
        "rows": {"embedding": normal(147, 8, 3), "label": LABELS},
        "a lone one": {"embedding": lonely, "label": np.array([0, 0, 0, 1, 1, 1, 0, 2])},
    }
    for (case, arrays), margin in itertools.product(cases.items(), (1.0, 4.0)):
        for kind in ("Hard", "All"):
            form = f"sentences.Batch{kind}TripletLoss(None, {{}})"
            form += f".batch_{kind.lower()}_triplet_loss(label, embedding)"
            yield Call(f"sentences.Batch{kind}TripletLoss", form, case, arrays, {"margin": margin})


# --------------------------------------------------------------------------------------- info-nce-pytorch


def info_nce_calls():
    pairs = {"query": normal(171, 5, 4), "positive": normal(172, 5, 4)}
    cases = {
        "batch": pairs,
        "unpaired": {**pairs, "negatives": normal(173, 7, 4)},
        "paired": {**pairs, "negatives": normal(174, 5, 3, 4)},
        "one pair": {name: array[:1] for name, array in pairs.items()},
        "zero": {**pairs, "query": pairs["query"] * [[1], [0], [1], [1], [1]]},
    }
    for (case, arrays), temperature in itertools.product(cases.items(), (0.07, 1.0)):
        mode = "paired" if case == "paired" else "unpaired"
        form = f"info_nce({', '.join(arrays)}, {{}}, negative_mode='{mode}', reduction=reduction)"
        yield Call("info_nce", form, case, arrays, {"temperature": temperature}, REDUCTIONS)


# ------------------------------------------------------------------------------------------------ torchgan


def adversarial_calls():
    pair = {"real": normal(151, 7, scale=3), "fake": normal(152, 7, scale=3)}
    extreme = {"real": np.array([0.0, 50.0, -1e4]), "fake": np.array([0.0, 1e4, -50.0])}
    for case, arrays in (("scores", pair), ("extreme", extreme)):
        fake = {"fake": arrays["fake"]}
        for nonsaturating in (True, False):
            name = "minimax_generator_loss" + (", saturating" if not nonsaturating else "")
            form = "torchgan.minimax_generator_loss(fake, {}, reduction=reduction)"
            settings = {"nonsaturating": nonsaturating}
            yield Call(f"torchgan.{name}", form, case, fake, settings)
        for kind in ("minimax", "least_squares", "wasserstein"):
            form = f"torchgan.{kind}_discriminator_loss(real, fake, {{}}, reduction=reduction)"
            settings = grid(a=(0.0, -1.0), b=(1.0, 0.9)) if kind == "least_squares" else [{}]
            for chosen in settings:
                yield Call(f"torchgan.{kind}_discriminator_loss", form, case, arrays, chosen)
        form = "torchgan.{}_generator_loss(fake, {{}}, reduction=reduction)"
        for c in (1.0, 0.0):
            settings = {"c": c}
            name = "torchgan.least_squares_generator_loss"
            yield Call(name, form.format("least_squares"), case, fake, settings)
        yield Call("torchgan.wasserstein_generator_loss", form.format("wasserstein"), case, fake, {})
    yield from penalty_calls()


def penalty_calls():
    form = "torchgan.wasserstein_gradient_penalty("
    form += "interpolate.requires_grad_(), critic(interpolate, weight), {})"
    samples, weight = normal(155, 4, 3), normal(156, 5, 3, scale=0.5)
    chosen = {"samples": samples, **{f"sample {i}": samples[i : i + 1] for i in range(4)}}
    for case, interpolate in chosen.items():
        arrays = {"interpolate": interpolate, "weight": weight}
        yield Call("torchgan.wasserstein_gradient_penalty", form, case, arrays, {})


# --------------------------------------------------------------------------------------------------- GE2E


def speakers(case):
    embedding = normal(161, 2, 2, 3) if case == "two of two" else normal(162, 3, 4, 5)
    if case == "alike":  # all cosines are positive
        embedding = np.abs(embedding) + 0.2
    return {"embedding": embedding.round(2), "scale": np.array(10.0), "bias": np.array(-5.0)}


def coqui_calls():
    form = "owning(coqui.GE2ELoss({}), w=scale, b=bias)(F.normalize(embedding, dim=2))"
    for case, method in itertools.product(("alike", "any"), ("softmax", "contrast")):
        yield Call("coqui.GE2ELoss", form, case, speakers(case), {"loss_method": method})


def paper_calls():
    form = "paper.ge2e(embedding, scale, bias, {}, reduction=reduction)"
    for case, variant in itertools.product(("alike", "any", "two of two"), ("softmax", "contrast")):
        for scale, bias in ((10.0, -5.0), (2.5, 1.0)):
            arrays = {**speakers(case), "scale": np.array(scale), "bias": np.array(bias)}
            yield Call("paper.ge2e", form, case, arrays, {"variant": variant}, BOTH)


PEERS = (
    ("pytorch-metric-learning", ["pytorch-metric-learning"], metric_learning_calls),
    ("torch_of_several", ["torch"], torch_calls),
    ("sentence-transformers", ["sentence-transformers"], sentence_calls),
    ("info-nce-pytorch", ["info-nce-pytorch"], info_nce_calls),
    ("speechbrain", ["speechbrain"], speech_calls),
    ("torchgan", ["torchgan"], adversarial_calls),
    ("coqui-tts", ["coqui-tts"], coqui_calls),
    ("ge2e_paper", [], paper_calls),
)

if __name__ == "__main__":
    main()

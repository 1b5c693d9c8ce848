"""What the papers say must hold of the metric losses, and the inputs at which naive ones break."""

from __future__ import annotations

import modes
import numpy as np
import paddle
import paddle.nn.functional as F
import pytest

import paddle_losses as losses

STRATEGIES = ("hard", "semihard", "easy", "all")
each_strategy = pytest.mark.parametrize("strategy", STRATEGIES)
WITH_GRADIENT = ("anchor", "positive", "negative", "other", "embedding", "input")


def of(function, reduction="none", **arguments):
    """Values, and the gradients of their sum."""
    tensors = {n: paddle.to_tensor(a) for n, a in arguments.items() if isinstance(a, np.ndarray)}
    for name, tensor in tensors.items():
        tensor.stop_gradient = name not in WITH_GRADIENT
    value = function(**{**arguments, **tensors}, reduction=reduction)
    value.sum().backward()
    grads = {name: tensor.grad.numpy() for name, tensor in tensors.items() if not tensor.stop_gradient}
    return value.numpy(), grads


def triplets(seed=0, shape=(20, 6)):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape) for name in ("anchor", "positive", "negative")}


def batch(seed=0, size=24, people=5, scale=1.0, dtype="float64"):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, people, size)
    x = rng.normal(size=(people, 4))[label] + rng.normal(size=(size, 4))
    return {"embedding": (x * scale).astype(dtype), "label": label}


# ------------------------------------------------------------------------------------------ triplets


@pytest.mark.parametrize("settings", [{}, {"margin": 0.3, "p": 1}, {"p": 3, "swap": True}, {"epsilon": 0.1}])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_triplets_are_paddles_in_general_position(settings, reduction):
    arrays = triplets()
    value, grads = of(losses.triplet_margin_loss, reduction, **arrays, **settings)
    anchor, positive, negative = (paddle.to_tensor(a, stop_gradient=False) for a in arrays.values())
    theirs = F.triplet_margin_loss(anchor, positive, negative, **settings, reduction=reduction)
    theirs.sum().backward()
    np.testing.assert_allclose(value, theirs.numpy(), rtol=1e-6)  # 2.6.2 rounds ε to float32
    for name, tensor in zip(arrays, (anchor, positive, negative)):
        np.testing.assert_allclose(grads[name], tensor.grad.numpy(), rtol=1e-5, atol=1e-9)


def test_swap_takes_the_harder_negative_distance():
    anchor, positive, negative = np.zeros((1, 2)), np.array([[3.0, 0.0]]), np.array([[4.0, 0.0]])
    arrays = {"anchor": anchor, "positive": positive, "negative": negative}
    plain, _ = of(losses.triplet_margin_loss, **arrays, margin=2.0, epsilon=0)
    swapped, grads = of(losses.triplet_margin_loss, **arrays, margin=2.0, epsilon=0, swap=True)
    assert plain.tolist() == [1.0] and swapped.tolist() == [4.0]  # d(a, p) = 3, d(a, n) = 4, d(p, n) = 1
    assert [grads[name].tolist() for name in arrays] == [[[-1, 0]], [[2, 0]], [[-1, 0]]]
    arrays = triplets()
    assert (
        of(losses.triplet_margin_loss, **arrays, swap=True)[0] >= of(losses.triplet_margin_loss, **arrays)[0]
    ).all()


@pytest.mark.parametrize("p", [1, 2, 3, 1.5, 1e6])
@pytest.mark.parametrize("swap", [False, True])
def test_gradient_of_equal_vectors(p, swap):
    same = np.ones((2, 3), "float32")
    arrays = {"anchor": same, "positive": same, "negative": same}
    value, grads = of(losses.triplet_margin_loss, **arrays, p=p, swap=swap, epsilon=0)
    assert value.tolist() == [1, 1]
    for grad in grads.values():
        assert (grad == 0).all()


def test_a_distance_of_zero_leaves_the_other_its_gradient():
    # F.triplet_margin_loss gives NaN for all three.
    a, n = np.array([[1.0, 2.0]]), np.array([[1.3, 2.4]])
    value, grads = of(losses.triplet_margin_loss, anchor=a, positive=a, negative=n, epsilon=0)
    assert value == pytest.approx([0.5])
    np.testing.assert_allclose(grads["anchor"], [[0.6, 0.8]], rtol=1e-12)
    np.testing.assert_allclose(grads["negative"], [[-0.6, -0.8]], rtol=1e-12)
    assert (grads["positive"] == 0).all()


def test_a_large_p_is_the_largest_component():
    arrays = triplets()
    far = [np.abs(arrays["anchor"] - arrays[name]).max(-1) for name in ("positive", "negative")]
    value, _ = of(losses.triplet_margin_loss, **arrays, p=1e6, epsilon=0)
    np.testing.assert_allclose(value, np.maximum(0, far[0] - far[1] + 1), rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-20, 1e20, 1e-44, 3e37])
def test_squares_that_float32_does_not_hold(scale):
    a, p, n = (np.array([x], "float32") * np.float32(scale) for x in ([0.0, 0], [3, 4], [0, 1]))
    value, grads = of(losses.triplet_margin_loss, anchor=a, positive=p, negative=n, epsilon=0, margin=0)
    np.testing.assert_allclose(value, np.hypot(*p[0].astype("float64")) - n[0, 1], rtol=1e-6)
    rtol = 1e-6 if scale > 1e-40 else 0.1  # such small numbers have few digits
    np.testing.assert_allclose(grads["positive"], [[0.6, 0.8]], rtol=rtol)


def test_the_edge_of_the_margin_has_no_gradient():
    a, p, n = (np.array([[x]]) for x in (0.0, 1.0, 2.0))
    value, grads = of(losses.triplet_margin_loss, anchor=a, positive=p, negative=n, epsilon=0)
    assert value == 0 and all((grad == 0).all() for grad in grads.values())


# ------------------------------------------------------------------------------------------- batches


@each_strategy
@pytest.mark.parametrize("margin", [0.2, 1.0, 5.0])
def test_a_batch_is_its_mined_triplets(strategy, margin):
    arrays = batch()
    x, label = (paddle.to_tensor(array) for array in arrays.values())
    x.stop_gradient = False
    a, p, n = losses.mine_triplets(x, label, strategy=strategy, margin=margin)
    assert a.shape[0] > 0
    for reduction in ("mean", "sum", "none"):
        value, grads = of(losses.batch_triplet_loss, reduction, **arrays, strategy=strategy, margin=margin)
        rows = (paddle.gather(x, index) for index in (a, p, n))
        direct = losses.triplet_margin_loss(*rows, margin=margin, epsilon=0, reduction=reduction)
        (slope,) = paddle.grad(direct.sum(), x)
        np.testing.assert_allclose(value, direct.numpy(), rtol=1e-14)
        np.testing.assert_allclose(grads["embedding"], slope.numpy(), rtol=1e-10, atol=1e-13)


def test_easy_triplets_cost_nothing():
    value, grads = of(losses.batch_triplet_loss, **batch(), strategy="easy", margin=0.5)
    assert value.size and (value == 0).all() and (grads["embedding"] == 0).all()


def test_semihard_triplets_cost_less_than_the_margin():
    value, _ = of(losses.batch_triplet_loss, **batch(), strategy="semihard", margin=0.5)
    assert value.size and (value > 0).all() and (value < 0.5).all()


def test_the_hardest_cost_at_least_as_much_as_any():
    arrays = batch()
    worst, _ = of(losses.batch_triplet_loss, **arrays)
    every, _ = of(losses.batch_triplet_loss, **arrays, strategy="all")
    assert worst.max() == every.max() and worst.mean() > every.mean()


@each_strategy
def test_the_order_of_the_batch_does_not_matter(strategy):
    arrays = batch()
    order = np.random.default_rng(1).permutation(24)
    moved = {name: array[order] for name, array in arrays.items()}
    value, grads = of(losses.batch_triplet_loss, "mean", **arrays, strategy=strategy)
    again, other = of(losses.batch_triplet_loss, "mean", **moved, strategy=strategy)
    assert again == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(other["embedding"], grads["embedding"][order], rtol=1e-9, atol=1e-14)


NOTHING = {  # embeddings and labels without a triplet of the strategies
    "one": (np.ones((1, 3)), [0], STRATEGIES),
    "no positive": (np.random.default_rng(0).normal(size=(4, 3)), [0, 1, 2, 3], STRATEGIES),
    "no negative": (np.random.default_rng(0).normal(size=(4, 3)), [7, 7, 7, 7], STRATEGIES),
    "none far enough": (np.ones((4, 3)), [0, 0, 1, 1], ("semihard", "easy")),
}
each_nothing = pytest.mark.parametrize(
    "name, strategy", [(name, strategy) for name, row in NOTHING.items() for strategy in row[2]]
)


@each_nothing
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_a_batch_without_triplets(name, strategy, reduction):
    x, label, _ = NOTHING[name]
    x = paddle.to_tensor(x, stop_gradient=False)
    other = (x * 2).sum()
    settings = {"strategy": strategy, "reduction": reduction}
    value = losses.batch_triplet_loss(x * 1, paddle.to_tensor(label), **settings)
    if reduction == "none":
        assert value.shape == [0]
        if paddle.__version__ < "3":  # cannot sum it
            return
        value = value.sum()
    assert value.item() == 0 and not value.stop_gradient
    (slope,) = paddle.grad(value, x, retain_graph=True)
    assert (slope.numpy() == 0).all()
    (value + other).backward()
    assert (x.grad.numpy() == 2).all()


@each_nothing
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_a_program_that_finds_no_triplet(name, strategy, reduction):
    x, label, _ = NOTHING[name]
    arrays = {"embedding": x, "label": np.array(label)}
    settings = {"strategy": strategy, "reduction": reduction}
    value, grads = modes.program(losses.batch_triplet_loss, arrays, settings, "float32", ("embedding",))
    assert value.size == 0 if reduction == "none" else value == 0
    assert (grads["embedding"] == 0).all()


@each_strategy
@pytest.mark.parametrize("lost", [np.nan, np.inf])
@pytest.mark.parametrize("everything", [False, True])
def test_a_diverged_batch_never_looks_healthy(strategy, lost, everything):
    arrays = batch()
    arrays["embedding"][slice(None) if everything else 3] = lost
    x, label = (paddle.to_tensor(array) for array in arrays.values())
    for reduction in ("mean", "sum", "none"):
        value = losses.batch_triplet_loss(x, label, strategy=strategy, reduction=reduction)
        assert np.isnan(value.numpy()).all() and value.size


@pytest.mark.parametrize("strategy", ["hard", "all"])
def test_equal_embeddings_cost_the_margin_and_have_no_gradient(strategy):
    # The collapse that hard mining meets: everything in one place.
    for place in (0.0, 1.0):
        x, label = np.full((6, 3), place, "float32"), np.arange(6) % 2
        value, grads = of(losses.batch_triplet_loss, embedding=x, label=label, strategy=strategy)
        assert (value == 1).all() and (grads["embedding"] == 0).all()


def test_an_anchor_that_is_its_positive():
    x = np.array([[1.0, 1.0], [1.0, 1.0], [1.3, 1.4]])
    value, grads = of(losses.batch_triplet_loss, embedding=x, label=np.array([0, 0, 1]))
    np.testing.assert_allclose(value, [0.5, 0.5], rtol=1e-12)
    np.testing.assert_allclose(grads["embedding"], [[0.6, 0.8], [0.6, 0.8], [-1.2, -1.6]], rtol=1e-12)


@each_strategy
@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_batches_of_any_size_scale(scale, strategy):
    small, grads = of(losses.batch_triplet_loss, "mean", **batch(), strategy=strategy)
    arrays = batch(scale=scale, dtype="float32")
    value, scaled = of(losses.batch_triplet_loss, "mean", **arrays, strategy=strategy, margin=scale)
    assert value == pytest.approx(small * scale, rel=1e-5, abs=0)
    np.testing.assert_allclose(scaled["embedding"], grads["embedding"], rtol=1e-3, atol=1e-6)


# --------------------------------------------------------------------------------------------- pairs


def test_similar_pairs_cost_half_the_square_and_others_half_the_square_of_what_is_missing():
    anchor = np.zeros((4, 2))
    other = np.array([[0.3, 0.4], [3.0, 4.0], [0.3, 0.4], [3.0, 4.0]])
    label = np.array([1.0, 1.0, 0.0, 0.0])
    value, grads = of(losses.contrastive_loss, anchor=anchor, other=other, label=label, margin=1.5)
    np.testing.assert_allclose(value, [0.125, 12.5, 0.5, 0], rtol=1e-12)
    np.testing.assert_allclose(grads["other"], [[0.3, 0.4], [3, 4], [-0.6, -0.8], [0, 0]], rtol=1e-12)
    np.testing.assert_allclose(grads["anchor"], -grads["other"], rtol=1e-12)


def test_a_soft_label_mixes_the_two():
    arrays = {name: triplets()[name] for name in ("anchor",)} | {"other": triplets()["negative"]}
    share = np.random.default_rng(0).uniform(size=20)
    ones, zeros = (
        of(losses.contrastive_loss, **arrays, label=np.full(20, y), margin=4.0)[0] for y in (1.0, 0.0)
    )
    mixed, _ = of(losses.contrastive_loss, **arrays, label=share, margin=4.0)
    np.testing.assert_allclose(mixed, share * ones + (1 - share) * zeros, rtol=1e-13)


def test_different_pairs_are_a_squared_hinge_of_the_distance():
    arrays = {"anchor": triplets()["anchor"], "other": triplets()["negative"]}
    value, _ = of(losses.contrastive_loss, **arrays, label=np.zeros(20), margin=4.0)
    apart = paddle.to_tensor(np.linalg.norm(arrays["anchor"] - arrays["other"], axis=1))
    hinge = losses.squared_hinge_loss(apart, paddle.ones_like(apart), margin=4.0, reduction="none")
    np.testing.assert_allclose(value, hinge.numpy() / 2, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equal_vectors_of_a_pair(dtype):
    same = np.ones((2, 3), dtype)
    label = np.array([1, 0], dtype)
    value, grads = of(losses.contrastive_loss, anchor=same, other=same, label=label)
    assert value.tolist() == [0, 0.5]
    assert all((grad == 0).all() for grad in grads.values())


def test_a_pair_too_far_apart_for_its_square():
    far, near = np.array([[1e160, 0.0]] * 2), np.zeros((2, 2))
    value, grads = of(losses.contrastive_loss, anchor=far, other=near, label=np.array([0.0, 1.0]))
    assert value.tolist() == [0, np.inf]
    assert grads["anchor"].tolist() == [[0, 0], [1e160, 0]]


# ------------------------------------------------------------------------------------------- ranking


@pytest.mark.parametrize("margin", [0.5, 2.0])
def test_ranking_is_the_hinge_of_the_difference(margin):
    rng = np.random.default_rng(0)
    first, second, label = rng.normal(size=50), rng.normal(size=50), rng.choice([-1.0, 1.0], 50)
    value, grads = of(losses.margin_ranking_loss, input=first, other=second, label=label, margin=margin)
    hinge, slopes = of(losses.hinge_loss, input=first - second, label=label, margin=margin)
    np.testing.assert_array_equal(value, hinge)
    np.testing.assert_array_equal(grads["input"], slopes["input"])
    np.testing.assert_array_equal(grads["other"], -slopes["input"])


@pytest.mark.parametrize("margin", [0.0, 0.5])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_ranking_is_paddles(margin, reduction):
    rng = np.random.default_rng(0)
    tensors = [
        paddle.to_tensor(a) for a in (rng.normal(size=50), rng.normal(size=50), rng.choice([-1.0, 1.0], 50))
    ]
    ours = losses.margin_ranking_loss(*tensors, margin=margin, reduction=reduction)
    theirs = F.margin_ranking_loss(*tensors, margin=margin, reduction=reduction)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-13)


def test_equal_scores():
    one, label = np.ones(2), np.array([1.0, -1.0])
    value, grads = of(losses.margin_ranking_loss, input=one, other=one, label=label)
    assert value.tolist() == [0, 0] and grads["input"].tolist() == [0, 0]
    value, grads = of(losses.margin_ranking_loss, input=one, other=one, label=label, margin=0.5)
    assert value.tolist() == [0.5, 0.5] and grads["input"].tolist() == [-1, 1]


def test_a_lead_that_float32_rounds_to_the_margin():
    # 1 - 1e-8 is 1 in float32; the loss is 1e-8, not 0.
    value, grads = of(
        losses.margin_ranking_loss,
        input=np.array([1.0], "float32"),
        other=np.array([1e-8], "float32"),
        label=np.array([1.0], "float32"),
        margin=1.0,
    )
    assert value == pytest.approx([1e-8]) and grads["input"] == -1


# --------------------------------------------------------------------------------------- second order


@pytest.mark.parametrize("p", [1, 2, 3])
def test_second_derivative_of_a_distance_is_right_or_an_error(p):
    x, zero, far = (paddle.to_tensor([row]) for row in ([0.6, 0.8], [0.0, 0.0], [9.0, 0.0]))
    x.stop_gradient = False
    with losses.set_kernels(False):
        value = losses.triplet_margin_loss(zero, x, far, p=p, margin=20.0, epsilon=0, reduction="sum")
    try:
        (first,) = paddle.grad(value, x, create_graph=True)
        second = paddle.grad(first[0, 0], x)[0].numpy()
    except (RuntimeError, NotImplementedError) as error:
        assert "grad" in str(error)
        return
    e, length = np.array([0.6, 0.8]), np.sum(np.array([0.6, 0.8]) ** p) ** (1 / p)
    unit = (e / length) ** (p - 1)
    exact = (p - 1) / length * (np.array([(e[0] / length) ** (p - 2), 0]) - unit[0] * unit)
    np.testing.assert_allclose(second, [exact], rtol=1e-5, atol=1e-7)


# ------------------------------------------------------------------------------------------- messages

X, Y, S = paddle.ones([2, 3]), paddle.to_tensor([0, 1]), paddle.to_tensor([1.0, -1.0])
WRONG = [
    (losses.triplet_margin_loss, (X, X, X), {"p": 0.5}, ValueError, r"p must be a number in \[1, inf\)"),
    (losses.triplet_margin_loss, (X, X, X), {"p": float("inf")}, ValueError, r"p must .*, got inf"),
    (losses.triplet_margin_loss, (X, X, X), {"p": "2"}, TypeError, "p must be a number"),
    (losses.triplet_margin_loss, (X, X, X), {"margin": -1}, ValueError, "margin must"),
    (losses.triplet_margin_loss, (X, X, X), {"epsilon": -1e-6}, ValueError, "epsilon must"),
    (losses.triplet_margin_loss, (X, X, X), {"swap": 1}, TypeError, "swap must be True or False"),
    (losses.triplet_margin_loss, (X, X, X[:1]), {}, ValueError, "negative must have the shape of anchor"),
    (losses.triplet_margin_loss, (X, X[:1], X), {}, ValueError, "positive must have the shape of anchor"),
    (losses.triplet_margin_loss, (X[0, 0],) * 3, {}, ValueError, r"anchor must have the shape \[\*, D\]"),
    (losses.batch_triplet_loss, (X[0], Y), {}, ValueError, r"embedding must have the shape \[N, D\]"),
    (losses.batch_triplet_loss, (X, S), {}, TypeError, "label must hold integer"),
    (losses.batch_triplet_loss, (X, Y[:1]), {}, ValueError, "label must have one entry per embedding"),
    (losses.batch_triplet_loss, (X, Y), {"strategy": "soft"}, ValueError, "strategy must be one of"),
    (losses.batch_triplet_loss, (X, Y), {"margin": -1}, ValueError, "margin must"),
    (losses.contrastive_loss, (X, X, X), {}, ValueError, "label must have the shape of anchor without"),
    (losses.contrastive_loss, (X, X, S), {}, ValueError, r"label must lie in \[0, 1\]"),
    (losses.contrastive_loss, (X, X, Y), {"margin": -1}, ValueError, "margin must"),
    (losses.margin_ranking_loss, (S, S, Y), {}, ValueError, "label must be -1 or 1"),
    (losses.margin_ranking_loss, (S, S, S), {"margin": -1}, ValueError, "margin must"),
]


@pytest.mark.parametrize("function, arguments, options, error, says", WRONG)
def test_messages(function, arguments, options, error, says):
    with pytest.raises(error, match=f"{function.__name__}: {says}"):
        function(*arguments, **options)


@pytest.mark.parametrize("function", [losses.contrastive_loss, losses.margin_ranking_loss])
def test_wrong_labels_give_nan_without_value_checks(function):
    first = X if function is losses.contrastive_loss else S
    with losses.set_value_checks(False):
        value = function(first, first, paddle.to_tensor([1.0, 2.0]), reduction="none")
    assert np.isnan(value.numpy()).tolist() == [False, True]

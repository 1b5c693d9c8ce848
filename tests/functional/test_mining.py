"""Which negatives, rows and triplets are chosen, against loops that know nothing of tensors."""

from __future__ import annotations

import itertools

import numpy as np
import paddle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paddle_losses as losses

seeded = settings(derandomize=True, deadline=None, max_examples=40)


# ------------------------------------------------------------------------------------- hard negatives


def mask_of(loss, positive, dtype="float32", **options):
    loss = paddle.to_tensor(np.asarray(loss)).astype(dtype)
    return losses.hard_negative_mask(loss, paddle.to_tensor(np.asarray(positive)), **options).numpy()


def number_of_negatives(positive, ratio, least):
    wanted = max(int(np.floor(ratio * positive.sum() + 1e-6)), least)
    return min(wanted, int((~positive).sum()))


@st.composite
def batches(draw):
    """Losses with many ties, which anchors are positive, and settings."""
    seed, images, anchors = draw(st.integers(0, 999)), draw(st.integers(1, 4)), draw(st.integers(1, 9))
    rng = np.random.default_rng(seed)
    loss = rng.integers(-2, 4, (images, anchors)) / 2
    positive = rng.random((images, anchors)) < draw(st.sampled_from([0, 0.2, 0.5, 1]))
    return loss, positive, draw(st.sampled_from([0, 0.29, 0.5, 1, 3, 100])), draw(st.integers(0, 10))


@seeded
@given(batches())
def test_the_hardest_negatives_of_every_image(batch):
    loss, positive, ratio, least = batch
    mask = mask_of(loss, positive, neg_pos_ratio=ratio, min_negatives=least)
    assert mask.dtype == bool and mask.shape == loss.shape
    assert not (mask & positive).any()
    for chosen, row, held in zip(mask, loss, positive):
        assert chosen.sum() == number_of_negatives(held, ratio, least)
        left = row[~chosen & ~held]
        assert not chosen.any() or not left.size or row[chosen].min() >= left.max()


def test_every_image_is_on_its_own():
    loss = [[9.0, 8.0, 7.0, 6.0], [0.4, 0.3, 0.2, 0.1]]
    mask = mask_of(loss, [[True, False, False, False]] * 2, neg_pos_ratio=1)
    np.testing.assert_array_equal(mask, [[False, True, False, False]] * 2)


def test_without_positives_the_least_number_is_chosen():
    assert mask_of([[0.1, 0.9, 0.5]], [[False] * 3]).sum() == 0
    np.testing.assert_array_equal(
        mask_of([[0.1, 0.9, 0.5]], [[False] * 3], min_negatives=1), [[False, True, False]]
    )


@pytest.mark.parametrize("options", [{"neg_pos_ratio": 1e10}, {"min_negatives": 2**31}])
def test_more_negatives_than_there_can_be(options):
    mask = mask_of([[0.9, 0.1, 0.5, 0.3]], [[True, False, False, False]], **options)
    np.testing.assert_array_equal(mask, [[False, True, True, True]])


def test_equal_losses_that_are_large():
    for first, second in itertools.combinations(range(6), 2):
        positive = np.isin(np.arange(6), [first, second])
        assert mask_of([[1e8] * 6], positive[np.newaxis], neg_pos_ratio=1).sum() == 2


def test_a_nan_is_chosen_and_disturbs_nothing_else():
    loss = [[0.9, np.nan, 0.5, 0.3], [0.9, 0.8, 0.7, 0.1]]
    mask = mask_of(loss, [[True, False, False, False]] * 2, neg_pos_ratio=2)
    np.testing.assert_array_equal(mask, [[False, True, True, False]] * 2)


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_what_is_lost_is_chosen_first(lost):
    mask = mask_of([[0.1, 0.9, lost, 0.3]], [[False] * 4], min_negatives=1)
    np.testing.assert_array_equal(mask, [[False, False, True, False]])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_mask_of_every_floating_type(dtype):
    mask = mask_of([[0.9, 0.1, 0.5, 0.25]], [[True, False, False, False]], dtype, neg_pos_ratio=2)
    np.testing.assert_array_equal(mask, [[False, False, True, True]])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float32"])
def test_positives_of_every_type(dtype):
    positive = np.array([[1, 0, 0, 0]]).astype(dtype)
    np.testing.assert_array_equal(
        mask_of([[0.9, 0.1, 0.5, 0.25]], positive, neg_pos_ratio=1), [[False, False, True, False]]
    )


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_empty_mask(shape):
    mask = mask_of(np.zeros(shape), np.zeros(shape, bool))
    assert mask.shape == shape and mask.dtype == bool


def test_mask_has_no_gradient_and_changes_nothing():
    loss = paddle.to_tensor([[0.9, 0.1, 0.5]], stop_gradient=False)
    positive = paddle.to_tensor([[True, False, False]])
    before = loss.numpy().copy(), positive.numpy().copy()
    assert losses.hard_negative_mask(loss, positive).stop_gradient
    np.testing.assert_array_equal(loss.numpy(), before[0])
    np.testing.assert_array_equal(positive.numpy(), before[1])


# ------------------------------------------------------------------------------------------- triplets


def naive_triplets(x, label, strategy, margin):
    """Triplets as the definitions have them, in the order of anchors, positives, negatives."""
    distance = np.sqrt(np.sum((x[:, np.newaxis] - x) ** 2, -1))
    everyone, found = range(len(x)), []
    for a in everyone:
        positives = [p for p in everyone if p != a and label[p] == label[a]]
        negatives = [n for n in everyone if label[n] != label[a]]
        if strategy == "hard":
            positives = [max(positives, key=lambda p: distance[a, p])] if positives and negatives else []
        for p in positives:
            allowed = [n for n in negatives if keeps(strategy, distance[a, p], distance[a, n], margin)]
            if strategy in ("hard", "semihard") and allowed:
                allowed = [min(allowed, key=lambda n: distance[a, n])]
            found += [(a, p, n) for n in allowed]
    return found


def keeps(strategy, positive, negative, margin):
    if strategy == "semihard":
        return positive < negative < positive + margin
    return strategy != "easy" or negative > positive + margin


def triplets(x, label, strategy="hard", margin=1.0, dtype="float32"):
    embedding = paddle.to_tensor(np.asarray(x)).astype(dtype)
    indices = losses.mine_triplets(
        embedding, paddle.to_tensor(np.asarray(label)), strategy=strategy, margin=margin
    )
    assert [(index.ndim, index.dtype) for index in indices] == 3 * [(1, paddle.int64)]
    return list(zip(*[index.tolist() for index in indices]))


STRATEGIES = ["hard", "semihard", "easy", "all"]
each_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


@st.composite
def embeddings(draw):
    """Embeddings, some on a grid, so that distances tie and embeddings are duplicates; and labels."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    shape = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    grid = draw(st.booleans())
    x = rng.integers(-2, 3, shape) if grid else rng.standard_normal(shape)
    offset = draw(st.sampled_from([0, 1, 100]))
    return (x + offset).astype("float32"), rng.integers(0, draw(st.integers(1, 4)), shape[0])


@each_strategy
@seeded
@given(embeddings(), st.sampled_from([0.0, 0.25, 1.0, 1e9]))
def test_triplets_are_those_of_the_definition(strategy, batch, margin):
    x, label = batch
    expected = naive_triplets(x.astype("float64"), label, strategy, margin)
    assert triplets(x, label, strategy, margin) == expected


@each_strategy
@pytest.mark.parametrize(
    "label", [[], [0], [3, 3, 3], [0, 1, 2]], ids=["empty", "one", "all the same", "all different"]
)
def test_nothing_to_find(strategy, label):
    x = np.arange(2.0 * len(label)).reshape(-1, 2)
    assert triplets(x, np.array(label, "int64"), strategy) == []


@pytest.mark.parametrize("strategy", ["semihard", "easy"])
@pytest.mark.parametrize("size", [1, 37])
def test_duplicates_are_never_apart(strategy, size):
    x = np.random.default_rng(0).standard_normal((1, size)).repeat(12, 0)
    assert triplets(x, np.arange(12) % 2, strategy, margin=0.0 if strategy == "easy" else 1.0) == []


@pytest.mark.parametrize("margin", [0.1, 0.125])
def test_the_margin_is_exact_in_float64(margin):
    x = np.array([[0.0], [1.0], [1 + margin]])
    assert triplets(x, [0, 0, 1], "semihard", margin, "float64") == []


def test_neighbours_far_from_the_origin_in_float64():
    x, label = np.array([[0.0], [3e-9], [1e-9], [2e-9]]) + 1, [0, 1, 1, 0]
    assert triplets(x, label, dtype="float64") == naive_triplets(x, label, "hard", 1.0)


def test_large_distances():
    assert triplets([[0.0], [1.0], [1e17]], [0, 0, 1]) == [(0, 1, 2), (1, 0, 2)]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_embeddings_of_every_floating_type(dtype):
    assert triplets([[0.0], [1.0], [1.5], [9.0]], [0, 0, 1, 2], dtype=dtype) == [(0, 1, 2), (1, 0, 2)]


INT8 = "int8"


@pytest.mark.parametrize("dtype", ["uint8", INT8, "int16", "int32", "int64"])
def test_labels_of_every_integer_type(dtype):
    label = np.array([7, 7, 0, 1]).astype(dtype)
    assert triplets([[0.0], [1.0], [1.5], [9.0]], label) == [(0, 1, 2), (1, 0, 2)]


@each_strategy
def test_mining_changes_nothing(strategy):
    x = paddle.to_tensor([[0.0], [1.0], [1.5]], stop_gradient=False)
    label = paddle.to_tensor([0, 0, 1])
    losses.mine_triplets(x, label, strategy=strategy)
    assert x.tolist() == [[0.0], [1.0], [1.5]] and label.tolist() == [0, 0, 1]
    assert not x.stop_gradient


# ----------------------------------------------------------------------------------------- rows: OHEM


@seeded
@given(st.integers(0, 999), st.integers(0, 12), st.sampled_from([0.05, 0.5, 0.7, 1]))
def test_ohem_keeps_the_hard_rows_and_at_least_so_many(seed, min_kept, thresh):
    rng = np.random.default_rng(seed)
    x, label = rng.standard_normal((9, 3)) * 2, rng.choice([0, 1, 2, -100], 9)
    tensors = paddle.to_tensor(x), paddle.to_tensor(label)
    entropy = losses.cross_entropy(*tensors, reduction="none").numpy()
    counted = label != -100
    kept = counted & (entropy > -np.log(thresh))
    order = [row for row in np.argsort(-entropy) if counted[row]]
    kept[order[:min_kept]] = True
    options = {"thresh": thresh, "min_kept": min_kept}
    loss = losses.ohem_cross_entropy(*tensors, **options, reduction="none").numpy()
    np.testing.assert_allclose(loss, np.where(kept, entropy, 0), rtol=1e-12)
    mean = losses.ohem_cross_entropy(*tensors, **options).item()
    np.testing.assert_allclose(mean, np.sum(loss) / max(1, kept.sum()), rtol=1e-12)


def test_ohem_of_all_rows_is_cross_entropy():
    x, label = paddle.randn([4, 3, 5]), paddle.randint(0, 3, [4, 5])
    assert losses.ohem_cross_entropy(x, label, min_kept=20).item() == losses.cross_entropy(x, label, axis=1)


def test_ohem_gives_nan_for_a_wrong_id_in_an_easy_row():
    x, label = paddle.to_tensor([[9.0, 0.0], [0.0, 1.0]]), paddle.to_tensor([-1, 0])
    with losses.set_value_checks(False):
        assert np.isnan(losses.ohem_cross_entropy(x, label, min_kept=1).item())


# --------------------------------------------------------------------------------------------- graphs


def hard(embedding, label):
    return losses.mine_triplets(embedding, label)


def semihard(embedding, label):
    return losses.mine_triplets(embedding, label, strategy="semihard")


def easy(embedding, label):
    return losses.mine_triplets(embedding, label, strategy="easy")


def every(embedding, label):
    return losses.mine_triplets(embedding, label, strategy="all")


def hardest(loss, positive):
    return [losses.hard_negative_mask(loss, positive, neg_pos_ratio=1)]


EMBEDDING = np.array([[0.0], [1.0], [1.5], [9.0], [9.25]], "float32")
LOSS = np.array([[0.9, 0.1, 0.5, 0.3], [0.1, 0.2, 0.3, 0.4]], "float32")
POSITIVE = np.array([[True, False, False, False], [False, True, True, False]])
GRAPHS = [
    *[(function, EMBEDDING, np.array([0, 0, 1, 2, 2])) for function in (hard, semihard, easy, every)],
    (hard, EMBEDDING, np.arange(5)),
    (hardest, LOSS, POSITIVE),
]
each_graph = pytest.mark.parametrize("function, first, second", GRAPHS)


def run_program(function, *arrays):
    paddle.enable_static()
    try:
        program = paddle.static.Program()
        with paddle.static.program_guard(program, paddle.static.Program()):
            data = [
                paddle.static.data(f"x{i}", [None, *array.shape[1:]], str(array.dtype))
                for i, array in enumerate(arrays)
            ]
            results = list(function(*data))
        feed = {f"x{i}": array for i, array in enumerate(arrays)}
        return paddle.static.Executor(paddle.CPUPlace()).run(program, feed=feed, fetch_list=results)
    finally:
        paddle.disable_static()


def assert_same(results, function, *arrays):
    expected = function(*[paddle.to_tensor(array) for array in arrays])
    for result, wanted in zip(results, expected):
        np.testing.assert_array_equal(np.asarray(result), wanted.numpy())


@each_graph
def test_choice_in_a_static_program(function, first, second):
    assert_same(run_program(function, first, second), function, first, second)


@each_graph
def test_choice_in_a_traced_graph(function, first, second):
    traced = paddle.jit.to_static(function, full_graph=True)
    results = [result.numpy() for result in traced(paddle.to_tensor(first), paddle.to_tensor(second))]
    assert_same(results, function, first, second)


def test_no_pair_in_a_static_program():
    assert_same(run_program(semihard, EMBEDDING, np.arange(5)), semihard, EMBEDDING, np.arange(5))


# ------------------------------------------------------------------------------------------- messages

X, Y = paddle.to_tensor([[0.0], [1.0]]), paddle.to_tensor([0, 1])
WRONG = [  # function, arguments, settings, error, what the message names
    (losses.mine_triplets, ([[0.0]], Y), {}, TypeError, "mine_triplets: embedding"),
    (losses.mine_triplets, (X.astype("int64"), Y), {}, TypeError, "mine_triplets: embedding"),
    (losses.mine_triplets, (X[0], Y), {}, ValueError, "mine_triplets: embedding"),
    (losses.mine_triplets, (X / 0, Y), {}, ValueError, "mine_triplets: embedding"),
    (losses.mine_triplets, (X, [0, 1]), {}, TypeError, "mine_triplets: label"),
    (losses.mine_triplets, (X, X[:, 0]), {}, TypeError, "mine_triplets: label"),
    (losses.mine_triplets, (X, Y.unsqueeze(1)), {}, ValueError, "mine_triplets: label"),
    (losses.mine_triplets, (X, Y), {"strategy": "x"}, ValueError, "mine_triplets: strategy"),
    (losses.mine_triplets, (X, Y), {"margin": -1}, ValueError, "mine_triplets: margin"),
    (losses.mine_triplets, (X, Y), {"margin": "1"}, TypeError, "mine_triplets: margin"),
    (losses.hard_negative_mask, ([[0.0]], X), {}, TypeError, "hard_negative_mask: loss"),
    (losses.hard_negative_mask, (Y.unsqueeze(0), X), {}, TypeError, "hard_negative_mask: loss"),
    (losses.hard_negative_mask, (X[0], X[0]), {}, ValueError, "hard_negative_mask: loss"),
    (losses.hard_negative_mask, (X, [[1], [0]]), {}, TypeError, "hard_negative_mask: positive"),
    (losses.hard_negative_mask, (X, X.t()), {}, ValueError, "hard_negative_mask: positive"),
    (losses.hard_negative_mask, (X, X), {"neg_pos_ratio": -1}, ValueError, "hard_negative_mask: neg_pos"),
    (losses.hard_negative_mask, (X, X), {"min_negatives": 0.5}, ValueError, "hard_negative_mask: min_neg"),
    (losses.ohem_cross_entropy, (X, Y), {"thresh": 0}, ValueError, "ohem_cross_entropy: thresh"),
    (losses.ohem_cross_entropy, (X, Y), {"min_kept": -1}, ValueError, "ohem_cross_entropy: min_kept"),
    (losses.ohem_cross_entropy, (X, Y), {"axis": 2}, ValueError, "ohem_cross_entropy: axis"),
    (losses.ohem_cross_entropy, (X, Y), {}, ValueError, "ohem_cross_entropy: label"),
]


@pytest.mark.parametrize("function, arguments, options, error, named", WRONG)
def test_messages_name_function_and_argument(function, arguments, options, error, named):
    with pytest.raises(error, match=named):
        function(*arguments, **options)


def share_of_a_thousand(loss, positive):
    return [losses.hard_negative_mask(loss, positive, neg_pos_ratio=0.29)]


def semihard_by_a_tenth(embedding, label):
    return losses.mine_triplets(embedding, label, strategy="semihard", margin=0.1)


def test_numbers_are_as_exact_in_a_static_program():
    positive = np.arange(2000)[np.newaxis] < 1000
    assert np.sum(run_program(share_of_a_thousand, positive.astype("float32"), positive)[0]) == 290


def test_the_margin_is_as_exact_in_a_static_program():
    x = np.array([[0.0], [1.0], [1.1]])
    assert not run_program(semihard_by_a_tenth, x, np.array([0, 0, 1]))[0].size

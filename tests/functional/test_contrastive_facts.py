"""What the papers say must hold of the losses of similarities, and what happens at their edges."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import paddle_losses as losses

VECTOR_LOSSES = [losses.info_nce_loss, losses.multiple_negatives_ranking_loss]
each_vector_loss = pytest.mark.parametrize("function", VECTOR_LOSSES, ids=lambda f: f.__name__)
each_variant = pytest.mark.parametrize("variant", ["softmax", "contrast"])
each_number = pytest.mark.parametrize("dtype", ["float32", "float64"])


def normal(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def tensors(*arrays, dtype="float64"):
    return [paddle.to_tensor(np.asarray(array).astype(dtype), stop_gradient=False) for array in arrays]


def elements(function, *arrays, **settings):
    return function(*tensors(*arrays), reduction="none", **settings).numpy()


def with_gradients(function, *arrays, dtype="float32", **settings):
    given = tensors(*arrays, dtype=dtype)
    loss = function(*given, reduction="none", **settings)
    loss.sum().backward()
    return loss.numpy(), [tensor.grad.numpy() for tensor in given]


def ge2e(speech, scale=10.0, bias=-5.0, **settings):
    return elements(losses.ge2e_loss, speech, scale, bias, **settings)


def close(actual, desired, atol=0.0):
    np.testing.assert_allclose(actual, desired, rtol=1e-12, atol=atol)


def cosines(a, b):
    return (a / np.linalg.norm(a, axis=-1, keepdims=True)) @ (b / np.linalg.norm(b, axis=-1, keepdims=True)).T


def cross_entropy(logits, label):
    logits = paddle.to_tensor(logits)
    return losses.cross_entropy(logits, paddle.to_tensor(label), reduction="none").numpy()


# ------------------------------------------------------------------------------- InfoNCE and ranking


def test_in_a_batch_it_is_cross_entropy_with_ascending_labels():
    query, positive = normal(5, 3), normal(5, 3, seed=1)
    logits = cosines(query, positive) / 0.07
    close(elements(losses.info_nce_loss, query, positive), cross_entropy(logits, np.arange(5)))


def test_negatives_replace_the_other_positives_in_one_and_join_them_in_the_other():
    query, positive, wrong = normal(5, 3), normal(5, 3, seed=1), normal(4, 3, seed=2)
    all, hard = cosines(query, positive) * 20, cosines(query, wrong) * 20
    own = np.diagonal(all)[:, np.newaxis]
    replaced, joined = np.concatenate([own, hard], 1), np.concatenate([all, hard], 1)
    nce = elements(losses.info_nce_loss, query, positive, wrong, temperature=0.05)
    close(nce, cross_entropy(replaced, np.zeros(5, "int64")))
    ranking = elements(losses.multiple_negatives_ranking_loss, query, positive, wrong)
    close(ranking, cross_entropy(joined, np.arange(5)))


def test_ranking_is_info_nce_with_the_inverse_temperature():
    query, positive, wrong = normal(5, 3), normal(5, 3, seed=1), normal(4, 3, seed=2)
    ranking = elements(losses.multiple_negatives_ranking_loss, query, positive, scale=8)
    close(ranking, elements(losses.info_nce_loss, query, positive, temperature=1 / 8))
    one = elements(losses.multiple_negatives_ranking_loss, query[:1], positive[:1], wrong, scale=8)
    close(one, elements(losses.info_nce_loss, query[:1], positive[:1], wrong, temperature=1 / 8))


@each_vector_loss
def test_shared_negatives_are_each_querys_own_repeated(function):
    query, positive, wrong = normal(5, 3), normal(5, 3, seed=1), normal(4, 3, seed=2)
    shared = elements(function, query, positive, wrong)
    close(elements(function, query, positive, np.repeat(wrong[np.newaxis], 5, 0)), shared)


@pytest.mark.parametrize("normalize", [True, False])
def test_symmetric_is_the_mean_of_both_directions(normalize):
    query, positive = normal(5, 3), normal(5, 3, seed=1)
    there = elements(losses.info_nce_loss, query, positive, normalize=normalize)
    back = elements(losses.info_nce_loss, positive, query, normalize=normalize)
    both = elements(losses.info_nce_loss, query, positive, normalize=normalize, symmetric=True)
    close(both, (there + back) / 2)


@each_vector_loss
def test_lengths_do_not_count(function):
    arrays = [normal(5, 3), normal(5, 3, seed=1), normal(4, 3, seed=2)]
    longer = [array * 10 ** normal(len(array), 1, seed=3) for array in arrays]
    close(elements(function, *longer), elements(function, *arrays))
    _, gradients = with_gradients(function, *arrays, dtype="float64")
    for array, gradient in zip(arrays, gradients):
        assert np.abs(gradient).max() > 1e-3
        close(np.sum(array * gradient, -1), 0, atol=1e-12)


@each_vector_loss
def test_permuting_the_batch_permutes_the_losses(function):
    query, positive, wrong = normal(5, 3), normal(5, 3, seed=1), normal(5, 2, 3, seed=2)
    order = np.array([3, 0, 4, 1, 2])
    for arrays in ((query, positive), (query, positive, wrong)):
        permuted = elements(function, *(array[order] for array in arrays))
        close(permuted, elements(function, *arrays)[order])


@each_vector_loss
@pytest.mark.parametrize("n", [1, 2, 512])
def test_identical_vectors_are_all_alike(function, n):
    x = np.repeat(normal(1, 8), n, 0)
    loss, gradients = with_gradients(function, x, x)
    np.testing.assert_allclose(loss, np.log(n), rtol=1e-7)
    for gradient in gradients:
        np.testing.assert_allclose(gradient, 0, atol=1e-11)


@each_vector_loss
@each_number
def test_nothing_to_be_told_from(function, dtype):
    query, positive = normal(1, 3), normal(1, 3, seed=1)
    loss, gradients = with_gradients(function, query, positive, dtype=dtype)
    assert loss == 0 and not np.concatenate(gradients).any()


@each_vector_loss
@pytest.mark.parametrize("shape", [(0, 3), (5, 0, 3)])
def test_no_negatives_add_nothing(function, shape):
    query, positive = tensors(normal(5, 3), normal(5, 3, seed=1))
    loss = function(query, positive, paddle.zeros(shape), reduction="none")
    loss.sum().backward()
    alone = losses.multiple_negatives_ranking_loss(query, positive, reduction="none")
    close(loss, 0 * alone if function is losses.info_nce_loss else alone, atol=1e-300)
    assert np.isfinite(query.grad.numpy()).all()


def test_perfect_separation_is_not_cut_off():
    (query,) = tensors(np.eye(3), dtype="float32")
    for temperature in (0.05, 0.02):
        loss = losses.info_nce_loss(query, query, temperature=temperature).item()
        np.testing.assert_allclose(loss, np.log1p(2 * np.exp(-1 / temperature)), rtol=1e-6)
    _, (gradient, _) = with_gradients(losses.info_nce_loss, np.eye(3), np.eye(3), temperature=0.02)
    np.testing.assert_allclose(gradient[0, 1], 50 * np.exp(-50), rtol=1e-6)


@each_vector_loss
@pytest.mark.parametrize("wrong", [(), (4, 3), (5, 2, 3)], ids=str)
def test_zero_vectors_have_no_direction(function, wrong):
    arrays = [normal(5, 3), normal(5, 3, seed=1), *([normal(*wrong, seed=2)] if wrong else [])]
    for array in arrays:
        array[0] = 0
    loss, gradients = with_gradients(function, *arrays)
    assert np.isfinite(loss).all()
    for gradient in gradients:
        assert np.isfinite(gradient).all() and not gradient[0].any()


@each_vector_loss
@pytest.mark.parametrize("size", [1e-20, 1e20])
def test_sizes_at_the_ends_of_float32(function, size):
    query, positive = normal(5, 3), normal(5, 3, seed=1)
    loss, gradients = with_gradients(function, query * size, positive * size)
    expected, slopes = with_gradients(function, query, positive)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    for gradient, slope in zip(gradients, slopes):
        np.testing.assert_allclose(gradient * size, slope, rtol=1e-3, atol=1e-5)


def test_far_products_are_right_or_beyond_float32():
    query, positive = np.float32([[1e20, 0], [0, 1e20]]), np.float32([[1e20, 0], [1e20, 0]])
    loss, gradients = with_gradients(losses.info_nce_loss, query, positive, normalize=False)
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-6)  # alike for the first, 0 and 0 for the second
    assert np.isfinite(np.concatenate(gradients)).all()
    loss, _ = with_gradients(losses.info_nce_loss, query, query, normalize=False)
    np.testing.assert_array_equal(loss, 0)
    loss, _ = with_gradients(losses.info_nce_loss, query, query[::-1], normalize=False)
    np.testing.assert_array_equal(loss, np.inf)


def test_negatives_have_no_query():
    query = paddle.ones([2, 3])
    with pytest.raises(ValueError, match="info_nce_loss: symmetric must be False with negatives"):
        losses.info_nce_loss(query, query, query, symmetric=True)


@pytest.mark.parametrize("temperature", [0, -1, np.inf, np.nan])
def test_temperature_and_scale_are_positive(temperature):
    query = paddle.ones([2, 3])
    with pytest.raises(ValueError, match="info_nce_loss: temperature must be a number in"):
        losses.info_nce_loss(query, query, temperature=temperature)
    with pytest.raises(ValueError, match="ranking_loss: scale must be a number in"):
        losses.multiple_negatives_ranking_loss(query, query, scale=temperature)


@each_vector_loss
@pytest.mark.parametrize("shape", [(), (3,), (4, 2), (4, 2, 3), (5, 2, 2), (5, 2, 3, 1)])
def test_negatives_of_another_shape_are_refused(function, shape):
    query = paddle.ones([5, 3])
    with pytest.raises(ValueError, match=r"negatives must have the shape \[M, D\] or \[N, K, D\]"):
        function(query, query, paddle.ones(shape))


def test_a_program_that_learns_late_how_many_own_negatives_there_are():
    query, wrong = normal(3, 2), normal(1, 2, 2)
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            x = paddle.static.data("x", [None, 2], "float64")
            n = paddle.static.data("n", [None, 2, 2], "float64")
            loss = losses.multiple_negatives_ranking_loss(x, x, n)
        executor = paddle.static.Executor(paddle.CPUPlace())
        try:
            (value,) = executor.run(graph, feed={"x": query, "n": wrong}, fetch_list=[loss])
        except (ValueError, RuntimeError):  # Paddle's own
            return
    finally:
        paddle.disable_static()
    assert np.isnan(value).all()


# --------------------------------------------------------------------------------------------- GE2E


def similarities_by_hand(speech):
    """Cosine of every utterance with every centroid, the own one without the utterance."""
    e = speech / np.linalg.norm(speech, axis=-1, keepdims=True)
    result = cosines(e, e.mean(1))
    for j, i in np.ndindex(*speech.shape[:2]):
        result[j, i, j] = cosines(e[j, i], np.delete(e[j], i, 0).mean(0)[np.newaxis])[0]
    return result


def test_the_own_centroid_leaves_the_utterance_out():
    # At a right angle to the other utterance, the cosine is 0; a centroid with it in would give 0.71.
    speech = np.array([[[1.0, 0, 0, 0], [0, 1, 0, 0]], [[0, 0, 1, 0], [0, 0, 0, 1]]])
    close(ge2e(speech), np.log(2))
    close(ge2e(speech, variant="contrast"), 1)  # both sides σ(-5): 1 - σ(b) + σ(b)


@each_variant
def test_it_is_made_of_the_matrix_of_similarities(variant):
    speech = normal(4, 3, 5)
    s = 10 * similarities_by_hand(speech) - 5
    own = np.arange(4)
    if variant == "softmax":
        expected = cross_entropy(s, np.repeat(own[:, np.newaxis], 3, 1))
    else:
        right = s[own, :, own]
        s[own, :, own] = -np.inf
        expected = 1 - 1 / (1 + np.exp(-right)) + 1 / (1 + np.exp(-s.max(-1)))
    close(ge2e(speech, variant=variant), expected)


def test_contrast_learns_from_the_nearest_other_speaker_only():
    speech = np.array([[[1.0, 0.1, 0], [1, 0, 0]], [[1, 1, 0], [1, 1.1, 0]], [[0, 0, 1], [0, 0.1, 1]]])
    # All of 0 and 1 have each other as their nearest: without those of 2, nothing comes to 2.
    (embedding,) = tensors(speech)
    one = paddle.ones([])
    losses.ge2e_loss(embedding, one, one, variant="contrast", reduction="none")[:2].sum().backward()
    assert np.abs(embedding.grad.numpy()[:2]).min(0).max() > 0
    np.testing.assert_array_equal(embedding.grad.numpy()[2], 0)


def test_of_several_nearest_speakers_it_is_the_first():
    speech = np.array([[[0, 1.0], [0.1, 1]], [[1, 0], [1, 0]], [[1, 0], [1, 0]]])
    (embedding,) = tensors(speech)
    losses.ge2e_loss(embedding, paddle.ones([]), paddle.ones([]), variant="contrast", reduction="none")[
        0
    ].sum().backward()
    assert embedding.grad.numpy()[1].any() and not embedding.grad.numpy()[2].any()


@each_variant
def test_lengths_of_utterances_do_not_count(variant):
    speech = normal(3, 4, 5)
    lengths = 10 ** normal(3, 4, 1, seed=1)
    close(ge2e(speech * lengths, variant=variant), ge2e(speech, variant=variant))
    _, gradients = with_gradients(losses.ge2e_loss, speech, 10, -5, dtype="float64", variant=variant)
    assert np.abs(gradients[0]).max() > 1e-3
    close(np.sum(speech * gradients[0], -1), 0, atol=1e-12)


@each_variant
def test_permuting_speakers_and_utterances_permutes_the_losses(variant):
    speech = normal(3, 4, 5)
    speakers, utterances = np.array([2, 0, 1]), np.array([1, 3, 0, 2])
    permuted = ge2e(speech[speakers][:, utterances], variant=variant)
    close(permuted, ge2e(speech, variant=variant)[speakers][:, utterances])


def test_the_bias_cancels_in_the_softmax():
    speech = normal(3, 4, 5)
    close(ge2e(speech, bias=1e20), ge2e(speech, bias=0))
    _, gradients = with_gradients(losses.ge2e_loss, speech, 10, -5)
    assert gradients[2] == 0


def test_speakers_told_apart_are_not_cut_off():
    speech = np.repeat(np.eye(3)[:, np.newaxis], 2, 1)
    close(ge2e(speech, 30), np.log1p(2 * np.exp(-30)))
    close(ge2e(speech, 60, -30, variant="contrast"), 2 / (1 + np.exp(30)))


@each_variant
def test_one_speaker_has_no_others(variant):
    speech = normal(1, 3, 4)
    loss, gradients = with_gradients(losses.ge2e_loss, speech, 10, -5, variant=variant)
    right = 10 * similarities_by_hand(speech)[..., 0] - 5
    expected = 0 * right if variant == "softmax" else 1 / (1 + np.exp(right))
    np.testing.assert_allclose(loss, expected, rtol=1e-6)
    assert all(np.isfinite(gradient).all() for gradient in gradients)


@each_variant
@pytest.mark.parametrize("utterances", [2, 3, 4, 7])
def test_zero_vectors_and_opposite_utterances_have_no_direction(variant, utterances):
    speech = normal(3, utterances, 8).astype("float32")
    speech[0, 0] = 0
    speech[1, ::2][: utterances // 2] = -speech[1, 1::2]  # a centroid, with or without one, of nothing
    loss, gradients = with_gradients(losses.ge2e_loss, speech, 10, -5, variant=variant)
    assert np.isfinite(loss).all()
    assert all(np.isfinite(gradient).all() for gradient in gradients)
    assert not gradients[0][0, 0].any()
    assert np.abs(gradients[0]).max() < 1e3


def test_what_rounding_leaves_of_opposite_utterances_has_no_direction():
    speech = normal(2, 4, 16).astype("float32")
    speech[0, 2:] = -speech[0, :2][::-1]
    np.testing.assert_array_less(np.abs(similarities_by_hand(speech.astype("float64"))[1, :, 0]), 1)
    loss = ge2e(speech)
    own = similarities_by_hand(speech.astype("float64"))[1, :, 1]
    close(loss[1], np.log1p(np.exp(-10 * own)))  # the cosine with the first speaker counts as 0


@each_variant
@pytest.mark.parametrize("size", [1e-20, 1e20])
def test_utterances_at_the_ends_of_float32(variant, size):
    speech = normal(3, 4, 5)
    loss, gradients = with_gradients(losses.ge2e_loss, speech * size, 10, -5, variant=variant)
    expected, slopes = with_gradients(losses.ge2e_loss, speech, 10, -5, variant=variant)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(gradients[0] * size, slopes[0], rtol=1e-3, atol=1e-5)


@each_variant
def test_nan_of_any_tensor_is_handed_on(variant):
    speech = normal(3, 4, 5)
    spoiled = speech.copy()
    spoiled[1, 0, 0] = np.nan
    for changed in ((spoiled, 10, -5), (speech, np.nan, -5), (speech, 10, np.nan)):
        assert np.isnan(elements(losses.ge2e_loss, *changed, variant=variant)).all()


@pytest.mark.parametrize("scale", [0, -1])
def test_the_scale_is_positive(scale):
    speech, scale, bias = tensors(normal(3, 4, 5), scale, -5)
    with pytest.raises(ValueError, match="ge2e_loss: scale must be greater than 0, got"):
        losses.ge2e_loss(speech, scale, bias)
    with losses.set_value_checks(False):
        assert np.isnan(losses.ge2e_loss(speech, scale, bias).item())


@each_number
def test_scale_and_bias_are_numbers_of_either_shape_and_any_float(dtype):
    (speech,) = tensors(normal(3, 4, 5), dtype="float32")
    scale, bias = (paddle.to_tensor(x, dtype, stop_gradient=False) for x in ([10.0], [-5.0]))
    loss = losses.ge2e_loss(speech, scale, bias, variant="contrast")
    loss.backward()
    assert loss.dtype == paddle.float32
    assert scale.grad.dtype == scale.dtype and scale.grad.shape == [1]
    zero_d = losses.ge2e_loss(speech, scale[0], bias[0], variant="contrast")
    assert loss.item() == zero_d.item()


def test_wrong_shapes_are_refused():
    one = paddle.ones([])
    with pytest.raises(ValueError, match=r"must have the shape \[speakers, utterances, D\], got \[3, 4\]"):
        losses.ge2e_loss(paddle.ones([3, 4]), one, one)
    with pytest.raises(ValueError, match="at least 2 utterances of every speaker"):
        losses.ge2e_loss(paddle.ones([3, 1, 4]), one, one)
    for scale, bias in ((paddle.ones([2]), one), (one, paddle.ones([1, 1]))):
        with pytest.raises(ValueError, match="must be one number, got a tensor of shape"):
            losses.ge2e_loss(paddle.ones([3, 2, 4]), scale, bias)


@pytest.mark.parametrize("utterances", [1, 2])
def test_a_program_that_learns_late_how_many_utterances_there_are(utterances):
    speech = normal(3, utterances, 4)
    paddle.enable_static()
    try:
        graph = paddle.static.Program()
        with paddle.static.program_guard(graph, paddle.static.Program()):
            x = paddle.static.data("x", [None, None, 4], "float64")
            loss = losses.ge2e_loss(x, paddle.full([], 10.0, "float64"), paddle.full([], -5.0, "float64"))
        (value,) = paddle.static.Executor(paddle.CPUPlace()).run(graph, feed={"x": speech}, fetch_list=[loss])
    finally:
        paddle.disable_static()
    assert np.isnan(value) if utterances == 1 else abs(value - ge2e(speech).mean()) < 1e-12

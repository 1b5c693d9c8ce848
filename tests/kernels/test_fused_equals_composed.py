"""Every loss that has a kernel, found by itself: fused it is what it is composed."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from both_ways import (
    DTYPES,
    ELEMENTWISE,
    REDUCTIONS,
    SERVED,
    check,
    composed,
    each,
    fused,
    needs_library,
    outcome,
    tensors_of,
)
from cases import ANY, Arrays

MUST_BE_FUSED = {
    *("l1_loss", "mse_loss", "mean_bias_error", "huber_loss", "smooth_l1_loss", "log_cosh_loss"),
    *("quantile_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"),
    *("weighted_cross_entropy", "balanced_cross_entropy", "sigmoid_focal_loss", "poly1_focal_loss"),
    *("hinge_loss", "squared_hinge_loss", "exponential_loss", "logistic_loss"),
    *("cross_entropy", "softmax_focal_loss", "poly1_cross_entropy", "poly_cross_entropy"),
    *("ohem_cross_entropy", "kl_divergence", "info_nce_loss", "multiple_negatives_ranking_loss"),
    *("iou_loss", "giou_loss", "diou_loss", "ciou_loss", "eiou_loss", "focal_eiou_loss", "riou_loss"),
    *("alpha_iou_loss", "margin_ranking_loss"),
}


@needs_library
def test_no_kernel_has_silently_stopped_serving():
    served = {case.function.__name__ for case, _ in SERVED}
    assert MUST_BE_FUSED - served == set()
    assert served - MUST_BE_FUSED == set(), "they have kernels too: put them in"


def arrays_of(case, shape) -> Arrays:
    return case.tensors(np.random.default_rng(0), shape)


@each(SERVED)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_and_reductions(case, settings, dtype):
    for shape in (case.shapes.usual, case.shapes.many[0], case.shapes.many[-1]):
        tensors = tensors_of(arrays_of(case, shape), dtype)
        for reduction in REDUCTIONS:
            check(case, settings, tensors, reduction)


@each(SERVED)
def test_no_elements(case, settings):
    for shape in case.shapes.empty:
        tensors = tensors_of(arrays_of(case, shape), "float32")
        for reduction in REDUCTIONS:
            got, expected = (
                run(case.function, tensors, **settings, reduction=reduction) for run in (outcome, composed)
            )
            assert got.value.shape == expected.value.shape and not got.value.any()


@each([variant for variant in SERVED if variant[0].takes_weights])
def test_sample_weights(case, settings):
    for dtype in DTYPES:
        tensors = tensors_of(arrays_of(case, case.shapes.usual), dtype)
        shape = case.function(**tensors, **settings, reduction="none").shape
        weight = paddle.to_tensor(
            np.random.default_rng(1).integers(0, 9, shape) / 4.0
        )  # in every dtype; 0 too
        for weight_dtype in ("float32", "float64", "float16"):
            for reduction in REDUCTIONS:
                check(case, settings, {**tensors, "sample_weight": weight.astype(weight_dtype)}, reduction)


# ------------------------------------------------------------------------------------------- layout


def laid_out(tensor, layout):
    """The same numbers, otherwise in memory."""
    axes = list(range(len(tensor.shape)))[::-1]
    if layout == "transposed" and len(axes) > 1:
        return paddle.transpose(paddle.transpose(tensor, axes).contiguous(), axes)
    if layout == "columns":  # every second one of twice as many
        return paddle.repeat_interleave(tensor, 2, len(tensor.shape) - 1)[..., ::2]
    return paddle.concat([tensor[:1], tensor])[1:]  # in one piece, but not from its beginning


@each(SERVED)
@pytest.mark.parametrize("layout", ["transposed", "columns", "rows"])
def test_layouts(case, settings, layout):
    tensors = tensors_of(arrays_of(case, case.shapes.usual), "float32")
    if case.takes_weights:
        tensors["sample_weight"] = paddle.rand(case.function(**tensors, **settings, reduction="none").shape)
    for name, tensor in tensors.items():
        for reduction in ("mean", "none"):
            mixed = {**tensors, name: laid_out(tensor, layout)}
            got, plain = (fused(case.function, t, **settings, reduction=reduction) for t in (mixed, tensors))
            np.testing.assert_array_equal(got.value, plain.value)
            np.testing.assert_array_equal(got.slope, plain.slope)


def test_the_layouts_are_what_they_say():
    tensor = paddle.rand([4, 6])
    assert (
        not laid_out(tensor, "transposed").is_contiguous() and not laid_out(tensor, "columns").is_contiguous()
    )
    for layout in ("transposed", "columns", "rows"):
        assert (laid_out(tensor, layout) == tensor).all()


@each(SERVED)
def test_a_view_of_a_prediction_that_needs_its_gradient(case, settings):
    tensors = tensors_of(arrays_of(case, case.shapes.usual), "float32")
    first = next(iter(tensors))
    whole = paddle.stack([tensors[first]] * 2, -1)
    whole.stop_gradient = False
    case.function(**{**tensors, first: whole[..., 1]}, **settings).backward()
    assert not whole.grad[..., 0].any()
    np.testing.assert_array_equal(whole.grad[..., 1].numpy(), fused(case.function, tensors, **settings).slope)


# ------------------------------------------------------------------------------------------ machines


@each(SERVED)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_machine_keeps_the_bounds(case, settings, dtype, level):
    check(case, settings, tensors_of(arrays_of(case, case.shapes.usual), dtype))
    check(case, settings, tensors_of(arrays_of(case, case.shapes.many[-1]), dtype))


@each(SERVED)
def test_same_bits_run_after_run_and_on_any_number_of_threads(case, settings, level, threads):
    many = 2**21 + 3 if (case, settings) in ELEMENTWISE else 2**18 + 3  # worth a thread
    arrays = arrays_of(case, (many,) if case.shapes is ANY and case.rowwise else case.shapes.usual)
    tensors, seen = tensors_of(arrays, "float32"), set()
    for count in (1, 2, 3, 1):
        threads(count)
        got = fused(case.function, tensors, **settings)
        seen.add((got.value.tobytes(), got.slope.tobytes()))
    assert len(seen) == 1

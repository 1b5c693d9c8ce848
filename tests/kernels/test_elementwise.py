"""The kernels of one prediction and one label, to the ulp: sizes, operands, hazards."""

from __future__ import annotations

import inspect

import numpy as np
import paddle
import pytest
from both_ways import (
    DTYPES,
    ELEMENTWISE,
    REDUCTIONS,
    check,
    composed,
    counted,
    each,
    fused,
    has_shares,
    needs_library,
    outcome,
    tensors_of,
)
from cases import numbers, probabilities, scores, several_quantiles

import paddle_losses as losses


def arrays_of(case, shape, seed=0):
    arrays = case.tensors(np.random.default_rng(seed), shape)
    if has_shares(case) and shape:  # hard labels among the soft ones
        label = arrays["label"].reshape(-1)
        label[::3], label[1::3] = 0, 1
    return arrays


@each(ELEMENTWISE)
@pytest.mark.parametrize("dtype", DTYPES)
def test_sizes_and_reductions(case, settings, dtype):
    for n in (1, 7, 8, 9, 15, 17, 1023, 1024, 1025, 65537):
        tensors = tensors_of(arrays_of(case, (n,), seed=n), dtype)
        for reduction in REDUCTIONS if n < 1000 else ["mean"]:
            check(case, settings, tensors, reduction)


KINDS = list({case.function: (case, settings) for case, settings in ELEMENTWISE}.values())


@each(KINDS)
def test_a_million_elements(case, settings):
    arrays = case.tensors(np.random.default_rng(0), (10**6 + 3,))
    if has_shares(case):
        arrays["label"] = np.round(arrays["label"])
    check(case, settings, tensors_of(arrays, "float32"), "mean")


LABEL_DTYPES = ("float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


@each(ELEMENTWISE)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_labels_of_another_dtype(case, settings, dtype):
    arrays = arrays_of(case, (40,))
    if settings.get("beta", 0) is None:
        pytest.skip("the share of positives is read of floating labels only")
    for label_dtype in LABEL_DTYPES:
        tensors = tensors_of(arrays, dtype)
        label = np.sign(arrays["label"]) if case.tensors is scores else np.round(arrays["label"])
        signed = label_dtype not in ("uint8", "bool")
        tensors["label"] = paddle.to_tensor(label if signed else np.abs(label)).astype(label_dtype)
        check(case, settings, tensors, "none")


WEIGHTED = [variant for variant in ELEMENTWISE if variant[0].takes_weights]


@each(WEIGHTED)
def test_weights_that_leave_the_range(case, settings):
    """w · loss is infinite in float32, and the mean is not."""
    tensors = tensors_of(arrays_of(case, (9,)), "float32")
    tensors["sample_weight"] = paddle.full([9], 3e38)
    check(case, settings, tensors, "mean", where=False)
    got = fused(case.function, tensors, **settings).value
    assert np.isfinite(got) and got == pytest.approx(
        composed(case.function, tensors, **settings).value, rel=1e-6
    )


NORMALIZED = [
    variant for variant in ELEMENTWISE if "normalizer" in inspect.signature(variant[0].function).parameters
]


@each(NORMALIZED)
def test_normalizers(case, settings):
    for dtype in DTYPES:
        tensors = tensors_of(arrays_of(case, (50,)), dtype)
        for weights in ({}, {"sample_weight": paddle.rand([50])}):
            for normalizer in (3, 0.7, paddle.to_tensor(3), paddle.to_tensor([5.0]), paddle.to_tensor(2.5)):
                check(case, settings, {**tensors, **weights}, "mean", normalizer=normalizer)
            zero, total = (
                fused(case.function, {**tensors, **weights}, **settings, **options)
                for options in ({"normalizer": paddle.to_tensor(0.0)}, {"reduction": "sum"})
            )
            assert zero.value == total.value


# ------------------------------------------------------------------------------------------ hazards

REAL = [0.0, -0.0, *(s * x for s in (1, -1) for x in (1e-45, 1e-40, 1.2e-38, 1e-30, 1e-8, 0.3, 0.7, 5, 17))]
REAL += [s * x for s in (1, -1) for x in (88, 89, 100, 104, 709, 1e4, 1e7, 1e12, 1e30, 3e38)]
UNIT = [0.0, -0.0, 1, 1e-45, 1e-40, 1e-8, 1e-7, 1e-3, 0.3, 0.5, 0.7, 1 - 1e-3, 1 - 2**-23, 1 - 2**-24]
ENDLESS = [np.inf, -np.inf, np.nan]


def hazards(case):
    """Every hazardous prediction beside every hazardous label."""
    labels = {numbers: [0, -0.0, 1, -5, 1e-45, 1e30, *ENDLESS], scores: [-1, 1]}
    few = labels.get(case.tensors, [0, 1, 0.5, 0.3, 0.999, 1e-6, 1e-30])
    if case.tensors is several_quantiles:
        few = labels[numbers]
    x, y = np.meshgrid([*UNIT, np.nan] if case.tensors is probabilities else [*REAL, *ENDLESS], few)
    x, y = x.reshape(-1), y.reshape(-1)
    first, second = case.tensors(np.random.default_rng(0), (1,))
    if case.tensors is several_quantiles:
        x = np.stack([x] * 3, -1)
    return {first: np.float32(x), second: np.float32(y)}


@each(ELEMENTWISE)
@pytest.mark.parametrize("dtype", DTYPES)
def test_hazards(case, settings, dtype, level):
    arrays = hazards(case)
    tensors = tensors_of(arrays, dtype)
    x, y = (tensor.astype("float64").numpy() for tensor in tensors.values())
    y = y if x.ndim == y.ndim else y[:, np.newaxis]
    numbers_only = np.isfinite(x) & np.isfinite(y)
    check(case, settings, tensors, where=numbers_only)
    with losses.set_kernels(False):
        expected = outcome(case.function, tensors, **settings, reduction="none")
    got = fused(case.function, tensors, **settings, reduction="none")
    assert np.isnan(got.value[np.isnan(x) | np.isnan(y)]).all()
    # At infinity, composed gradients may be NaN (0 times infinity) where the fused ones are the limit.
    endless = ~numbers_only & ~np.isnan(expected.value)
    for part, truth in zip(got, expected) if "16" not in dtype else ():  # 2.6.2 rounds those towards 0
        known = endless & ~np.isnan(truth)
        np.testing.assert_allclose(part[known], truth[known], rtol=1e-6, atol=1.2e-38)


@needs_library
@pytest.mark.parametrize("margin", [0.0, 0.3, 1e300])
@pytest.mark.parametrize("dtype", DTYPES)
def test_hazards_of_a_lead(margin, dtype, level):
    every = [*REAL, *ENDLESS]
    grids = np.float32(np.meshgrid(every, every, [-1, 1])).reshape(3, -1)

    def value_and_gradients(kernels):
        first, second, label = (paddle.to_tensor(grid).astype(dtype) for grid in grids)
        first.stop_gradient = second.stop_gradient = False
        with losses.set_kernels(kernels), counted() as called:
            loss = losses.margin_ranking_loss(first, second, label, margin=margin, reduction="none")
        assert len(called) == kernels
        loss.backward(paddle.ones_like(loss))
        return [tensor.astype("float64").numpy() for tensor in (loss, first.grad, second.grad)]

    for got, expected in zip(value_and_gradients(True), value_and_gradients(False)):
        np.testing.assert_array_equal(got, expected)

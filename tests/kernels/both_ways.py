"""A loss run fused and composed, and how far the two may be apart.

The composed loss in float64, of the same numbers, is the truth for the fused one in float32 and in half
precision: where composed float32 is the worse one of the two, it would be no measure. In float64 both are
rounded. Bounds are in ulps (distances between neighbouring numbers), not of the result but of its *size*:
what it would be if nothing in it cancelled. For labels of 0 and 1 that is the result itself; for a share y
it is y times the result of label 1 plus (1 - y) times that of label 0.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import Any, NamedTuple

import numpy as np
import paddle
import pytest
from cases import VARIANTS, Arrays, Case, logits, probabilities, variant_id

import paddle_losses as losses
from paddle_losses.kernels._library import library

DTYPES = ("float32", "float64", "float16", "bfloat16")
REDUCTIONS = ("mean", "sum", "none")
LEVELS = (b"baseline", b"avx2", b"avx512")
HELPERS = ("machine", "choose", "scale", "sum")  # what the library offers beside losses

needs_library = pytest.mark.skipif(library is None, reason="installed without a compiler")

Tensors = dict[str, paddle.Tensor]


@contextlib.contextmanager
def counted():
    """A list that grows by a name for every loss that the library computes of valid arguments."""
    own = {} if library is None else dict(vars(library))
    functions = {k: f for k, f in own.items() if f"paddle_losses_{k}" in own and k not in HELPERS}
    called = []
    for name, function in functions.items():

        def spy(*arguments, name=name, function=function):
            valid = function(*arguments)
            called.extend([name] * valid)
            return valid

        setattr(library, name, spy)
    try:
        yield called
    finally:
        for name, function in functions.items():
            setattr(library, name, function)


class Outcome(NamedTuple):
    value: np.ndarray
    slope: np.ndarray  # the gradient of its sum by the first tensor


def outcome(function, tensors: Tensors, **settings: Any) -> Outcome:
    """Both as float64, which holds every number of the other dtypes."""
    x, *_ = tensors.values()
    x = x.detach()
    others = list(tensors.items())[1:]
    x.stop_gradient = False
    value = function(x, **dict(others), **settings)
    if 0 not in value.shape:  # whose sum 2.6.2 does not differentiate
        value.sum().backward()
    assert value.dtype == (paddle.float64 if x.dtype == paddle.float64 else paddle.float32)
    slope = paddle.zeros_like(x) if x.grad is None else x.grad  # of an empty tensor on 2.6.2
    assert slope.dtype == x.dtype and slope.shape == x.shape
    return Outcome(value.astype("float64").numpy(), slope.astype("float64").numpy())


def fused(function, tensors: Tensors, **settings: Any) -> Outcome:
    """As `outcome`; fails if the library has not computed the loss."""
    with losses.set_kernels(True), counted() as called:
        result = outcome(function, tensors, **settings)
    assert called, "no kernel served"
    return result


def composed(function, tensors: Tensors, **settings: Any) -> Outcome:
    """As `outcome`, in float64."""
    wide = {
        name: tensor.astype("float64") if is_float(tensor) else tensor for name, tensor in tensors.items()
    }
    with losses.set_kernels(False):
        return outcome(function, wide, **settings)


def is_float(tensor: paddle.Tensor) -> bool:
    return tensor.dtype in [getattr(paddle, name) for name in DTYPES]


def kernels_of(case: Case, settings: dict[str, Any]) -> set[str]:
    """The functions of the library that compute this loss."""
    arrays = case.tensors(np.random.default_rng(0), case.shapes.usual)
    with losses.set_kernels(True), counted() as called:
        case.function(**tensors_of(arrays, "float32"), **settings)
    return set(called)


def tensors_of(arrays: Arrays, dtype: str) -> Tensors:
    return {name: tensor_of(np.asarray(array), dtype) for name, array in arrays.items()}


def tensor_of(array: np.ndarray, dtype: str) -> paddle.Tensor:
    tensor = paddle.to_tensor(array)
    return tensor.astype(dtype) if array.dtype.kind == "f" else tensor


KERNELS = [(case, settings, kernels_of(case, settings)) for case, settings in VARIANTS]
SERVED = [(case, settings) for case, settings, kernels in KERNELS if kernels]
ELEMENTWISE = [
    (case, settings)
    for case, settings, kernels in KERNELS
    if kernels == {"elementwise"} and len(case.tensors(np.random.default_rng(0), (1,))) == 2  # and its label
]


def each(variants: list) -> Any:
    return pytest.mark.parametrize("case, settings", variants, ids=map(variant_id, variants))


# ------------------------------------------------------------------------------------------- bounds

# Digits, exponent of the smallest number, below what errors count absolutely (Paddle's exp ends there).
FORMATS = {
    "float64": (53, -1074, 3e-308),
    "float32": (24, -149, 1.2e-38),
    "float16": (11, -24, 0),
    "bfloat16": (8, -133, 1.2e-38),
}
LARGEST = {"float64": np.inf, "float32": 3.4028235e38, "float16": 65504, "bfloat16": 3.3895314e38}


def assert_close(got: np.ndarray, truth: np.ndarray, size: np.ndarray, dtype: str, bound, where=True) -> None:
    """Within ``bound`` ulps of ``size``; infinite where ``dtype`` has no number for the truth."""
    digits, least, tiny = FORMATS[dtype]
    truth = np.where(np.abs(truth) > LARGEST[dtype], np.copysign(np.inf, truth), truth)
    ulp = np.ldexp(1.0, np.maximum(np.frexp(size)[1] - digits, least))
    with np.errstate(invalid="ignore"):
        error = np.where(got == truth, 0, np.maximum(np.abs(got - truth) - tiny, 0) / ulp / bound)
    error = np.where(where, np.where(np.isnan(error), np.inf, error), 0)
    worst = np.unravel_index(np.argmax(error), error.shape)
    assert error[worst] <= 1, (
        f"{got[worst]!r} instead of {truth[worst]!r} at {worst}: {error[worst]:.2f} of the bound"
    )


def has_shares(case: Case) -> bool:
    return case.tensors in (logits, probabilities)


def bounds(case: Case, settings: dict[str, Any], x: paddle.Tensor, dtype: str) -> tuple[Any, Any]:
    """In ulps, of value and slope."""
    gamma = inspect.signature(case.function).parameters.get("gamma")
    # Focal losses multiply six rounded factors, each of up to an ulp, and add two such products.
    fused = 7 if gamma else 4
    if dtype != "float64":
        return fused, fused if dtype == "float32" else 0.51  # rounded to half precision once
    # Composed too; and its power of a focal loss is an exp(γ x) with the rounding of γ x in it.
    far = (1 + settings.get("gamma", gamma.default)) * x.astype("float64").abs().numpy() if gamma else 0
    return 2 * fused * (1 + far), 2 * fused * (1 + far)


def sizes(case: Case, tensors: Tensors, settings: dict[str, Any]) -> Outcome:
    """Of the value and the slope of every element."""
    second, label = list(tensors.items())[1]
    if "poly_epsilon" in settings:
        settings = {**settings, "poly_epsilon": abs(settings["poly_epsilon"])}
    if settings.get("beta", 0) is None:
        settings = {**settings, "beta": 1 - label.astype("float64").mean().item()}
    whole = composed(case.function, tensors, **settings, reduction="none")
    if not has_shares(case):
        return Outcome(*np.abs(whole))
    y = label.astype("float64").numpy()
    ends = ({**tensors, second: paddle.full(label.shape, end, "float64")} for end in (0, 1))
    no, yes = (np.abs(composed(case.function, hard, **settings, reduction="none")) for hard in ends)
    with np.errstate(invalid="ignore"):  # of infinite predictions
        return Outcome(*np.maximum(np.abs(whole), (1 - y) * no + y * yes))


def check(
    case: Case, settings: dict[str, Any], tensors: Tensors, reduction: str = "none", where=True, **more
):
    """That the fused loss of these tensors is the composed one; ``more``: settings of the reduction."""
    if (case, settings) not in ELEMENTWISE:
        return check_at_large(case, {**settings, "reduction": reduction, **more}, tensors)
    x = next(iter(tensors.values()))
    dtype = name_of(x.dtype)
    got = fused(case.function, tensors, **settings, reduction=reduction, **more)
    # Settings that are compared with the prediction: their rounding is not the kernel's error.
    single = {name: float(np.float32(settings[name])) for name in ("margin", "epsilon") if name in settings}
    settings = settings if dtype == "float64" else {**settings, **single}
    truth = composed(case.function, tensors, **settings, reduction=reduction, **more)
    size = sizes(case, tensors, settings)
    value_bound, slope_bound = bounds(case, settings, x, dtype)
    if reduction != "none":
        by = divisor(tensors, size.value, **more) if reduction == "mean" else 1
        # An ulp is one to two roundings: twice the bound of the elements, and one for the sum.
        size, value_bound = Outcome(size.value.sum() / by, size.slope / by), 2 * np.max(value_bound) + 1
        slope_bound = slope_bound + (1 if dtype in ("float32", "float64") else 0)  # 1 / by is rounded
    assert_close(got.value, truth.value, size.value, value_dtype(dtype), value_bound, where)
    assert_close(got.slope, truth.slope, size.slope, dtype, slope_bound, where)
    return None


AT_LARGE = 32  # ulps


def check_at_large(case: Case, settings: dict[str, Any], tensors: Tensors) -> None:
    """Within some ulps of the largest number, for losses of several predictions; the tests of accuracy look
    closer, and run both ways too."""
    dtype = name_of(next(iter(tensors.values())).dtype)
    got, truth = (run(case.function, tensors, **settings) for run in (fused, composed))
    for part, right, form in zip(got, truth, (value_dtype(dtype), dtype)):
        largest = np.full(right.shape, np.max(np.abs(right), initial=0))
        # Rounded to half precision once; of a loss fused in part by Paddle, and 2.6.2 rounds towards 0.
        assert_close(part, right, largest, form, AT_LARGE if form in ("float32", "float64") else 1.02)


def name_of(dtype: Any) -> str:
    return str(dtype).removeprefix("paddle.")


def value_dtype(dtype: str) -> str:
    return "float64" if dtype == "float64" else "float32"


def divisor(tensors: Tensors, values: np.ndarray, normalizer: Any = None) -> float:
    if normalizer is not None:
        return normalizer.item() if isinstance(normalizer, paddle.Tensor) else normalizer
    return (
        tensors["sample_weight"].astype("float64").sum().item() if "sample_weight" in tensors else values.size
    )

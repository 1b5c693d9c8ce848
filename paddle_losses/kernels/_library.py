"""The native library: where it lies, how it is called, how many threads it may use.

It is plain C behind ctypes. It knows nothing of Paddle, so one build serves every version of it. Where
there is none (no compiler at the installation), `library` is None.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Callable

import paddle

_POINTER, _INT, _LONG, _DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_double
_OPERAND = [_POINTER, _INT]  # data and dtype
_RESULTS = [_POINTER, _POINTER, _POINTER]  # upstream, value, gradient

_ELEMENTWISE = [
    *(_INT, _LONG, *_OPERAND, *_OPERAND, *_OPERAND),  # loss, n, prediction, another, label
    *(_LONG, _POINTER, _POINTER, _LONG),  # predictions per label, settings, table, its columns
    *(*_OPERAND, _INT, _POINTER),  # weight, reduction, normalizer
    *(*_RESULTS, _INT),  # and threads
]

_SOFTMAX = [
    *(_INT, _LONG, _LONG, _LONG, *_OPERAND),  # loss, outer, classes, inner, prediction
    *(*_OPERAND, *_OPERAND, _DOUBLE, _DOUBLE, _INT),  # ids, shares, what to keep and to spread, any share
    *(_INT, _LONG),  # whether to ignore a class, and which
    *(*_OPERAND, _INT, *_OPERAND),  # factor, whether it counts in the mean, weight
    *(_POINTER, _INT, _INT),  # settings, their number, reduction
    *(*_RESULTS, _INT),  # and threads
]

_BOXES = [
    *(_INT, _LONG, *_OPERAND, *_OPERAND),  # loss, n, prediction, label
    *(_INT, _POINTER, _INT, _POINTER),  # whether centre and size, settings, reduction, normalizer
    *(*_RESULTS, _INT),  # and threads
]

_SIGNATURES = {
    "machine": (ctypes.c_char_p, []),
    "choose": (_INT, [ctypes.c_char_p]),
    "sum": (_DOUBLE, [*_OPERAND, _LONG, _INT]),
    "scale": (None, [*_OPERAND, _LONG, _POINTER, _INT]),
    "elementwise": (_INT, _ELEMENTWISE),
    "softmax": (_INT, _SOFTMAX),
    "boxes": (_INT, _BOXES),
}


def _load() -> ctypes.CDLL | None:
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    try:
        loaded = ctypes.CDLL(str(Path(__file__).parent / f"_kernels{suffix}"))
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(loaded, f"paddle_losses_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(loaded, name, function)
    except (OSError, AttributeError):  # not built; for another machine; or older than the Python files
        return None
    return loaded


def _threads_of_paddle() -> Callable[[], int]:
    # Paddle's own OpenMP knows OMP_NUM_THREADS, and what was set while the program ran.
    openmp = Path(paddle.__file__).parent / "libs/libiomp5.so"
    try:
        return ctypes.CDLL(str(openmp)).omp_get_max_threads
    except (OSError, AttributeError):
        return lambda: int(os.environ.get("OMP_NUM_THREADS", "1").split(",")[0])


library = _load()
threads = _threads_of_paddle()

"""``python -m paddle_losses``: the documents' printed lines beside ours."""

from __future__ import annotations

import argparse
import platform
import sys

import numpy as np
import paddle

from . import __version__, hinge_loss, set_kernels
from .compat import EXAMPLES, Example, snippets
from .kernels._library import library


def main(arguments: list[str] | None = None) -> int:
    """Show the comparison (or ``--info``); 1 if anything is not exact."""
    parser = argparse.ArgumentParser(
        prog="python -m paddle_losses",
        description="Compare the documents' printed outputs with what this package computes.",
    )
    parser.add_argument("--info", action="store_true", help="versions, device and what is built")
    if parser.parse_args(arguments).info:
        show_info()
        return 0
    paddle.set_device("cpu")  # the documents ran there, and a GPU adds in another order
    exact = [show_functions(), show_snippets()]
    show_fixed_hinge()
    return 0 if all(exact) else 1


def show_functions() -> bool:
    """The documents' functions on today's tensors; True if every line is exact."""
    print("The functions of paddle_losses.compat:\n")
    exact = []
    for example in EXAMPLES:
        value = example.run()
        exact.append(show(example, example.line(value), value))
        if example.note:
            print(f"          ({example.note})")
    return conclude(exact)


def show_snippets() -> bool:
    """The documents' own code, unchanged, on paddle_losses.compat.fluid; True if every line is exact."""
    print("The document's own snippets, on paddle_losses.compat.fluid:\n")
    printed = snippets.run_cells()
    return conclude([show(example, *printed[example.cell]) for example in EXAMPLES])


def show(example: Example, line: str, value: np.ndarray) -> bool:
    """Print one comparison; True if it is exact."""
    verdict = compare(value, example.expected)
    print(f"document  {example.printed}")
    print(f"ours      {line}  {verdict}")
    return verdict == "exact" and line == example.printed


def conclude(exact: list[bool]) -> bool:
    print(f"\n{sum(exact)} of {len(exact)} lines exact.\n")
    return all(exact)


def compare(value: np.ndarray, expected: np.ndarray) -> str:
    """ "exact", or how many float32 lie between the two."""
    if value.dtype != expected.dtype or value.shape != expected.shape:
        return f"{value.dtype} of shape {list(value.shape)}, not float32 of shape [1]"
    if value.tobytes() == expected.tobytes():
        return "exact"
    if not np.isfinite(value).all():
        return "not finite"
    return f"{abs(_rank(value) - _rank(expected))} ulp off"


def _rank(value: np.ndarray) -> int:
    """The position of a float32 among all of them, so that neighbours differ by 1."""
    bits = int(value.view("<i4")[0])
    return bits if bits >= 0 else -(bits & 0x7FFFFFFF)


def show_fixed_hinge() -> None:
    example = EXAMPLES[-1]
    score, label = paddle.to_tensor(example.pred), paddle.to_tensor(example.label)
    mean, total = hinge_loss(score, label), hinge_loss(score, label, reduction="sum")
    print(f"The hinge loss of the last example is {mean.item():.7f} (mean) or {total.item():.7f} (sum).")
    print(
        "The document's 9.292055e-05 is the focal loss, which its example calls by mistake; its "
        "hinge_loss\nalso sums where its formula averages, and carries the docstring of the focal loss."
    )


def show_info() -> None:
    rows = {
        "paddle_losses": __version__,
        "paddle": paddle.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": paddle.device.get_device(),
        "kernels": _kernels(),
    }
    for name, value in rows.items():
        print(f"{name:14}{value}")


def _kernels() -> str:
    if library is None:
        return "none (installed without a compiler)"
    return library.machine().decode() if set_kernels.on else "off (PADDLE_LOSSES_KERNELS=0)"


if __name__ == "__main__":
    sys.exit(main())

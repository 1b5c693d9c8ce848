"""Fused losses against everything else that computes them, in one process, taking turns.

Contenders: ours fused; ours composed of Paddle's operations; Paddle's own loss; the floor, a plain loop that
reads the inputs once and writes one gradient into memory fresh from Paddle; and, where PyTorch is
installed, what one writes there, eager and through torch.compile (for some large shapes: its compiler
takes seconds for each; it keeps what it made, so a second run is quicker).

    python tools/benchmark.py [--threads 1 2] [--into FOLDER] [--losses NAME …] [--quick]
    python tools/benchmark.py --show tools/benchmarking/results/paddle-3.3.1.json    a table into README.md

Needs the Python package, a C++ compiler, and matplotlib for the plot.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import paddle
from benchmarking import report
from benchmarking.contenders import COMPOSED, FUSED, PADDLE, contenders, use_threads
from benchmarking.memory import peak_of
from benchmarking.rows import FAMILIES, Family, Loss
from benchmarking.timing import Budget, medians
from benchmarking.torch_losses import torch
from markers import between

import paddle_losses
from paddle_losses.kernels._library import library

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmark: written by tools/benchmark.py --show -->", "<!-- end of benchmark -->"
MODES = {"forward": False, "forward+backward": True}
OF_MEMORY = ["mse_loss", "binary_cross_entropy_with_logits", "sigmoid_focal_loss"]


def main(arguments: list[str] | None = None) -> list[report.Row]:
    """Time every row, print where fused is not ahead, write the report."""
    options = parse(arguments)
    if options.show:
        show(options.show)
        return []
    started = time.perf_counter()
    before = paddle_losses.set_kernels.on
    try:
        memory = peaks(options)
        rows = [row for family in FAMILIES for loss in family.losses for row in timed(family, loss, options)]
    finally:
        paddle_losses.set_kernels(before)
    lines = report.behind(rows)
    print(f"{len(rows)} rows in {time.perf_counter() - started:.0f} s; fused is not ahead in {len(lines)}:")
    print("\n".join(lines))
    if options.into:
        write(options.into, rows, memory)
    return rows


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="one run with each number")
    parser.add_argument("--into", type=Path, help="where to write paddle-VERSION.json, .md and .svg")
    parser.add_argument("--losses", nargs="+", help="only these")
    parser.add_argument(
        "--show", type=Path, metavar="JSON", help="time nothing: a former run, into README.md"
    )
    parser.add_argument(
        "--quick", action="store_true", help="tiny, to see that it runs: no figure means much"
    )
    options = parser.parse_args(arguments)
    known = {loss.name for family in FAMILIES for loss in family.losses}
    if unknown := set(options.losses or []) - known:
        parser.error(f"--losses: unknown {sorted(unknown)}, there are {sorted(known)}")
    if min(options.threads) < 1:
        parser.error(f"--threads must be at least 1, got {options.threads}")
    if library is None:
        parser.error("the package was installed without a compiler: there is nothing fused to time")
    return options


def timed(family: Family, loss: Loss, options: argparse.Namespace) -> list[report.Row]:
    if options.losses and loss.name not in options.losses:
        return []
    rows = []
    for shape in family.quick if options.quick else family.shapes:
        data = loss.data(np.random.default_rng(0), shape)
        for threads in options.threads:
            use_threads(threads)
            for mode, backward in MODES.items():
                compiled = backward and shape in family.compiled
                rivals = contenders(loss, data, backward, threads, compiled)
                seconds = medians(rivals, budget(shape, options.quick))
                kind = (family.name, loss.name, loss.transcendental, loss.chain)
                rows.append(report.Row(*kind, shape, mode, threads, seconds))
                shown = ", ".join(f"{name} {report.number(1e3 * t)}" for name, t in seconds.items())
                print(f"{rows[-1]}: {shown} ms", flush=True)
    return rows


def budget(shape: list[int], quick: bool) -> Budget:
    if quick:
        return Budget(0, 2)
    elements = shape[0] * shape[1]
    if elements <= 2**14:
        return Budget(0.002, 20, steps=20)
    return Budget(0.02, 9, steps=5) if elements <= 2**20 else Budget(0.15, 9)


def peaks(options: argparse.Namespace) -> dict[str, dict[str, int]]:
    """By loss and contender, beside the size of the gradient, forward and backward."""
    found = {}
    elementwise = FAMILIES[0]
    use_threads(1)
    for loss in elementwise.losses:
        if loss.name not in (options.losses or OF_MEMORY):
            continue
        shape = (elementwise.quick if options.quick else elementwise.shapes)[-1]
        rivals = contenders(loss, loss.data(np.random.default_rng(0), shape), True, 1, False)
        found[loss.name] = {"gradient": 4 * shape[0] * shape[1]}
        for name in (FUSED, COMPOSED, PADDLE):
            peak = peak_of(rivals[name]) if name in rivals else None
            if peak is not None:
                found[loss.name][name] = peak
    return found


def write(folder: Path, rows: list[report.Row], memory: dict[str, dict[str, int]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    versions = {"Paddle": paddle.__version__, "paddle_losses": paddle_losses.__version__}
    versions["kernels"] = library.machine().decode()
    versions["PyTorch"] = torch.__version__ if torch else "not installed"
    machine = report.machine(versions)
    path = folder / f"paddle-{paddle.__version__}.json"
    run = {"machine": machine, "memory": memory, "rows": [dataclasses.asdict(row) for row in rows]}
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(report.markdown(machine, rows, memory), encoding="utf-8")
    report.draw(rows, path.with_suffix(".svg"))


def show(path: Path) -> None:
    run = json.loads(path.read_text(encoding="utf-8"))
    table = report.summary(run["machine"], [report.Row(**row) for row in run["rows"]])
    README.write_text(between(README.read_text(encoding="utf-8"), BEGIN, END, table), encoding="utf-8")


if __name__ == "__main__":
    main()

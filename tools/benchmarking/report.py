"""What a run says: machine, table, aims, plot."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .contenders import COMPILED, COMPOSED, FLOOR, FUSED, PADDLE, TORCH

RATIOS = {  # name: what is divided by what
    "fused/floor": (FUSED, FLOOR),
    "Paddle/fused": (PADDLE, FUSED),
    "composed/fused": (COMPOSED, FUSED),
    "torch/fused": (TORCH, FUSED),
    "torch.compile/fused": (COMPILED, FUSED),
}
RIVALS = [name for name in RATIOS if name != "fused/floor"]


@dataclass(frozen=True)
class Row:
    """One loss at one shape: seconds a step, by contender."""

    family: str
    loss: str
    transcendental: bool
    chain: bool
    shape: list[int]
    mode: str  # "forward" or "forward+backward"
    threads: int
    seconds: dict[str, float]

    @property
    def elements(self) -> int:
        return self.shape[0] * self.shape[1]

    @property
    def size(self) -> str:
        return f"2^{self.elements.bit_length() - 1}" if self.family == "elementwise" else str(self.shape)

    def ratio(self, name: str) -> float | None:
        above, below = (self.seconds.get(contender) for contender in RATIOS[name])
        return above / below if above is not None and below is not None else None

    def __str__(self) -> str:
        return f"{self.loss} {self.size}, {self.mode}, {self.threads} thread{'s'[: self.threads > 1]}"


@dataclass(frozen=True)
class Aim:
    """Of these rows, that ratio is at least (or at most) so much, forward and backward."""

    what: str
    ratio: str
    bound: float
    concerns: Callable[[Row], bool]
    at_most: bool = False

    def met(self, ratio: float) -> bool:
        return ratio <= self.bound if self.at_most else ratio >= self.bound


def big(row: Row, *exponents: int) -> bool:
    return row.family == "elementwise" and row.elements in [2**exponent for exponent in exponents]


# fmt: off
AIMS = [
    Aim("elementwise within 1.5 × the floor at 2^24", "fused/floor", 1.5, lambda r: big(r, 24), at_most=True),
    Aim("arithmetic losses within 1.5 × the floor at 2^20", "fused/floor", 1.5,
        lambda r: big(r, 20) and not r.transcendental, at_most=True),
    Aim("transcendental losses within 2.5 × the floor at 2^20", "fused/floor", 2.5,
        lambda r: big(r, 20) and r.transcendental, at_most=True),
    Aim("focal ≥ 30 × Paddle's at 2^20 and 2^24", "Paddle/fused", 30,
        lambda r: big(r, 20, 24) and r.loss == "sigmoid_focal_loss"),
    Aim("focal ≥ 15 × composed at 2^20 and 2^24", "composed/fused", 15,
        lambda r: big(r, 20, 24) and r.loss == "sigmoid_focal_loss"),
    Aim("BCE ≥ 8 × Paddle's at 2^20", "Paddle/fused", 8,
        lambda r: big(r, 20) and r.loss == "binary_cross_entropy_with_logits"),
    Aim("BCE ≥ 5 × Paddle's at 2^24", "Paddle/fused", 5,
        lambda r: big(r, 24) and r.loss == "binary_cross_entropy_with_logits"),
    Aim("cross entropy [8192, 1000] ≥ 4 × Paddle's", "Paddle/fused", 4,
        lambda r: r.loss == "cross_entropy" and r.shape == [8192, 1000]),
    Aim("cross entropy [8192, 1000] ≥ 1.5 × torch's", "torch/fused", 1.5,
        lambda r: r.loss == "cross_entropy" and r.shape == [8192, 1000]),
    Aim("boxes ≥ 20 × composed at 10^6", "composed/fused", 20,
        lambda r: r.family == "boxes" and r.shape[0] == 10**6),
    Aim("never slower than composed at 2^6", "composed/fused", 1, lambda r: big(r, 6)),
    Aim("twice as fast as composed chains of eight operations at 2^6", "composed/fused", 2,
        lambda r: big(r, 6) and r.chain),
    Aim("transcendental losses faster than Paddle's from 2^12", "Paddle/fused", 1,
        lambda r: r.family == "elementwise" and r.elements >= 2**12 and r.transcendental),
    Aim("arithmetic losses faster than Paddle's from 2^16", "Paddle/fused", 1,
        lambda r: r.family == "elementwise" and r.elements >= 2**16),
    Aim("faster than torch everywhere", "torch/fused", 1, lambda r: True),
    Aim("faster than torch.compile where it was timed", "torch.compile/fused", 1, lambda r: True),
]
# fmt: on


def behind(rows: list[Row]) -> list[str]:
    """Rows where the fused loss is not the fastest, and by whom it is beaten."""
    lines = []
    for row in rows:
        faster = [name for name in RIVALS if (row.ratio(name) or 2) <= 1]
        if faster:
            lines.append(f"{row}: " + ", ".join(f"{name} {number(row.ratio(name))}" for name in faster))
    return lines


def aims(rows: list[Row]) -> list[str]:
    """One line for each aim that the run can judge: met or missed, and the worst row."""
    lines = []
    for aim in AIMS:
        judged = [(row.ratio(aim.ratio), row) for row in rows if aim.concerns(row) and "backward" in row.mode]
        judged = sorted(((r, str(row)) for r, row in judged if r is not None), reverse=aim.at_most)
        if judged:
            missed = sum(not aim.met(ratio) for ratio, _ in judged)
            verdict = f"missed in {missed} of {len(judged)}" if missed else f"met in all {len(judged)}"
            lines.append(f"| {aim.what} | {verdict} | {number(judged[0][0])} | {judged[0][1]} |")
    return lines


def markdown(machine: dict[str, str], rows: list[Row], memory: dict[str, dict[str, int]]) -> str:
    lines = ["# Benchmark", "", *(f"- {name}: {value}" for name, value in machine.items()), ""]
    lines += [
        "Mean losses in float32, with the checks of values on. Milliseconds a step, medians of turns that",
        "all take in a random order: twenty steps in a row up to 2^14 elements, five up to 2^20, then one.",
        "Whatever divides by fused says how many times faster fused is.",
        *("", "## Aims", "", "Forward and backward.", ""),
        *("| aim | | worst ratio | in |", "| --- | --- | ---: | --- |", *aims(rows)),
        *("", "## Where fused is not ahead", ""),
        *([f"- {line}" for line in behind(rows)] or ["Nowhere."]),
    ]
    if memory:
        lines += ["", "## Peak extra memory of a step, MiB", "", *memory_table(memory)]
    for threads, mode in sorted({(row.threads, row.mode) for row in rows}):
        chosen = [row for row in rows if (row.threads, row.mode) == (threads, mode)]
        title = f"{mode.capitalize()}, {threads} thread{'s'[: threads > 1]}"
        lines += ["", f"## {title}", "", *table(chosen)]
    return "\n".join(lines) + "\n"


def table(rows: list[Row]) -> list[str]:
    contenders = [FLOOR, FUSED, COMPOSED, PADDLE, TORCH, COMPILED]
    heads = ["loss", "size", *contenders, *RATIOS]
    lines = [f"| {' | '.join(heads)} |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    for row in rows:
        seconds = [row.seconds.get(name) for name in contenders]
        cells = [*(None if t is None else 1e3 * t for t in seconds), *map(row.ratio, RATIOS)]
        lines.append(f"| {row.loss} | {row.size} | {' | '.join(map(number, cells))} |")
    return lines


# The rows that stand in the README.
_CHOSEN = [
    ("mse_loss", 2**24), ("huber_loss", 2**24), ("binary_cross_entropy_with_logits", 2**12),
    ("binary_cross_entropy_with_logits", 2**20), ("binary_cross_entropy_with_logits", 2**24),
    ("sigmoid_focal_loss", 2**20), ("sigmoid_focal_loss", 2**24), ("cross_entropy", 8192 * 1000),
    ("cross_entropy", 256 * 50_000), ("ciou_loss", 4 * 10**6),
]  # fmt: skip


def summary(machine: dict[str, str], rows: list[Row]) -> str:
    """A short table for people: milliseconds forward and backward, on one thread."""
    contenders = [FUSED, FLOOR, COMPOSED, PADDLE, TORCH, COMPILED]
    lines = [
        "Milliseconds, forward and backward, float32, one thread of "
        f"{machine['processor'].split(' × ')[-1]}, {machine['kernels']}, Paddle {machine['Paddle']}, "
        f"PyTorch {machine['PyTorch']}:",
        "",
        f"| loss | size | {' | '.join(contenders)} |",
        "| --- | --- |" + " ---: |" * len(contenders),
    ]
    for row in rows:
        if (row.loss, row.elements) in _CHOSEN and row.threads == 1 and "backward" in row.mode:
            cells = [None if t is None else 1e3 * t for t in map(row.seconds.get, contenders)]
            lines.append(f"| `{row.loss}` | {row.size} | {' | '.join(map(number, cells))} |")
    return "\n".join(lines)


def memory_table(memory: dict[str, dict[str, int]]) -> list[str]:
    names = list(dict.fromkeys(name for peaks in memory.values() for name in peaks))
    lines = [f"| loss | {' | '.join(names)} |", "| --- |" + " ---: |" * len(names)]
    for loss, peaks in memory.items():
        cells = [f"{peaks[name] / 2**20:.0f}" if name in peaks else "" for name in names]
        lines.append(f"| {loss} | {' | '.join(cells)} |")
    return lines


def number(value: float | None) -> str:
    """Three digits, as far as they are digits of the fraction."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 0.1 else f"{value:.4f}"


def machine(versions: dict[str, str]) -> dict[str, str]:
    return {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **versions,
    }


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = [line.split(": ")[1] for line in lines if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else platform.processor()


def draw(rows: list[Row], path: Path) -> None:
    """Time against size for every loss with more than two sizes, forward and backward, on one thread.

    No file, if none of them was timed.
    """
    from matplotlib.figure import Figure

    threads = min(row.threads for row in rows)
    chosen = [
        row for row in rows if row.threads == threads and "backward" in row.mode and row.family != "rows"
    ]
    losses = list(dict.fromkeys(row.loss for row in chosen))
    if not losses:
        return
    columns = 4
    figure = Figure(figsize=(3.4 * columns, 2.7 * -(-len(losses) // columns)), layout="constrained")
    panels = list(figure.subplots(-(-len(losses) // columns), columns, squeeze=False).flat)
    styles = {FLOOR: "k--", FUSED: "C3o-", COMPOSED: "C0.-", PADDLE: "C1.-", TORCH: "C2.-", COMPILED: "C4x-"}
    for axes, loss in zip(panels, losses):
        for name, style in styles.items():
            points = [
                (r.elements, 1e3 * r.seconds[name]) for r in chosen if r.loss == loss and name in r.seconds
            ]
            axes.loglog(*zip(*points), style, label=name, linewidth=1, markersize=4) if points else None
        axes.set_title(loss, fontsize=9)
        axes.grid(alpha=0.3)
    for axes in panels[len(losses) :]:
        axes.axis("off")
    figure.supxlabel("elements")
    figure.supylabel(f"milliseconds, {threads} thread{'s'[: threads > 1]}")
    names = list(styles)
    handles = [panels[0].plot([], [], styles[name], label=name)[0] for name in names]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names))
    figure.savefig(path)

"""Which of Paddle's own losses are wrong in the Paddle that is installed: measured, not remembered.

    python tools/paddle_defects.py                      a table on the terminal
    python tools/paddle_defects.py --markdown           the same in Markdown
    python tools/paddle_defects.py --json 3.3.1.json    also into a file
    python tools/paddle_defects.py --compare 2.6.2.json 3.3.1.json [--into README.md]

The status is 1 if a function of this package is wrong, and 0 otherwise, whatever Paddle does. The call
of a row is the code that is run; it knows `paddle`, `F`, `nan` and the names that are defined below.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from math import exp, log, log1p
from pathlib import Path
from typing import Callable, Union

os.environ.setdefault("GLOG_minloglevel", "2")  # what Paddle logs about dtypes is in the table

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about ccache
    import paddle
    import paddle.nn.functional as F

from markers import between

import paddle_losses as losses

BEGIN, END = "<!-- defects: written by tools/paddle_defects.py -->", "<!-- end of defects -->"
AN_ERROR = "an error"
NO_GRADIENT = "no gradient"
SECONDS = 60  # for a child; most of it is loading Paddle

Outcome = Union[float, str]  # a number, or in a word why there is none: "NaN", "raises ValueError", …


# ------------------------------------------------------------------------- what the calls are made of


def t(data, dtype: str | None = None) -> paddle.Tensor:
    return paddle.to_tensor(data, dtype=dtype)


def slope(f: Callable, *tensors, of: int = 0, **settings) -> Outcome:
    """The derivative of ``f`` with respect to the first element of one of its tensors."""
    tensors = [t(x) for x in tensors]
    tensors[of].stop_gradient = False
    f(*tensors, **settings).sum().backward()
    gradient = tensors[of].grad
    if gradient is None:
        return NO_GRADIENT
    return gradient.flatten()[0] if gradient.size else 0.0


NAMES = {"paddle": paddle, "F": F, "losses": losses, "nan": math.nan, "t": t, "slope": slope}


# ---------------------------------------------------------------------------------------- the probes


@dataclass(frozen=True)
class Probe:
    what: str
    call: str
    right: Outcome
    ours: str = ""  # the same with a function of this package, if it has one
    within: float = 1e-4  # of the right number, relative: only what is clearly wrong is a defect
    off_by: float = 0.0  # the same, absolute, where the right number is 0
    may_die: bool = False  # Paddle may end the process
    slow: bool = False


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


PROBES = (
    # y = 0: σ(0) - y.
    Probe(
        "BCE, gradient at logit 0",
        "slope(F.binary_cross_entropy_with_logits, [0.], [0.])",
        0.5,
        "slope(losses.binary_cross_entropy_with_logits, [0.], [0.])",
    ),
    # (1 - α) p² softplus(x), by the product rule, with p' = p (1 - p) and softplus' = p, all at p = 1/2.
    Probe(
        "focal loss, gradient at logit 0",
        "slope(F.sigmoid_focal_loss, [[0.]], [[0.]])",
        0.75 * (2 * 0.5**2 * 0.5 * log(2) + 0.5**3),
        "slope(losses.sigmoid_focal_loss, [[0.]], [[0.]])",
    ),
    # 3 (σ(0) - 1).
    Probe(
        "BCE with pos_weight, gradient",
        "slope(F.binary_cross_entropy_with_logits, [0.], [1.], pos_weight=t([3.]))",
        -1.5,
        "slope(losses.weighted_cross_entropy, [0.], [1.], pos_weight=3.)",
    ),
    # -3 log σ(-1).
    Probe(
        "BCE with pos_weight, negative logit",
        "F.binary_cross_entropy_with_logits(t([-1.]), t([1.]), pos_weight=t([3.]))",
        3 * log1p(exp(1)),
        "losses.weighted_cross_entropy(t([-1.]), t([1.]), pos_weight=3.)",
    ),
    # -log σ(20).
    Probe(
        "BCE, confident and right",
        "F.binary_cross_entropy_with_logits(t([20.]), t([1.]))",
        log1p(exp(-20)),
        "losses.binary_cross_entropy_with_logits(t([20.]), t([1.]))",
    ),
    # log(exp(100) + 1) - 0.
    Probe(
        "cross entropy, logits 100 apart",
        "F.cross_entropy(t([[100., 0.]]), t([1]))",
        100.0,
        "losses.cross_entropy(t([[100., 0.]]), t([1]))",
    ),
    Probe(
        "the same in float64",
        'F.cross_entropy(t([[100., 0.]], "float64"), t([1]))',
        100.0,
        'losses.cross_entropy(t([[100., 0.]], "float64"), t([1]))',
    ),
    Probe(
        "log-softmax, logits 100 apart",
        "F.log_softmax(t([[100., 0.]]))[0, 1]",
        -100.0,
    ),
    # log(exp(20) + 2) - 20.
    Probe(
        "cross entropy, confident and right",
        "F.cross_entropy(t([[20., 0., 0.]]), t([0]))",
        log1p(2 * exp(-20)),
        "losses.cross_entropy(t([[20., 0., 0.]]), t([0]))",
    ),
    # One label is kept, its loss is log 2; the other counts for nothing.
    Probe(
        "cross entropy, an ignored label",
        "F.cross_entropy(paddle.zeros([2, 2]), t([0, -100]))",
        log(2),
        "losses.cross_entropy(paddle.zeros([2, 2]), t([0, -100]))",
    ),
    # Of two equal classes each has the loss log 2, so that smoothing changes nothing.
    Probe(
        "… with label smoothing",
        "F.cross_entropy(paddle.zeros([2, 2]), t([0, -100]), label_smoothing=0.1)",
        log(2),
        "losses.cross_entropy(paddle.zeros([2, 2]), t([0, -100]), label_smoothing=0.1)",
    ),
    Probe(
        "… with label smoothing, ignore_index=1",
        "F.cross_entropy(t([[0., 0.], [5., 0.]]), t([0, 1]), ignore_index=1, label_smoothing=0.1)",
        log(2),
        "losses.cross_entropy(t([[0., 0.], [5., 0.]]), t([0, 1]), ignore_index=1, label_smoothing=0.1)",
    ),
    # Σ y (log Σ exp x - x) has the slope p Σ y - y.
    Probe(
        "cross entropy, labels that sum to 2, gradient",
        "slope(F.cross_entropy, [[1., 0.]], [[1., 1.]], soft_label=True)",
        2 * sigmoid(1) - 1,
        "slope(losses.cross_entropy, [[1., 0.]], [[1., 1.]])",
    ),
    # float32(0.1) 2²⁴ times, over 2²⁴.
    Probe(
        "mean of 2^24 losses of 0.1",
        "F.l1_loss(paddle.full([2**24], 0.1), paddle.zeros([2**24]))",
        0.1,
        "losses.l1_loss(paddle.full([2**24], 0.1), paddle.zeros([2**24]))",
        slow=True,
    ),
    Probe(
        "mean of 2^26 times 0.1",
        "paddle.mean(paddle.full([2**26], 0.1))",
        0.1,
        slow=True,
    ),
    # α (1 - p)² log 2 at p = 1/2, with α = 1 - 0.25 for label 0; the other is 0.25 σ(-1)² softplus(-1).
    Probe(
        "focal loss of a vector",
        "F.sigmoid_focal_loss(t([0., 1.]), t([0., 1.]))",
        0.75 * 0.25 * log(2) + 0.25 * sigmoid(-1) ** 2 * log1p(exp(-1)),
        'losses.sigmoid_focal_loss(t([0., 1.]), t([0., 1.]), reduction="sum")',
    ),
    # With u = exp(-20), the loss is 0.25 u^1.5, but for a relative 1e-9.
    Probe(
        "focal loss, γ = 0.5, confident and right, gradient",
        "slope(F.sigmoid_focal_loss, [[20.]], [[1.]], gamma=0.5)",
        -0.25 * 1.5 * exp(-30),
        "slope(losses.sigmoid_focal_loss, [[20.]], [[1.]], gamma=0.5)",
    ),
    # α (σ(20) - 1).
    Probe(
        "focal loss, γ = 0, confident and right, gradient",
        "slope(F.sigmoid_focal_loss, [[20.]], [[1.]], gamma=0.)",
        -0.25 * sigmoid(-20),
        "slope(losses.sigmoid_focal_loss, [[20.]], [[1.]], gamma=0.)",
    ),
    # log(1 + exp(100)), with the slope -σ(100).
    Probe(
        "soft margin loss, far off",
        "F.soft_margin_loss(t([-100.]), t([1.]))",
        100.0,
        "losses.logistic_loss(t([-100.]), t([1.]))",
    ),
    Probe(
        "soft margin loss, far off, gradient",
        "slope(F.soft_margin_loss, [-100.], [1.])",
        -1.0,
        "slope(losses.logistic_loss, [-100.], [1.])",
    ),
    Probe(
        "soft margin loss, confident and right",
        "F.soft_margin_loss(t([20.]), t([1.]))",
        log1p(exp(-20)),
        "losses.logistic_loss(t([20.]), t([1.]))",
    ),
    Probe(
        "multi-label soft margin loss, the same",
        "F.multi_label_soft_margin_loss(t([[20.]]), t([[1.]]))",
        log1p(exp(-20)),
    ),
    Probe("softplus(-20)", "F.softplus(t([-20.]))", log1p(exp(-20))),
    Probe("log-sigmoid(20)", "F.log_sigmoid(t([20.]))", -log1p(exp(-20))),
    # (log v + (x - y)²/v) / 2 has the slope (1/v - (x - y)²/v²) / 2 in v.
    Probe(
        "Gaussian NLL, gradient of the variance",
        "slope(F.gaussian_nll_loss, [0.], [1.], [2.], of=2)",
        (1 / 2 - 1 / 4) / 2,
    ),
    # y (log y - x) has the slope log y + 1 - x in y.
    Probe(
        "KL divergence, gradient of the target",
        'slope(F.kl_div, F.log_softmax(t([[1., 0.]])), [[0.5, 0.5]], of=1, reduction="sum")',
        log(0.5) + 1 - log(sigmoid(1)),
        "slope(losses.kl_divergence, [[1., 0.]], [[0.5, 0.5]], of=1)",
    ),
    # log(1 + exp x) - x y has the slope -x in y.
    Probe(
        "BCE, gradient of the target",
        "slope(F.binary_cross_entropy_with_logits, [1.], [0.5], of=1)",
        -1.0,
        "slope(losses.binary_cross_entropy_with_logits, [1.], [0.5], of=1)",
    ),
    # -log σ(1).
    Probe(
        "cross entropy, gradient of the target",
        "slope(F.cross_entropy, [[1., 0.]], [[0.5, 0.5]], of=1, soft_label=True)",
        log1p(exp(-1)),
        "slope(losses.cross_entropy, [[1., 0.]], [[0.5, 0.5]], of=1)",
    ),
    # A zero vector has no direction to turn in.
    Probe(
        "cosine embedding, gradient at a zero vector",
        "slope(F.cosine_embedding_loss, [[0., 0.]], [[1., 0.]], [1])",
        0.0,
        off_by=10.0,
    ),
    # The vectors are the same, so that 1 - cos = 0.
    Probe(
        "cosine embedding, equal short vectors",
        "F.cosine_embedding_loss(t([[1e-8, 0.]]), t([[1e-8, 0.]]), t([1]))",
        0.0,
        off_by=1e-3,
    ),
    # |e| - β/2; Huber's loss is β times that.
    Probe(
        "smooth L1 is Huber's loss",
        "F.smooth_l1_loss(t([3.]), t([0.]), delta=0.5)",
        3 - 0.5 / 2,
        "losses.smooth_l1_loss(t([3.]), t([0.]), beta=0.5)",
    ),
    # -log 1; ours keeps probabilities 1e-7 away from 0 and 1.
    Probe(
        "log loss of a perfect prediction",
        "F.log_loss(t([[1.]]), t([[1.]]))",
        0.0,
        "losses.binary_cross_entropy(t([[1.]]), t([[1.]]))",
        off_by=1e-6,
    ),
    # -log 0.5, but for the 1e-4 that Paddle adds.
    Probe(
        "log loss in float64",
        'F.log_loss(t([[0.5]], "float64"), t([[1.]], "float64"))',
        log(2),
        'losses.binary_cross_entropy(t([[0.5]], "float64"), t([[1.]], "float64"))',
        within=1e-3,
    ),
    # A single pair has nothing to be told from: what remains is 0.002 · 0.25 times the squared norms.
    Probe(
        "N-pair loss in float64",
        'F.npair_loss(t([[1.]], "float64"), t([[1.]], "float64"), t([0]))',
        0.002 * 0.25 * (1 + 1),
    ),
    # ArcFace of an angle of 60°: the logits are 64 cos(π/3 + 0.5) and 0.
    Probe(
        "margin cross entropy on a CPU",
        "F.margin_cross_entropy(t([[0.5, 0.]]), t([0]))",
        log1p(exp(-64 * math.cos(math.pi / 3 + 0.5))),
        "losses.arcface_loss(t([[0.5, 0.75**0.5]]), t([0]), t([[1., 0.], [0., 0.]]))",
    ),
    # The negative is 0.5 away in the first component; the positive, 0 away, pulls nowhere.
    Probe(
        "triplet margin loss, gradient at distance 0",
        "slope(F.triplet_margin_loss, [[1., 2.]], [[1., 2.]], [[1.5, 2.]], epsilon=0.)",
        1.0,
        "slope(losses.triplet_margin_loss, [[1., 2.]], [[1., 2.]], [[1.5, 2.]], epsilon=0.)",
    ),
    # Equally far from both: the margin is left.
    Probe(
        "triplet margin loss, far out",
        "F.triplet_margin_loss(t([[1e20]]), t([[0.]]), t([[0.]]))",
        1.0,
        "losses.triplet_margin_loss(t([[1e20]]), t([[0.]]), t([[0.]]))",
    ),
    Probe(
        "MSE in float16 on a CPU",
        'F.mse_loss(t([0.5], "float16"), t([0.], "float16"))',
        0.25,
        'losses.mse_loss(t([0.5], "float16"), t([0.], "float16"))',
    ),
    Probe(
        "cross entropy in bfloat16 on a CPU",
        'F.cross_entropy(t([[0., 0.]], "bfloat16"), t([0]))',
        log(2),
        'losses.cross_entropy(t([[0., 0.]], "bfloat16"), t([0]))',
        within=1e-2,
    ),
    # Nothing has been seen, so there is nothing to learn; a NaN would end the training.
    Probe(
        "empty batch",
        "F.mse_loss(paddle.zeros([0]), paddle.zeros([0]))",
        0.0,
        "losses.mse_loss(paddle.zeros([0]), paddle.zeros([0]))",
        may_die=True,
    ),
    Probe(
        "empty batch, backward",
        "slope(F.l1_loss, paddle.zeros([0]), paddle.zeros([0]))",
        0.0,
        "slope(losses.l1_loss, paddle.zeros([0]), paddle.zeros([0]))",
        may_die=True,
    ),
    Probe(
        "CTC, a class that does not exist",
        'F.ctc_loss(paddle.zeros([4, 1, 3]), t([[10**9, 1]], "int32"), t([4]), t([2]))',
        AN_ERROR,
        may_die=True,
    ),
    Probe(
        "hierarchical sigmoid, the same",
        "F.hsigmoid_loss(t([[1., 2.]]), t([[10**9]]), 4, paddle.zeros([3, 2]))",
        AN_ERROR,
        may_die=True,
    ),
    Probe(
        "take_along_axis, the same",
        "paddle.take_along_axis(t([[0., 1.]]), t([[10**9]]), 1)",
        AN_ERROR,
        "losses.cross_entropy(t([[0., 1.]]), t([10**9]))",  # it takes along an axis
        may_die=True,
    ),
    Probe(
        "margin ranking loss of NaN",
        "F.margin_ranking_loss(t([nan]), t([0.]), t([1.]))",
        "NaN",
        "losses.margin_ranking_loss(t([nan]), t([0.]), t([1.]))",
    ),
    Probe(
        "hinge embedding loss of NaN",
        "F.hinge_embedding_loss(t([nan]), t([-1.]))",
        "NaN",
    ),
    Probe(
        "hinge loss of NaN, from relu",
        "F.relu(1 - t([nan]) * t([1.]))",
        "NaN",
        "losses.hinge_loss(t([nan]), t([1.]))",
    ),
    Probe(
        "… from maximum",
        "paddle.maximum(1 - t([nan]) * t([1.]), t([0.]))",
        "NaN",
        "losses.hinge_loss(t([nan]), t([1.]))",
    ),
    # [2, 1] - [2] is [2, 2]: each prediction is compared with each label.
    Probe(
        "MSE of [N, 1] and [N]",
        "F.mse_loss(t([[0.], [1.]]), t([0., 1.]))",
        AN_ERROR,
        "losses.mse_loss(t([[0.], [1.]]), t([0., 1.]))",
    ),
    Probe(
        "dtype of a float32 loss with a float64 label",
        'str(F.l1_loss(t([0.5]), t([1.], "float64")).dtype)',
        "paddle.float32",
        'str(losses.l1_loss(t([0.5]), t([1.], "float64")).dtype)',
    ),
)


# --------------------------------------------------------------------------------------- measuring


@dataclass(frozen=True)
class Row:
    what: str
    call: str
    right: Outcome
    paddle: Outcome
    ours: Outcome
    verdict: str


def measure(probes: tuple[Probe, ...]) -> list[Row]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        children = {probe: pool.submit(in_child, probe.call) for probe in probes if probe.may_die}
        theirs = {probe: evaluate(probe.call) for probe in probes if not probe.may_die}
        theirs.update({probe: child.result() for probe, child in children.items()})
    return [row(probe, theirs[probe]) for probe in probes]


def row(probe: Probe, theirs: Outcome) -> Row:
    ours = evaluate(probe.ours) if probe.ours else "-"
    verdict = "right here" if agrees(theirs, probe) else "defect"
    if ours != "-" and not agrees(ours, probe):
        verdict += ", OURS IS WRONG"
    return Row(probe.what, probe.call, probe.right, theirs, ours, verdict)


def evaluate(call: str) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = eval(call, NAMES)
        except Exception as error:
            return f"raises {type(error).__name__}"
    return value if isinstance(value, str) else number(value)


def number(value) -> Outcome:
    """A float, or a word where JSON has no number for it."""
    if isinstance(value, paddle.Tensor):
        value = value.astype("float64").numpy()
    value = float(np.asarray(value).item())
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else f"{value}"


def in_child(call: str) -> Outcome:
    """The same in a process of its own, whose end is an outcome too."""
    command = [sys.executable, "-c", "import sys, paddle_defects; paddle_defects.answer(sys.argv[1])", call]
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    try:
        child = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {SECONDS} s"
    if child.returncode < 0:
        return f"process ends (signal {-child.returncode})"
    if child.returncode > 0:
        return f"process ends (status {child.returncode})"
    return json.loads(child.stdout.splitlines()[-1])


def answer(call: str) -> None:
    """What a child does."""
    paddle.set_device("cpu")
    print(json.dumps(evaluate(call)))


def agrees(found: Outcome, probe: Probe) -> bool:
    if probe.right == AN_ERROR:
        return str(found).startswith("raises ")
    if found == NO_GRADIENT and probe.right == 0:
        return True  # nobody who steps along it notices a difference
    if isinstance(found, str) or isinstance(probe.right, str):
        return found == probe.right
    return math.isclose(found, probe.right, rel_tol=probe.within, abs_tol=probe.off_by)


# ------------------------------------------------------------------------------------------ showing


def cell(outcome: Outcome) -> str:
    return outcome if isinstance(outcome, str) else f"{outcome + 0:.4g}"


def cells(rows: list[Row], code: str = "") -> list[list[str]]:
    header = ["what", "call", f"Paddle {paddle.__version__}", "right", "ours", "verdict"]
    table = [
        [r.what, f"{code}{r.call}{code}", cell(r.paddle), cell(r.right), cell(r.ours), r.verdict]
        for r in rows
    ]
    return [header, *table]


def aligned(table: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*table)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in table)


def markdown(table: list[list[str]]) -> str:
    header, *body = ("| " + " | ".join(line) + " |" for line in table)
    return "\n".join([header, "|" + "---|" * len(table[0]), *body])


def comparison(files: list[Path]) -> str:
    """What several Paddles said, side by side; what is wrong is bold."""
    stored = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    table = [["what", "call", "right", *(s["paddle"] for s in stored), "ours"]]
    if len({tuple(r["call"] for r in s["rows"]) for s in stored}) > 1:
        raise SystemExit("the files are of different probes: measure again on each Paddle")
    for rows in zip(*(s["rows"] for s in stored)):
        theirs = [f"**{cell(r['paddle'])}**" if "defect" in r["verdict"] else cell(r["paddle"]) for r in rows]
        ours = ", ".join(dict.fromkeys(cell(r["ours"]) for r in rows))
        first = rows[0]
        table.append([first["what"], f"`{first['call']}`", cell(first["right"]), *theirs, ours])
    return markdown(table)


# --------------------------------------------------------------------------------------- the command


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    if options.compare:
        return compare(options)
    paddle.set_device("cpu")  # the defects are those of the CPU
    rows = measure(PROBES)
    print(markdown(cells(rows, code="`")) if options.markdown else aligned(cells(rows)))
    if options.json:
        write(rows, options.json)
    return conclude(rows)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    job = parser.add_mutually_exclusive_group()
    job.add_argument("--json", type=Path, metavar="FILE", help="also write the results to FILE")
    job.add_argument(
        "--compare", type=Path, nargs="+", metavar="FILE", help="only show such files side by side"
    )
    parser.add_argument("--into", type=Path, metavar="FILE", help="write it between the markers of FILE")
    options = parser.parse_args(arguments)
    if options.into and not options.compare:
        parser.error("--into is for --compare")
    return options


def compare(options: argparse.Namespace) -> int:
    table = comparison(options.compare)
    if options.into:
        text = options.into.read_text(encoding="utf-8")
        options.into.write_text(between(text, BEGIN, END, table), encoding="utf-8")
    else:
        print(table)
    return 0


def write(rows: list[Row], file: Path) -> None:
    """One line for each row."""
    lines = ",\n".join(f"  {json.dumps(asdict(r), ensure_ascii=False)}" for r in rows)
    text = f'{{\n "paddle": "{paddle.__version__}",\n "rows": [\n{lines}\n ]\n}}\n'
    file.write_text(text, encoding="utf-8")


def conclude(rows: list[Row]) -> int:
    defects = sum("defect" in r.verdict for r in rows)
    wrong = [r for r in rows if "WRONG" in r.verdict]
    print(f"\nPaddle {paddle.__version__}: {defects} of {len(rows)} are defects.", file=sys.stderr)
    for r in wrong:
        print(f"OURS IS WRONG: {r.what}: {cell(r.ours)}, right is {cell(r.right)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

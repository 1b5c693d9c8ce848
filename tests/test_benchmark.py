"""The benchmark runs, and its report says what was timed. How fast anything is, no test asks."""

from __future__ import annotations

import itertools
import json

import benchmark
import pytest
from benchmarking import report
from benchmarking.contenders import COMPOSED, FLOOR, FUSED
from benchmarking.memory import peak_of
from benchmarking.rows import FAMILIES
from benchmarking.timing import Budget, Contender, medians

import paddle_losses as losses

needs_library = pytest.mark.skipif(benchmark.library is None, reason="installed without a compiler")
LOSSES = [loss for family in FAMILIES for loss in family.losses]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    return benchmark.main(["--quick", "--into", str(folder)]), folder


@needs_library
def test_everything_is_timed(run):
    rows, _ = run
    timed = {(row.loss, tuple(row.shape), row.mode, row.threads) for row in rows}
    assert len(timed) == len(rows)
    assert timed == {
        (loss.name, tuple(shape), mode, threads)
        for family in FAMILIES
        for loss, shape in itertools.product(family.losses, family.quick)
        for mode, threads in itertools.product(benchmark.MODES, (1, 2))
    }
    for row in rows:
        assert {FUSED, COMPOSED, FLOOR} <= set(row.seconds)
        assert all(0 < seconds < 60 for seconds in row.seconds.values())
        assert row.ratio("fused/floor") == row.seconds[FUSED] / row.seconds[FLOOR]


@needs_library
def test_the_report_is_written(run):
    rows, folder = run
    (data,) = folder.glob("paddle-*.json")
    recorded = json.loads(data.read_text(encoding="utf-8"))
    assert [row["seconds"] for row in recorded["rows"]] == [row.seconds for row in rows]
    assert {"processor", "Python", "Paddle", "kernels", "PyTorch"} <= set(recorded["machine"])
    assert list(recorded["memory"]) == benchmark.OF_MEMORY
    text = data.with_suffix(".md").read_text(encoding="utf-8")
    assert all(text.count(f"| {row.loss} | {row.size} |") == 4 for row in rows)
    assert "<svg" in data.with_suffix(".svg").read_text(encoding="utf-8")


@needs_library
def test_switches_are_as_before(run):
    assert losses.set_kernels.on


def test_paddles_own_losses_are_timed_where_there_are_any():
    without = {loss.name for loss in LOSSES if loss.paddle is None}
    assert without.isdisjoint({"l1_loss", "sigmoid_focal_loss", "cross_entropy"})
    assert {"giou_loss", "log_cosh_loss"} <= without


def row(loss="l1_loss", mode="forward+backward", shape=(2**14, 64), family="elementwise", **seconds):
    named = {"Paddle" if name == "paddle" else name: time for name, time in seconds.items()}
    return report.Row(family, loss, False, False, list(shape), mode, 1, named)


def test_ratios():
    made_up = row(floor=2.0, fused=3.0, composed=30.0, paddle=1.5)
    assert made_up.ratio("fused/floor") == 1.5
    assert made_up.ratio("composed/fused") == 10
    assert made_up.ratio("Paddle/fused") == 0.5
    assert made_up.ratio("torch/fused") is None
    cells = report.table([made_up])[2].split(" | ")
    assert cells[:2] == ["| l1_loss", "2^20"]
    assert cells[2:] == ["2000", "3000", "30000", "1500", "", "", "1.5", "0.5", "10", "", " |"]


def test_who_is_ahead():
    rows = [row(fused=1.0, composed=2.0), row(mode="forward", fused=1.0, composed=2.0, torch=0.5, paddle=1.0)]
    assert report.behind(rows) == ["l1_loss 2^20, forward, 1 thread: Paddle/fused 1, torch/fused 0.5"]


def test_aims_are_judged_by_the_worst_row():
    rows = [row(fused=3.0, floor=2.0, torch=9.0), row(loss="mse_loss", fused=4.0, floor=2.0, torch=8.0)]
    verdicts = {line.split(" | ")[0]: line for line in report.aims(rows)}
    assert verdicts["| arithmetic losses within 1.5 × the floor at 2^20"].endswith(
        "| missed in 1 of 2 | 2 | mse_loss 2^20, forward+backward, 1 thread |"
    )
    assert verdicts["| faster than torch everywhere"].endswith(
        "| met in all 2 | 2 | mse_loss 2^20, forward+backward, 1 thread |"
    )
    assert len(verdicts) == 2


@pytest.mark.parametrize("aim", report.AIMS, ids=lambda aim: aim.what)
def test_every_aim_concerns_a_row(aim):
    rows = [
        report.Row(family.name, loss.name, loss.transcendental, loss.chain, shape, "forward+backward", 1, {})
        for family in FAMILIES
        for loss in family.losses
        for shape in family.shapes
    ]
    assert any(aim.concerns(row) for row in rows)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now

    def takes(self, seconds):
        def step():
            self.now += next(seconds)

        return step


def test_medians_of_turns():
    clock, prepared = Clock(), []
    # The first turn finds cold caches; in a later one something disturbs.
    brief = Contender(clock.takes(iter([0.09, 0.05, 9.0, 0.06])), lambda: prepared.append("brief"))
    long = Contender(clock.takes(iter([40.0, 50.0])))
    budget = Budget(1.0, least=3)
    assert medians({"brief": brief, "long": long}, budget, clock) == pytest.approx(
        {"brief": 0.06, "long": 45.0}
    )
    assert prepared == ["brief"] * 4


def test_a_turn_of_several_steps_counts_a_step():
    clock, prepared = Clock(), []
    step = Contender(clock.takes(iter([0.01, 0.03, 0.02, 0.06])), lambda: prepared.append("it"))
    assert medians({"it": step}, Budget(0.0, least=1, steps=2), clock) == pytest.approx({"it": 0.04})
    assert len(prepared) == 2


def test_a_budget_ends():
    budget = Budget(1.0, least=3, most=5, long=0.7)
    assert not budget.spent([]) and not budget.spent([5.0])
    assert budget.spent([5.0, 5.0]) and not budget.spent([0.6, 0.6])  # two turns are enough for long steps
    assert budget.spent([0.6, 0.6, 0.6]) and not budget.spent([0.1] * 4)
    assert budget.spent([0.1] * 5)


def test_peak_memory():
    held = []
    peak = peak_of(Contender(lambda: held.append(bytearray(b"x") * (64 << 20))))
    if peak is None:
        pytest.skip("the system does not tell")
    assert 60 << 20 < peak < 80 << 20


def test_unknown_losses_are_named(capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--losses", "l3_loss"])
    assert "unknown ['l3_loss']" in capsys.readouterr().err


def test_the_readme_shows_the_chosen_rows_of_one_thread():
    times = {FUSED: 1e-3, FLOOR: 5e-4}
    rows = [
        report.Row("elementwise", "mse_loss", False, False, [2**24, 1], mode, threads, times)
        for mode in benchmark.MODES
        for threads in (1, 2)
    ]
    machine = {"processor": "2 × Some CPU", "kernels": "avx2", "Paddle": "3.3.1", "PyTorch": "not installed"}
    table = report.summary(machine, rows).splitlines()
    assert "one thread of Some CPU, avx2" in table[0]
    assert [line for line in table if "mse" in line] == ["| `mse_loss` | 2^24 | 1 | 0.5 |  |  |  |  |"]

"""``tools/paddle_defects.py``: its verdicts, its children, its tables, and what it found on record."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict
from pathlib import Path

import paddle
import paddle_defects as tool
import pytest
from markers import between
from paddle_defects import PROBES, Probe

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "tests/data/paddle_defects" / f"{version}.json" for version in ("2.6.2", "3.3.1")]
STORED = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES}
QUICK = tuple(probe for probe in PROBES if not probe.may_die and not probe.slow)

on_record = pytest.mark.skipif(paddle.__version__ not in STORED, reason="another Paddle than those on record")


@pytest.fixture(scope="module")
def measured():
    return tool.measure(QUICK)


# ------------------------------------------------------------------------------------- the main job


def test_one_row_for_each_probe(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(tool, "PROBES", QUICK[:8])
    assert tool.main(["--json", str(tmp_path / "results.json")]) == 0
    printed, said = capsys.readouterr()
    header, *lines = printed.splitlines()
    assert re.split("  +", header) == [
        "what",
        "call",
        f"Paddle {paddle.__version__}",
        "right",
        "ours",
        "verdict",
    ]
    assert [line.split("  ")[0] for line in lines] == [probe.what for probe in QUICK[:8]]
    assert f"of {len(lines)} are defects" in said and "WRONG" not in said
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written["paddle"] == paddle.__version__
    assert written["rows"] == [asdict(row) for row in tool.measure(QUICK[:8])]


def test_markdown(monkeypatch, capsys):
    monkeypatch.setattr(tool, "PROBES", QUICK[:2])
    assert tool.main(["--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "|---|---|---|---|---|---|"
    assert lines[2].startswith(f"| {QUICK[0].what} | `{QUICK[0].call}` | ")
    assert len(lines) == 4


def test_nothing_is_printed_but_the_table(monkeypatch, capfd, recwarn):
    monkeypatch.setattr(tool, "PROBES", QUICK[-2:])  # the last makes Paddle warn about dtypes
    tool.main([])
    tool.evaluate("[__import__('warnings').warn('about something'), 1][1]")
    out, error = capfd.readouterr()
    assert len(out.splitlines()) == 3
    # Loaded before the tool, as here, Paddle has its say.
    assert re.fullmatch(r"(W.*data type.*\n)?\nPaddle .* of 2 are defects\.\n", error)
    assert not list(recwarn)


def test_minus_zero_is_zero():
    assert [tool.cell(x) for x in (-0.0, -1.0, 0.000123456, "NaN")] == ["0", "-1", "0.0001235", "NaN"]


def test_all_of_it_runs_on_the_cpu(monkeypatch, capsys):
    chosen = []
    monkeypatch.setattr(tool, "PROBES", (Probe("", "1", 1.0),))
    monkeypatch.setattr(paddle, "set_device", chosen.append)
    tool.main([])
    tool.answer("1")
    assert chosen == ["cpu", "cpu"]


def test_calls_say_what_they_mean(measured):
    mistakes = ("NameError", "AttributeError", "TypeError", "SyntaxError")
    for row in measured:
        assert not re.search("|".join(mistakes), f"{row.paddle} {row.ours}"), row
    assert "|" not in "".join(probe.call for probe in PROBES)  # it would part a cell of the Markdown
    for column in ("what", "call"):
        assert len({getattr(probe, column) for probe in PROBES}) == len(PROBES)


# -------------------------------------------------------------------------------------- the verdict


@pytest.mark.parametrize(
    "call, right, verdict",
    [
        ("1 + 1", 2.0, "right here"),
        ("1 + 1", 2.1, "defect"),
        ("t([2.00001])", 2.0, "right here"),
        ("t([2.01])", 2.0, "defect"),
        ("1e-30", 0.0, "defect"),
        ("nan", "NaN", "right here"),
        ("nan", 0.0, "defect"),
        ("0.0", "NaN", "defect"),
        ("-float('inf')", "-inf", "right here"),
        ("1 / 0", 1.0, "defect"),
        ("1 / 0", tool.AN_ERROR, "right here"),
        ("1", tool.AN_ERROR, "defect"),
        ("str(t([1.]).dtype)", "paddle.float32", "right here"),
        ("slope(lambda x, y: x * x, [3.], [1.])", 6.0, "right here"),
        ("slope(lambda x, y: x * y, [3.], [1.], of=1)", 3.0, "right here"),
        ("slope(lambda x, y: x, [3.], [1.], of=1)", 3.0, "defect"),
        ("slope(lambda x, y: x, [3.], [1.], of=1)", 0.0, "right here"),
    ],
)
def test_verdict(call, right, verdict):
    (row,) = tool.measure((Probe("", call, right),))
    assert row.verdict == verdict and row.ours == "-"


def test_tolerances():
    assert tool.agrees(1.01, Probe("", "", 1.0, within=0.1))
    assert tool.agrees(0.01, Probe("", "", 0.0, off_by=0.1))
    assert not tool.agrees(0.2, Probe("", "", 0.0, off_by=0.1))


def test_a_function_of_ours_that_is_wrong_ends_with_status_1(monkeypatch, capsys):
    ours = "losses.l1_loss(t([2.]), t([0.]))"
    monkeypatch.setattr(tool, "PROBES", (Probe("a lie", "1", 1.0, ours), Probe("the truth", "1", 2.0, ours)))
    assert tool.main([]) == 1
    printed, said = capsys.readouterr()
    assert re.search("a lie .* right here, OURS IS WRONG\n.*the truth .* defect\n", printed)
    assert said.count("OURS IS WRONG: a lie: 2, right is 1") == said.count("WRONG") == 1


# ------------------------------------------------------------------------------------- the children


def test_a_child_that_dies_is_reported():
    calls = ["__import__('os').abort()", "__import__('sys').exit(3)"]
    rows = tool.measure(tuple(Probe("", call, 0.0, may_die=True) for call in calls))
    assert [row.paddle for row in rows] == ["process ends (signal 6)", "process ends (status 3)"]
    assert {row.verdict for row in rows} == {"defect"}


def test_a_child_answers(monkeypatch, capsys):
    def child(command, **_):
        tool.answer(command[-1])
        return subprocess.CompletedProcess(command, 0, stdout=capsys.readouterr().out.encode())

    monkeypatch.setattr(subprocess, "run", child)
    assert [tool.in_child(call) for call in ("t([0.5])", "nan", "1 / 0")] == [
        0.5,
        "NaN",
        "raises ZeroDivisionError",
    ]


def test_a_child_that_hangs_is_reported(monkeypatch):
    monkeypatch.setattr(tool, "SECONDS", 0.01)
    assert tool.in_child("1") == "no answer in 0.01 s"


# ---------------------------------------------------------------------------------- what was found


KNOWN = {  # the rows that people ask about, as literals
    "2.6.2": {
        "BCE, gradient at logit 0": 0.5,
        "BCE with pos_weight, gradient": 0.5,
        "BCE with pos_weight, negative logit": 1.94,
        "cross entropy, logits 100 apart": 64,
        "cross entropy, an ignored label": 0.6931,
        "focal loss of a vector": 0.1356,
        "focal loss, γ = 0, confident and right, gradient": "NaN",
        "soft margin loss, far off": "inf",
        "Gaussian NLL, gradient of the variance": "no gradient",
    },
    "3.3.1": {
        "BCE, gradient at logit 0": -0.5,
        "BCE with pos_weight, gradient": -1.5,
        "BCE with pos_weight, negative logit": 3.94,
        "cross entropy, logits 100 apart": 64,
        "cross entropy, an ignored label": 0.3466,
        "focal loss of a vector": "raises ValueError",
        "focal loss, γ = 0, confident and right, gradient": -5.153e-10,
        "soft margin loss, far off": "inf",
        "Gaussian NLL, gradient of the variance": "no gradient",
    },
}


@on_record
def test_what_is_known(measured):
    found = {row.what: tool.cell(row.paddle) for row in measured}
    for what, outcome in KNOWN[paddle.__version__].items():
        assert found[what] == tool.cell(outcome), what


@on_record
def test_the_stored_file_agrees_with_today(measured):
    stored = {row["call"]: row for row in STORED[paddle.__version__]["rows"]}
    for row in measured:
        then = tool.Row(**stored[row.call])
        assert row.what == then.what and row.verdict == then.verdict
        assert [*map(tool.cell, (row.right, row.paddle, row.ours))] == [
            *map(tool.cell, (then.right, then.paddle, then.ours))
        ], f"{row.call}: run python tools/paddle_defects.py --json on each Paddle"


@pytest.mark.parametrize("version", STORED)
def test_the_stored_files_are_of_these_probes(version):
    assert STORED[version]["paddle"] == version
    assert [row["call"] for row in STORED[version]["rows"]] == [probe.call for probe in PROBES]
    assert not [row for row in STORED[version]["rows"] if "WRONG" in row["verdict"]]


def test_the_readme_has_the_table_of_the_stored_files(capsys):
    assert tool.main(["--compare", *map(str, FILES)]) == 0
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = "python tools/paddle_defects.py --compare tests/data/paddle_defects/*.json --into README.md"
    table = capsys.readouterr().out.rstrip("\n")
    assert between(readme, tool.BEGIN, tool.END, table) == readme, f"run {command}"


# ---------------------------------------------------------------------------------- side by side


def stored_as(file, version, *outcomes):
    rows = [tool.row(Probe(f"row {i}", f"call {i}", 1.0), outcome) for i, outcome in enumerate(outcomes)]
    text = json.dumps({"paddle": version, "rows": [asdict(row) for row in rows]})
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_comparison_goes_between_the_markers(tmp_path):
    files = [stored_as(tmp_path / "a", "1", 1.0, "NaN"), stored_as(tmp_path / "b", "2", 0.123456, 1.0)]
    page = tmp_path / "page.md"
    page.write_text(f"before\n{tool.BEGIN}\nold\n{tool.END}\nafter\n", encoding="utf-8")
    assert tool.main(["--compare", *files, "--into", str(page)]) == 0
    before, _, *table, _, after = page.read_text(encoding="utf-8").replace("\n\n", "\n").splitlines()
    assert (before, after) == ("before", "after")
    assert table == [
        "| what | call | right | 1 | 2 | ours |",
        "|---|---|---|---|---|---|",
        "| row 0 | `call 0` | 1 | 1 | **0.1235** | - |",
        "| row 1 | `call 1` | 1 | **NaN** | 1 | - |",
    ]


def test_files_of_different_probes_are_refused(tmp_path):
    files = [stored_as(tmp_path / "a", "1", 1.0), stored_as(tmp_path / "b", "2", 1.0, 2.0)]
    with pytest.raises(SystemExit, match="different probes"):
        tool.main(["--compare", *files])


@pytest.mark.parametrize("arguments", [["--into", "x"], ["--compare", "a", "--json", "b"], ["--fast"]])
def test_options_that_make_no_sense_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        tool.main(arguments)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err

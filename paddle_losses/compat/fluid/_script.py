"""Run a script for old Paddle with ``paddle.fluid`` in place."""

from __future__ import annotations

import argparse
import re
import runpy
import sys
import tokenize
from pathlib import Path
from types import TracebackType

from .._install import install

# What word processors and Chinese input methods put into code, and what Python wants instead.
LOOKALIKES = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict(zip("，。：；（）［］｛｝！＝＋－＊／＜＞％", ",.:;()[]{}!=+-*/<>%")),
    **dict(zip("−–—×÷", "---*/")),
    **dict(zip("≤≥≠…", ("<=", ">=", "!=", "..."))),
    "\u00a0": " ",
    "\u3000": " ",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the script; 1 if it cannot be read or is not Python, else what it ends with."""
    parser = argparse.ArgumentParser(
        prog="python -m paddle_losses.compat.fluid",
        description="Run a script written for paddle.fluid (Paddle 1.x) unedited on today's Paddle.",
    )
    parser.add_argument("script", type=Path, help="the script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script finds in sys.argv")
    options = parser.parse_args(arguments)
    problem = unreadable(options.script)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    run(options.script, options.arguments)
    return 0


def run(script: Path, arguments: list[str]) -> None:
    """Run ``script`` as ``python script`` would."""
    argv, path = sys.argv, sys.path[:]
    sys.argv = [str(script), *arguments]
    sys.path[0] = str(script.resolve().parent)
    try:
        with install():
            runpy.run_path(str(script), run_name="__main__")
    except Exception as error:
        raise error.with_traceback(_from_script(error.__traceback__, str(script))) from error.__cause__
    finally:
        sys.argv, sys.path[:] = argv, path


def _from_script(trace: TracebackType | None, script: str) -> TracebackType | None:
    """The trace without the frames that led to the script."""
    start = trace
    while start is not None and start.tb_frame.f_code.co_filename != script:
        start = start.tb_next
    return start or trace


def unreadable(script: Path) -> str | None:
    """Why the script cannot be run, if it cannot even be read."""
    try:
        with tokenize.open(script) as file:
            source = file.read()
    except OSError as error:
        return f"{script}: {error.strerror}"
    except (UnicodeDecodeError, SyntaxError) as error:
        return f"{script}: {error}; save it as UTF-8, or name its encoding in the first line: # coding: gbk"
    try:
        compile(source, str(script), "exec")
    except SyntaxError as error:
        return explain(script, error)
    except ValueError as error:  # a null byte, before Python 3.12
        return f"{script}: {error}"
    return None


def explain(script: Path, error: SyntaxError) -> str:
    """A syntax error in words, with line and column."""
    column = error.offset or 1
    place = f"{script}, line {error.lineno}, column {column}" if error.lineno else str(script)
    match = re.search(r"\(?U\+([0-9A-F]{4,6})\)?", error.msg or "")
    found = chr(int(match[1], 16)) if match else ""
    if found not in LOOKALIKES:
        return f"{place}: {error.msg}"
    return (
        f"{place}: {found!r} is not what Python takes for {LOOKALIKES[found]!r}; replace it, and all others "
        "like it, which editors, input methods and web pages put in (‘ ’ “ ” （ ） ， ： and so on)"
    )

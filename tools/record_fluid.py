"""Record what Paddle 1.8.5, the last with ``paddle.fluid``, does with the scripts of tests/compat/fluid.

It needs a Python 3.7 with ``pip install "paddlepaddle==1.8.5" "protobuf<3.21"``:

    python3.7 tools/record_fluid.py

Scripts run in processes of their own, because some end theirs; those are recorded as "crash".
"""

import contextlib
import inspect
import io
import json
import multiprocessing
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "compat" / "fluid"
sys.path.insert(0, str(FOLDER))

import fluid_cases as cases  # noqa: E402
import numpy as np  # noqa: E402
import paddle  # noqa: E402
import paddle.fluid as fluid  # noqa: E402

PUBLIC_MODULES = (
    *("layers", "optimizer", "initializer", "regularizer", "clip", "io", "dygraph", "metrics", "nets"),
    *("backward", "unique_name", "profiler", "framework", "executor", "param_attr", "contrib", "transpiler"),
)


def main():
    if paddle.__version__ != "1.8.5":
        sys.exit(f"this records Paddle 1.8.5, but Paddle {paddle.__version__} is installed")
    recorded = record_all(list(cases.all_cases().items()))
    write("recorded.json", recorded)
    write("api.json", {"printed by document_s1.py": document_s1(), **signatures()})
    print(f"{len(recorded)} scripts, {sum('error' in r for r in recorded.values())} of them with an error")


def write(file, recorded):
    """One line for each entry."""
    versions = f"NumPy {np.__version__}, Python {platform.python_version()}, CPU"
    recorded = {"origin": f"Paddle {paddle.__version__}, {versions}", **recorded}
    lines = [f"  {json.dumps(name)}: {json.dumps(r, sort_keys=True)}" for name, r in recorded.items()]
    (FOLDER / file).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def document_s1():
    """The lines that the document's snippets print."""
    source = (ROOT / "paddle_losses" / "compat" / "document_s1.py").read_text(encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, "document_s1.py", "exec"), {})
    return printed.getvalue().splitlines()


def signatures():
    """The public names of ``fluid``, with names and defaults of arguments where there are any."""
    names = {f"fluid.{name}": getattr(fluid, name, None) for name in fluid.__all__}
    for module in PUBLIC_MODULES:
        for name in getattr(fluid, module).__all__:
            names[f"fluid.{module}.{name}"] = getattr(getattr(fluid, module), name, None)
    for kind in (fluid.Program, fluid.Variable, fluid.Executor):
        for name in dir(kind):
            if not name.startswith("_"):
                names[f"fluid.{kind.__name__}.{name}"] = getattr(kind, name)
    return {name: parameters(thing) for name, thing in names.items()}


def parameters(thing):
    try:
        found = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, None if p.default is p.empty else repr(p.default)] for p in found]


def record_all(left):
    """One process after the other, each from where the last one ended."""
    recorded = {}
    while left:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=send, args=(sender, left))
        process.start()
        sender.close()
        done = list(results(receiver))
        process.join()
        recorded.update(zip((name for name, _ in left), done))
        left = left[len(done) :]
        if left:
            recorded[left[0][0]] = {"error": "crash", "stage": "run"}
            left = left[1:]
    return recorded


def send(sender, scripts):
    for _, source in scripts:
        sender.send(cases.evaluate(source, fluid))


def results(receiver):
    while True:
        try:
            yield receiver.recv()
        except EOFError:
            return


if __name__ == "__main__":
    main()

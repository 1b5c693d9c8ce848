"""Record what Paddle 1.8.5, the last with ``paddle.fluid``, does with the scripts of tests/compat/fluid.

It needs a Python 3.7 with ``pip install "paddlepaddle==1.8.5" "protobuf<3.21"``:

    python3.7 tools/record_fluid.py

Scripts run in processes of their own, because some end theirs; those are recorded as "crash".
"""

import json
import multiprocessing
import platform
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "compat" / "fluid"
sys.path.insert(0, str(FOLDER))

import fluid_cases as cases  # noqa: E402
import numpy as np  # noqa: E402
import paddle  # noqa: E402
import paddle.fluid as fluid  # noqa: E402


def main():
    if paddle.__version__ != "1.8.5":
        sys.exit(f"this records Paddle 1.8.5, but Paddle {paddle.__version__} is installed")
    recorded = record_all(list(cases.all_cases().items()))
    versions = f"NumPy {np.__version__}, Python {platform.python_version()}, CPU"
    recorded["origin"] = f"Paddle {paddle.__version__}, {versions}"
    lines = [f"  {json.dumps(name)}: {json.dumps(r, sort_keys=True)}" for name, r in recorded.items()]
    (FOLDER / "recorded.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(
        f"{len(recorded) - 1} scripts, {sum('error' in r for r in recorded.values())} of them with an error"
    )


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

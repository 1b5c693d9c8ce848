"""What the tests of the kernels share."""

from __future__ import annotations

import paddle
import pytest

from paddle_losses.kernels import _library


@pytest.fixture(params=[b"baseline", b"avx2", b"avx512"], ids=bytes.decode)
def level(request):
    """Each kind of machine that this one can be."""
    best = _library.library.machine()
    if not _library.library.choose(request.param):
        pytest.skip("not on this machine")
    yield request.param
    _library.library.choose(best)


@pytest.fixture
def threads():
    """How to set the number of threads."""
    before = _library.threads()
    yield paddle.base.core.set_num_threads
    paddle.base.core.set_num_threads(before)

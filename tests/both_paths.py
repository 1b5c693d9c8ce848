"""For modules whose tests must hold fused and composed: import the fixture, and each test runs twice."""

from __future__ import annotations

import pytest

import paddle_losses as losses
from paddle_losses.kernels import library


@pytest.fixture(autouse=True, params=[True, False], ids=["fused", "composed"])
def path(request):
    if request.param and library is None:
        pytest.skip("installed without a compiler")
    with losses.set_kernels(request.param):
        yield

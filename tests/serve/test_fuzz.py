"""The whole API from its OpenAPI: no failure of the desk, and the answers that the description promises. `make fuzz-api` sends 10,000 cases."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from communique.serve.app import create_app
from communique.serve.config import DeskConfig
from communique.store.dataset import Dataset

CASES = int(os.environ.get("COMMUNIQUE_FUZZ_CASES", "400"))
"""Cases over all addresses together."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]


def test_api(desk_dataset: Dataset):
    app = create_app(DeskConfig(dataset=desk_dataset.location, burst=1_000_000, code_burst=10_000))  # its own: it is closed at the end
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    each = max(CASES // len(operations), 3)
    sent = 0

    for operation in operations:
        many = each if operation.method == "get" else min(each, 40)  # coding a text takes a while

        @settings(
            max_examples=many,
            deadline=None,
            database=None,
            derandomize=CASES < 1000,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
            | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        )
        def try_one(case: Any) -> None:
            nonlocal sent
            sent += 1
            response = case.call()
            case.validate_response(response, checks=CHECKS)
            if response.status_code >= 400 and "json" in response.headers.get("content-type", [""])[0]:
                assert set(response.json()["error"]) == {"status", "code", "title", "message"}

        try_one()
    assert sent >= CASES * 0.6
    print(f"{sent} cases over {len(operations)} addresses")

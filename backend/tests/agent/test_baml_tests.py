"""The tests that stand beside the prompts, run by BAML's own runner against the demo model."""

import os
import subprocess
import sys
from pathlib import Path

PROMPTS = Path(__file__).parents[3] / "baml_src"


def test_every_prompts_own_tests_pass(model_address: str) -> None:
    environment = os.environ | {
        "OPENAI_BASE_URL": f"{model_address}/v1", "OPENAI_API_KEY": "none", "OPENAI_MODEL": "demo", "BAML_LOG": "off",
        "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    runner = Path(sys.executable).with_name("baml-cli")
    ran = subprocess.run(
        [runner, "test", "--from", PROMPTS], env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert ran.returncode == 0, ran.stdout[-2000:]
    assert "3 ✅" in ran.stdout

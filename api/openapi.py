"""`python -m api.openapi` writes the frozen contract; a test fails when the code says something else."""

import json
from pathlib import Path

from api.app import create_app
from matcher.settings import Settings

FROZEN = Path(__file__).parent / "openapi.json"


def contract() -> str:
    return json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FROZEN.write_text(contract())

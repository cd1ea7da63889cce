"""The JSON Schema (2020-12) of the run file, from the structs that write it.

``python -m auditor.report.schema > auditor/report/run.schema.json`` after a change.
"""

from __future__ import annotations

import sys

import msgspec

from auditor.model.run import Run


def run_schema() -> bytes:
    """The schema as the text of run.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **msgspec.json.schema(Run),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(run_schema())

#!/usr/bin/env python3
"""Adds what submit/bench-gpu wrote to a folder to the record of all visits.

    bench-append.py OUT [RECORD.json]

A visit is one run on one host: its rows may be compared with each other, and not with another visit's.
"""

import json
import pathlib
import sys


def main(out, record=None):
    folder = pathlib.Path(out)
    default = pathlib.Path(__file__).resolve().parent.parent / "src/site/benchmarks/gpu.json"
    record = pathlib.Path(record) if record else default
    visit = json.loads((folder / "visit.json").read_text(encoding="utf-8"))
    visit["sets"] = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.json"))
        if file.name != "visit.json"
    }
    visits = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    visits.append(visit)
    record.write_text(json.dumps(visits, indent=2) + "\n", encoding="utf-8")
    print(f"{record}: {len(visits)} visits, the last with {', '.join(visit['sets'])}")


if __name__ == "__main__":
    main(*sys.argv[1:])

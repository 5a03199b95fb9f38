#!/usr/bin/env python3
"""Adds what submit/bench-gpu wrote to a folder to the record of all visits.

    bench-append.py OUT [RECORD.json]

A visit is one run on one host: its rows may be compared with each other, and not with another visit's.
"""

import csv
import json
import pathlib
import statistics
import sys


def middle(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def job(run, file):
    """What matters of a run record, and medians of what was sampled in each tenth of its time."""
    executor = run["executors"][0]
    kept = {name: executor.get(name) for name in ("device", "batch", "inFlight", "backOff", "warmUpSeconds")}
    kept |= {name: run.get(name) for name in ("counts", "starvedShare", "deviceShare", "verdict", "parity", "timings")}
    samples = file.with_name(file.name.removesuffix(".run.json") + ".csv")
    with samples.open(encoding="utf-8", newline="") as table:
        rows = [{name: float(value) if value else None for name, value in row.items()} for row in csv.DictReader(table)]
    tenth = max(1, len(rows) // 10)
    kept["samples"] = [
        {name: middle([row[name] for row in rows[first : first + tenth]]) for name in rows[0]}
        for first in range(0, len(rows), tenth)
    ]
    return kept


def main(out, record=None):
    folder = pathlib.Path(out)
    default = pathlib.Path(__file__).resolve().parent.parent / "src/site/benchmarks/gpu.json"
    record = pathlib.Path(record) if record else default
    visit = json.loads((folder / "visit.json").read_text(encoding="utf-8"))
    visit["sets"] = {
        file.stem: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.json"))
        if file.name != "visit.json" and not file.name.endswith(".run.json")
    }
    visit["jobs"] = {
        file.name.removesuffix(".run.json"): job(json.loads(file.read_text(encoding="utf-8")), file)
        for file in sorted(folder.glob("*.run.json"))
    }
    visits = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    visits.append(visit)
    record.write_text(json.dumps(visits, indent=2) + "\n", encoding="utf-8")
    print(f"{record}: {len(visits)} visits, the last with {', '.join(visit['sets'])}")


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""The peer of submit/bench-gpu: the same JPEGs through PyTorch on the same machine, at its best settings.

    bench-torch.py --manifest images/manifest.csv --side 224 --json torch.json

JPEGs are decoded on the CPU, copied as uint8 on a stream of their own while the model works, resized
(bilinear, no antialiasing) and normalised on the GPU: torch.compile, float16, channels_last, top-5 there
too. Ways to load, numbers of processes and modes of torch.compile are tried in short passes, the fastest
are measured in rounds, and every try is written down. Random weights: rates do not depend on them. Needs
PyTorch with CUDA, and torchvision or Pillow.

Rows: "torch" from files to answers, "torch-decode" the loader alone, "torch-device" the model alone.
"""

import argparse
import dataclasses
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time

from bench_torch import computing, loading, trials

MODES = "default,reduce-overhead,freezing,max-autotune-no-cudagraphs"


def arguments(given):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manifest", required=True, help="CSV with a column uri of square JPEGs")
    parser.add_argument("--side", type=int, required=True, help="the model's input, in pixels")
    parser.add_argument("--regions", type=int, default=0, help="at most so many images a pass; 0: all")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=150, help="for everything")
    parser.add_argument("--modes", default=MODES, help="of torch.compile, and eager; the first is surely tried")
    parser.add_argument("--json", help="write what was measured to this file")
    parser.add_argument("--device-only", action="store_true", help="only print the first mode's rate")
    return parser.parse_args(given)


class Bench:
    """One run of this script: what is tried and what is measured, in the order of the methods."""

    def __init__(self, given):
        import torch

        self.given, self.options = given, arguments(given)
        self.budget = trials.Budget(self.options.seconds)
        self.trials = trials.Trials()
        self.cores = len(os.sched_getaffinity(0))
        paths = loading.image_paths(self.options.manifest, self.options.regions)
        # A last batch of another size would compile once more, within somebody's time.
        self.paths = paths[: len(paths) // self.options.batch * self.options.batch]
        if not self.paths:
            sys.exit(f"{self.options.manifest} has fewer images than a batch of {self.options.batch}")
        self.decoder, decode = loading.first_decoder(self.options.side)
        self.sample = torch.stack([decode(path) for path in self.paths[: self.options.batch]])
        self.pumps = {}

    def pass_images(self, rate, seconds):
        return trials.pass_images(rate, seconds, self.options.batch, len(self.paths))

    def loader(self, settings):
        return loading.Loader(self.paths, settings, self.options.batch, self.options.side)

    def pump(self, mode, shape):
        """The model in that mode for batches of that shape, ready to run. Compiled once."""
        if (mode, shape) not in self.pumps:
            model = computing.network(self.options.side, mode)
            pump = computing.Pump(model, shape, len(self.paths))
            pump.device_rate(self.sample[:, : shape[1], : shape[2]], 0.1)
            self.pumps[mode, shape] = pump
        return self.pumps[mode, shape]

    def try_loading(self):
        """The fastest loader by itself, and its rate. Before CUDA is there: processes fork quickly."""

        def measure(settings):
            with self.loader(settings) as loader:
                first = loader.rate(self.pass_images(4000, 0.3))
                return loader.rate(self.pass_images(first, 1.2))

        start = loading.Settings(self.cores, decoder=self.decoder)
        changes = trials.loading_changes(self.cores, self.sample.shape[1] != self.options.side)
        return self.trials.descend("torch-decode", start, changes, measure, lambda: self.budget.left(0.25) > 0)

    def try_modes(self):
        """The mode in which the model itself is fastest."""
        found = {}
        for mode in self.options.modes.split(","):
            if found and self.budget.left(0.55) < 0:
                self.trials.skip("torch-device", {"mode": mode})
            else:
                found[mode] = self.trials.attempt("torch-device", {"mode": mode}, lambda: self.mode_rate(mode))
        return max(found, key=found.get)

    def mode_rate(self, mode):
        if mode.startswith("max-autotune"):
            # May take minutes to compile: in a process that can be ended. What it found is cached for us.
            command = [sys.executable, os.path.abspath(__file__), *self.given, "--device-only", "--modes", mode]
            limit = max(1, self.budget.left(0.68))
            done = subprocess.run(command, timeout=limit, check=True, capture_output=True, text=True)
            return float(done.stdout.split()[-1])
        return self.pump(mode, tuple(self.sample.shape)).device_rate(self.sample, 1.5)

    def try_whole(self, mode, load):
        """The fastest way from files to answers, and its rate."""

        def measure(settings):
            with self.loader(settings) as loader:
                pump = self.pump(mode, loader.shape)
                first = pump.rate(loader.batches(self.pass_images(4000, 0.3)))
                return pump.rate(loader.batches(self.pass_images(first, 1.5)))

        start = dataclasses.replace(load, pin=True)
        changes = trials.whole_changes(self.cores)
        return self.trials.descend("torch", start, changes, measure, lambda: self.budget.left(0.78) > 0)

    def rounds(self, mode, load, load_rate, whole, whole_rate):
        """The rows, measured in turns within what is left of the time."""
        each = (self.budget.left() - 6) / self.options.rounds
        images, load_images = self.pass_images(whole_rate, each * 0.5), self.pass_images(load_rate, each * 0.3)
        alone = self.pump(mode, tuple(self.sample.shape))
        passes = {"torch": [], "torch-device": [], "torch-decode": []}
        with self.loader(whole) as best, self.loader(load) as decoding:
            pump = self.pump(mode, best.shape)
            for _ in range(self.options.rounds):
                passes["torch-decode"].append(decoding.rate(load_images))
                passes["torch-device"].append(alone.device_rate(self.sample, max(0.5, each * 0.1)))
                passes["torch"].append(pump.rate(best.batches(images)))
        settings = {
            "torch": {**dataclasses.asdict(whole), "mode": mode, "images": images},
            "torch-device": {"mode": mode},
            "torch-decode": {**dataclasses.asdict(load), "images": load_images},
        }
        return [
            {
                "strategy": row,
                "images_per_second": statistics.median(figures),
                "passes": figures,
                "settings": settings[row],
            }
            for row, figures in passes.items()
        ]

    def report(self, rows):
        import torch

        return {
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "device": torch.cuda.get_device_name(0),
            "cores": self.cores,
            "side": self.options.side,
            "slot": "x".join(str(size) for size in self.sample.shape[1:]) + " UINT8",
            "batch": self.options.batch,
            "rounds": self.options.rounds,
            "versions": versions(),
            "seconds": self.options.seconds - self.budget.left(),
            "rows": rows,
            "tried": self.trials.tried,
        }


def versions():
    import torch

    found = {"python": platform.python_version(), "torch": torch.__version__, "cuda": torch.version.cuda}
    found["cudnn"] = torch.backends.cudnn.version()
    for name in ("torchvision", "PIL"):
        try:
            found[name] = __import__(name).__version__
        except (ImportError, RuntimeError):
            found[name] = None
    return found


def main(given):
    import torch

    # Tensors that travel by file descriptor need many of them.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    many = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (many, hard))
    torch.backends.cudnn.benchmark = True
    bench = Bench(given)
    if bench.options.device_only:
        pump = bench.pump(bench.options.modes, tuple(bench.sample.shape))
        print(pump.device_rate(bench.sample, 1.5))
        return
    load, load_rate = bench.try_loading()
    mode = bench.try_modes()
    whole, whole_rate = bench.try_whole(mode, load)
    if not whole_rate:
        sys.exit("no way from files to answers worked; each said why above")
    text = json.dumps(bench.report(bench.rounds(mode, load, load_rate, whole, whole_rate)), indent=2)
    print(text)
    if bench.options.json:
        with open(bench.options.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

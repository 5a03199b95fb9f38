#!/usr/bin/env python3
"""The peer of submit/bench-gpu: the same JPEGs through PyTorch on the same machine.

    bench-torch.py --manifest images/manifest.csv --side 224 --json torch.json

torch.utils.data.DataLoader with processes that decode whole batches, page-locked memory, copies that
overlap the model, torch.compile, float16, channels_last, resizing and normalising on the GPU, top-5 there
too. Worker counts and modes are tried and the best counts. Needs PyTorch with CUDA, and torchvision or
Pillow to decode. Random weights: rates do not depend on them, and nothing is downloaded.
"""

import argparse
import csv
import json
import os
import platform
import statistics
import sys
import time


def arguments(given):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manifest", required=True, help="CSV with a column uri of square JPEGs")
    parser.add_argument("--side", type=int, required=True, help="the model's input, in pixels")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--regions", type=int, default=0, help="at most so many images a pass; 0: all")
    parser.add_argument("--rounds", type=int, default=3)
    cores = os.cpu_count() or 1
    parser.add_argument(
        "--workers",
        type=lambda text: [int(count) for count in text.split(",")],
        default=sorted({max(1, cores - 2), cores, cores + cores // 2}),
        help="numbers of worker processes to try, such as 14,16,24",
    )
    parser.add_argument(
        "--modes",
        type=lambda text: text.split(","),
        default=["default"],
        help="of torch.compile: default, reduce-overhead, max-autotune; eager for none",
    )
    parser.add_argument("--json", help="write what was measured to this file")
    return parser.parse_args(given)


def image_paths(manifest, most):
    """Paths in the manifest's order, relative ones beside it."""
    folder = os.path.dirname(os.path.abspath(manifest))
    with open(manifest, newline="", encoding="utf-8") as file:
        paths = [os.path.join(folder, row["uri"]) for row in csv.DictReader(file)]
    return paths[:most] if most else paths


def decoder():
    """A function from a path to a uint8 tensor [height, width, 3], and its name."""
    import torch

    try:
        from torchvision.io import ImageReadMode, decode_jpeg, read_file

        def by_torchvision(path):
            return decode_jpeg(read_file(path), mode=ImageReadMode.RGB).permute(1, 2, 0)

        return by_torchvision, "torchvision.io.decode_jpeg"
    except ImportError:
        import numpy
        from PIL import Image

        def by_pillow(path):
            with Image.open(path) as image:
                return torch.from_numpy(numpy.asarray(image.convert("RGB")))

        return by_pillow, "Pillow " + __import__("PIL").__version__


class Images:
    """A dataset that decodes a batch at once, straight into its tensor."""

    def __init__(self, paths):
        self.paths = paths
        self.decode = None

    def __len__(self):
        return len(self.paths)

    def __getitems__(self, indices):
        import torch

        if self.decode is None:
            torch.set_num_threads(1)
            self.decode = decoder()[0]
        first = self.decode(self.paths[indices[0]])
        batch = torch.empty((len(indices), *first.shape), dtype=torch.uint8)
        batch[0] = first
        for place, index in enumerate(indices[1:], start=1):
            batch[place] = self.decode(self.paths[index])
        return batch


def as_it_is(batch):
    return batch


def resnet50():
    """ResNet-50 v1 (He et al., 2015, table 1; stride in the first 1x1 of a stage's first block)."""
    from torch import nn

    def conv(inputs, outputs, size, stride):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False), nn.BatchNorm2d(outputs)
        )

    class Block(nn.Module):
        def __init__(self, inputs, inner, stride, project):
            super().__init__()
            self.inner = nn.Sequential(
                conv(inputs, inner, 1, stride),
                nn.ReLU(inplace=True),
                conv(inner, inner, 3, 1),
                nn.ReLU(inplace=True),
                conv(inner, 4 * inner, 1, 1),
            )
            self.shortcut = conv(inputs, 4 * inner, 1, stride) if project else nn.Identity()
            self.relu = nn.ReLU(inplace=True)

        def forward(self, x):
            return self.relu(self.inner(x) + self.shortcut(x))

    layers = [conv(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, (blocks, inner) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for block in range(blocks):
            layers.append(Block(channels, inner, 2 if block == 0 and stage > 0 else 1, block == 0))
            channels = 4 * inner
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000), nn.Softmax(dim=1)]
    return nn.Sequential(*layers)


def network(side):
    """From uint8 [n, height, width, 3] on the GPU to the five best classes and their scores."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = resnet50()

        def forward(self, slots):
            # A permuted NHWC tensor is channels_last already.
            x = slots.permute(0, 3, 1, 2).to(torch.float16) / 255
            if x.shape[-1] != side:
                x = nn.functional.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)
            return torch.topk(self.body(x), 5, dim=1)

    return Network().eval().cuda().half().to(memory_format=torch.channels_last)


def one_pass(loader, model):
    """Images a second, answers in the host's memory; the next batch is copied while one runs."""
    import torch

    begin = time.perf_counter()
    done = 0
    answers = []
    with torch.inference_mode():
        for batch in loader:
            slots = batch.cuda(non_blocking=True)
            scores, classes = model(slots)
            answers.append((scores.to("cpu", non_blocking=True), classes.to("cpu", non_blocking=True)))
            done += len(batch)
        torch.cuda.synchronize()
    return done / (time.perf_counter() - begin)


def device_rate(model, batch, height):
    """Images a second of the model alone, input on the GPU."""
    import torch

    slots = torch.zeros((batch, height, height, 3), dtype=torch.uint8, device="cuda")
    with torch.inference_mode():
        for _ in range(3):
            model(slots)
        torch.cuda.synchronize()
        begin = time.perf_counter()
        runs = 0
        while time.perf_counter() - begin < 2:
            for _ in range(4):
                model(slots)
            torch.cuda.synchronize()
            runs += 4
        return runs * batch / (time.perf_counter() - begin)


def main(given):
    options = arguments(given)
    import torch
    from torch.utils.data import DataLoader

    torch.backends.cudnn.benchmark = True
    paths = image_paths(options.manifest, options.regions)
    # A last batch of another size would compile or tune once more, within somebody's time.
    paths = paths[: len(paths) // options.batch * options.batch]
    decode, decoded_by = decoder()
    height = decode(paths[0]).shape[0]
    models = {}
    for mode in options.modes:
        built = network(options.side)
        model = built if mode == "eager" else torch.compile(built, mode=mode)
        begin = time.perf_counter()
        rate = device_rate(model, options.batch, height)
        models[mode] = (rate, model)
        print(f"{mode}: {rate:,.0f} images/s on the device, ready after {time.perf_counter() - begin:.0f} s")
    mode, (device, model) = max(models.items(), key=lambda one: one[1][0])

    def loader(workers):
        return DataLoader(
            Images(paths),
            batch_size=options.batch,
            num_workers=workers,
            collate_fn=as_it_is,
            pin_memory=True,
            persistent_workers=True,
            prefetch_factor=2,
        )

    tried = {}
    for workers in options.workers:
        candidate = loader(workers)
        one_pass(candidate, model)  # starts the processes; files are in the page cache
        tried[workers] = one_pass(candidate, model)
        print(f"{workers} workers: {tried[workers]:,.0f} images/s")
        del candidate
    workers = max(tried, key=tried.get)
    best = loader(workers)
    one_pass(best, model)
    passes = [one_pass(best, model) for _ in range(options.rounds)]
    row = {
        "strategy": "torch",
        "images_per_second": statistics.median(passes),
        "passes": passes,
        "device_images_per_second": device,
        "images": len(paths),
        "batch": options.batch,
        "side": options.side,
        "workers": workers,
        "mode": mode,
        "decoder": decoded_by,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(0),
    }
    print(json.dumps(row, indent=2))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(row, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])

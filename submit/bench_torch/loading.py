"""From JPEG files to batches in the host's memory, in the ways that PyTorch has."""

import collections
import concurrent.futures
import csv
import dataclasses
import gc
import mmap
import os
import time
import urllib.parse
import warnings

# The loader may overwrite a batch once this many more were asked for.
DEPTH = 2


@dataclasses.dataclass(frozen=True)
class Settings:
    """transport: ring (processes decode into shared memory, only numbers go through the queue), threads (the
    same without processes), units (small tensors, put together by the main process), batches (whole ones)."""

    workers: int
    transport: str = "ring"
    decoder: str = "torchvision"
    unit: int = 32  # images a worker decodes at once
    prefetch: int = 2  # units ahead a worker
    sharing: str = "file_descriptor"
    pin: bool = False  # batches in page-locked memory


def image_paths(manifest, most):
    """Paths of the column uri, or else the first, in the manifest's order; relative ones beside it."""
    folder = os.path.dirname(os.path.abspath(manifest))
    with open(manifest, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = [name.strip().lower() for name in next(rows)]
        column = header.index("uri") if "uri" in header else 0
        paths = [row[column] for row in rows if row][: most or None]
    plain = (urllib.parse.unquote(urllib.parse.urlsplit(p).path) if p.startswith("file:") else p for p in paths)
    return [os.path.join(folder, path) for path in plain]


def decoder(name, side):
    """A function from a path to a uint8 tensor [height, width, 3]."""
    import torch

    if name.startswith("torchvision"):
        from torchvision.io import ImageReadMode, decode_jpeg

        def decode(path):
            with open(path, "rb") as file:
                encoded = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
            image = decode_jpeg(encoded, mode=ImageReadMode.RGB)
            if name == "torchvision-resized":
                image = torch.nn.functional.interpolate(image[None], size=(side, side), mode="bilinear")[0]
            return image.permute(1, 2, 0)

        return decode
    import numpy
    from PIL import Image

    warnings.filterwarnings("ignore", message=".*not writable.*")

    def decode_by_pillow(path):
        with Image.open(path) as image:
            if name == "pillow-draft":
                image.draft("RGB", (side, side))
            return torch.from_numpy(numpy.asarray(image if image.mode == "RGB" else image.convert("RGB")))

    return decode_by_pillow


def first_decoder(side):
    """The one to begin with, as name and function: torchvision's where it is installed and loads."""
    try:
        return "torchvision", decoder("torchvision", side)
    except (ImportError, RuntimeError):
        return "pillow", decoder("pillow", side)


class Plan:
    """Which images are decoded together and where to: (first, end, place), in order."""

    def __init__(self, unit, places):
        self.unit, self.places, self.images = unit, places, 0

    def __len__(self):
        return self.images // self.unit

    def __iter__(self):
        for number in range(len(self)):
            first = number * self.unit
            yield first, first + self.unit, number % self.places * self.unit


def ring_units(settings, batch):
    """Units in the ring: those ahead, and batches that are still read; a batch never wraps around."""
    units = batch // settings.unit
    return -(-(settings.workers * settings.prefetch + DEPTH * units) // units) * units


class Decoded:
    """A dataset of units: decoded into the ring, or else into tensors of their own."""

    def __init__(self, paths, decode, ring):
        self.paths, self.decode, self.ring = paths, decode, ring

    def __getitem__(self, unit):
        first, end, place = unit
        if self.ring is None:
            from torch.utils.data import default_collate

            return default_collate([self.decode(path) for path in self.paths[first:end]])
        for offset, path in enumerate(self.paths[first:end]):
            self.ring[place + offset].copy_(self.decode(path))
        return place


def as_it_is(unit):
    return unit


class Loader:
    """Batches [batch, height, width, 3] uint8 in the order of the paths, each valid until DEPTH more were asked
    for. Starts its processes at once; use it in a with statement."""

    def __init__(self, paths, settings, batch, side):
        import torch

        self.settings, self.batch = settings, batch
        self.pool, self.locked, self.buffers = None, None, None
        torch.multiprocessing.set_sharing_strategy(settings.sharing)
        decode = decoder(settings.decoder, side)
        image = tuple(decode(paths[0]).shape)
        self.shape = (batch, *image)
        self.unit = batch if settings.transport == "batches" else settings.unit
        self.ahead = settings.workers * settings.prefetch
        places = ring_units(settings, batch)
        ring = None
        if settings.transport in ("ring", "threads"):
            # Anonymous shared memory: /dev/shm may be small.
            size = places * self.unit * image[0] * image[1] * image[2]
            ring = torch.frombuffer(mmap.mmap(-1, size), dtype=torch.uint8).view(-1, *image)
        self.ring = ring
        self.plan = Plan(self.unit, places)
        self.data = Decoded(paths, decode, ring)
        if settings.transport == "threads":
            self.pool = concurrent.futures.ThreadPoolExecutor(settings.workers)
            self.loader = None
        else:
            # More processes than cores are tried on purpose.
            warnings.filterwarnings("ignore", message=".*worker processes in total.*")
            self.loader = torch.utils.data.DataLoader(
                self.data,
                batch_size=None,
                sampler=self.plan,
                collate_fn=as_it_is,
                num_workers=settings.workers,
                prefetch_factor=settings.prefetch,
                persistent_workers=True,
                pin_memory=settings.pin and settings.transport == "batches",
                multiprocessing_context="fork",
                timeout=60,
            )
        # Every worker has work, so that each has decoded once.
        most = len(paths) // batch * batch
        for _ in self.batches(min(most, -(-self.ahead * self.unit // batch) * batch)):
            pass
        # After the fork: a child need not have pages that the driver knows.
        if settings.pin and ring is not None:
            error = torch.cuda.cudart().cudaHostRegister(ring.data_ptr(), ring.numel(), 0)
            if int(error) != 0:
                raise RuntimeError(f"the ring of {ring.numel()} bytes cannot be page-locked: error {error}")
            self.locked = ring.data_ptr()
        if settings.transport == "units":
            self.buffers = torch.empty((DEPTH + 1, *self.shape), dtype=torch.uint8, pin_memory=settings.pin)

    def _by_threads(self):
        waiting = collections.deque()
        for unit in self.plan:
            waiting.append(self.pool.submit(self.data.__getitem__, unit))
            if len(waiting) > self.ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def batches(self, images):
        """The first of the images, a multiple of the batch."""
        self.plan.images = images
        units = iter(self.loader) if self.pool is None else self._by_threads()
        if self.settings.transport == "batches":
            yield from units
            return
        each = self.batch // self.unit
        for number in range(images // self.batch):
            if self.ring is not None:
                place = next(units)
                for _ in range(each - 1):
                    next(units)
                yield self.ring[place : place + self.batch]
            elif self.buffers is None:
                yield [next(units) for _ in range(each)]  # the first pass, which only starts processes
            else:
                buffer = self.buffers[number % (DEPTH + 1)]
                for i in range(each):
                    buffer[i * self.unit : (i + 1) * self.unit].copy_(next(units))
                yield buffer

    def rate(self, images):
        """Images a second of loading alone."""
        begin = time.perf_counter()
        for _ in self.batches(images):
            pass
        return images / (time.perf_counter() - begin)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.locked is not None:
            import torch

            torch.cuda.cudart().cudaHostUnregister(self.locked)
        if self.pool is not None:
            self.pool.shutdown()
        self.loader = self.data = self.ring = self.buffers = None
        gc.collect()

"""A ResNet-50 on the GPU, and the way of batches to it and of answers back."""

import time


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


def network(side, mode):
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

    built = Network().eval().cuda().half().to(memory_format=torch.channels_last)
    if mode == "eager":
        return built
    if mode == "freezing":
        return torch.compile(built, dynamic=False, options={"freezing": True})
    return torch.compile(built, dynamic=False, mode=mode)


class Pump:
    """Batches to the GPU, the next one while the model works on one; answers to the host."""

    def __init__(self, model, shape, most):
        import torch

        self.model, self.copies = model, torch.cuda.Stream()
        self.slots = [torch.zeros(shape, dtype=torch.uint8, device="cuda") for _ in range(2)]
        self.copied, self.used = ([torch.cuda.Event() for _ in range(2)] for _ in range(2))
        self.scores = torch.empty((most, 5), dtype=torch.float16, pin_memory=True)
        self.classes = torch.empty((most, 5), dtype=torch.int64, pin_memory=True)
        torch.cuda.synchronize()

    def compute(self, place):
        import torch

        torch.compiler.cudagraph_mark_step_begin()
        return self.model(self.slots[place])

    def rate(self, batches):
        """Images a second until all answers are in the host's memory."""
        import torch

        begin, done = time.perf_counter(), 0
        with torch.inference_mode():
            for number, batch in enumerate(batches):
                place, rows = number % 2, slice(done, done + len(batch))
                with torch.cuda.stream(self.copies):
                    self.copies.wait_event(self.used[place])
                    self.slots[place].copy_(batch, non_blocking=True)
                    self.copied[place].record(self.copies)
                torch.cuda.current_stream().wait_event(self.copied[place])
                scores, classes = self.compute(place)
                self.used[place].record()
                self.scores[rows].copy_(scores, non_blocking=True)
                self.classes[rows].copy_(classes, non_blocking=True)
                done += len(batch)
                # DEPTH: the loader may now overwrite the batch before this one.
                self.copied[1 - place].synchronize()
            torch.cuda.synchronize()
        seconds = time.perf_counter() - begin
        if not torch.isfinite(self.scores[:done]).all():
            raise RuntimeError("scores are not finite")
        return done / seconds

    def device_rate(self, batch, seconds):
        """Images a second of the model alone, these images on the GPU."""
        import torch

        with torch.inference_mode():
            for slots in self.slots:
                slots.copy_(batch)
            for place in (0, 1, 0, 1):
                self.compute(place)
            torch.cuda.synchronize()
            begin, runs = time.perf_counter(), 0
            while time.perf_counter() - begin < seconds:
                for place in (0, 1, 0, 1):
                    self.compute(place)
                torch.cuda.synchronize()
                runs += 4
            return runs * len(batch) / (time.perf_counter() - begin)

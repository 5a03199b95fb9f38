"""What is tried, how long, and what of it is kept."""

import dataclasses
import json
import time

# Smaller than its input by the decoder's own scaling: not the same pixels, so never chosen.
INEXACT = ("pillow-draft",)


class Budget:
    def __init__(self, seconds, clock=time.perf_counter):
        self.seconds, self.clock, self.begin = seconds, clock, clock()

    def left(self, share=1.0):
        """Seconds until that share of all is spent."""
        return self.begin + share * self.seconds - self.clock()


def pass_images(rate, seconds, batch, most):
    """Images for a pass of so many seconds: a multiple of the batch, at least four batches, at most all."""
    return max(batch, min(most // batch, max(4, int(rate * seconds / batch))) * batch)


class Trials:
    """Every try and its figure. One that fails counts 0."""

    def __init__(self):
        self.tried = []

    def attempt(self, row, settings, measure):
        exact = settings.get("decoder") not in INEXACT
        entry = {"row": row, "settings": settings, "exact": exact, "images_per_second": 0.0}
        try:
            entry["images_per_second"] = measure()
        except Exception as error:  # whatever it is: another way may work
            entry["error"] = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        self.tried.append(entry)
        print(json.dumps(entry), flush=True)
        return entry["images_per_second"]

    def skip(self, row, settings):
        self.tried.append({"row": row, "settings": settings, "images_per_second": None, "skipped": "no time left"})

    def descend(self, row, start, changes, measure, has_time):
        """From the start, one change after the other; what is faster stays. Returns settings and rate."""
        best, rate, seen = start, 0.0, set()
        for change in [{}, *changes]:
            candidate = dataclasses.replace(best, **change)
            if candidate in seen:
                continue
            if seen and not has_time():
                self.skip(row, dataclasses.asdict(candidate))
                continue
            seen.add(candidate)
            found = self.attempt(row, dataclasses.asdict(candidate), lambda: measure(candidate))
            if found > rate and candidate.decoder not in INEXACT:
                best, rate = candidate, found
        return best, rate


def loading_changes(cores, resizes):
    """What to try of loading alone, the most promising first."""
    return [
        {"decoder": "pillow"},
        {"transport": "threads"},
        {"transport": "batches"},
        {"transport": "units"},
        *({"workers": count} for count in (cores - 2, cores - 4, cores + cores // 4) if count > 0),
        {"unit": 64},
        {"unit": 16},
        {"prefetch": 4},
        *([{"decoder": "torchvision-resized"}, {"decoder": "pillow-draft"}] if resizes else []),
        {"prefetch": 8},
        {"transport": "batches", "sharing": "file_system"},
    ]


def whole_changes(cores):
    """What to try of the whole way, from the loader's best settings with page-locked memory."""
    return [
        {"transport": "threads"},
        {"transport": "ring"},
        *({"workers": count} for count in (cores - 1, cores - 2, cores) if count > 0),
        {"transport": "batches"},
        {"transport": "units"},
        {"transport": "batches", "pin": False},
    ]

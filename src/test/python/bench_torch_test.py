"""Tests of submit/bench-torch.py and its parts; those that need PyTorch and Pillow are skipped without."""

import contextlib
import importlib.util
import io
import pathlib
import sys
import tempfile
import unittest

SUBMIT = pathlib.Path(__file__).resolve().parents[3] / "submit"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SUBMIT))

from bench_torch import loading, trials  # noqa: E402 (the path comes first)

HAS_TORCH = all(importlib.util.find_spec(name) for name in ("torch", "PIL", "numpy"))


def script():
    spec = importlib.util.spec_from_file_location("bench_torch_script", SUBMIT / "bench-torch.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def quietly(call):
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


class Flags(unittest.TestCase):
    def test_those_of_bench_gpu_are_taken(self):
        given = ["--manifest", "m.csv", "--side", "224", "--regions", "64", "--json", "o.json", "--seconds", "99"]
        options = script().arguments(given)
        self.assertEqual((options.side, options.regions, options.seconds), (224, 64, 99.0))

    def test_modes_begin_with_one_that_compiles_quickly(self):
        self.assertEqual(script().arguments(["--manifest", "m", "--side", "1"]).modes.split(",")[0], "default")


class Manifests(unittest.TestCase):
    def paths(self, text, most=0):
        with tempfile.TemporaryDirectory() as folder:
            manifest = pathlib.Path(folder, "m.csv")
            manifest.write_text(text, encoding="utf-8")
            return [path.replace(folder, "HERE") for path in loading.image_paths(str(manifest), most)]

    def test_paths_are_beside_the_manifest_or_absolute_or_uris(self):
        found = self.paths("uri,x\na.jpg,0\n/b c.jpg,0\nfile:///d%20e.jpg,0\n")
        self.assertEqual(found, ["HERE/a.jpg", "/b c.jpg", "/d e.jpg"])

    def test_the_column_is_found_by_name_or_is_the_first(self):
        self.assertEqual(self.paths("x,URI\n0,a.jpg\n"), ["HERE/a.jpg"])
        self.assertEqual(self.paths("file,x\na.jpg,0\n"), ["HERE/a.jpg"])

    def test_there_are_at_most_so_many(self):
        self.assertEqual(self.paths("uri\na\nb\nc\n", 2), ["HERE/a", "HERE/b"])


class Rings(unittest.TestCase):
    def test_no_unit_is_decoded_over_a_batch_that_may_still_be_read(self):
        for workers in (1, 3, 16, 20):
            for prefetch in (1, 2, 8):
                for unit in (16, 32, 64):
                    settings = loading.Settings(workers, unit=unit, prefetch=prefetch)
                    units, places = 256 // unit, loading.ring_units(settings, 256)
                    self.assertEqual(places % units, 0, "a batch must not wrap around")
                    for number in range(4 * places):
                        # When that unit is asked for, this batch is put together.
                        batch = (number - workers * prefetch) // units
                        oldest = max(0, (batch - loading.DEPTH + 1) * units)
                        used = {older % places for older in range(oldest, number)}
                        self.assertNotIn(number % places, used, (settings, number))

    def test_a_plan_has_every_image_once_and_consecutive_places(self):
        plan = loading.Plan(4, 3)
        plan.images = 20
        self.assertEqual(list(plan), [(0, 4, 0), (4, 8, 4), (8, 12, 8), (12, 16, 0), (16, 20, 4)])
        self.assertEqual(len(plan), 5)


class Tries(unittest.TestCase):
    def descend(self, rates, changes, times=99):
        found, left = trials.Trials(), iter(range(times))
        start = loading.Settings(4)

        def measure(settings):
            rate = rates(settings)
            if rate is None:
                raise RuntimeError("no shared memory\nmore of it")
            return rate

        best = quietly(lambda: found.descend("row", start, changes, measure, lambda: next(left, None) is not None))
        return best, found.tried

    def test_what_is_faster_stays_and_all_is_written_down(self):
        rates = lambda s: 100 * s.prefetch + s.workers + (50 if s.transport == "threads" else 0)
        changes = [{"prefetch": 4}, {"transport": "threads"}, {"workers": 3}, {"prefetch": 1}]
        (best, rate), tried = self.descend(rates, changes)
        self.assertEqual(best, loading.Settings(4, transport="threads", prefetch=4))
        self.assertEqual(rate, 454)
        self.assertEqual([entry["images_per_second"] for entry in tried], [204, 404, 454, 453, 154])

    def test_a_way_that_fails_is_no_end_and_says_why(self):
        (best, _), tried = self.descend(lambda s: None if s.transport == "batches" else 7, [{"transport": "batches"}])
        self.assertEqual(best.transport, "ring")
        self.assertEqual(tried[1]["error"], "RuntimeError: no shared memory")

    def test_where_the_first_way_fails_another_is_taken(self):
        (best, rate), _ = self.descend(lambda s: None if s.transport == "ring" else 7, [{"transport": "units"}])
        self.assertEqual((best.transport, rate), ("units", 7))

    def test_other_pixels_are_measured_but_never_chosen(self):
        rates = lambda s: 9000 if s.decoder in trials.INEXACT else 10
        (best, _), tried = self.descend(rates, [{"decoder": "pillow-draft"}])
        self.assertEqual(best.decoder, "torchvision")
        self.assertEqual(tried[1]["images_per_second"], 9000)
        self.assertFalse(tried[1]["exact"])

    def test_without_time_the_rest_is_skipped_and_named(self):
        (best, rate), tried = self.descend(lambda s: s.workers, [{"workers": 5}, {"workers": 6}], times=1)
        self.assertEqual((best.workers, rate), (5, 5))
        self.assertEqual(tried[2]["settings"]["workers"], 6)
        self.assertEqual(tried[2]["skipped"], "no time left")

    def test_passes_are_whole_batches_within_what_there_is(self):
        self.assertEqual(trials.pass_images(10_000, 1.0, 256, 100_000), 39 * 256)
        self.assertEqual(trials.pass_images(10_000, 1.0, 256, 2048), 2048)
        self.assertEqual(trials.pass_images(1, 1.0, 256, 2048), 4 * 256)
        self.assertEqual(trials.pass_images(1, -3.0, 256, 256), 256)

    def test_shares_of_the_time_are_counted_from_its_begin(self):
        now = [100.0]
        budget = trials.Budget(150, lambda: now[0])
        now[0] = 160.0
        self.assertAlmostEqual(budget.left(), 90)
        self.assertAlmostEqual(budget.left(0.25), -22.5)

    def test_all_transports_and_both_decoders_are_tried(self):
        loads, wholes = trials.loading_changes(16, True), trials.whole_changes(16)
        self.assertEqual({c["transport"] for c in loads if "transport" in c}, {"threads", "batches", "units"})
        self.assertEqual({c["transport"] for c in wholes if "transport" in c}, {"ring", "threads", "batches", "units"})
        self.assertIn({"decoder": "pillow-draft"}, loads)
        self.assertNotIn({"decoder": "pillow-draft"}, trials.loading_changes(16, False))
        self.assertTrue(all(c.get("workers", 1) > 0 for c in trials.loading_changes(1, True) + trials.whole_changes(1)))


@unittest.skipUnless(HAS_TORCH, "needs PyTorch, Pillow and numpy")
class Loaders(unittest.TestCase):
    def test_every_way_gives_the_same_batches_pass_after_pass(self):
        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            paths = [f"{folder}/{i}.png" for i in range(48)]
            for i, path in enumerate(paths):
                Image.new("RGB", (6, 5), (i, 2 * i, 255 - i)).save(path)
            for transport in ("ring", "threads", "units", "batches"):
                settings = loading.Settings(3, transport, "pillow", unit=2)
                with loading.Loader(paths, settings, 8, 6) as loader:
                    self.assertEqual(loader.shape, (8, 5, 6, 3))
                    for images in (48, 16, 48):
                        batches, kept = [], []
                        for batch in loader.batches(images):
                            # Only when DEPTH more were asked for may it be another.
                            kept.append(batch)
                            if len(kept) == loading.DEPTH:
                                batches.append(kept.pop(0).clone())
                        batches += kept
                        reds = [int(pixel) for batch in batches for pixel in batch[:, 4, 5, 0]]
                        blues = [int(pixel) for batch in batches for pixel in batch[:, 0, 0, 2]]
                        self.assertEqual(reds, list(range(images)), transport)
                        self.assertEqual(blues, [255 - i for i in range(images)], transport)


if __name__ == "__main__":
    unittest.main()

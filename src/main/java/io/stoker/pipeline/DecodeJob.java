package io.stoker.pipeline;

import io.stoker.region.Box;
import java.util.List;

/** One window to decode, and the regions in it. */
record DecodeJob(Box window, List<Placed> regions) {}

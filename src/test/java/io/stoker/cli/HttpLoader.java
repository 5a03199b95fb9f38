package io.stoker.cli;

import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.SlotSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;

/** Asks a web server, which no file system stands for, for a number, and fills the slot with it. */
public final class HttpLoader implements RegionLoader {
  static final int SIDE = 4;

  private final HttpClient client = HttpClient.newHttpClient();

  /** For Stoker. */
  public HttpLoader() {}

  @Override
  public SlotSpec slot() {
    return new SlotSpec(SIDE, SIDE, 3, SlotSpec.Type.FLOAT32);
  }

  @Override
  public void load(Region region, ByteBuffer slot) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(region.uri())).build(),
            HttpResponse.BodyHandlers.ofString());
    float number = Float.parseFloat(answer.body());
    while (slot.hasRemaining()) {
      slot.putFloat(number);
    }
  }
}

package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On images that the JDK writes; {@link TensorFlowDecoderCorpusTest} has the dialects. */
@Timeout(120)
final class TensorFlowDecoderTest {
  private NativeCounters.Open before = NativeCounters.open();
  private TensorFlowDecoder decoder = TensorFlowDecoder.open();

  @BeforeEach
  void open() {
    decoder.close();
    before = NativeCounters.open();
    decoder = TensorFlowDecoder.open();
  }

  @AfterEach
  void everythingIsFreed() {
    decoder.close();
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  /** Colour gradients with some noise. */
  private static BufferedImage picture(int width, int height, long seed) {
    var random = new Random(seed);
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int noise = random.nextInt(32);
        int red = 200 * x / width + noise;
        int green = 200 * y / height + noise;
        image.setRGB(x, y, red << 16 | green << 8 | (red ^ green));
      }
    }
    return image;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] jpeg(BufferedImage image, boolean progressive) throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var parameters = writer.getDefaultWriteParam();
    if (progressive) {
      parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    }
    var bytes = new ByteArrayOutputStream();
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private ImageHeader header(byte[] file) throws ImageException {
    assertThat(decoder.accepts(file, file.length)).isTrue();
    return decoder.header(file, file.length).orElseThrow();
  }

  private static byte[] pixels(ImageDecoder.Worker worker, byte[] file, ImageHeader header, Box box)
      throws ImageException {
    try (var image = worker.decode(file, file.length, header, box)) {
      assertThat(image.window()).isEqualTo(box);
      byte[] pixels = new byte[image.pixels().remaining()];
      image.pixels().duplicate().get(pixels);
      return pixels;
    }
  }

  private static byte[] crop(byte[] pixels, int columns, Box box) {
    var cropped = ByteBuffer.allocate(Math.toIntExact(3 * box.area()));
    for (int y = 0; y < box.height(); y++) {
      cropped.put(pixels, ((box.y() + y) * columns + box.x()) * 3, box.width() * 3);
    }
    return cropped.array();
  }

  private static Box window(Random random, ImageHeader header) {
    int width = 1 + random.nextInt(header.width());
    int height = 1 + random.nextInt(header.height());
    int x = random.nextInt(header.width() - width + 1);
    int y = random.nextInt(header.height() - height + 1);
    return new Box(x, y, width, height);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void pngsComeBackAsTheyWereAndSoDoTheirWindows(long seed) throws Exception {
    var random = new Random(seed);
    int width = 1 + random.nextInt(200);
    int height = 1 + random.nextInt(200);
    BufferedImage picture = picture(width, height, seed);
    byte[] file = png(picture);
    ImageHeader header = header(file);
    assertThat(header).isEqualTo(new ImageHeader("png", width, height, 3, true, false, 8));
    byte[] expected = new byte[width * height * 3];
    for (int i = 0; i < width * height; i++) {
      int rgb = picture.getRGB(i % width, i / width);
      expected[3 * i] = (byte) (rgb >> 16);
      expected[3 * i + 1] = (byte) (rgb >> 8);
      expected[3 * i + 2] = (byte) rgb;
    }
    try (var worker = decoder.worker()) {
      assertThat(pixels(worker, file, header, Box.whole(width, height))).isEqualTo(expected);
      for (int i = 0; i < 20; i++) {
        Box box = window(random, header);
        assertThat(pixels(worker, file, header, box))
            .as("window %s", box)
            .isEqualTo(crop(expected, width, box));
      }
    }
  }

  @ParameterizedTest(name = "progressive {0}")
  @ValueSource(booleans = {false, true})
  void aJpegsWindowsAreThoseOfTheWholeImage(boolean progressive) throws Exception {
    byte[] file = jpeg(picture(333, 217, 5), progressive);
    ImageHeader header = header(file);
    assertThat(header)
        .isEqualTo(new ImageHeader("jpeg", 333, 217, 3, !progressive, !progressive, 8));
    var random = new Random(5);
    try (var worker = decoder.worker()) {
      byte[] whole = pixels(worker, file, header, Box.whole(333, 217));
      for (int i = 0; i < 50; i++) {
        Box box = window(random, header);
        assertThat(pixels(worker, file, header, box))
            .as("window %s", box)
            .isEqualTo(crop(whole, 333, box));
      }
    }
  }

  @Test
  void sixteenBitsAreRoundedToEight() throws Exception {
    var picture = new BufferedImage(256, 256, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 65536; i++) {
      picture.getRaster().setSample(i % 256, i / 256, 0, i);
    }
    byte[] file = png(picture);
    ImageHeader header = header(file);
    assertThat(header.bits()).isEqualTo(16);
    assertThat(decoder.decodeBytes(header, new Box(0, 0, 1, 1))).isGreaterThan(6 * 65536);
    try (var worker = decoder.worker()) {
      byte[] pixels = pixels(worker, file, header, Box.whole(256, 256));
      for (int i = 0; i < 65536; i++) {
        byte expected = (byte) Math.round(i * 255.0 / 65535);
        assertThat(pixels[3 * i]).isEqualTo(expected);
        assertThat(pixels[3 * i + 2]).isEqualTo(expected);
      }
      assertThat(pixels(worker, file, header, new Box(7, 255, 2, 1)))
          .isEqualTo(crop(pixels, 256, new Box(7, 255, 2, 1)));
    }
  }

  /** A shorter prefix gives the same header, asks for more, or is refused for the same reason. */
  @Test
  void everyPrefixGivesTheHeaderOrAsksForMore() throws Exception {
    for (byte[] file :
        List.of(
            png(picture(20, 30, 1)),
            jpeg(picture(20, 30, 1), false),
            jpeg(picture(20, 30, 1), true))) {
      Optional<ImageHeader> whole = decoder.header(file, file.length);
      boolean known = false;
      for (int length = 8; length <= file.length; length++) {
        Optional<ImageHeader> header = decoder.header(Arrays.copyOf(file, 4096), length);
        if (header.isPresent()) {
          known = true;
          assertThat(header).isEqualTo(whole);
        } else {
          assertThat(known).as("forgotten at %d bytes", length).isFalse();
        }
      }
      assertThat(known).isTrue();
    }
  }

  @Test
  void aFileCutShortIsTruncatedAndADamagedOneCorrupt() throws Exception {
    byte[] png = png(picture(50, 50, 3));
    byte[] jpeg = jpeg(picture(50, 50, 3), false);
    byte[] damaged = png.clone();
    damaged[png.length / 2] ^= 0x5a;
    try (var worker = decoder.worker()) {
      for (byte[] file : List.of(png, jpeg)) {
        ImageHeader header = header(file);
        Box whole = Box.whole(50, 50);
        for (int length : new int[] {0, 1, 40, file.length / 2}) {
          assertThatThrownBy(() -> worker.decode(file, length, header, whole))
              .isInstanceOfSatisfying(
                  ImageException.class,
                  e -> assertThat(e.failure().reason()).isEqualTo(Reason.TRUNCATED))
              .hasMessageContaining("the file has no end");
        }
      }
      assertThatThrownBy(() -> worker.decode(damaged, png.length, header(png), Box.whole(50, 50)))
          .isInstanceOfSatisfying(
              ImageException.class, e -> assertThat(e.failure().reason()).isEqualTo(Reason.CORRUPT))
          .hasMessageContaining("Invalid PNG data");
      // The worker goes on.
      assertThat(pixels(worker, png, header(png), Box.whole(50, 50))).hasSize(7500);
    }
  }

  @Test
  void anImageThatIsNotWhatItsHeaderSaidIsCorrupt() throws Exception {
    byte[] file = png(picture(50, 40, 3));
    try (var worker = decoder.worker()) {
      var lie = new ImageHeader("png", 40, 50, 3, true, false);
      assertThatThrownBy(() -> worker.decode(file, file.length, lie, Box.whole(40, 50)))
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("decoded to [40, 50, 3], expected [50, 40, 3]");
      assertThatThrownBy(() -> worker.decode(file, file.length, header(file), new Box(0, 0, 51, 1)))
          .hasMessage("window 51x1+0+0 is not within 50x40+0+0");
    }
  }

  @Test
  void othersFilesAreNotAccepted() {
    for (String start : List.of("", "\u0089PNG", "\u00ff\u00d8", "GIF89a..", "II*\0....")) {
      byte[] bytes = start.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(decoder.accepts(bytes, bytes.length)).isFalse();
    }
  }

  @Test
  void hugeClaimsAreRefusedByTheHeader() throws Exception {
    byte[] png = png(picture(5, 5, 3));
    ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000);
    assertThatThrownBy(() -> decoder.header(png, png.length))
        .isInstanceOfSatisfying(
            ImageException.class,
            e -> assertThat(e.failure().reason()).isEqualTo(Reason.TOO_MANY_PIXELS));
    ByteBuffer.wrap(png).putInt(16, -1);
    assertThatThrownBy(() -> decoder.header(png, png.length))
        .hasMessage("corrupt: PNG header says 4294967295x100000 pixels");
  }

  @Test
  void anImageOutlivesItsWorkerAndItsDecoder() throws Exception {
    byte[] file = png(picture(50, 40, 3));
    ImageHeader header = header(file);
    DecodedImage image;
    try (var worker = decoder.worker()) {
      image = worker.decode(file, file.length, header, Box.whole(50, 40));
    }
    decoder.close();
    assertThat(image.pixels().remaining()).isEqualTo(6000);
    assertThat(image.pixels().get(2) & 0xff).isLessThan(64);
    image.close();
    image.close();
  }

  @Test
  void aWorkerDoesNotKeepTheMemoryOfALargeFile() throws Exception {
    var noise = new BufferedImage(1500, 1500, BufferedImage.TYPE_INT_RGB);
    var random = new Random(1);
    for (int i = 0; i < 1500 * 1500; i++) {
      noise.setRGB(i % 1500, i / 1500, random.nextInt());
    }
    byte[] file = png(noise);
    assertThat(file.length).isGreaterThan(5 << 20);
    try (var worker = decoder.worker()) {
      pixels(worker, file, header(file), new Box(0, 0, 1, 1));
      assertThat(NativeCounters.open().memoryBytes() - before.memoryBytes()).isLessThan(1 << 20);
    }
  }

  @Test
  void workersDecodeAtOnceWithoutMixingTheirImages() throws Exception {
    var files = new ArrayList<byte[]>();
    var sums = new ArrayList<String>();
    try (var worker = decoder.worker()) {
      for (int i = 0; i < 6; i++) {
        BufferedImage picture = picture(60 + 13 * i, 50 + 7 * i, i);
        byte[] file = i % 2 == 0 ? jpeg(picture, false) : png(picture);
        files.add(file);
        ImageHeader header = header(file);
        try (var image =
            worker.decode(file, file.length, header, Box.whole(header.width(), header.height()))) {
          sums.add(Corpus.sha256(image.pixels()));
        }
      }
    }
    var pool = Executors.newFixedThreadPool(4);
    var jobs = new ArrayList<Future<?>>();
    for (int thread = 0; thread < 4; thread++) {
      long seed = thread;
      jobs.add(
          pool.submit(
              () -> {
                var random = new Random(seed);
                try (var worker = decoder.worker()) {
                  for (int i = 0; i < 300; i++) {
                    int which = random.nextInt(files.size());
                    byte[] file = files.get(which);
                    ImageHeader header = header(file);
                    Box whole = Box.whole(header.width(), header.height());
                    try (var image = worker.decode(file, file.length, header, whole)) {
                      assertThat(Corpus.sha256(image.pixels())).isEqualTo(sums.get(which));
                    }
                  }
                }
                return null;
              }));
    }
    pool.shutdown();
    for (var job : jobs) {
      job.get();
    }
  }
}

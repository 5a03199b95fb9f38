package io.stoker.example;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageOutputStream;

/**
 * The example's input: scenes as large JPEG and PNG files, and a manifest of overlapping regions.
 *
 * <p>Every scene is covered by boxes of {@value #BOX_PIXELS} pixels that overlap by half. Among
 * these good regions are three bad ones, each of its own kind: a file that does not exist, a JPEG
 * that was cut in half, and a box outside its image.
 */
public final class ExampleData {
  /** What {@code submit/example} draws. The network has never seen its scenes. */
  public static final long DEFAULT_SEED = 2026;

  /** Width and height of every region. */
  public static final int BOX_PIXELS = 96;

  /** From one box to the next. */
  public static final int STRIDE_PIXELS = 48;

  private static final int SCENES = 24;
  private static final float JPEG_QUALITY = 0.9f;

  /** Multiples of the stride, so that the boxes reach every edge. */
  private static final int[][] SIZES = {{2016, 1488}, {2400, 1584}, {2016, 1488}, {2976, 1968}};

  private static final String HEADER = "uri,x,y,width,height,scene,truth";

  private ExampleData() {}

  /**
   * What was written.
   *
   * @param manifest CSV with the columns {@code uri} (relative to the manifest's folder), {@code
   *     x}, {@code y}, {@code width}, {@code height}, {@code scene} (the file's name without its
   *     ending) and {@code truth} (the class of most of the region's pixels; empty for bad regions)
   * @param images the good image files, in the manifest's order
   * @param goodRegions rows that can be predicted
   * @param badRegions rows that cannot
   */
  public record Summary(Path manifest, List<Path> images, int goodRegions, int badRegions) {}

  /**
   * Draws the scenes of a seed and writes {@code images/} and {@code manifest.csv} into a folder,
   * over what is there. Uses all cores; 80 million pixels take some 20 seconds on two.
   *
   * @param folder created where it is missing
   * @throws IOException if a file cannot be written
   */
  public static Summary write(Path folder, long seed) throws IOException {
    return write(folder, seed, SCENES, 1);
  }

  /** Fewer and smaller scenes: sides are divided by {@code shrink}, and cut to whole strides. */
  static Summary write(Path folder, long seed, int scenes, int shrink) throws IOException {
    Path images = Files.createDirectories(folder.resolve("images"));
    List<Drawn> drawn = drawAll(images, seed, scenes, shrink);
    Files.deleteIfExists(images.resolve("missing.jpg")); // a missing file must stay one
    truncate(drawn.get(0).file(), images.resolve("truncated.jpg"));

    var rows = new ArrayList<String>();
    drawn.forEach(scene -> rows.addAll(scene.rows()));
    int good = rows.size();
    List<String> bad = badRows(drawn.get(0));
    for (int i = 0; i < bad.size(); i++) {
      rows.add((i + 1) * good / (bad.size() + 1), bad.get(i));
    }
    rows.add(0, HEADER);
    Path manifest = Files.write(folder.resolve("manifest.csv"), rows);
    return new Summary(manifest, drawn.stream().map(Drawn::file).toList(), good, bad.size());
  }

  /** One scene's file and its regions as rows of the manifest. */
  private record Drawn(Path file, int width, int height, List<String> rows) {}

  private static List<Drawn> drawAll(Path images, long seed, int scenes, int shrink)
      throws IOException {
    try {
      return IntStream.range(0, scenes)
          .parallel()
          .mapToObj(number -> draw(images, seed, number, shrink))
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException("cannot write the example's images into " + images, e.getCause());
    }
  }

  private static Drawn draw(Path images, long seed, int number, int shrink) {
    int[] size = SIZES[number % SIZES.length];
    int width = size[0] / shrink / STRIDE_PIXELS * STRIDE_PIXELS;
    int height = size[1] / shrink / STRIDE_PIXELS * STRIDE_PIXELS;
    Scene scene = Scene.draw(sceneSeed(seed, number), width, height);
    String name = String.format(Locale.ROOT, "scene-%02d", number + 1);
    String format = number % 3 == 2 ? "png" : "jpg";
    Path file = images.resolve(name + "." + format);
    try {
      write(scene.image(), format, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Drawn(file, width, height, rows(scene, "images/" + file.getFileName(), name));
  }

  /** Far from the small seeds that the network was trained on. */
  private static long sceneSeed(long seed, int number) {
    return (seed + 1) * 1_000_000 + number;
  }

  private static void write(BufferedImage image, String format, Path file) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam options = writer.getDefaultWriteParam();
    options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    // For PNG this is the effort of its lossless compression: 1 is none, 0 the utmost.
    options.setCompressionQuality(format.equals("jpg") ? JPEG_QUALITY : 0.7f);
    Files.deleteIfExists(file); // the stream does not shorten a longer file
    try (var out = new FileImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), options);
    } finally {
      writer.dispose();
    }
  }

  private static List<String> rows(Scene scene, String uri, String name) {
    var rows = new ArrayList<String>();
    for (int y = 0; y + BOX_PIXELS <= scene.height(); y += STRIDE_PIXELS) {
      for (int x = 0; x + BOX_PIXELS <= scene.width(); x += STRIDE_PIXELS) {
        rows.add(row(uri, x, y, name, scene.majority(x, y, BOX_PIXELS, BOX_PIXELS).label()));
      }
    }
    return rows;
  }

  private static String row(String uri, int x, int y, String name, String truth) {
    return String.join(
        ",",
        uri,
        Integer.toString(x),
        Integer.toString(y),
        Integer.toString(BOX_PIXELS),
        Integer.toString(BOX_PIXELS),
        name,
        truth);
  }

  private static List<String> badRows(Drawn scene) {
    String name = String.valueOf(scene.file().getFileName());
    return List.of(
        row("images/missing.jpg", 0, 0, "missing", ""),
        // At the lower edge, since the upper half of the picture can still be read.
        row("images/truncated.jpg", 0, scene.height() - BOX_PIXELS, "truncated", ""),
        row("images/" + name, scene.width(), 0, name.substring(0, name.indexOf('.')), ""));
  }

  private static void truncate(Path whole, Path target) throws IOException {
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(target, Arrays.copyOf(bytes, bytes.length / 2));
  }
}

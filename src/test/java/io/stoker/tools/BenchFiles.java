package io.stoker.tools;

import io.stoker.example.Scene;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/**
 * Makes square JPEGs to measure with, and their manifest: cuts of a drawn landscape, no two alike,
 * quality 90. Further names of the same files (hard links) make a run long without filling a disk;
 * each name is opened and decoded on its own.
 *
 * <p>{@code java io.stoker.tools.BenchFiles FOLDER FILES SIDE NAMES_A_FILE}
 */
final class BenchFiles {
  private static final long SEED = 450;
  private static final float QUALITY = 0.9f;

  private BenchFiles() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0])).toAbsolutePath();
    int files = Integer.parseInt(arguments[1]);
    int side = Integer.parseInt(arguments[2]);
    int names = Integer.parseInt(arguments[3]);
    System.out.println("BenchFiles seed " + SEED);
    int scenes = 4;
    BufferedImage[] drawn =
        IntStream.range(0, scenes)
            .parallel()
            .mapToObj(i -> Scene.draw(SEED + i, 4 * side, 3 * side).image())
            .toArray(BufferedImage[]::new);
    IntStream.range(0, files)
        .parallel()
        .forEach(i -> write(folder, i, cut(drawn[i % scenes], i, side), names));
    var first = new ArrayList<String>(List.of("uri,x,y,width,height"));
    var all = new ArrayList<>(first);
    for (int name = 0; name < names; name++) {
      for (int i = 0; i < files; i++) {
        String row = name(i, name) + ",0,0," + side + "," + side;
        all.add(row);
        if (name == 0) {
          first.add(row);
        }
      }
    }
    Files.write(folder.resolve("manifest.csv"), first);
    Files.write(folder.resolve("long.csv"), all);
  }

  private static String name(int file, int name) {
    return "image-" + file + (name == 0 ? "" : "-" + name) + ".jpg";
  }

  private static BufferedImage cut(BufferedImage scene, int file, int side) {
    var random = new Random(SEED + file);
    return scene.getSubimage(
        random.nextInt(scene.getWidth() - side),
        random.nextInt(scene.getHeight() - side),
        side,
        side);
  }

  private static void write(Path folder, int file, BufferedImage image, int names) {
    Path path = folder.resolve(name(file, 0));
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (var out = ImageIO.createImageOutputStream(Files.newOutputStream(path))) {
      ImageWriteParam quality = writer.getDefaultWriteParam();
      quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      quality.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), quality);
      out.flush();
      for (int name = 1; name < names; name++) {
        Files.createLink(folder.resolve(name(file, name)), path);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }
}

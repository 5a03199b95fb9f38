package io.stoker.example;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Paints what the network said about one scene over the scene itself. */
public final class ExampleMap {
  private static final int MAP_WIDTH = 1440;
  private static final int BORDER_COLOUR = 0xffffff;
  static final double TINT = 0.42;
  private static final double BORDER = 0.75;

  private ExampleMap() {}

  /**
   * One region and its predicted class.
   *
   * @param x left column in the scene's file
   * @param y top row
   * @param width columns
   * @param height rows
   * @param label a label of {@link LandCover}
   */
  public record Cell(int x, int y, int width, int height, String label) {}

  /**
   * Paints a scene with its classes as translucent colours, their borders, and a legend that says
   * which share of the regions is of which class.
   *
   * @param scene a JPEG or PNG file
   * @param cells the scene's regions; they may overlap, then each point goes to the class that the
   *     regions around it favour. Points in no region stay as they are.
   * @param target the PNG file to write
   * @throws IOException if the scene cannot be read or the map not written, or if Java finds no
   *     font on this machine
   * @throws IllegalArgumentException if a label is unknown
   */
  public static void paint(Path scene, List<Cell> cells, Path target) throws IOException {
    BufferedImage picture = ImageIO.read(scene.toFile());
    if (picture == null) {
      throw new IOException(scene + " is no image that Java can read, expected a JPEG or PNG file");
    }
    double scale = (double) MAP_WIDTH / picture.getWidth();
    int height = (int) Math.round(picture.getHeight() * scale);
    var votes = new Votes(MAP_WIDTH, height, scale);
    cells.forEach(votes::add);

    var map = new BufferedImage(MAP_WIDTH, height + Legend.HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = map.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      graphics.drawImage(picture, 0, 0, MAP_WIDTH, height, null);
      tint(map, votes, height);
      Legend.paint(graphics, height, MAP_WIDTH, cells);
    } finally {
      graphics.dispose();
    }
    if (!ImageIO.write(map, "png", target.toFile())) {
      throw new IOException("cannot write " + target + ": this Java has no PNG writer");
    }
  }

  private static void tint(BufferedImage map, Votes votes, int height) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < MAP_WIDTH; x++) {
        int winner = votes.winner(x, y);
        if (winner != Votes.NONE) {
          int below = map.getRGB(x, y) & 0xffffff;
          int colour = Legend.colour(LandCover.all().get(winner));
          map.setRGB(
              x,
              y,
              votes.border(x, y)
                  ? Colour.mix(below, BORDER_COLOUR, BORDER)
                  : Colour.mix(below, colour, TINT));
        }
      }
    }
  }
}

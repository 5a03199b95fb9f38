package io.stoker.example;

/**
 * Which class each point of a map belongs to, when regions overlap.
 *
 * <p>Each region votes for its class, strongest at its centre, falling to nothing at its edges:
 * between two regions of different classes the border runs in the middle, and where four meet it
 * bends smoothly. Votes come first, then questions. Not thread-safe.
 */
final class Votes {
  static final int NONE = -1;

  /** A border is this many pixels wide on each side. */
  private static final int REACH = 1;

  private final int width;
  private final int height;
  private final double scale;
  private final float[][] byCover;

  /**
   * @param scale map pixels per scene pixel
   */
  Votes(int width, int height, double scale) {
    this.width = width;
    this.height = height;
    this.scale = scale;
    byCover = new float[LandCover.all().size()][width * height];
  }

  void add(ExampleMap.Cell cell) {
    float[] votes = byCover[LandCover.of(cell.label()).ordinal()];
    double halfWidth = cell.width() * scale / 2;
    double halfHeight = cell.height() * scale / 2;
    double centreX = cell.x() * scale + halfWidth;
    double centreY = cell.y() * scale + halfHeight;
    int bottom = (int) Math.min(height, Math.ceil(centreY + halfHeight));
    int right = (int) Math.min(width, Math.ceil(centreX + halfWidth));
    for (int y = (int) Math.max(0, centreY - halfHeight); y < bottom; y++) {
      double vertical = 1 - Math.abs(y + 0.5 - centreY) / halfHeight;
      for (int x = (int) Math.max(0, centreX - halfWidth); x < right; x++) {
        double horizontal = 1 - Math.abs(x + 0.5 - centreX) / halfWidth;
        votes[y * width + x] += (float) (Math.max(0, vertical) * Math.max(0, horizontal));
      }
    }
  }

  /** The ordinal of the class with most votes, or {@link #NONE} where no region is. */
  int winner(int x, int y) {
    int winner = NONE;
    float most = 0;
    for (int cover = 0; cover < byCover.length; cover++) {
      float votes = byCover[cover][y * width + x];
      if (votes > most) {
        most = votes;
        winner = cover;
      }
    }
    return winner;
  }

  /** Whether a point near by belongs to another class. */
  boolean border(int x, int y) {
    int winner = winner(x, y);
    return differs(x - REACH, y, winner)
        || differs(x + REACH, y, winner)
        || differs(x, y - REACH, winner)
        || differs(x, y + REACH, winner);
  }

  private boolean differs(int x, int y, int winner) {
    return x >= 0 && y >= 0 && x < width && y < height && winner(x, y) != winner;
  }
}

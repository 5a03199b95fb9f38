package io.stoker.example;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.RoundRectangle2D;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The strip below a map: each class's colour, name and share of the regions. */
final class Legend {
  /** Of the strip, in pixels. */
  static final int HEIGHT = 72;

  private static final int MARGIN = 28;
  private static final int SWATCH = 28;
  private static final Color PAPER = new Color(0xfaf8f3);
  private static final Color INK = new Color(0x2b2b2b);
  private static final Color FAINT = new Color(0x77736b);
  private static final Color EDGE = new Color(0x9a958a);
  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 21);
  private static final Font ENTRY = new Font(Font.SANS_SERIF, Font.PLAIN, 19);

  private Legend() {}

  static int colour(LandCover cover) {
    return switch (cover) {
      case WATER -> 0x1e6fff;
      case FOREST -> 0x0a7d3c;
      case FIELD -> 0xffd02e;
      case TOWN -> 0xe8323c;
      case CLOUD -> 0xb65cff;
    };
  }

  /** Paints the strip with its upper edge at {@code top}. */
  static void paint(Graphics2D graphics, int top, int width, List<ExampleMap.Cell> cells)
      throws IOException {
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(PAPER);
    graphics.fillRect(0, top, width, HEIGHT);
    try {
      words(graphics, top, width, cells);
    } catch (RuntimeException | Error e) { // JDKs differ in what they throw here
      throw new IOException(
          "the map's legend needs a font and Java found none; install fontconfig and a font, on"
              + " Debian: apt-get install fontconfig fonts-dejavu-core",
          e);
    }
  }

  private static void words(Graphics2D graphics, int top, int width, List<ExampleMap.Cell> cells) {
    int baseline = top + HEIGHT / 2 + 7;
    graphics.setFont(TITLE);
    graphics.setColor(INK);
    graphics.drawString("Predicted land cover", MARGIN, baseline);
    int titleWidth = graphics.getFontMetrics().stringWidth("Predicted land cover");
    graphics.setFont(ENTRY);
    int left = 2 * MARGIN + titleWidth;
    int pitch = (width - left - MARGIN / 2) / LandCover.all().size();
    for (LandCover cover : LandCover.all()) {
      entry(graphics, left + cover.ordinal() * pitch, baseline, cover, cells);
    }
  }

  private static void entry(
      Graphics2D graphics, int x, int baseline, LandCover cover, List<ExampleMap.Cell> cells) {
    var swatch = new RoundRectangle2D.Double(x, baseline - 21, SWATCH, SWATCH, 8, 8);
    graphics.setColor(new Color(colour(cover)));
    graphics.fill(swatch);
    graphics.setColor(EDGE);
    graphics.draw(swatch);
    graphics.setColor(INK);
    graphics.drawString(cover.label(), x + SWATCH + 10, baseline);
    int nameWidth = graphics.getFontMetrics().stringWidth(cover.label());
    graphics.setColor(FAINT);
    graphics.drawString(share(cover, cells), x + SWATCH + 20 + nameWidth, baseline);
  }

  private static String share(LandCover cover, List<ExampleMap.Cell> cells) {
    long count = cells.stream().filter(cell -> cell.label().equals(cover.label())).count();
    return String.format(Locale.ROOT, "%.0f %%", 100.0 * count / Math.max(1, cells.size()));
  }
}

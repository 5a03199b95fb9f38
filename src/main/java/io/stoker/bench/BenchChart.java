package io.stoker.bench;

import java.util.List;
import java.util.Locale;

/** The rates as bars, for a page: an SVG without scripts or fonts of its own. */
public final class BenchChart {
  private static final int WIDTH = 760;
  private static final int LEFT = 130;
  private static final int RIGHT = 90;
  private static final int BAR = 22;
  private static final int GAP = 10;
  private static final int TOP = 48;

  private BenchChart() {}

  /** Draws. */
  public static String svg(BenchReport report) {
    List<BenchReport.Row> rows = report.rows();
    double largest = rows.stream().mapToDouble(BenchReport.Row::imagesPerSecond).max().orElse(1);
    int height = TOP + rows.size() * (BAR + GAP) + GAP;
    var svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"13\">%n",
            WIDTH, height));
    svg.append(format("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, height));
    svg.append(
        format(
            "<text x=\"10\" y=\"20\" font-weight=\"bold\">images/s on %s</text>%n",
            escape(report.device())));
    svg.append(
        format(
            "<text x=\"10\" y=\"37\" fill=\"#555\">%s, %d cores, %,d regions, batch %d, median"
                + " of %d</text>%n",
            report.date(), report.cores(), report.regions(), report.batch(), report.rounds()));
    for (int i = 0; i < rows.size(); i++) {
      BenchReport.Row row = rows.get(i);
      int y = TOP + i * (BAR + GAP);
      double length = (WIDTH - LEFT - RIGHT) * row.imagesPerSecond() / largest;
      svg.append(
          format(
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
              LEFT - 8, y + 16, escape(row.strategy())));
      svg.append(
          format(
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
              LEFT, y, length, BAR, colour(row.strategy())));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\">%,.0f</text>%n",
              LEFT + length + 6, y + 16, row.imagesPerSecond()));
    }
    return svg.append("</svg>\n").toString();
  }

  private static String colour(String strategy) {
    if (Bench.CEILINGS.contains(strategy)) { // which have no knobs
      return "#bbbbbb";
    }
    return Bench.OURS.contains(Variant.parse(strategy).strategy()) ? "#d95f02" : "#7570b3";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

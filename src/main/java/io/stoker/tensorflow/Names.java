package io.stoker.tensorflow;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names in messages: few enough to read, and what a mistyped one may have meant. */
final class Names {
  private static final int SHOWN = 8;

  private Names() {}

  /** The first few, and how many more there are. */
  static String some(Collection<String> names) {
    String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
  }

  /** The few candidates that are most like {@code name}, the likest first. */
  static List<String> nearest(String name, Collection<String> candidates) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .sorted(Comparator.comparingInt(candidate -> distance(wanted, candidate)))
        .limit(5)
        .toList();
  }

  /** The last part of a long name, in the right spelling, is as good as a near name. */
  private static int distance(String wanted, String candidate) {
    String other = candidate.toLowerCase(Locale.ROOT);
    int whole = edits(wanted, other);
    String last = other.substring(other.lastIndexOf('/') + 1);
    int contains = other.contains(wanted) || wanted.contains(other) ? 3 : Integer.MAX_VALUE;
    return Math.min(Math.min(whole, edits(wanted, last) + 1), contains);
  }

  /** Levenshtein's distance. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}

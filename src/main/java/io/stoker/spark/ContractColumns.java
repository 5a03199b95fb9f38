package io.stoker.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Which column of a manifest is which of the contract's. */
final class ContractColumns implements Serializable {
  private static final long serialVersionUID = 1;

  private final EnumMap<ContractColumn, Integer> positions;

  private ContractColumns(EnumMap<ContractColumn, Integer> positions) {
    this.positions = positions;
  }

  /**
   * Finds them by name, whatever the case.
   *
   * @param schema the manifest's
   * @param remapped column names by contract name, as {@code --column} gives them
   * @param problems gets what is missing or ambiguous
   */
  static ContractColumns find(
      StructType schema, Map<String, String> remapped, List<String> problems) {
    var finder = new Finder(schema, problems);
    remapped.forEach(finder::take);
    for (ContractColumn column : ContractColumn.values()) {
      finder.takeByName(column);
    }
    finder.checkComplete();
    return new ContractColumns(finder.positions);
  }

  /** The column's position in the schema, or -1. */
  int position(ContractColumn column) {
    return positions.getOrDefault(column, -1);
  }

  boolean has(ContractColumn column) {
    return positions.containsKey(column);
  }

  /** Adds a problem for each column whose type cannot hold what it should. */
  void checkTypes(StructType schema, List<String> problems) {
    positions.forEach(
        (column, position) -> {
          DataType type = schema.fields()[position].dataType();
          boolean fits =
              type instanceof StringType
                  || type.equals(DataTypes.NullType)
                  || (column != ContractColumn.URI && type instanceof NumericType);
          if (!fits) {
            problems.add(
                "the manifest's column \""
                    + schema.fields()[position].name()
                    + "\" is "
                    + type.catalogString()
                    + ", but "
                    + column.label()
                    + " must be "
                    + (column == ContractColumn.URI ? "text" : "a whole number")
                    + "; cast it, or name another with --column "
                    + column.label()
                    + "=NAME");
          }
        });
  }

  private static final class Finder {
    private final StructType schema;
    private final List<String> problems;
    private final EnumMap<ContractColumn, Integer> positions = new EnumMap<>(ContractColumn.class);
    private boolean uriReported;

    Finder(StructType schema, List<String> problems) {
      this.schema = schema;
      this.problems = problems;
    }

    void take(String contract, String name) {
      ContractColumn column =
          Arrays.stream(ContractColumn.values())
              .filter(candidate -> candidate.label().equals(contract.toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElse(null);
      if (column == null) {
        problems.add(
            "--column "
                + contract
                + "="
                + name
                + ": there is no contract column \""
                + contract
                + "\", expected one of "
                + Arrays.stream(ContractColumn.values())
                    .map(ContractColumn::label)
                    .collect(Collectors.joining(", ")));
        return;
      }
      List<Integer> found = named(name);
      if (found.size() == 1) {
        positions.put(column, found.get(0));
      } else {
        uriReported |= column == ContractColumn.URI;
        problems.add(
            "--column "
                + contract
                + "="
                + name
                + ": the manifest has "
                + (found.isEmpty() ? "no column" : "several columns")
                + " \""
                + name
                + "\"; it has "
                + String.join(", ", schema.fieldNames()));
      }
    }

    void takeByName(ContractColumn column) {
      if (positions.containsKey(column)) {
        return;
      }
      List<Integer> found = free(named(column.label()));
      if (found.isEmpty()) {
        for (String alias : column.aliases()) {
          found.addAll(free(named(alias)));
        }
      }
      if (found.size() > 1) {
        uriReported |= column == ContractColumn.URI;
        problems.add(
            "the manifest's columns "
                + found.stream()
                    .map(position -> "\"" + schema.fieldNames()[position] + "\"")
                    .collect(Collectors.joining(" and "))
                + " could each be "
                + column.label()
                + "; choose one with --column "
                + column.label()
                + "=NAME");
      } else if (!found.isEmpty()) {
        positions.put(column, found.get(0));
      }
    }

    void checkComplete() {
      if (!positions.containsKey(ContractColumn.URI) && !uriReported) {
        problems.add(
            schema.fields().length == 0
                ? "the manifest is empty, expected a table with a column uri and one row for each"
                    + " region"
                : "the manifest has no column uri (nor path, nor image); it has "
                    + String.join(", ", schema.fieldNames())
                    + "; name the column of image URIs with --column uri=NAME");
      }
      List<ContractColumn> missing =
          ContractColumn.BOX.stream().filter(column -> !positions.containsKey(column)).toList();
      if (!missing.isEmpty() && missing.size() < ContractColumn.BOX.size()) {
        var present = new ArrayList<>(ContractColumn.BOX);
        present.removeAll(missing);
        problems.add(
            "the manifest has "
                + labels(present)
                + " but not "
                + labels(missing)
                + ": a box needs all four of x, y, width, height, whole images none of them; name"
                + " columns with --column "
                + missing.get(0).label()
                + "=NAME, or, if it is the image's size, --column image_width=width and --column"
                + " image_height=height");
      }
    }

    private List<Integer> named(String name) {
      var found = new ArrayList<Integer>();
      String[] names = schema.fieldNames();
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          return new ArrayList<>(List.of(i));
        }
        if (names[i].equalsIgnoreCase(name)) {
          found.add(i);
        }
      }
      return found;
    }

    /** Those that no other contract column has taken. */
    private List<Integer> free(List<Integer> found) {
      found.removeAll(positions.values());
      return found;
    }

    private static String labels(List<ContractColumn> columns) {
      return columns.stream().map(ContractColumn::label).collect(Collectors.joining(", "));
    }
  }
}

package io.stoker.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Jars of test classes, for {@code --jars}. */
public final class Jars {
  private Jars() {}

  /** Writes a jar of these classes and those nested in them. */
  public static Path of(Path jar, Class<?>... types) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> type : types) {
        Path folder = SparkHome.target().resolve("test-classes");
        Path file = folder.resolve(type.getName().replace('.', '/') + ".class");
        String prefix = type.getSimpleName();
        try (Stream<Path> files = Files.list(file.getParent())) {
          for (Path each : files.filter(path -> belongs(path, prefix)).sorted().toList()) {
            out.putNextEntry(new JarEntry(folder.relativize(each).toString()));
            try (InputStream in = Files.newInputStream(each)) {
              in.transferTo(out);
            }
            out.closeEntry();
          }
        }
      }
    }
    return jar;
  }

  private static boolean belongs(Path file, String type) {
    String name = file.getFileName().toString();
    return name.equals(type + ".class") || name.startsWith(type + "$");
  }
}

package io.stoker.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.JarURLConnection;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** Loads the class that {@code --preprocess} names. */
final class Preprocessing {
  private Preprocessing() {}

  /**
   * A new instance, through the context class loader, where Spark puts {@code --jars}.
   *
   * @return a {@link RegionTransform} or a {@link RegionLoader}
   * @throws IllegalArgumentException if there is no such class, or it is neither; says what to do
   */
  static AutoCloseable newInstance(String className) {
    Class<?> type;
    try {
      type = Class.forName(className, true, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "--preprocess: class "
              + className
              + " cannot be loaded ("
              + e
              + "); give its jar with --jars, or put it on the class path",
          e);
    }
    if (!RegionTransform.class.isAssignableFrom(type)
        && !RegionLoader.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          "--preprocess: "
              + className
              + " implements neither io.stoker.region.RegionTransform nor"
              + " io.stoker.region.RegionLoader");
    }
    try {
      return (AutoCloseable) type.getConstructor().newInstance();
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new IllegalArgumentException(
          "--preprocess: " + className + " needs a public constructor without arguments", e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "--preprocess: the constructor of " + className + " failed: " + e.getCause(), e);
    }
  }

  /**
   * Hex digest of the jar that holds the class, or of the class's own file where it comes from a
   * folder. Null without a class.
   */
  static @Nullable String sha256(@Nullable String className) {
    if (className == null) {
      return null;
    }
    String file = className.replace('.', '/') + ".class";
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    URL url = loader.getResource(file);
    try {
      if (url == null) {
        // Made at run time: there is only the name to tell it by.
        return Fingerprint.sha256(className.getBytes(UTF_8));
      }
      URL content =
          url.openConnection() instanceof JarURLConnection jar ? jar.getJarFileURL() : url;
      try (InputStream stream = content.openStream()) {
        return Fingerprint.sha256(stream.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("--preprocess: " + url + " cannot be read", e);
    }
  }
}

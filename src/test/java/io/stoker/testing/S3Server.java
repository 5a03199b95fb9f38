package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * S3Proxy in a child process: the protocol of S3, signatures included, over a folder of this
 * machine. Not thread-safe.
 */
public final class S3Server implements AutoCloseable {
  /** The one bucket. */
  public static final String BUCKET = "bucket";

  /** The key's name. */
  public static final String KEY = "AKIDSTOKER";

  /** What must be seen nowhere. */
  public static final String SECRET = "hqRzW7-a-secret-of-this-test";

  private static final long START_SECONDS = 120;

  private static final String LOGGING =
      """
      <configuration><appender name="s" class="ch.qos.logback.core.ConsoleAppender"><encoder>
      <pattern>%msg%n%ex{9}</pattern></encoder></appender>
      <root level="info"><appender-ref ref="s"/></root></configuration>
      """;

  private final Path folder;
  private final Process process;
  private final int port;

  private S3Server(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @param folder anew, for the objects, the settings and the log
   */
  public static S3Server start(Path folder) throws IOException, InterruptedException {
    Path jars = MavenJars.of(SparkHome.target().resolve("s3proxy"), "src/s3a/pom.xml", "-Ps3proxy");
    Files.createDirectories(folder.resolve("data").resolve(BUCKET));
    int port = freePort();
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.conf"),
            String.join(
                "\n",
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + KEY,
                "s3proxy.credential=" + SECRET,
                "jclouds.provider=filesystem",
                "jclouds.identity=none",
                "jclouds.credential=none",
                "jclouds.filesystem.basedir=" + folder.resolve("data")));
    Path logging = Files.writeString(folder.resolve("logback.xml"), LOGGING);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                SparkSubmit.QUICK,
                "-Xmx256m",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                jars + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    process.getOutputStream().close();
    var server = new S3Server(folder, process, port);
    try {
      server.awaitStart();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The jars that a Spark needs to speak to it, for {@code --jars}. */
  public static List<Path> clientJars() throws IOException, InterruptedException {
    Path folder = MavenJars.of(SparkHome.target().resolve("s3a"), "src/s3a/pom.xml");
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.sorted().toList();
    }
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** An object's bytes, or a folder of objects, as files. */
  public Path file(String key) {
    return folder.resolve("data").resolve(BUCKET).resolve(key);
  }

  /** Stores an object. */
  public void put(String key, Path file) throws IOException, InterruptedException {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    String path = "/" + BUCKET + "/" + key;
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(endpoint().resolve(path))
                    .header("Date", date)
                    .header("Authorization", "AWS " + KEY + ":" + signature(date, path))
                    .PUT(HttpRequest.BodyPublishers.ofFile(file))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body() + log());
    }
  }

  /** Version 2, which a few lines make; the clients sign by version 4. */
  private static String signature(String date, String path) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA1"));
      byte[] signed = mac.doFinal(("PUT\n\n\n" + date + "\n" + path).getBytes(UTF_8));
      return Base64.getEncoder().encodeToString(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitStart() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_SECONDS * 1_000_000_000;
    while (!log().contains("Started Server")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("S3Proxy does not start: " + log());
      }
      Thread.sleep(50);
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** Taken by somebody else meanwhile it would fail the start, and be seen there. */
  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}

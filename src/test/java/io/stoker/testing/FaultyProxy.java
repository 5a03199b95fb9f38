package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before an HTTP server, writes down every request, and now and then answers 503 or breaks
 * the connection in the middle of an answer. Thread-safe.
 *
 * <p>Signatures cover the host, so it is passed on as the client wrote it; the build's {@code
 * jdk.httpclient.allowRestrictedHeaders} is for that.
 */
public final class FaultyProxy implements AutoCloseable {
  /** Written anew by whoever sends. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "expect", "transfer-encoding", "upgrade", "date");

  /**
   * A request.
   *
   * @param copies whether it has the store copy an object, as a rename does
   * @param bytes of the answer
   * @param fault whether it was answered with a fault
   */
  public record Seen(String method, String path, boolean copies, int bytes, boolean fault) {}

  private final URI target;
  private final double faults;
  private final Random random;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

  private FaultyProxy(URI target, double faults, long seed) throws IOException {
    this.target = target;
    this.faults = faults;
    this.random = new Random(seed);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  /**
   * Starts it.
   *
   * @param faults the share of requests that meet one, 0 to 1
   * @param seed which ones
   */
  public static FaultyProxy start(URI target, double faults, long seed) throws IOException {
    var proxy = new FaultyProxy(target, faults, seed);
    proxy.server.createContext("/", proxy::handle);
    proxy.server.setExecutor(proxy.threads);
    proxy.server.start();
    return proxy;
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** All requests so far. */
  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  private void handle(HttpExchange exchange) throws IOException {
    boolean fault;
    boolean unavailable;
    synchronized (random) {
      fault = random.nextDouble() < faults;
      unavailable = random.nextBoolean();
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    // What was not to happen must not have: only the answers of reads are cut off.
    if (fault && (unavailable || !method.equals("GET"))) {
      note(exchange, 0, true);
      unavailable(exchange);
      return;
    }
    HttpResponse<byte[]> answer;
    try {
      answer = client.send(request(exchange, body), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    byte[] bytes = answer.body();
    note(exchange, bytes.length, fault);
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              boolean length = method.equals("HEAD") && name.equalsIgnoreCase("content-length");
              if (length || !OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
              }
            });
    exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes, 0, fault ? bytes.length / 2 : bytes.length);
    exchange.close(); // before the end, if there was a fault
  }

  private static void unavailable(HttpExchange exchange) throws IOException {
    byte[] error = "<Error><Code>SlowDown</Code><Message>not now</Message></Error>".getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/xml");
    boolean bodyless = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(503, bodyless ? -1 : error.length);
    if (!bodyless) {
      exchange.getResponseBody().write(error);
    }
    exchange.close();
  }

  private void note(HttpExchange exchange, int bytes, boolean fault) {
    seen.add(
        new Seen(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().containsKey("x-amz-copy-source"),
            bytes,
            fault));
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    var request =
        HttpRequest.newBuilder(URI.create(target.toString() + exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT)) || name.equalsIgnoreCase("date")) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  /** Refuses connections from now on. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

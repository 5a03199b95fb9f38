package io.stoker.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** This machine's name. */
final class Host {
  /** Looked up once: a resolver can take seconds. */
  static final String NAME = name();

  private Host() {}

  private static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}

package io.stoker.pipeline;

import java.util.List;

/** Regions of one image that were admitted together and are read and decoded together. */
record ImageGroup(Client client, List<Element> elements) {
  String uri() {
    return elements.get(0).region().uri();
  }

  int page() {
    return elements.get(0).region().page();
  }
}

package io.stoker.pipeline;

/** What decode threads take from their queue. */
sealed interface DecodeWork permits LeasedImage, DecodeWork.Load {
  /** Whose work it is. */
  Client client();

  /** A region that the user's loader makes. */
  record Load(Element element) implements DecodeWork {
    @Override
    public Client client() {
      return element.client();
    }
  }
}

package io.stoker.model;

import java.util.Map;

/**
 * A model as it lies in storage, read whole into memory.
 *
 * @param location where it came from, for messages
 * @param entries contents by path within the model, with {@code /}; a single file is the one entry
 *     {@code ""}; a SavedModel has {@code saved_model.pb}, {@code variables/…}, {@code assets/…}
 */
public record ModelFile(String location, Map<String, byte[]> entries) {}

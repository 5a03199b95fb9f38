package io.stoker.pipeline;

import io.stoker.region.Region;

/**
 * A region on its way. It has one owner at a time, who hands it on or answers it: that is why each
 * region gets exactly one result.
 *
 * @param client whose region it is
 * @param number its place among the client's answers
 */
record Element(Client client, long number, Region region) {}

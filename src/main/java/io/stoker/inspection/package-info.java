/**
 * What a machine, a model or a setting is, without a run. Begin with {@link
 * io.stoker.inspection.Machine}.
 */
@NullMarked
package io.stoker.inspection;

import org.jspecify.annotations.NullMarked;

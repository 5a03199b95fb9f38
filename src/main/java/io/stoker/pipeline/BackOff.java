package io.stoker.pipeline;

import java.io.Serializable;

/**
 * What an executor gave up because its device had too little memory.
 *
 * @param steps how often it lowered one of the two, 1 or more
 * @param inFlight runs in flight since the last step
 * @param batch regions a run since the last step
 */
public record BackOff(int steps, int inFlight, int batch) implements Serializable {}

package io.stoker.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** A mistake in one flag's value: the flag, what was given, what is expected. */
final class FlagError {
  private static final Pattern INVALID =
      Pattern.compile("Invalid value for option '[^']*'[^:]*: (.*)", Pattern.DOTALL);
  private static final Pattern NO_PAIR =
      Pattern.compile(".*KEY=VALUE format but was (.*)", Pattern.DOTALL);

  private FlagError() {}

  /** Picocli's words where it is no mistake in a value. */
  static String text(Exception error) {
    String message = String.valueOf(error.getMessage());
    OptionSpec option = option(error);
    if (option == null) {
      return message;
    }
    String flag = option.longestName();
    Matcher invalid = INVALID.matcher(message);
    if (invalid.matches()) {
      return flag + ": " + invalid.group(1);
    }
    Matcher noPair = NO_PAIR.matcher(message);
    if (noPair.matches()) {
      return flag + ": \"" + noPair.group(1) + "\", expected " + option.paramLabel();
    }
    return flag + " has no value, expected " + option.paramLabel();
  }

  private static @Nullable OptionSpec option(Exception error) {
    ArgSpec of = null;
    if (error instanceof MissingParameterException missing && missing.getMissing().size() == 1) {
      of = missing.getMissing().get(0);
    } else if (error instanceof ParameterException mistake) {
      of = mistake.getArgSpec();
    }
    return of instanceof OptionSpec option ? option : null;
  }
}

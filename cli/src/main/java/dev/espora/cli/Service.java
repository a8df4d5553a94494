package dev.espora.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The services that the program can run. */
enum Service {
  BANK(JavaProgram.Role.BANK),
  PEOPLE(JavaProgram.Role.PEOPLE);

  private final JavaProgram.Role role;

  Service(JavaProgram.Role role) {
    this.role = role;
  }

  /** Of a process that serves it. */
  JavaProgram.Role role() {
    return role;
  }

  Path defaultData() {
    return Path.of("data", toString());
  }

  /** As people write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  static final class Converter implements ITypeConverter<Service> {
    @Override
    public Service convert(String text) {
      for (Service service : values()) {
        if (service.toString().equals(text)) {
          return service;
        }
      }
      throw new TypeConversionException(
          "'"
              + text
              + "' is no service; there is: "
              + Arrays.toString(values()).replaceAll("[\\[\\]]", ""));
    }
  }
}

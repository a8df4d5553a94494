package dev.espora.cli;

import java.util.List;

/**
 * One process of {@code up}.
 *
 * @param name what people read: {@code balancer}, {@code bank-1}
 * @param address where it listens
 * @param role what it is for
 * @param arguments of this program
 */
record Component(String name, String address, JavaProgram.Role role, List<String> arguments) {

  Component {
    arguments = List.copyOf(arguments);
  }
}

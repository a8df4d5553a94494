package dev.espora.cli;

import java.util.List;

/**
 * One process of {@code up}.
 *
 * @param name what people read: {@code balancer}, {@code bank-1}
 * @param address where it listens
 * @param heap JVM options of its own
 * @param arguments of this program
 */
record Component(String name, String address, List<String> heap, List<String> arguments) {

  Component {
    heap = List.copyOf(heap);
    arguments = List.copyOf(arguments);
  }
}

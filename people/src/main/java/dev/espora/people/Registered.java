package dev.espora.people;

import java.util.UUID;

/** Somebody who is registered. */
public record Registered(UUID id, Person person) {}

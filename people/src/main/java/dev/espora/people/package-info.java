/**
 * A registry of people with unique nicknames: {@link dev.espora.people.Registry} keeps them in a
 * database and searches them; {@link dev.espora.people.PeopleRoutes} offers it over HTTP as {@code
 * docs/people.md} says.
 */
@NullMarked
package dev.espora.people;

import org.jspecify.annotations.NullMarked;

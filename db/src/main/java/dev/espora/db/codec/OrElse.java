package dev.espora.db.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value a record's component takes where data was written before the component existed: a
 * string, a number, {@code true} or {@code false}, or the name of an enum constant. Optionals,
 * lists, sets and maps need none: they are empty.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface OrElse {
  String value();
}

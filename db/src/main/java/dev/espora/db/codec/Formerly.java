package dev.espora.db.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names a record's component, or a variant of a sealed interface, had in data written earlier. They
 * count where the data does not have the present name, so that another component may be given a
 * former one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Formerly {
  String[] value();
}

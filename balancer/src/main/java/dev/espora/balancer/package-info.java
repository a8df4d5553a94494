@NullMarked
package dev.espora.balancer;

import org.jspecify.annotations.NullMarked;

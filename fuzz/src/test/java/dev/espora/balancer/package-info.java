/** What fuzz targets need to know of the inside of this package. */
@org.jspecify.annotations.NullMarked
package dev.espora.balancer;

/**
 * A small, strict HTTP/1.1 server: {@link dev.espora.http.Routes} say who answers what, {@link
 * dev.espora.http.HttpServer} listens and guards the limits. What it rejects, and how, is in {@code
 * docs/http.md}.
 */
@NullMarked
package dev.espora.http;

import org.jspecify.annotations.NullMarked;

package dev.espora.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests as {@code bad-requests.txt} writes them, made into what is sent. */
final class RequestText {
  private static final Pattern REPEAT = Pattern.compile("<([^<>]+)\\*(\\d+)>");

  private RequestText() {}

  /** Fills in the path and the body of a request that would have an effect were it valid. */
  static String fill(String text, String path, String body) {
    int bytes = body.getBytes(StandardCharsets.UTF_8).length;
    return REPEAT
        .matcher(text.translateEscapes())
        .replaceAll(
            one -> Matcher.quoteReplacement(one.group(1).repeat(Integer.parseInt(one.group(2)))))
        .replace("{post}", "POST {path} HTTP/1.1\r\nHost: x\r\n")
        .replace("{rest}", "Host: x\r\n{end}")
        .replace("{end}", "Content-Length: {length}\r\n\r\n{body}")
        .replace("{chunked}", "Transfer-Encoding: chunked\r\n")
        .replace("{chunks}", "{hex}\r\n{body}\r\n0\r\n\r\n")
        .replace("{path}", path)
        .replace("{length}", String.valueOf(bytes))
        .replace("{hex}", Integer.toHexString(bytes))
        .replace("{body}", body);
  }
}

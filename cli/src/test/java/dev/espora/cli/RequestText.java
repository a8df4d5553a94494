package dev.espora.cli;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests and bodies as {@code bad-requests.txt} and {@code bad-bodies.txt} write them. */
final class RequestText {
  /** A body that has an effect on an account, and the path that takes it. */
  static final String BODY = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"hostile\"}";

  static final String PATH = "/clientes/1/transacoes";

  private static final Pattern REPEAT = Pattern.compile("<([^<>]+)\\*(\\d+)>");

  private RequestText() {}

  /** A request as it is sent, one character for each byte. */
  static String request(String text) {
    return repeated(text)
        .replace("{post}", "POST {path} HTTP/1.1\r\nHost: x\r\n")
        .replace("{rest}", "Host: x\r\n{end}")
        .replace("{end}", "Content-Length: {length}\r\n\r\n{body}")
        .replace("{chunked}", "Transfer-Encoding: chunked\r\n")
        .replace("{chunks}", "{hex}\r\n{body}\r\n0\r\n\r\n")
        .replace("{path}", PATH)
        .replace("{length}", String.valueOf(BODY.length()))
        .replace("{hex}", Integer.toHexString(BODY.length()))
        .replace("{body}", BODY);
  }

  /** A body in a request that is valid otherwise. */
  static String bodyInRequest(String text) {
    return post(repeated(text).replace("{rest}", "\"tipo\": \"c\", \"descricao\": \"d\"}"));
  }

  /** A valid request with these bytes as its body. */
  static String post(String body) {
    int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
    return request("{post}") + "Content-Length: " + length + "\r\n\r\n" + body;
  }

  private static String repeated(String text) {
    return REPEAT
        .matcher(text.translateEscapes())
        .replaceAll(
            one -> Matcher.quoteReplacement(one.group(1).repeat(Integer.parseInt(one.group(2)))));
  }
}

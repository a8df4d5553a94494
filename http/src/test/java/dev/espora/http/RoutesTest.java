package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final Handler HANDLER = request -> completedStage(Response.empty(204));

  @Test
  void segmentsAreDecodedOnceAndPassedByName() {
    Routes routes = Routes.builder().get("/a/{x}/b/{y}", HANDLER).build();

    assertThat(routes.match("GET", target("/a/1/b/%C3%A9%2525")).parameters())
        .isEqualTo(Map.of("x", "1", "y", "\u00e9%25"));
  }

  @Test
  void theTemplateAddedFirstAnswers() {
    Handler other = request -> completedStage(Response.empty(204));
    Routes routes = Routes.builder().get("/a/b", HANDLER).get("/a/{x}", other).build();

    assertThat(routes.match("GET", target("/a/b")).handler()).isSameAs(HANDLER);
    assertThat(routes.match("GET", target("/a/c")).handler()).isSameAs(other);
  }

  @Test
  void queriesAreDecoded() {
    Target target = target("/a?t=a+b%26%C3%A9&u&v=&w=x=y");

    assertThat(target.path()).isEqualTo("/a");
    assertThat(target.segments()).isEqualTo(List.of("a"));
    assertThat(target.query()).isEqualTo(Map.of("t", "a b&\u00e9", "u", "", "v", "", "w", "x=y"));
  }

  @Test
  void twoHandlersForOneRouteAreAMistake() {
    Routes.Builder routes = Routes.builder().get("/a", HANDLER);
    assertThatThrownBy(() -> routes.get("/a", HANDLER)).hasMessageContaining("GET /a");
    assertThatThrownBy(() -> routes.get("a", HANDLER)).hasMessageContaining("not a route");
  }

  @Test
  void headersOfAnswersCannotBeSplit() {
    Response response = Response.empty(204);
    assertThatThrownBy(() -> response.withHeader("A", "b\r\nC: d")).hasMessageContaining("header");
    assertThatThrownBy(() -> response.withHeader("A:", "b")).hasMessageContaining("header");
    assertThatThrownBy(() -> response.withHeader("A", "\u00e9")).hasMessageContaining("header");
  }

  private static Target target(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Target.parse("GET", bytes, 0, bytes.length);
  }
}

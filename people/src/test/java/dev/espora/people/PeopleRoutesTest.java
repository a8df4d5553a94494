package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.http.HttpServer;
import dev.espora.http.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two instances of the registry on one database, over HTTP. The rows of the contract are those of
 * {@code PeopleContractIT} and {@code PersonJsonTest}.
 */
class PeopleRoutesTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private Database database;
  private final List<Registry> registries = new ArrayList<>();
  private final List<HttpServer> instances = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    database = Database.inMemory(Options.DEFAULTS);
    for (int i = 0; i < 2; i++) {
      Registry registry = Registry.open(database);
      registries.add(registry);
      instances.add(HttpServer.builder(PeopleRoutes.of(registry)).listen("127.0.0.1:0").start());
    }
  }

  @AfterEach
  void stop() {
    http.close();
    instances.forEach(HttpServer::close);
    registries.forEach(Registry::close);
    database.close();
  }

  @Test
  void aRegistrationIsSeenByEveryRouteOfTheOtherInstance() {
    HttpResponse<String> created = register(0, "ana");
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(created.body()).isEmpty();
    String location = created.headers().firstValue("location").orElseThrow();
    assertThat(location).isEqualTo("/pessoas/24d4b96f-58da-8d4a-8512-313bbd02a28e");

    String ana =
        "{\"id\":\"24d4b96f-58da-8d4a-8512-313bbd02a28e\",\"apelido\":\"ana\",\"nome\":\"Somebody\","
            + "\"nascimento\":\"2000-01-31\",\"stack\":[\"Java\"]}";
    assertThat(get(1, location).body()).isEqualTo(ana);
    assertThat(get(1, "/pessoas?t=JAV").body()).isEqualTo("[" + ana + "]");
    assertThat(get(1, "/contagem-pessoas").body()).isEqualTo("1");
    assertThat(register(1, "ana").statusCode()).isEqualTo(422);
  }

  @Test
  void ofSimultaneousRegistrationsOfANicknameOneIsA201() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      answers.add(registerAsync(i % 2, "n" + i / 4));
    }
    List<Integer> statuses = answers.stream().map(each -> each.join().statusCode()).toList();
    for (int i = 0; i < 400; i += 4) {
      assertThat(statuses.subList(i, i + 4)).containsExactlyInAnyOrder(201, 422, 422, 422);
    }
    assertThat(get(0, "/contagem-pessoas").body()).isEqualTo("100");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/pessoas | POST, GET, HEAD, OPTIONS",
        "/pessoas/24d4b96f-58da-8d4a-8512-313bbd02a28e | GET, HEAD, OPTIONS",
        "/contagem-pessoas | GET, HEAD, OPTIONS"
      })
  void aWrongMethodIsA405WithAllow(String path, String allow) {
    HttpResponse<String> answer = send(0, HttpRequest.newBuilder().DELETE(), path).join();
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains(allow);
  }

  @Test
  void whatStorageRefusesIsA503OrA507() {
    assertThat(PeopleRoutes.problemOf(new DatabaseException.Busy("full")).orElseThrow())
        .satisfies(busy -> assertThat(busy.status()).isEqualTo(503))
        .satisfies(busy -> assertThat(busy.headers()).containsEntry("Retry-After", "1"));
    assertThat(
            PeopleRoutes.problemOf(new DatabaseException.OutOfSpace("full", null))
                .orElseThrow()
                .status())
        .isEqualTo(507);
    assertThat(
            PeopleRoutes.problemOf(new DatabaseException.OutcomeUnknown("?", null)).orElseThrow())
        .satisfies(unknown -> assertThat(unknown.status()).isEqualTo(503))
        .satisfies(unknown -> assertThat(unknown.detail()).contains("unknown"));
    assertThat(PeopleRoutes.problemOf(new IllegalStateException())).isEmpty();
  }

  @Test
  void aClosedRegistryOrDatabaseIsA503() {
    assertThat(register(0, "ana").statusCode()).isEqualTo(201);
    registries.getFirst().close();
    assertThat(get(0, "/pessoas?t=ana").statusCode()).isEqualTo(503);
    registries.getLast().close();
    database.close();
    assertThat(register(1, "eva").statusCode()).isEqualTo(503);
    assertThat(get(1, "/contagem-pessoas").statusCode()).isEqualTo(503);
    assertThat(get(1, "/pessoas/24d4b96f-58da-8d4a-8512-313bbd02a28e").statusCode()).isEqualTo(503);
  }

  private HttpResponse<String> register(int instance, String nickname) {
    return registerAsync(instance, nickname).join();
  }

  private CompletableFuture<HttpResponse<String>> registerAsync(int instance, String nickname) {
    String body =
        "{\"apelido\": \"%s\", \"nome\": \"Somebody\", \"nascimento\": \"2000-01-31\", \"stack\": [\"Java\"]}"
            .formatted(nickname);
    return send(instance, HttpRequest.newBuilder().POST(BodyPublishers.ofString(body)), "/pessoas");
  }

  private HttpResponse<String> get(int instance, String path) {
    return send(instance, HttpRequest.newBuilder().GET(), path).join();
  }

  private CompletableFuture<HttpResponse<String>> send(
      int instance, HttpRequest.Builder request, String path) {
    ListenAddress.Tcp address = (ListenAddress.Tcp) instances.get(instance).addresses().getFirst();
    return http.sendAsync(
        request.uri(URI.create("http://" + address + path)).build(), BodyHandlers.ofString());
  }
}

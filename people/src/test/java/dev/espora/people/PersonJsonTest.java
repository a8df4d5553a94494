package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.http.Json;
import dev.espora.http.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a person, what is written, and which of several mistakes is named. */
class PersonJsonTest {
  private static final UUID ID = UUID.fromString("24d4b96f-58da-8d4a-8512-313bbd02a28e");

  @Test
  void everyMemberIsRead() {
    assertThat(
            read(
                "{'stack': ['C#', 'Node'], 'nascimento': '1985-09-23', 'nome': 'Ana \\u00e9',"
                    + " 'apelido': 'ana'}"))
        .isEqualTo(
            new Person(
                "ana",
                "Ana \u00e9",
                LocalDate.of(1985, 9, 23),
                new Stack.Items(List.of("C#", "Node"))));
  }

  @Test
  void absentNullAndEmptyStacksAreToldApart() {
    String start = "{'apelido': 'ana', 'nome': 'Ana', 'nascimento': '1985-09-23'";
    assertThat(read(start + "}").stack()).isEqualTo(new Stack.Absent());
    assertThat(read(start + ", 'stack': null}").stack()).isEqualTo(new Stack.Null());
    assertThat(read(start + ", 'stack': []}").stack()).isEqualTo(new Stack.Items(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'apelido': 'ana', 'nome': 'Ana', 'nascimento': '1985-09-23'}",
        "{'apelido': 'ana', 'nome': 'Ana', 'nascimento': '0001-01-01', 'stack': null}",
        "{'apelido': 'ana', 'nome': 'Ana', 'nascimento': '9999-12-31', 'stack': []}",
        "{'apelido': 'a\\\\\\n', 'nome': '\ud83d\udc3b', 'nascimento': '1985-09-23', 'stack': ['a', '\u00e9']}"
      })
  void whatIsWrittenIsWhatWasReadAndTheId(String json) {
    Registered registered = new Registered(ID, read(json));
    assertThat(
            new String(
                Json.write(out -> PersonJson.write(registered, out)), StandardCharsets.UTF_8))
        .isEqualTo(
            quoted(json).replaceAll("([:,]) ", "$1").replace("{", "{\"id\":\"" + ID + "\","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                       | 400 | not an object",
        "{'apelido': 1}                           | 400 | apelido is not a string",
        "{'apelido': '', 'nome': 1}               | 400 | nome is not a string",
        "{'nome': '', 'nascimento': 1}            | 400 | nascimento is not a string",
        "{'nascimento': 'x', 'stack': 1}          | 400 | stack is neither null nor a list",
        "{'more': 1, 'stack': ['', null, 1]}      | 400 | an element of stack is not a string",
        "{'more': 1}                              | 422 | there are members beside",
        "{}                                       | 422 | apelido is a string of 1 to 32",
        "{'apelido': 'a', 'nome': ''}             | 422 | nome is a string of 1 to 100",
        "{'apelido': 'a', 'nome': 'b'}            | 422 | nascimento is a date",
        "{'apelido': 'a', 'nome': 'b', 'nascimento': '2023-2-1'}    | 422 | nascimento is a date",
        "{'apelido': 'a', 'nome': 'b', 'nascimento': '0000-01-01'}  | 422 | nascimento is a date",
        "{'apelido': 'a', 'nome': 'b', 'nascimento': '2023-02-29'}  | 422 | not a day of the calendar",
        "{'apelido': 'a', 'nome': 'b', 'nascimento': '2023-02-28', 'stack': ['']} | 422 | an element of stack is a string of 1 to 32"
      })
  void typesAreLookedAtBeforeValues(String json, int status, String detail) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(status);
              assertThat(e.problem().detail()).contains(detail);
            });
  }

  private static Person read(String json) {
    return PersonJson.read(Json.read(quoted(json).getBytes(StandardCharsets.UTF_8)));
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}

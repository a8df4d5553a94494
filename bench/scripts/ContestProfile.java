import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bank contest's load profile at its own rates or a multiple of them, open-loop: debits rise from 1 to 220 a second over
 * two minutes and stay there for two, credits to 110, statements to 10; each request comes on a connection of its own.
 *
 * <p>{@code java bench/scripts/ContestProfile.java PORT [SCALE]}, against a server on 127.0.0.1 with accounts 1 to 5. Latency
 * counts from the moment at which a request was due. Every answer is checked: its status, and that no balance is below
 * its limit.
 */
class ContestProfile {
  private static final double RISE_SECONDS = 120;
  private static final double HOLD_SECONDS = 120;
  private static final Pattern BALANCE =
      Pattern.compile("\"limite\":(\\d+),\"saldo\":(-?\\d+)");

  private final OpenLoop loop = new OpenLoop();
  private final HttpExchange server;

  private ContestProfile(int port) {
    server = new HttpExchange(port);
  }

  public static void main(String[] arguments) {
    double scale = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    new ContestProfile(Integer.parseInt(arguments[0])).run(scale);
  }

  private void run(double scale) {
    loop.kind("debits", phases(220 * scale), this::debit);
    loop.kind("credits", phases(110 * scale), this::credit);
    loop.kind("statements", phases(10 * scale), this::statement);
    System.out.printf("About %.0f s at %s times the contest's rates.%n", RISE_SECONDS + HOLD_SECONDS, scale);
    loop.run();
    loop.print();
  }

  private static List<OpenLoop.Phase> phases(double rate) {
    return List.of(
        new OpenLoop.Phase(1, rate, RISE_SECONDS), new OpenLoop.Phase(rate, rate, HOLD_SECONDS));
  }

  private void debit(OpenLoop.Visit visit) throws IOException {
    HttpExchange.Answer answer = server.post(account() + "/transacoes", transaction("d"));
    visit.answered();
    check(visit, answer, List.of(200, 422));
  }

  private void credit(OpenLoop.Visit visit) throws IOException {
    HttpExchange.Answer answer = server.post(account() + "/transacoes", transaction("c"));
    visit.answered();
    check(visit, answer, List.of(200));
  }

  private void statement(OpenLoop.Visit visit) throws IOException {
    HttpExchange.Answer answer = server.get(account() + "/extrato");
    visit.answered();
    check(visit, answer, List.of(200));
  }

  private static String account() {
    return "/clientes/" + ThreadLocalRandom.current().nextInt(1, 6);
  }

  private static String transaction(String kind) {
    return "{\"valor\": %d, \"tipo\": \"%s\", \"descricao\": \"abcdefghij\"}"
        .formatted(ThreadLocalRandom.current().nextInt(1, 10_001), kind);
  }

  private static void check(OpenLoop.Visit visit, HttpExchange.Answer answer, List<Integer> expected) {
    Matcher balance = BALANCE.matcher(answer.body());
    boolean overdrawn =
        balance.find() && Long.parseLong(balance.group(2)) < -Long.parseLong(balance.group(1));
    if (!expected.contains(answer.status()) || overdrawn) {
      visit.fail(answer.statusLine());
    }
  }
}

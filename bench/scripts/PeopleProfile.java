import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The people contest's load profile at its own rates or a multiple of them, open-loop: creations rise from 6 to 600 a second
 * over three minutes, searches to 100, searches without a term to 40, after half a minute at a few; each request comes on a
 * connection of its own.
 *
 * <p>{@code java bench/scripts/PeopleProfile.java PORT [SCALE [SEED]]}, against a registry on 127.0.0.1; a seed makes the same
 * requests again, for which the registry must be a new one. Latency counts from the moment at which a request was due.
 * Every answer is checked: its status; that the location of who was created leads to the same person; that a search finds at most
 * 50, only people with the term, and whom it was taken from, who was acknowledged before; and in the end the count. Exits with
 * 1 if anything failed.
 */
class PeopleProfile {
  private static final double RAMP_SECONDS = 180;
  private static final int MOST_FOUND = 50;
  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private record Known(String location, PeoplePayloads.Person person) {}

  private final OpenLoop loop = new OpenLoop();
  private OpenLoop.Kind fetches;
  private final HttpExchange server;
  private final long seed;

  /** Everybody who was acknowledged; guarded by itself. */
  private final List<Known> known = new ArrayList<>();

  private PeopleProfile(int port, long seed) {
    server = new HttpExchange(port);
    this.seed = seed;
  }

  public static void main(String[] arguments) throws IOException {
    double scale = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
    PeopleProfile profile = new PeopleProfile(Integer.parseInt(arguments[0]), seed);
    profile.run(scale);
    System.exit(profile.loop.failures() == 0 ? 0 : 1);
  }

  private void run(double scale) throws IOException {
    loop.kind(
        "creations",
        List.of(phase(2, 2, 10, scale), phase(5, 5, 15, scale), phase(6, 600, RAMP_SECONDS, scale)),
        this::create);
    fetches = loop.kind("fetches");
    loop.kind(
        "searches", List.of(phase(2, 2, 25, scale), phase(6, 100, RAMP_SECONDS, scale)), this::search);
    loop.kind(
        "termless", List.of(phase(2, 2, 25, scale), phase(6, 40, RAMP_SECONDS, scale)), this::searchWithoutTerm);
    System.out.printf(
        "About %.0f s at %s times the contest's rates, seed %d.%n", 25 + RAMP_SECONDS, scale, seed);
    long before = count();
    loop.run();
    long added = count() - before;
    if (added != known.size()) {
      loop.fail("the count grew by %d, but %d were created".formatted(added, known.size()));
    }
    loop.print();
    System.out.println("people " + added);
  }

  private static OpenLoop.Phase phase(double from, double to, double seconds, double scale) {
    return new OpenLoop.Phase(from * scale, to * scale, seconds);
  }

  private void create(OpenLoop.Visit visit) throws IOException {
    RandomGenerator random = random(visit);
    PeoplePayloads.Payload payload = new PeoplePayloads(random).next(anybody(random).map(Known::person));
    HttpExchange.Answer answer = server.post("/pessoas", payload.json());
    visit.answered();
    String location = answer.header("Location").orElse("");
    if (answer.status() != payload.status()) {
      visit.fail("%s instead of %d for %s".formatted(answer.statusLine(), payload.status(), payload.json()));
    } else if (payload.person().isPresent() && !location.matches("/pessoas/" + UUID)) {
      visit.fail("location '" + location + "'");
    } else if (payload.person().isPresent()) {
      Known created = new Known(location, payload.person().get());
      synchronized (known) {
        known.add(created);
      }
      fetches.now(fetch -> fetch(fetch, created));
    }
  }

  private void fetch(OpenLoop.Visit visit, Known created) throws IOException {
    HttpExchange.Answer answer = server.get(created.location());
    visit.answered();
    if (answer.status() != 200) {
      visit.fail(answer.statusLine() + " for " + created.location());
    } else if (!known(JsonText.parse(answer.body())).equals(created)) {
      visit.fail("%s instead of %s".formatted(answer.body(), created));
    }
  }

  /** For a whole nickname, for a piece of somebody, or for anything: a third each. */
  private void search(OpenLoop.Visit visit) throws IOException {
    RandomGenerator random = random(visit);
    PeoplePayloads payloads = new PeoplePayloads(random);
    Optional<Known> somebody = random.nextInt(3) == 0 ? Optional.empty() : anybody(random);
    boolean whole = random.nextBoolean();
    String term =
        somebody
            .map(Known::person)
            .map(person -> whole ? payloads.randomCase(person.nickname()) : payloads.piece(person))
            .orElseGet(payloads::anyTerm);
    String target = "/pessoas?t=" + URLEncoder.encode(term, StandardCharsets.UTF_8).replace("+", "%20");
    HttpExchange.Answer answer = server.get(target);
    visit.answered();
    if (answer.status() != 200) {
      visit.fail(answer.statusLine() + " for " + target);
      return;
    }
    List<Known> found = ((List<?>) JsonText.parse(answer.body())).stream().map(PeopleProfile::known).toList();
    found.stream()
        .filter(each -> !each.person().contains(term))
        .findFirst()
        .ifPresent(each -> visit.fail("'%s' found %s".formatted(term, each)));
    if (found.size() > MOST_FOUND || found.stream().distinct().count() < found.size()) {
      visit.fail("'%s' found %d, or somebody twice".formatted(term, found.size()));
    }
    // Whoever has the term may be left out only where others fill the list.
    if (found.size() < MOST_FOUND && somebody.isPresent() && !found.contains(somebody.get())) {
      visit.fail("'%s' did not find %s".formatted(term, somebody.get()));
    }
  }

  private void searchWithoutTerm(OpenLoop.Visit visit) throws IOException {
    String target = visit.number() % 2 == 0 ? "/pessoas" : "/pessoas?t=";
    HttpExchange.Answer answer = server.get(target);
    visit.answered();
    if (answer.status() != 400) {
      visit.fail(answer.statusLine() + " instead of 400 for " + target);
    }
  }

  private long count() throws IOException {
    HttpExchange.Answer answer = server.get("/contagem-pessoas");
    if (answer.status() != 200) {
      throw new IOException("/contagem-pessoas: " + answer.statusLine());
    }
    return Long.parseLong(answer.body().strip());
  }

  /** As it was answered; where there is no stack it may be null or missing. */
  private static Known known(Object json) {
    Map<?, ?> answer = (Map<?, ?>) json;
    List<?> stack = (List<?>) answer.get("stack");
    return new Known(
        "/pessoas/" + answer.get("id"),
        new PeoplePayloads.Person(
            (String) answer.get("apelido"),
            (String) answer.get("nome"),
            (String) answer.get("nascimento"),
            stack == null ? null : stack.stream().map(String.class::cast).toList()));
  }

  private Optional<Known> anybody(RandomGenerator random) {
    synchronized (known) {
      return known.isEmpty() ? Optional.empty() : Optional.of(known.get(random.nextInt(known.size())));
    }
  }

  /** For one request, so that a seed makes the same ones whatever the order of the answers. */
  private RandomGenerator random(OpenLoop.Visit visit) {
    return new SplittableRandom(Objects.hash(seed, visit.kind().name(), visit.number()));
  }
}

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import ua_parser.Client;
import ua_parser.Parser;

/** A plain collector on the JVM: Vert.x and Kafka's own client, tuned. With PORT, KAFKA_BROKERS and TOPIC. */
public class Collector {
  static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  static final Pattern BOT = Pattern.compile("bot|crawl|spider|slurp|headless", Pattern.CASE_INSENSITIVE);
  static final String TOPIC = System.getenv("TOPIC");
  static final Parser PARSER = new Parser();
  /** Of the one event loop. */
  static final Map<String, JsonObject> AGENTS = new HashMap<>();
  static final Mac MAC = mac();

  static KafkaProducer<byte[], byte[]> producer;
  static int partitions;

  public static void main(String[] args) {
    producer = new KafkaProducer<>(Map.of(
        "bootstrap.servers", System.getenv("KAFKA_BROKERS"),
        "acks", "1", "enable.idempotence", "false",
        "linger.ms", "5", "batch.size", String.valueOf(512 * 1024), "buffer.memory", String.valueOf(128 << 20)),
        new ByteArraySerializer(), new ByteArraySerializer());
    partitions = producer.partitionsFor(TOPIC).size();
    Vertx.vertx().createHttpServer()
        .requestHandler(request -> request.body().onSuccess(body -> accept(request, body)))
        .listen(Integer.parseInt(System.getenv("PORT")), "127.0.0.1");
  }

  static void accept(HttpServerRequest request, Buffer body) {
    Instant received = Instant.now();
    JsonObject batch = body.toJsonObject();
    JsonArray events = batch.getJsonArray("events");
    JsonObject page = batch.getJsonObject("page");
    String tab = batch.getString("tab");
    String original = request.getHeader("User-Agent");
    String created = TIME.format(received);
    String full = page.getString("url");
    URI place = URI.create(full);
    JsonObject shared = new JsonObject()
        .put("tab", new JsonObject().put("id", tab))
        .put("user", new JsonObject().put("id", pseudonym(created, batch, request, original)))
        .put("url", new JsonObject().put("full", full).put("domain", place.getHost()).put("path", place.getPath()))
        .put("page", new JsonObject().put("title", page.getString("title"))
            .put("language", request.getHeader("Accept-Language").split(",")[0]))
        .put("http", new JsonObject().put("request", new JsonObject().put("referrer", page.getString("referrer"))));
    JsonObject agent = AGENTS.computeIfAbsent(original, Collector::agentOf);
    int partition = Math.floorMod(tab.hashCode(), partitions);
    Answer answer = new Answer(request, Vertx.currentContext(), events.size());
    for (int i = 0; i < events.size(); i++) {
      JsonObject event = events.getJsonObject(i);
      int sequence = batch.getInteger("n") + i;
      JsonObject record = new JsonObject()
          .put("@timestamp", TIME.format(received.minusMillis(event.getInteger("ago", 0))))
          .put("event", new JsonObject().put("id", tab + "-" + sequence)
              .put("action", event.getString("action", batch.getString("action")))
              .put("sequence", sequence).put("created", created))
          .put("site", batch.getString("site"));
      for (Map.Entry<String, Object> field : shared) record.put(field.getKey(), field.getValue());
      record.put("user_agent", agent).put("properties", event.getJsonObject("properties"));
      producer.send(new ProducerRecord<>(TOPIC, partition, null, record.toBuffer().getBytes()),
          (metadata, error) -> answer.one(error));
    }
  }

  static String pseudonym(String day, JsonObject batch, HttpServerRequest request, String original) {
    String key = day.substring(0, 10) + '\n' + batch.getString("site") + '\n'
        + request.remoteAddress().hostAddress() + '\n' + original;
    byte[] digest = MAC.doFinal(key.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().encodeToString(digest).substring(0, 16);
  }

  static JsonObject agentOf(String original) {
    Client client = PARSER.parse(original);
    return new JsonObject().put("original", original).put("name", client.userAgent.family)
        .put("version", client.userAgent.major)
        .put("os", new JsonObject().put("name", client.os.family).put("version", client.os.major))
        .put("device", new JsonObject().put("name", client.device.family)
            .put("type", original.contains("Mobile") ? "mobile" : "desktop"))
        .put("bot", BOT.matcher(original).find());
  }

  static Mac mac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec("a secret of the bench".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac;
    } catch (java.security.GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Answers when the broker has acknowledged every record of a request. */
  static class Answer {
    final HttpServerRequest request;
    final Context context;
    int open;
    boolean failed;

    Answer(HttpServerRequest request, Context context, int open) {
      this.request = request;
      this.context = context;
      this.open = open;
    }

    /** Called on the producer's own thread, and where it refuses a record at once, on the caller's. */
    synchronized void one(Exception error) {
      if (error != null) failed = true;
      if (--open == 0) context.runOnContext(nothing -> request.response().setStatusCode(failed ? 503 : 204).end());
    }
  }
}

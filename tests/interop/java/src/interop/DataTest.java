// SPDX-License-Identifier: MIT
package interop;

import static interop.Bench.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.ServerFailure;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkflowImplementationOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DataTest {
  /** Turns every byte sequence around. */
  static final class Reversing implements PayloadCodec {
    private static final ByteString MARK = ByteString.copyFromUtf8("reverse");

    private static Payload turn(Payload payload) {
      byte[] bytes = payload.getData().toByteArray();
      byte[] turned = new byte[bytes.length];
      for (int index = 0; index < bytes.length; ++index) turned[index] = bytes[bytes.length - 1 - index];
      return payload.toBuilder().setData(ByteString.copyFrom(turned)).build();
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
      return payloads.stream().map(each -> turn(each).toBuilder().putMetadata("codec", MARK).build()).toList();
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
      return payloads.stream().map(each -> {
        if (!MARK.equals(each.getMetadataMap().get("codec"))) throw new IllegalArgumentException("not encoded: " + each);
        return turn(each).toBuilder().removeMetadata("codec").build();
      }).toList();
    }
  }

  public interface Word {
    @QueryMethod
    String word(int times);

    @UpdateMethod
    String set(String to);
  }

  @Test
  void codec() throws Exception {
    var converter = new CodecDataConverter(DefaultDataConverter.newDefaultInstance(), List.of(new Reversing()), true);
    try (Bench bench = new Bench(Program.sharedAddress(),
        WorkflowClientOptions.newBuilder().setDataConverter(converter).build())) {
      bench.activity("say", arguments -> arguments.get(0, String.class) + " said");
      bench.flow("Secret", arguments -> {
        String word = arguments.get(0, String.class);
        Workflow.registerListener(new Word() {
          @Override
          public String word(int times) {
            return word.repeat(times);
          }

          @Override
          public String set(String to) {
            return to + " set";
          }
        });
        String said = Bench.within(Bench.PATIENCE).execute("say", String.class, word);
        String text = Bench.untilReleased();
        if (text.equals("fail")) throw ApplicationFailure.newFailure("a secret reason", "Secret", said);
        return said + text;
      });
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Secret").setMemo(Map.of("colour", "blue")).build(), "Secret", "word");
      Bench.eventually("it waits", () -> bench.count(stub, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == 1);
      assertEquals("wordword", stub.query("word", String.class, 2));
      assertEquals("up set", stub.update("set", String.class, "up"));
      assertEquals("blue", stub.describe().getMemo("colour", String.class));
      stub.signal("go", "ed");
      assertEquals("word saided", stub.getResult(String.class));
      assertEquals("\"drow\"", bench.events(stub).get(0).getWorkflowExecutionStartedEventAttributes().getInput()
          .getPayloads(0).getData().toStringUtf8());
      WorkflowStub failed = bench.start("Secret", "word");
      failed.signal("go", "fail");
      assertEquals("a secret reason", ((ApplicationFailure) failureOf(failed)).getOriginalMessage());
      List<HistoryEvent> events = bench.events(failed);
      assertEquals("Encoded failure", events.get(events.size() - 1).getWorkflowExecutionFailedEventAttributes()
          .getFailure().getMessage());
    }
  }

  @Test
  void largePayloads() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("grow", arguments -> arguments.get(0, String.class) + "!");
      bench.flow("Large", arguments ->
          Bench.within(Bench.PATIENCE).execute("grow", String.class, arguments.get(0, String.class)));
      bench.work();
      String text = "ö".repeat(750_000);
      assertEquals(text + "!", bench.start("Large", text).getResult(String.class));
    }
  }

  /** One value may have 2 MiB, as the server counts; what is said of more depends on who brings it. */
  @Test
  void tooLargePayloads() throws Exception {
    int limit = 2 * 1024 * 1024;
    try (Bench bench = new Bench()) {
      bench.activity("grow", arguments -> "x".repeat(arguments.get(0, Integer.class)));
      bench.flow("Grows", arguments ->
          Bench.within(Bench.PATIENCE).execute("grow", String.class, arguments.get(0, Integer.class)).length());
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.work();
      String tooMuch = "x".repeat(limit);
      Throwable refused = assertThrows(WorkflowServiceException.class, () -> bench.start("Waits", tooMuch)).getCause();
      assertEquals(Status.Code.INVALID_ARGUMENT, ((StatusRuntimeException) refused).getStatus().getCode());
      WorkflowStub open = bench.start("Waits");
      refused = assertThrows(WorkflowServiceException.class, () -> open.signal("go", tooMuch)).getCause();
      assertEquals(Status.Code.INVALID_ARGUMENT, ((StatusRuntimeException) refused).getStatus().getCode());
      open.signal("go", "!");
      assertEquals("!", open.getResult(String.class));

      assertEquals(limit - 100, bench.start("Grows", limit - 100).getResult(Integer.class));
      Throwable failed = Bench.failureOf(bench.start("Grows", limit));
      ServerFailure cause = assertInstanceOf(ServerFailure.class,
          assertInstanceOf(ActivityFailure.class, failed).getCause());
      assertTrue(cause.isNonRetryable());
      assertTrue(cause.getOriginalMessage().contains("exceeds size limit"), cause.getOriginalMessage());
    }
  }

  @Test
  void sideEffects() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Bench bench = new Bench()) {
      bench.flow("Effects", arguments -> {
        int sum = Workflow.sideEffect(Integer.class, () -> {
          calls.incrementAndGet();
          return 7;
        });
        for (int n = 0; n < 6; ++n) {
          int third = n / 3;
          sum += Workflow.mutableSideEffect("config", Integer.class, (was, is) -> !was.equals(is), () -> 1 + third);
          Workflow.sleep(Duration.ofMillis(5));
        }
        return sum;
      });
      bench.work();
      WorkflowStub stub = bench.start("Effects");
      assertEquals(7 + 3 + 6, stub.getResult(Integer.class));
      assertEquals(1, calls.get());
      assertEquals(3, bench.count(stub, EventType.EVENT_TYPE_MARKER_RECORDED));
    }
    assertEquals(1, calls.get(), "the replay takes the recorded value");
  }

  @Test
  void versions() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("say", arguments -> arguments.get(0, String.class));
      bench.flow("Versioned", arguments -> Bench.within(Bench.PATIENCE).execute("say", String.class, "old")
          + Bench.untilReleased());
      WorkerFactory before = bench.work();
      WorkflowStub first = bench.start("Versioned");
      Bench.eventually("the old code ran", () -> bench.count(first, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == 1);
      Bench.stop(before);
      bench.forgetFlows();
      bench.flow("Versioned", arguments -> {
        int version = Workflow.getVersion("words", Workflow.DEFAULT_VERSION, 2);
        String word = version == Workflow.DEFAULT_VERSION ? "old" : "new " + version;
        return Bench.within(Bench.PATIENCE).execute("say", String.class, word) + Bench.untilReleased();
      });
      bench.work();
      WorkflowStub second = bench.start("Versioned");
      first.signal("go", "!");
      second.signal("go", "!");
      assertEquals("old!", first.getResult(String.class));
      assertEquals("new 2!", second.getResult(String.class));
      assertEquals(1, bench.count(second, EventType.EVENT_TYPE_MARKER_RECORDED));
    }
  }

  @WorkflowInterface
  public interface Marked {
    @WorkflowMethod
    String run();
  }

  public static final class MarkedFlow implements Marked {
    @Override
    public String run() {
      return "version " + Workflow.getVersion("words", Workflow.DEFAULT_VERSION, 2);
    }
  }

  @Test
  void versionsAreSearchable() throws Exception {
    try (Bench bench = new Bench()) {
      bench.implementationOptions =
          WorkflowImplementationOptions.newBuilder().setEnableUpsertVersionSearchAttributes(true).build();
      bench.types(MarkedFlow.class).work();
      WorkflowStub stub = bench.start("Marked");
      assertEquals("version 2", stub.getResult(String.class));
      String id = stub.getExecution().getWorkflowId();
      Bench.eventually("the run is found by its version",
          () -> bench.counted("WorkflowId = '" + id + "' AND TemporalChangeVersion = 'words-2'") == 1);
      assertEquals(0, bench.counted("WorkflowId = '" + id + "' AND TemporalChangeVersion = 'words-1'"));
    }
  }

  /** The replayer that finds every other history of these tests clean does find a change. */
  @Test
  void replayerSeesAChange() throws Exception {
    try (Bench bench = new Bench()) {
      bench.recordedElsewhere = true;
      bench.flow("Changed", arguments -> {
        Workflow.sleep(Duration.ofMillis(10));
        return null;
      });
      WorkerFactory first = bench.work();
      WorkflowStub stub = bench.start("Changed");
      stub.getResult(Void.class);
      bench.replay(stub.getExecution());
      Bench.stop(first);
      bench.forgetFlows();
      bench.flow("Changed", arguments -> Bench.within(Bench.PATIENCE).execute("something else", Void.class));
      bench.work();
      Throwable found = assertThrows(Throwable.class, () -> bench.replay(stub.getExecution()));
      assertTrue(found.toString().contains("NonDeterministic") || String.valueOf(found.getCause()).contains("NonDeterministic")
          || String.valueOf(found.getMessage()).contains("[TMPRL1100]"), found.toString());
    }
  }
}

// SPDX-License-Identifier: MIT
package interop;

import static interop.Bench.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ActivitiesTest {
  @ActivityInterface
  public interface Greetings {
    String greet(String name);

    int square(int number);
  }

  public static class GreetingsImpl implements Greetings {
    @Override
    public String greet(String name) {
      return "Hello, " + name;
    }

    @Override
    public int square(int number) {
      return number * number;
    }
  }

  @WorkflowInterface
  public interface Squares {
    @WorkflowMethod
    int squares(int upTo);
  }

  public static class SquaresImpl implements Squares {
    private final Greetings greetings = Workflow.newActivityStub(Greetings.class,
        ActivityOptions.newBuilder().setStartToCloseTimeout(Bench.PATIENCE).build());

    @Override
    public int squares(int upTo) {
      List<Promise<Integer>> all = new ArrayList<>();
      for (int number = 1; number <= upTo; ++number) all.add(Async.function(greetings::square, number));
      return all.stream().mapToInt(Promise::get).sum();
    }
  }

  private static List<ActivityTaskStartedEventAttributes> started(Bench bench, WorkflowStub stub) {
    return bench.events(stub).stream().filter(HistoryEvent::hasActivityTaskStartedEventAttributes)
        .map(HistoryEvent::getActivityTaskStartedEventAttributes).toList();
  }

  private static int attempt() {
    return Activity.getExecutionContext().getInfo().getAttempt();
  }

  /** A workflow that runs one activity and gives its text. */
  private static Bench.Code calls(ActivityOptions.Builder options, String name) {
    return arguments -> Workflow.newUntypedActivityStub(options.build()).execute(name, String.class);
  }

  private static ActivityOptions.Builder patient() {
    return ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1));
  }

  /** Waits as an activity that hears nothing does. */
  private static Object stall() throws InterruptedException {
    Thread.sleep(60_000);
    return null;
  }

  @Test
  void manyAtOnce() throws Exception {
    try (Bench bench = new Bench().types(SquaresImpl.class).implementations(new GreetingsImpl())) {
      bench.work();
      WorkflowStub stub = bench.start("Squares", 60);
      assertEquals(60 * 61 * 121 / 6, stub.getResult(Integer.class));
      assertEquals(60, bench.count(stub, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED));
    }
  }

  @Test
  void retries() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("third", arguments -> {
        if (attempt() < 3) throw new IllegalStateException("declined, attempt " + attempt());
        return "charged";
      });
      bench.flow("Charge", arguments -> Bench.within(Bench.PATIENCE).execute("third", String.class));
      bench.work();
      WorkflowStub stub = bench.start("Charge");
      assertEquals("charged", stub.getResult(String.class));
      var only = started(bench, stub);
      assertEquals(1, only.size());
      assertEquals(3, only.get(0).getAttempt());
      assertEquals("declined, attempt 2", only.get(0).getLastFailure().getMessage());
    }
  }

  @Test
  void retryPolicyEnds() throws Exception {
    try (Bench bench = new Bench()) {
      AtomicInteger runs = new AtomicInteger();
      bench.activity("broken", arguments -> {
        runs.incrementAndGet();
        throw ApplicationFailure.newFailure("broken", arguments.get(0, String.class));
      });
      bench.flow("Broken", arguments -> Workflow.newUntypedActivityStub(patient().setRetryOptions(RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(20)).setMaximumAttempts(3).setDoNotRetry("Fatal").build()).build())
          .execute("broken", Void.class, arguments.get(0, String.class)));
      bench.work();
      ActivityFailure worn = (ActivityFailure) failureOf(bench.start("Broken", "Worn"));
      assertEquals(3, runs.getAndSet(0));
      assertEquals(RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED, worn.getRetryState());
      ActivityFailure fatal = (ActivityFailure) failureOf(bench.start("Broken", "Fatal"));
      assertEquals(1, runs.get());
      assertEquals(RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE, fatal.getRetryState());
    }
  }

  @Test
  void nextRetryDelay() throws Exception {
    try (Bench bench = new Bench()) {
      long[] at = new long[2];
      bench.activity("picky", arguments -> {
        at[attempt() - 1] = System.nanoTime();
        if (attempt() == 1) {
          throw ApplicationFailure.newFailureWithCauseAndDelay("later", "Later", null, Duration.ofMillis(300));
        }
        return "now";
      });
      bench.flow("Picky", calls(patient().setRetryOptions(
          RetryOptions.newBuilder().setInitialInterval(Duration.ofHours(1)).build()), "picky"));
      bench.work();
      assertEquals("now", bench.start("Picky").getResult(String.class));
      assertTrue(at[1] - at[0] >= 290_000_000L, "retried after " + (at[1] - at[0]) + " ns");
    }
  }

  @Test
  void heartbeatDetailsReachTheNextAttempt() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("steps", arguments -> {
        ActivityExecutionContext context = Activity.getExecutionContext();
        int from = context.getHeartbeatDetails(Integer.class).orElse(0);
        if (attempt() > 1) return "attempt " + attempt() + " from " + from;
        context.heartbeat(41);
        return stall();
      });
      bench.flow("Steps", calls(patient().setHeartbeatTimeout(Duration.ofSeconds(1))
          .setRetryOptions(Bench.quickly()), "steps"));
      bench.work();
      WorkflowStub stub = bench.start("Steps");
      assertEquals("attempt 2 from 41", stub.getResult(String.class));
      assertEquals(TimeoutType.TIMEOUT_TYPE_HEARTBEAT,
          started(bench, stub).get(0).getLastFailure().getTimeoutFailureInfo().getTimeoutType());
    }
  }

  @Test
  void timeouts() throws Exception {
    try (Bench bench = new Bench()) {
      Duration second = Duration.ofSeconds(1);
      bench.activity("stall", arguments -> stall());
      Map<TimeoutType, ActivityOptions.Builder> all = new LinkedHashMap<>();
      all.put(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE,
          ActivityOptions.newBuilder().setStartToCloseTimeout(second).setRetryOptions(Bench.once()));
      all.put(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START,
          patient().setScheduleToStartTimeout(second).setTaskQueue(Bench.newId("nobody")));
      all.put(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, patient().setScheduleToCloseTimeout(second));
      all.put(TimeoutType.TIMEOUT_TYPE_HEARTBEAT,
          patient().setHeartbeatTimeout(second).setRetryOptions(Bench.once()));
      all.forEach((type, options) -> bench.flow(type.name(), calls(options, "stall")));
      bench.work();
      Map<TimeoutType, WorkflowStub> runs = new LinkedHashMap<>();
      all.keySet().forEach(type -> runs.put(type, bench.start(type.name())));
      runs.forEach((type, stub) -> {
        ActivityFailure failure = assertInstanceOf(ActivityFailure.class, failureOf(stub));
        TimeoutFailure late = assertInstanceOf(TimeoutFailure.class, failure.getCause());
        assertEquals(type, late.getTimeoutType());
      });
    }
  }

  @Test
  void cancelReachesTheActivity() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("beats", arguments -> {
        while (true) {
          try {
            Activity.getExecutionContext().heartbeat("alive");
          } catch (ActivityCanceledException told) {
            throw told;
          }
          Thread.sleep(50);
        }
      });
      for (ActivityCancellationType type : ActivityCancellationType.values()) {
        bench.flow(type.name(), calls(patient().setHeartbeatTimeout(Duration.ofSeconds(5)).setCancellationType(type), "beats"));
      }
      bench.work(WorkerOptions.newBuilder().setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
          .setDefaultHeartbeatThrottleInterval(Duration.ofMillis(100)).build());
      for (ActivityCancellationType type : ActivityCancellationType.values()) {
        WorkflowStub stub = bench.start(type.name());
        Bench.eventually("the activity beats", () -> {
          var pending = stub.describe().getRawDescription().getPendingActivitiesList();
          return pending.size() == 1 && pending.get(0).hasHeartbeatDetails();
        });
        stub.cancel();
        Throwable failure = failureOf(stub);
        assertInstanceOf(CanceledFailure.class, failure, type.name());
        boolean waits = type == ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
        List<HistoryEvent> events = bench.events(stub);
        assertEquals(waits ? 1 : 0, Bench.count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED), type.name());
        assertEquals(type == ActivityCancellationType.ABANDON ? 0 : 1,
            Bench.count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED), type.name());
      }
    }
  }

  private static ActivityStub local(Duration limit) {
    return Workflow.newUntypedLocalActivityStub(LocalActivityOptions.newBuilder().setStartToCloseTimeout(limit)
        .setRetryOptions(RetryOptions.newBuilder().setInitialInterval(Duration.ofMillis(10)).setMaximumAttempts(5)
            .setDoNotRetry("No").build()).build());
  }

  @Test
  void localActivities() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("third", arguments -> {
        if (attempt() < 3) throw new IllegalStateException("not yet");
        return attempt();
      });
      bench.activity("broken", arguments -> {
        throw ApplicationFailure.newFailure("no", "No");
      });
      bench.flow("Local", arguments -> {
        int attempts = local(Bench.PATIENCE).execute("third", Integer.class);
        try {
          local(Bench.PATIENCE).execute("broken", Void.class);
        } catch (ActivityFailure failure) {
          Workflow.sleep(Duration.ofMillis(10));
          return attempts + " " + ((ApplicationFailure) failure.getCause()).getType();
        }
        return "nothing failed";
      });
      bench.work();
      WorkflowStub stub = bench.start("Local");
      assertEquals("3 No", stub.getResult(String.class));
      assertEquals(2, bench.count(stub, EventType.EVENT_TYPE_MARKER_RECORDED));
      assertEquals(0, bench.count(stub, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED));
    }
  }

  /** A local activity that takes longer than a workflow task may: the worker keeps the task by asking for new ones. */
  @Test
  void longLocalActivity() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("long", arguments -> {
        Thread.sleep(2500);
        return attempt();
      });
      bench.flow("Long", arguments -> local(Bench.PATIENCE).execute("long", Integer.class));
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Long").setWorkflowTaskTimeout(Duration.ofSeconds(1)).build(), "Long");
      assertEquals(1, stub.getResult(Integer.class));
      assertEquals(0, bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT));
      assertTrue(bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) >= 3);
    }
  }

  @Test
  void asyncCompletion() throws Exception {
    try (Bench bench = new Bench()) {
      BlockingQueue<byte[]> tokens = new LinkedBlockingQueue<>();
      bench.activity("later", arguments -> {
        ActivityExecutionContext context = Activity.getExecutionContext();
        context.doNotCompleteOnReturn();
        tokens.add(context.getTaskToken());
        return null;
      });
      bench.flow("Later", calls(patient().setRetryOptions(Bench.once()), "later"));
      bench.work();
      ActivityCompletionClient completion = bench.client.newActivityCompletionClient();

      WorkflowStub byToken = bench.start("Later");
      byte[] token = tokens.take();
      completion.heartbeat(token, "still here");
      completion.complete(token, "by token");
      assertEquals("by token", byToken.getResult(String.class));
      assertThrows(ActivityCompletionException.class, () -> completion.complete(token, "twice"));

      WorkflowStub byId = bench.start("Later");
      tokens.take();
      String activityId = byId.describe().getRawDescription().getPendingActivities(0).getActivityId();
      Optional<String> run = Optional.of(byId.getExecution().getRunId());
      completion.heartbeat(byId.getExecution().getWorkflowId(), run, activityId, 1);
      completion.complete(byId.getExecution().getWorkflowId(), run, activityId, "by id");
      assertEquals("by id", byId.getResult(String.class));

      WorkflowStub failed = bench.start("Later");
      completion.completeExceptionally(tokens.take(), ApplicationFailure.newFailure("by hand", "Hand"));
      assertEquals("Hand", ((ApplicationFailure) failureOf(failed).getCause()).getType());

      WorkflowStub cancelled = bench.start("Later");
      byte[] last = tokens.take();
      cancelled.cancel();
      Bench.eventually("the heartbeat tells of it", () -> {
        try {
          completion.heartbeat(last, "?");
          return false;
        } catch (ActivityCompletionException told) {
          return true;
        }
      });
      assertInstanceOf(CanceledFailure.class, failureOf(cancelled));
    }
  }

  @Test
  void onAnotherQueue() throws Exception {
    try (Bench bench = new Bench()) {
      String elsewhere = Bench.newId("queue");
      bench.flow("Away", calls(patient().setTaskQueue(elsewhere), "where"));
      bench.work(WorkerOptions.newBuilder().setLocalActivityWorkerOnly(true).build());
      bench.activity("where", arguments -> Activity.getExecutionContext().getInfo().getActivityTaskQueue());
      bench.work(elsewhere, WorkerOptions.getDefaultInstance(), WorkerFactoryOptions.getDefaultInstance());
      assertEquals(elsewhere, bench.start("Away").getResult(String.class));
    }
  }

  @Test
  void eager() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("where", arguments -> "here");
      bench.flow("Eager", calls(patient(), "where"));
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Eager").setDisableEagerExecution(false).build(), "Eager");
      assertEquals("here", stub.getResult(String.class));
      assertTrue(bench.events(stub).get(0).getWorkflowExecutionStartedEventAttributes().getEagerExecutionAccepted());
    }
  }
}

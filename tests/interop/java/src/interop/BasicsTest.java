// SPDX-License-Identifier: MIT
package interop;

import static interop.Bench.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class BasicsTest {
  public record Order(String id, double total, List<String> items) {}

  @WorkflowInterface
  public interface Multiply {
    @WorkflowMethod
    Order multiply(Order order, int factor);
  }

  public static class MultiplyImpl implements Multiply {
    @Override
    public Order multiply(Order order, int factor) {
      return new Order(order.id(), order.total() * factor, order.items());
    }
  }

  @Test
  void startAndResult() throws Exception {
    try (Bench bench = new Bench().types(MultiplyImpl.class)) {
      bench.work();
      Multiply typed = bench.client.newWorkflowStub(Multiply.class, bench.options("Multiply").build());
      WorkflowClient.start(typed::multiply, new Order("4711", 20.5, List.of("lens", "Köln")), 2);
      WorkflowStub stub = bench.watch(WorkflowStub.fromTyped(typed));
      assertEquals(new Order("4711", 41, List.of("lens", "Köln")), stub.getResult(Order.class));
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED, stub.describe().getStatus());
      assertEquals("STARTED SCHEDULED STARTED COMPLETED COMPLETED", bench.events(stub).stream()
          .map(event -> event.getEventType().name().replaceAll(".*_", "")).collect(Collectors.joining(" ")));
    }
  }

  @Test
  void failureCrossesWithDetailsAndCause() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("refuse", arguments -> {
        throw ApplicationFailure.newNonRetryableFailureWithCause("card stolen", "Stolen",
            new IllegalStateException("bank said no"), arguments.get(0, Order.class).id(), 7);
      });
      bench.flow("Refused", arguments ->
          Bench.within(Bench.PATIENCE).execute("refuse", Void.class, arguments.get(0, Order.class)));
      bench.work();
      WorkflowStub stub = bench.start("Refused", new Order("o-1", 1, List.of()));
      ActivityFailure inActivity = assertInstanceOf(ActivityFailure.class, failureOf(stub));
      assertEquals("refuse", inActivity.getActivityType());
      assertEquals(RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE, inActivity.getRetryState());
      ApplicationFailure application = assertInstanceOf(ApplicationFailure.class, inActivity.getCause());
      assertEquals("card stolen", application.getOriginalMessage());
      assertEquals("Stolen", application.getType());
      assertTrue(application.isNonRetryable());
      assertEquals("o-1", application.getDetails().get(0, String.class));
      assertEquals(7, application.getDetails().get(1, Integer.class));
      assertEquals("bank said no", ((ApplicationFailure) application.getCause()).getOriginalMessage());
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED, stub.describe().getStatus());
    }
  }

  @Test
  void timers() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Race", arguments -> {
        String[] first = {""};
        CancellationScope scope = Workflow.newCancellationScope(() -> {
          Promise<Void> slow = Workflow.newTimer(Duration.ofHours(1));
          Promise<Void> quick = Workflow.newTimer(Duration.ofMillis(100),
              TimerOptions.newBuilder().setSummary("the quick one").build());
          Promise.anyOf(slow, quick).get();
          first[0] = quick.isCompleted() ? "quick" : "slow";
        });
        scope.run();
        scope.cancel("no need");
        return first[0];
      });
      bench.work();
      WorkflowStub stub = bench.start("Race");
      assertEquals("quick", stub.getResult(String.class));
      assertEquals(2, bench.count(stub, EventType.EVENT_TYPE_TIMER_STARTED));
      assertEquals(1, bench.count(stub, EventType.EVENT_TYPE_TIMER_FIRED));
    }
  }

  @Test
  void cancelWithCleanUp() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("clean", arguments -> "clean");
      bench.flow("Cancelled", arguments -> {
        try {
          Workflow.sleep(Duration.ofHours(1));
        } catch (CanceledFailure cancelled) {
          Workflow.newDetachedCancellationScope(() -> Bench.within(Bench.PATIENCE).execute("clean", String.class)).run();
          throw cancelled;
        }
        return null;
      });
      bench.work();
      WorkflowStub stub = bench.start("Cancelled");
      Bench.eventually("the timer runs", () -> bench.count(stub, EventType.EVENT_TYPE_TIMER_STARTED) == 1);
      stub.cancel("no longer wanted");
      assertInstanceOf(CanceledFailure.class, failureOf(stub));
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED, stub.describe().getStatus());
      List<HistoryEvent> events = bench.events(stub);
      assertEquals(1, Bench.count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED));
      assertEquals(List.of("no longer wanted"), events.stream()
          .filter(HistoryEvent::hasWorkflowExecutionCancelRequestedEventAttributes)
          .map(event -> event.getWorkflowExecutionCancelRequestedEventAttributes().getCause()).toList());
    }
  }

  @Test
  void cancelBeforeTheFirstTask() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Sleeps", arguments -> {
        Workflow.sleep(Duration.ofHours(1));
        return null;
      });
      WorkflowStub stub = bench.start("Sleeps");
      stub.cancel();
      bench.work();
      assertInstanceOf(CanceledFailure.class, failureOf(stub));
      assertEquals(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED, bench.events(stub).get(2).getEventType());
    }
  }

  @Test
  void terminate() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.work();
      WorkflowStub stub = bench.start("Waits");
      stub.terminate("enough", "detail", 3);
      assertInstanceOf(TerminatedFailure.class, failureOf(stub));
      List<HistoryEvent> events = bench.events(stub);
      var last = events.get(events.size() - 1).getWorkflowExecutionTerminatedEventAttributes();
      assertEquals("enough", last.getReason());
      assertEquals(2, last.getDetails().getPayloadsCount());
      assertThrows(WorkflowNotFoundException.class, () -> stub.signal("go", "late"));
      assertThrows(WorkflowNotFoundException.class, () -> stub.terminate("again"));
    }
  }

  @Test
  void continueAsNew() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Countdown", arguments -> {
        int left = arguments.get(0, Integer.class);
        int total = arguments.get(1, Integer.class);
        if (left > 0) Workflow.continueAsNew(left - 1, total + left);
        // Java sends no memo along, and the server adds none.
        return total + " " + Workflow.getMemo("colour", String.class);
      });
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Countdown").setMemo(Map.of("colour", "blue")).build(), "Countdown", 3, 0);
      assertEquals("6 null", stub.getResult(String.class));
      WorkflowExecution first = stub.getExecution();
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
          bench.client.newUntypedWorkflowStub(first, Optional.empty()).describe().getStatus());
      var last = bench.client.fetchHistory(first.getWorkflowId()).getEvents().get(0)
          .getWorkflowExecutionStartedEventAttributes();
      assertEquals(first.getRunId(), last.getFirstExecutionRunId());
      assertNotEquals(first.getRunId(), last.getOriginalExecutionRunId());
    }
  }

  @Test
  void workflowRetry() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Thrice", arguments -> {
        int attempt = Workflow.getInfo().getAttempt();
        if (attempt == 2 && Workflow.getPreviousRunFailure().isEmpty()) return -1;
        if (attempt < 3) throw ApplicationFailure.newFailure("attempt " + attempt, "NotYet");
        return attempt;
      });
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Thrice").setRetryOptions(Bench.quickly()).build(), "Thrice");
      assertEquals(3, stub.getResult(Integer.class));
      ApplicationFailure alone = assertInstanceOf(ApplicationFailure.class, failureOf(bench.start("Thrice")));
      assertEquals("attempt 1", alone.getOriginalMessage());
    }
  }

  @Test
  void runAndExecutionTimeouts() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.work();
      for (WorkflowOptions options : List.of(
          bench.options("run").setWorkflowRunTimeout(Duration.ofSeconds(1)).build(),
          bench.options("execution").setWorkflowExecutionTimeout(Duration.ofSeconds(1)).build())) {
        WorkflowStub stub = bench.start(options, "Waits");
        TimeoutFailure late = assertInstanceOf(TimeoutFailure.class, failureOf(stub));
        assertEquals(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE, late.getTimeoutType());
        assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, stub.describe().getStatus());
      }
    }
  }

  @Test
  void startDelay() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Quick", arguments -> "done");
      bench.work();
      WorkflowStub stub = bench.start(bench.options("Quick").setStartDelay(Duration.ofMillis(700)).build(), "Quick");
      assertEquals("done", stub.getResult(String.class));
      List<HistoryEvent> events = bench.events(stub);
      long waited = com.google.protobuf.util.Timestamps.toMillis(events.get(1).getEventTime())
          - com.google.protobuf.util.Timestamps.toMillis(events.get(0).getEventTime());
      assertTrue(waited >= 699, "the first task came after " + waited + " ms");
    }
  }

  @Test
  void idPolicies() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.work();
      WorkflowOptions options = bench.options("one").build();
      WorkflowStub first = bench.start(options, "Waits");
      WorkflowExecutionAlreadyStarted taken =
          assertThrows(WorkflowExecutionAlreadyStarted.class, () -> bench.start(options, "Waits"));
      assertEquals(first.getExecution().getRunId(), taken.getExecution().getRunId());
      WorkflowStub same = bench.start(options.toBuilder()
          .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING).build(), "Waits");
      assertEquals(first.getExecution().getRunId(), same.getExecution().getRunId());
      WorkflowStub fresh = bench.start(options.toBuilder()
          .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING).build(),
          "Waits");
      assertNotEquals(first.getExecution().getRunId(), fresh.getExecution().getRunId());
      fresh.signal("go", "end");
      assertEquals("end", fresh.getResult(String.class));
      for (WorkflowIdReusePolicy policy : List.of(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
          WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)) {
        assertThrows(WorkflowExecutionAlreadyStarted.class,
            () -> bench.start(options.toBuilder().setWorkflowIdReusePolicy(policy).build(), "Waits"));
      }
    }
  }

  @Test
  void unknownThings() throws Exception {
    try (Bench bench = new Bench()) {
      assertThrows(WorkflowNotFoundException.class, () -> bench.client.newUntypedWorkflowStub("nobody").describe());
      assertThrows(WorkflowNotFoundException.class,
          () -> bench.client.newUntypedWorkflowStub("nobody").getResult(Object.class));
      WorkflowClient elsewhere = WorkflowClient.newInstance(bench.service,
          WorkflowClientOptions.newBuilder().setNamespace("nowhere").build());
      WorkflowStub stub = elsewhere.newUntypedWorkflowStub("Waits", bench.options("x").build());
      Throwable refused = assertThrows(RuntimeException.class, stub::start).getCause();
      assertEquals(Status.Code.NOT_FOUND, ((StatusRuntimeException) refused).getStatus().getCode());
      StatusRuntimeException empty = assertThrows(StatusRuntimeException.class, () -> bench.service.blockingStub()
          .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder().setNamespace("default").build()));
      assertEquals(Status.Code.INVALID_ARGUMENT, empty.getStatus().getCode());
      StatusRuntimeException noRun = assertThrows(StatusRuntimeException.class, () -> bench.service.blockingStub()
          .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder().setNamespace("default")
              .setExecution(WorkflowExecution.newBuilder().setWorkflowId("nobody").setRunId("not a run id")).build()));
      assertEquals(Status.Code.INVALID_ARGUMENT, noRun.getStatus().getCode());
      assertEquals("Invalid RunId.", noRun.getStatus().getDescription());
      assertEquals(io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING, bench.service.healthCheck().getStatus());
    }
  }
}

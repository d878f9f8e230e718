// SPDX-License-Identifier: MIT
package interop;

import static interop.Bench.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.enums.v1.WorkflowTaskFailedCause;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowQueryRejectedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkersTest {
  /** Runs its activities one after the other and then waits to be released. Worker processes run it too. */
  @WorkflowInterface
  public interface Steps {
    @WorkflowMethod
    int run(int number);

    @QueryMethod
    int done();

    @SignalMethod
    void go(String text);
  }

  @ActivityInterface
  public interface Step {
    void step(int number);
  }

  public static class StepsImpl implements Steps {
    private final Step step = Workflow.newActivityStub(Step.class, ActivityOptions.newBuilder()
        .setStartToCloseTimeout(Duration.ofSeconds(2)).setRetryOptions(Bench.quickly()).build());
    private int done;
    private boolean released;

    @Override
    public int run(int number) {
      for (; done < number; ++done) step.step(done);
      Workflow.await(() -> released);
      return done;
    }

    @Override
    public int done() {
      return done;
    }

    @Override
    public void go(String text) {
      released = true;
    }
  }

  /** Takes for ever in the process that is going to be killed. */
  public static class StepImpl implements Step {
    private final boolean stalls;

    StepImpl(boolean stalls) {
      this.stalls = stalls;
    }

    @Override
    public void step(int number) {
      try {
        if (stalls && number == 2) Thread.sleep(600_000);
      } catch (InterruptedException stopped) {
        throw Activity.wrap(stopped);
      }
    }
  }

  /** A worker process: ADDRESS QUEUE. */
  public static final class WorkerProcess {
    public static void main(String[] arguments) {
      WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(
          WorkflowServiceStubsOptions.newBuilder().setTarget(arguments[0]).build());
      WorkerFactory factory = WorkerFactory.newInstance(WorkflowClient.newInstance(service));
      Worker worker = factory.newWorker(arguments[1]);
      worker.registerWorkflowImplementationTypes(StepsImpl.class);
      worker.registerActivitiesImplementations(new StepImpl(true));
      factory.start();
    }
  }

  private static Bench steps() throws Exception {
    return new Bench().types(StepsImpl.class).implementations(new StepImpl(false));
  }

  @Test
  void killedWorkerIsReplaced() throws Exception {
    try (Bench bench = steps()) {
      WorkflowStub stub = bench.start("Steps", 4);
      Process victim = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-cp",
          System.getProperty("java.class.path"), WorkerProcess.class.getName(), Program.sharedAddress(), bench.queue)
          .inheritIO().start();
      try {
        Bench.eventually("the third step runs", () -> {
          assertTrue(victim.isAlive(), "the worker process ended by itself");
          // In this order: what is pending afterwards cannot be the second step.
          if (bench.count(stub, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) != 2) return false;
          var pending = stub.describe().getRawDescription().getPendingActivitiesList();
          return pending.size() == 1
              && pending.get(0).getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
        });
      } finally {
        victim.destroyForcibly().waitFor();
      }
      bench.work();
      stub.signal("go", "");
      assertEquals(4, stub.getResult(Integer.class));
      var third = bench.events(stub).stream().filter(HistoryEvent::hasActivityTaskStartedEventAttributes)
          .map(HistoryEvent::getActivityTaskStartedEventAttributes).toList().get(2);
      assertEquals(2, third.getAttempt());
      assertEquals(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE,
          third.getLastFailure().getTimeoutFailureInfo().getTimeoutType());
    }
  }

  @Test
  void noStickyCache() throws Exception {
    try (Bench bench = steps()) {
      bench.work(bench.queue, WorkerOptions.getDefaultInstance(),
          WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(0).build());
      WorkflowStub stub = bench.start("Steps", 5);
      Bench.eventually("all steps are done", () -> stub.query("done", Integer.class) == 5);
      stub.signal("go", "");
      assertEquals(5, stub.getResult(Integer.class));
    }
  }

  @Test
  void restartedWorkerReplays() throws Exception {
    try (Bench bench = steps()) {
      WorkerFactory first = bench.work();
      WorkflowStub stub = bench.start("Steps", 3);
      Bench.eventually("the steps are done", () -> stub.query("done", Integer.class) == 3);
      Bench.stop(first);
      stub.signal("go", "");
      bench.work();
      assertEquals(3, stub.getResult(Integer.class));
      assertEquals(3, stub.query("done", Integer.class), "a closed run answers");
    }
  }

  @Test
  void shutdownInTheMiddle() throws Exception {
    try (Bench bench = new Bench()) {
      CountDownLatch begun = new CountDownLatch(1);
      bench.activity("long", arguments -> {
        begun.countDown();
        Thread.sleep(700);
        return "finished";
      });
      bench.flow("Long", arguments -> Bench.within(Duration.ofMinutes(1)).execute("long", String.class));
      WorkerFactory first = bench.work();
      WorkflowStub stub = bench.start("Long");
      begun.await();
      Bench.stop(first);
      assertEquals(1, bench.count(stub, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), "the result arrived");
      bench.work();
      assertEquals("finished", stub.getResult(String.class));
    }
  }

  @Test
  void twoWorkersOnAQueue() throws Exception {
    try (Bench bench = new Bench()) {
      bench.activity("say", arguments -> arguments.get(0, Integer.class));
      bench.flow("Shared", arguments -> {
        int sum = 0;
        for (int n = 0; n < 4; ++n) sum += Bench.within(Bench.PATIENCE).execute("say", Integer.class, n);
        return sum;
      });
      for (String name : List.of("left", "right")) {
        bench.work(WorkerOptions.newBuilder().setIdentity(name).setDisableEagerExecution(true)
            .setMaxConcurrentWorkflowTaskExecutionSize(2).build());
      }
      List<WorkflowStub> runs = new ArrayList<>();
      for (int n = 0; n < 20; ++n) runs.add(bench.start("Shared"));
      Set<String> identities = new HashSet<>();
      for (WorkflowStub stub : runs) {
        assertEquals(6, stub.getResult(Integer.class));
        bench.events(stub).stream().filter(HistoryEvent::hasWorkflowTaskCompletedEventAttributes)
            .forEach(event -> identities.add(event.getWorkflowTaskCompletedEventAttributes().getIdentity()));
      }
      assertEquals(Set.of("left", "right"), identities);
    }
  }

  @Test
  void bugIsATaskFailureThatHeals() throws Exception {
    try (Bench bench = new Bench()) {
      AtomicBoolean broken = new AtomicBoolean(true);
      bench.flow("Buggy", arguments -> {
        if (broken.getAndSet(false)) throw new IllegalStateException("a bug");
        return "healed";
      });
      bench.work();
      WorkflowStub stub = bench.start("Buggy");
      assertEquals("healed", stub.getResult(String.class));
      var failed = bench.events(stub).stream().filter(HistoryEvent::hasWorkflowTaskFailedEventAttributes)
          .map(HistoryEvent::getWorkflowTaskFailedEventAttributes).toList();
      assertEquals(1, failed.size());
      assertEquals(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
          failed.get(0).getCause());
      assertTrue(failed.get(0).getFailure().toString().contains("a bug"));
    }
  }

  @WorkflowInterface
  public interface Buggy {
    @WorkflowMethod
    void run();
  }

  public static class BuggyImpl implements Buggy {
    @Override
    public void run() {
      throw new IllegalStateException("a bug");
    }
  }

  @Test
  void bugMayFailTheWorkflow() throws Exception {
    try (Bench bench = new Bench().types(BuggyImpl.class)) {
      bench.implementationOptions = WorkflowImplementationOptions.newBuilder()
          .setFailWorkflowExceptionTypes(IllegalStateException.class).build();
      bench.work();
      ApplicationFailure failure = assertInstanceOf(ApplicationFailure.class, failureOf(bench.start("Buggy")));
      assertEquals(IllegalStateException.class.getName(), failure.getType());
    }
  }

  @Test
  void changedCodeIsATaskFailure() throws Exception {
    try (Bench bench = new Bench()) {
      Bench.Code right = arguments -> {
        Workflow.sleep(Duration.ofMillis(10));
        return Bench.untilReleased();
      };
      bench.flow("Changed", right);
      WorkerFactory first = bench.work();
      WorkflowStub stub = bench.start("Changed");
      Bench.eventually("the timer fired", () -> bench.count(stub, EventType.EVENT_TYPE_TIMER_FIRED) == 1);
      Bench.stop(first);
      bench.flow("Changed", arguments -> Bench.within(Bench.PATIENCE).execute("something else", Void.class));
      WorkerFactory wrong = bench.work();
      stub.signal("go", "on");
      Bench.eventually("the task fails", () -> bench.events(stub).stream()
          .filter(HistoryEvent::hasWorkflowTaskFailedEventAttributes)
          .anyMatch(event -> event.getWorkflowTaskFailedEventAttributes().getCause()
              == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR));
      Bench.stop(wrong);
      bench.flow("Changed", right);
      bench.work();
      assertEquals("on", stub.getResult(String.class));
    }
  }

  public interface Sums {
    @SignalMethod
    void add(int number);

    @QueryMethod
    int sum();
  }

  /** Over 700 events: the new worker has to read the history in pages. */
  @Test
  void longHistoryIsReadInPages() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Collects", arguments -> {
        int[] state = {0, 0};
        Workflow.registerListener(new Sums() {
          @Override
          public void add(int number) {
            if (number < 0) state[1] = 1;
            else state[0] += number;
            for (int n = 0; n < 10 && number > 0; ++n) Workflow.sideEffect(String.class, () -> "x".repeat(500));
          }

          @Override
          public int sum() {
            return state[0];
          }
        });
        Workflow.await(() -> state[1] == 1);
        return state[0];
      });
      WorkerFactory first = bench.work();
      WorkflowStub stub = bench.start("Collects");
      for (int n = 1; n <= 70; ++n) stub.signal("add", n);
      int expected = 70 * 71 / 2;
      Bench.eventually("all are added", () -> {
        try {
          return stub.query("sum", Integer.class) == expected;
        } catch (WorkflowQueryRejectedException busy) {
          return false;
        }
      });
      Bench.stop(first);
      bench.work();
      assertEquals(expected, stub.query("sum", Integer.class), "after the replay");
      stub.signal("add", -1);
      assertEquals(expected, stub.getResult(Integer.class));
      assertTrue(bench.events(stub).size() > 700);
    }
  }
}

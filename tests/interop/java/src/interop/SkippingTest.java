// SPDX-License-Identifier: MIT
package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.testservice.v1.LockTimeSkippingRequest;
import io.temporal.api.testservice.v1.SleepRequest;
import io.temporal.api.testservice.v1.TestServiceGrpc.TestServiceBlockingStub;
import io.temporal.api.testservice.v1.UnlockTimeSkippingRequest;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.TimeoutFailure;
import io.temporal.serviceclient.TestServiceStubs;
import io.temporal.serviceclient.TestServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Java's own test environment on the program in place of its test server. The environment counts no locks of an external
 * service, so the tests lock and unlock through the SDK's stubs of the test service.
 */
@EnabledIf("interop.Program#isHere")
class SkippingTest {
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final String QUEUE = "skipping";

  @WorkflowInterface
  public interface Naps {
    /** Sleeps `days` days, `times` times; gives the milliseconds that passed. */
    @WorkflowMethod
    long nap(int days, int times);
  }

  public static class NapsImpl implements Naps {
    @Override
    public long nap(int days, int times) {
      long before = Workflow.currentTimeMillis();
      for (int n = 0; n < times; ++n) Workflow.sleep(Duration.ofDays(days));
      return Workflow.currentTimeMillis() - before;
    }
  }

  @WorkflowInterface
  public interface Week {
    @WorkflowMethod
    String week();

    @SignalMethod
    void go(String text);
  }

  public static class WeekImpl implements Week {
    private String text = "";

    @Override
    public String week() {
      return Workflow.await(Duration.ofDays(7), () -> !text.isEmpty()) ? text : "nobody came";
    }

    @Override
    public void go(String text) {
      this.text = text;
    }
  }

  @WorkflowInterface
  public interface Working {
    @WorkflowMethod
    String work();
  }

  @ActivityInterface
  public interface Work {
    void holds();

    int fifth();
  }

  public static class WorkingImpl implements Working {
    private final Work work = Workflow.newActivityStub(Work.class, ActivityOptions.newBuilder()
        .setStartToCloseTimeout(Duration.ofMinutes(1)).setRetryOptions(RetryOptions.newBuilder()
            .setInitialInterval(Duration.ofHours(1)).setBackoffCoefficient(2).build()).build());

    @Override
    public String work() {
      Promise<Void> timer = Workflow.newTimer(Duration.ofDays(10));
      Promise<Void> held = Async.procedure(work::holds);
      Promise.anyOf(timer, held).get();
      String first = held.isCompleted() ? "activity" : "timer";
      return first + " " + work.fifth();
    }
  }

  @WorkflowInterface
  public interface Nights {
    @WorkflowMethod
    int nights(int left);
  }

  public static class NightsImpl implements Nights {
    @Override
    public int nights(int left) {
      List<Promise<Long>> all = new ArrayList<>();
      for (int days = 1; days <= 5; ++days) {
        Naps child = Workflow.newChildWorkflowStub(Naps.class, ChildWorkflowOptions.getDefaultInstance());
        all.add(Async.function(child::nap, days, 1));
      }
      all.forEach(Promise::get);
      if (left > 0) Workflow.continueAsNew(left - 1);
      return all.size();
    }
  }

  /** The environment, its program and the stubs of the test service. */
  private static final class Skipping implements AutoCloseable {
    private final Program program = new Program("0", "--enable-time-skipping");
    private final TestServiceStubs stubs = TestServiceStubs.newServiceStubs(
        TestServiceStubsOptions.newBuilder().setTarget(program.address).validateAndBuildWithDefaults());
    final TestServiceBlockingStub test = stubs.blockingStub();
    final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
        .setUseExternalService(true).setTarget(program.address).build());
    private final Worker worker = environment.newWorker(QUEUE);
    long heldFor;

    Skipping() throws Exception {
      worker.registerWorkflowImplementationTypes(NapsImpl.class, WeekImpl.class, WorkingImpl.class, NightsImpl.class);
      worker.registerActivitiesImplementations(new Work() {
        @Override
        public void holds() {
          long before = now();
          try {
            Thread.sleep(300);
          } catch (InterruptedException stopped) {
            throw Activity.wrap(stopped);
          }
          heldFor = now() - before;
        }

        @Override
        public int fifth() {
          int attempt = Activity.getExecutionContext().getInfo().getAttempt();
          if (attempt < 5) throw new IllegalStateException("attempt " + attempt);
          return attempt;
        }
      });
      lock();
      environment.start();
    }

    long now() {
      return Timestamps.toMillis(test.getCurrentTime(Empty.getDefaultInstance()).getTime());
    }

    void lock() {
      test.lockTimeSkipping(LockTimeSkippingRequest.getDefaultInstance());
    }

    void unlock() {
      test.unlockTimeSkipping(UnlockTimeSkippingRequest.getDefaultInstance());
    }

    static SleepRequest of(Duration duration) {
      return SleepRequest.newBuilder().setDuration(Durations.fromMillis(duration.toMillis())).build();
    }

    WorkflowOptions.Builder options() {
      return WorkflowOptions.newBuilder().setTaskQueue(QUEUE).setWorkflowId("java-skip-" + UUID.randomUUID());
    }

    WorkflowStub start(String type, Object... arguments) {
      WorkflowStub stub = environment.getWorkflowClient().newUntypedWorkflowStub(type, options().build());
      stub.start(arguments);
      return stub;
    }

    long count(WorkflowStub stub, EventType type) {
      return Bench.count(environment.getWorkflowClient().fetchHistory(stub.getExecution().getWorkflowId(),
          stub.getExecution().getRunId()).getEvents(), type);
    }

    void replay(WorkflowStub stub) throws Exception {
      worker.replayWorkflowExecution(environment.getWorkflowClient().fetchHistory(stub.getExecution().getWorkflowId(),
          stub.getExecution().getRunId()));
    }

    @Override
    public void close() throws Exception {
      stubs.shutdownNow();
      environment.close();
      program.close();
    }
  }

  /** Never early, and late only by the wall time that the worker took. */
  private static void passed(long expected, long milliseconds) {
    assertTrue(milliseconds >= expected && milliseconds < expected + 60_000, milliseconds + " ms, expected " + expected);
  }

  @Test
  void thirtyDays() throws Exception {
    try (Skipping skipping = new Skipping()) {
      long before = skipping.now();
      skipping.unlock();
      WorkflowStub stub = skipping.start("Naps", 30, 1);
      passed(30 * DAY, stub.getResult(Long.class));
      passed(30 * DAY, skipping.now() - before);
      skipping.replay(stub);
    }
  }

  @Test
  void aYearOfTimers() throws Exception {
    try (Skipping skipping = new Skipping()) {
      skipping.unlock();
      WorkflowStub stub = skipping.start("Naps", 1, 365);
      passed(365 * DAY, stub.getResult(Long.class));
      assertEquals(365, skipping.count(stub, EventType.EVENT_TYPE_TIMER_FIRED));
      skipping.replay(stub);
    }
  }

  @Test
  void activitiesHoldTheClockAndBackOffsDoNot() throws Exception {
    try (Skipping skipping = new Skipping()) {
      long before = skipping.now();
      skipping.unlock();
      WorkflowStub stub = skipping.start("Working");
      assertEquals("activity 5", stub.getResult(String.class));
      passed(300, skipping.heldFor);
      passed(Duration.ofHours(15).toMillis(), skipping.now() - before);
      skipping.replay(stub);
    }
  }

  @Test
  void sleepMovesALockedClock() throws Exception {
    try (Skipping skipping = new Skipping()) {
      WorkflowStub stub = skipping.start("Week");
      Bench.eventually("the timer runs", () -> skipping.count(stub, EventType.EVENT_TYPE_TIMER_STARTED) == 1);
      long before = skipping.now();
      skipping.test.unlockTimeSkippingWithSleep(Skipping.of(Duration.ofDays(3)));
      passed(3 * DAY, skipping.now() - before);
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING, stub.describe().getStatus());
      stub.signal("go", "in time");
      assertEquals("in time", stub.getResult(String.class));
      WorkflowStub second = skipping.start("Week");
      skipping.test.unlockTimeSkippingWithSleep(Skipping.of(Duration.ofDays(8)));
      assertEquals("nobody came", second.getResult(String.class));
    }
  }

  @Test
  void locksAreCounted() throws Exception {
    try (Skipping skipping = new Skipping()) {
      skipping.lock();
      skipping.unlock();
      long before = skipping.now();
      WorkflowStub stub = skipping.start("Naps", 1, 1);
      skipping.test.sleep(Skipping.of(Duration.ofMillis(300)));
      passed(300, skipping.now() - before);
      assertEquals(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING, stub.describe().getStatus());
      skipping.unlock();
      passed(DAY, stub.getResult(Long.class));
      assertEquals(Status.Code.INVALID_ARGUMENT,
          assertThrows(StatusRuntimeException.class, skipping::unlock).getStatus().getCode());
    }
  }

  @Test
  void childrenAndContinuations() throws Exception {
    try (Skipping skipping = new Skipping()) {
      long before = skipping.now();
      skipping.unlock();
      assertEquals(5, skipping.start("Nights", 3).getResult(Integer.class));
      passed(20 * DAY, skipping.now() - before);
    }
  }

  @Test
  void runTimeoutIsReached() throws Exception {
    try (Skipping skipping = new Skipping()) {
      long before = skipping.now();
      skipping.unlock();
      WorkflowStub stub = skipping.environment.getWorkflowClient().newUntypedWorkflowStub("Week",
          skipping.options().setWorkflowRunTimeout(Duration.ofDays(2)).build());
      stub.start();
      assertInstanceOf(TimeoutFailure.class,
          assertThrows(WorkflowFailedException.class, () -> stub.getResult(String.class)).getCause());
      passed(2 * DAY, skipping.now() - before);
    }
  }
}

// SPDX-License-Identifier: MIT
package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.DynamicActivity;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.common.converter.EncodedValues;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.DynamicWorkflow;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One test's task queue with its client, its worker and the runs it started. When it closes, every run it started, with
 * its children and continuations, is replayed by the SDK's own replayer.
 */
public class Bench implements AutoCloseable {
  public interface Code {
    Object run(EncodedValues arguments) throws Exception;
  }

  /** Releases a workflow that waits. */
  public interface Released {
    @SignalMethod
    void go(String text);
  }

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final WorkflowServiceStubs service;
  final WorkflowClient client;
  final String queue = "interop-java-" + UUID.randomUUID();
  private final Map<String, Code> flows = new HashMap<>();
  private final Map<String, Code> activities = new HashMap<>();
  private final List<Class<?>> types = new ArrayList<>();
  private final List<Object> implementations = new ArrayList<>();
  private final List<WorkerFactory> factories = new ArrayList<>();
  private final List<WorkflowExecution> runs = new ArrayList<>();
  private Worker worker;
  /** Set where the code that wrote a history is not the code that is registered at the end. */
  boolean recordedElsewhere;
  WorkflowImplementationOptions implementationOptions = WorkflowImplementationOptions.getDefaultInstance();

  Bench() throws IOException {
    this(Program.sharedAddress(), WorkflowClientOptions.getDefaultInstance());
  }

  Bench(String address, WorkflowClientOptions options) {
    service = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    client = WorkflowClient.newInstance(service, options);
  }

  Bench flow(String name, Code code) {
    flows.put(name, code);
    return this;
  }

  Bench activity(String name, Code code) {
    activities.put(name, code);
    return this;
  }

  Bench types(Class<?>... workflows) {
    types.addAll(List.of(workflows));
    return this;
  }

  Bench implementations(Object... activityImplementations) {
    implementations.addAll(List.of(activityImplementations));
    return this;
  }

  void forgetFlows() {
    flows.clear();
  }

  /** Runs the workflow type that was asked for. */
  private final class AnyFlow implements DynamicWorkflow {
    private final Map<String, Code> known = new HashMap<>(flows);

    @Override
    public Object execute(EncodedValues arguments) {
      return call(known.get(Workflow.getInfo().getWorkflowType()), arguments);
    }
  }

  private final class AnyActivity implements DynamicActivity {
    @Override
    public Object execute(EncodedValues arguments) {
      return call(activities.get(Activity.getExecutionContext().getInfo().getActivityType()), arguments);
    }
  }

  private static Object call(Code code, EncodedValues arguments) {
    try {
      return code.run(arguments);
    } catch (RuntimeException | Error unchecked) {
      throw unchecked;
    } catch (Exception checked) {
      throw Workflow.wrap(checked);
    }
  }

  WorkerFactory work() {
    return work(queue, WorkerOptions.getDefaultInstance(), WorkerFactoryOptions.getDefaultInstance());
  }

  WorkerFactory work(WorkerOptions options) {
    return work(queue, options, WorkerFactoryOptions.getDefaultInstance());
  }

  /** Starts a worker with everything registered so far; closing stops it. */
  WorkerFactory work(String on, WorkerOptions options, WorkerFactoryOptions factoryOptions) {
    WorkerFactory factory = WorkerFactory.newInstance(client, factoryOptions);
    Worker made = factory.newWorker(on, options);
    AnyFlow anyFlow = new AnyFlow();
    if (!flows.isEmpty()) {
      made.registerWorkflowImplementationFactory(DynamicWorkflow.class, () -> anyFlow, implementationOptions);
    }
    if (!types.isEmpty()) made.registerWorkflowImplementationTypes(implementationOptions, types.toArray(new Class<?>[0]));
    if (!activities.isEmpty()) made.registerActivitiesImplementations(new AnyActivity());
    if (!implementations.isEmpty()) made.registerActivitiesImplementations(implementations.toArray());
    factory.start();
    factories.add(factory);
    if (on.equals(queue)) worker = made;
    return factory;
  }

  static void stop(WorkerFactory factory) {
    factory.shutdown();
    factory.awaitTermination(20, TimeUnit.SECONDS);
  }

  static String newId(String name) {
    return "java-" + name + "-" + UUID.randomUUID();
  }

  WorkflowOptions.Builder options(String name) {
    return WorkflowOptions.newBuilder().setWorkflowId(newId(name)).setTaskQueue(queue).setDisableEagerExecution(true);
  }

  WorkflowStub start(String flow, Object... arguments) {
    return start(options(flow).build(), flow, arguments);
  }

  WorkflowStub start(WorkflowOptions options, String flow, Object... arguments) {
    WorkflowStub stub = client.newUntypedWorkflowStub(flow, options);
    stub.start(arguments);
    return watch(stub);
  }

  /** Makes the run one of those that are replayed at the end. */
  WorkflowStub watch(WorkflowStub stub) {
    runs.add(stub.getExecution());
    return stub;
  }

  /** The failure that ended the run, unwrapped once. */
  static Throwable failureOf(WorkflowStub stub) {
    return assertThrows(WorkflowFailedException.class, () -> stub.getResult(Object.class)).getCause();
  }

  static void eventually(String what, BooleanSupplier probe) throws InterruptedException {
    for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; Thread.sleep(15)) {
      if (probe.getAsBoolean()) return;
    }
    fail("never happened: " + what);
  }

  List<HistoryEvent> events(WorkflowExecution run) {
    return client.fetchHistory(run.getWorkflowId(), run.getRunId()).getEvents();
  }

  List<HistoryEvent> events(WorkflowStub stub) {
    return events(stub.getExecution());
  }

  long count(WorkflowStub stub, EventType type) {
    return count(events(stub), type);
  }

  static long count(List<HistoryEvent> events, EventType type) {
    return events.stream().filter(event -> event.getEventType() == type).count();
  }

  long counted(String query) {
    return client.countWorkflows(query).getCount();
  }

  /** Waits for the signal "go" and gives its text. */
  static String untilReleased() {
    List<String> texts = new ArrayList<>();
    Workflow.registerListener((Released) texts::add);
    Workflow.await(() -> !texts.isEmpty());
    return texts.get(0);
  }

  static RetryOptions quickly() {
    return RetryOptions.newBuilder().setInitialInterval(Duration.ofMillis(20)).setBackoffCoefficient(1).build();
  }

  static RetryOptions once() {
    return RetryOptions.newBuilder().setMaximumAttempts(1).build();
  }

  /** Activities with a start-to-close time-out and quick retries. */
  static ActivityStub within(Duration limit) {
    return Workflow.newUntypedActivityStub(
        ActivityOptions.newBuilder().setStartToCloseTimeout(limit).setRetryOptions(quickly()).build());
  }

  void replay(WorkflowExecution run) throws Exception {
    worker.replayWorkflowExecution(client.fetchHistory(run.getWorkflowId(), run.getRunId()));
  }

  @Override
  public void close() throws Exception {
    try {
      if (!recordedElsewhere) replayAll();
    } finally {
      for (WorkerFactory factory : factories) factory.shutdownNow();
      for (WorkerFactory factory : factories) factory.awaitTermination(10, TimeUnit.SECONDS);
      service.shutdownNow();
    }
  }

  private void replayAll() throws Exception {
    Deque<WorkflowExecution> waiting = new ArrayDeque<>(runs);
    Set<String> seen = new HashSet<>();
    while (!waiting.isEmpty()) {
      WorkflowExecution run = waiting.pop();
      if (!seen.add(run.getRunId())) continue;
      List<HistoryEvent> events = events(run);
      for (int index = 0; index < events.size(); ++index) assertEquals(index + 1, events.get(index).getEventId());
      // Java's replayer refuses a run that had no workflow task, and one that was terminated while it had one.
      if (count(events, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) > 0
          && count(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED) == 0) {
        replay(run);
      }
      for (HistoryEvent event : events) addRelatives(run, event, waiting);
    }
  }

  private static void addRelatives(WorkflowExecution run, HistoryEvent event, Deque<WorkflowExecution> found) {
    if (event.hasChildWorkflowExecutionStartedEventAttributes()) {
      found.add(event.getChildWorkflowExecutionStartedEventAttributes().getWorkflowExecution());
    }
    for (String next : List.of(
        event.getWorkflowExecutionContinuedAsNewEventAttributes().getNewExecutionRunId(),
        event.getWorkflowExecutionFailedEventAttributes().getNewExecutionRunId(),
        event.getWorkflowExecutionTimedOutEventAttributes().getNewExecutionRunId())) {
      if (!next.isEmpty()) found.add(run.toBuilder().setRunId(next).build());
    }
  }
}

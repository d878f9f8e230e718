// SPDX-License-Identifier: MIT
package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.QueryRejectCondition;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowQueryConditionallyRejectedException;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MessagesTest {
  /** Collects notes until one says "end"; its address can be asked for and changed. */
  @WorkflowInterface
  public interface Letters {
    @WorkflowMethod
    List<String> run();

    @SignalMethod
    void note(String text);

    @QueryMethod
    List<String> notes();

    @QueryMethod
    String broken();

    @QueryMethod
    String times(String word, int n);

    @UpdateMethod
    String move(String to);

    @UpdateValidatorMethod(updateName = "move")
    void checkMove(String to);
  }

  @ActivityInterface
  public interface Checks {
    @ActivityMethod
    String check(String to);
  }

  public static class ChecksImpl implements Checks {
    @Override
    public String check(String to) {
      if (to.equals("Nowhere")) throw ApplicationFailure.newNonRetryableFailure("no such place", "NoPlace");
      return "";
    }
  }

  public static class LettersImpl implements Letters {
    private final Checks checks = Workflow.newActivityStub(Checks.class,
        ActivityOptions.newBuilder().setStartToCloseTimeout(Bench.PATIENCE).build());
    private final List<String> notes = new ArrayList<>();
    private boolean done;
    private String address = "none";

    @Override
    public List<String> run() {
      Workflow.await(() -> done && Workflow.isEveryHandlerFinished());
      List<String> all = new ArrayList<>(notes);
      all.add(address);
      return all;
    }

    @Override
    public void note(String text) {
      if (text.equals("end")) done = true;
      else notes.add(text);
    }

    @Override
    public List<String> notes() {
      return notes;
    }

    @Override
    public String broken() {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public String times(String word, int n) {
      return word.repeat(n);
    }

    @Override
    public String move(String to) {
      String before = address;
      address = to;
      return before + checks.check(to);
    }

    @Override
    public void checkMove(String to) {
      if (to.isEmpty()) throw new IllegalArgumentException("an address is needed");
    }
  }

  private static Bench letters() throws Exception {
    return new Bench().types(LettersImpl.class).implementations(new ChecksImpl());
  }

  private static UpdateOptions<String> move(String id, WorkflowUpdateStage stage) {
    return UpdateOptions.newBuilder(String.class).setUpdateName("move").setUpdateId(id).setWaitForStage(stage).build();
  }

  @Test
  void signalsKeepTheirOrder() throws Exception {
    try (Bench bench = letters()) {
      WorkflowStub stub = bench.start("Letters");
      List<String> expected = new ArrayList<>();
      for (int n = 0; n < 10; ++n) {
        stub.signal("note", "early " + n);
        expected.add("early " + n);
      }
      bench.work();
      for (int n = 0; n < 20; ++n) {
        stub.signal("note", "" + n);
        expected.add("" + n);
      }
      stub.signal("note", "end");
      expected.add("none");
      assertEquals(expected, stub.getResult(List.class));
    }
  }

  @Test
  void signalWithStart() throws Exception {
    try (Bench bench = letters()) {
      bench.work();
      WorkflowStub stub = bench.client.newUntypedWorkflowStub("Letters", bench.options("Letters").build());
      stub.signalWithStart("note", new Object[] {"first"}, new Object[] {});
      bench.watch(stub);
      WorkflowStub again = bench.client.newUntypedWorkflowStub("Letters", stub.getOptions().orElseThrow());
      again.signalWithStart("note", new Object[] {"second"}, new Object[] {});
      assertEquals(stub.getExecution().getRunId(), again.getExecution().getRunId());
      stub.signal("note", "end");
      assertEquals(List.of("first", "second", "none"), stub.getResult(List.class));
      assertEquals(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, bench.events(stub).get(1).getEventType());
    }
  }

  @Test
  void queries() throws Exception {
    try (Bench bench = letters()) {
      bench.work();
      Letters typed = bench.client.newWorkflowStub(Letters.class, bench.options("Letters").build());
      WorkflowClient.start(typed::run);
      WorkflowStub stub = bench.watch(WorkflowStub.fromTyped(typed));
      typed.note("a");
      Bench.eventually("the note is seen", () -> typed.notes().equals(List.of("a")));
      assertEquals("ababab", typed.times("ab", 3));
      assertTrue(assertThrows(WorkflowQueryException.class, typed::broken).getCause().getMessage().contains("on purpose"));
      Throwable unknown = assertThrows(WorkflowQueryException.class, () -> stub.query("missing", String.class));
      assertTrue(unknown.getCause().getMessage().contains("missing"), unknown.getCause().getMessage());
      typed.note("end");
      stub.getResult(List.class);
      assertEquals(List.of("a"), typed.notes(), "a closed run answers");
      WorkflowClient strict = WorkflowClient.newInstance(bench.service, WorkflowClientOptions.newBuilder()
          .setQueryRejectCondition(QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN).build());
      assertThrows(WorkflowQueryConditionallyRejectedException.class, () -> strict
          .newUntypedWorkflowStub(stub.getExecution().getWorkflowId()).query("notes", List.class));
    }
  }

  @Test
  void updates() throws Exception {
    try (Bench bench = letters()) {
      bench.work();
      Letters typed = bench.client.newWorkflowStub(Letters.class, bench.options("Letters").build());
      WorkflowClient.start(typed::run);
      WorkflowStub stub = bench.watch(WorkflowStub.fromTyped(typed));
      assertEquals("none", typed.move("Main Street"));
      Throwable refused = assertThrows(WorkflowUpdateException.class, () -> typed.move("")).getCause();
      assertEquals("an address is needed", assertInstanceOf(ApplicationFailure.class, refused).getOriginalMessage());
      Throwable failed = assertThrows(WorkflowUpdateException.class, () -> typed.move("Nowhere")).getCause();
      assertEquals("NoPlace", ((ApplicationFailure) failed.getCause()).getType());
      Throwable unknown = assertThrows(WorkflowUpdateException.class, () -> stub.update("missing", String.class)).getCause();
      assertTrue(unknown.getMessage().contains("missing"), unknown.getMessage());
      typed.note("end");
      stub.getResult(List.class);
      assertEquals(2, bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED));
      assertEquals(2, bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED));
      assertThrows(WorkflowNotFoundException.class, () -> typed.move("late"));
    }
  }

  public interface Slow {
    @UpdateMethod
    String slow(String word);
  }

  @Test
  void updateStagesAndIds() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Slow", arguments -> {
        boolean[] released = {false};
        Workflow.registerListener((Slow) word -> {
          Workflow.await(() -> released[0]);
          return word + "!";
        });
        Bench.untilReleased();
        released[0] = true;
        Workflow.await(Workflow::isEveryHandlerFinished);
        return null;
      });
      bench.work();
      WorkflowStub stub = bench.start("Slow");
      Bench.eventually("it waits", () -> bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) == 1);
      UpdateOptions<String> one = UpdateOptions.newBuilder(String.class).setUpdateName("slow").setUpdateId("one")
          .setWaitForStage(WorkflowUpdateStage.ACCEPTED).build();
      WorkflowUpdateHandle<String> accepted = stub.startUpdate(one, "hm");
      WorkflowUpdateHandle<String> again = stub.startUpdate(one, "ignored");
      CompletableFuture<String> later = accepted.getResultAsync();
      stub.signal("go", "on");
      assertEquals("hm!", later.get());
      assertEquals("hm!", again.getResult());
      assertEquals("hm!", stub.getUpdateHandle("one", String.class).getResult());
      stub.getResult(Void.class);
      assertEquals(1, bench.count(stub, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED));
      assertThrows(RuntimeException.class, () -> stub.getUpdateHandle("two", String.class).getResult());
    }
  }

  @Test
  void manyUpdatesAtOnce() throws Exception {
    try (Bench bench = letters()) {
      bench.work();
      WorkflowStub stub = bench.start("Letters");
      List<CompletableFuture<String>> all = new ArrayList<>();
      for (int n = 0; n < 8; ++n) {
        String street = "street " + n;
        all.add(CompletableFuture.supplyAsync(
            () -> stub.startUpdate(move("id " + street, WorkflowUpdateStage.COMPLETED), street).getResult()));
      }
      Set<String> befores = new HashSet<>();
      for (CompletableFuture<String> each : all) befores.add(each.get());
      assertEquals(8, befores.size());
      stub.signal("note", "end");
      assertEquals(1, stub.getResult(List.class).size());
    }
  }

  @Test
  void updateWithStart() throws Exception {
    try (Bench bench = letters()) {
      bench.work();
      WorkflowOptions options = bench.options("Letters").setWorkflowIdConflictPolicy(
          WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING).build();
      WorkflowStub stub = bench.client.newUntypedWorkflowStub("Letters", options);
      assertEquals("none", stub.executeUpdateWithStart(move("one", WorkflowUpdateStage.COMPLETED),
          new Object[] {"Main Street"}, new Object[] {}));
      bench.watch(stub);
      WorkflowStub again = bench.client.newUntypedWorkflowStub("Letters", options);
      assertEquals("Main Street", again.executeUpdateWithStart(move("two", WorkflowUpdateStage.COMPLETED),
          new Object[] {"Side Street"}, new Object[] {}));
      assertEquals(stub.getExecution().getRunId(), again.getExecution().getRunId());
      stub.signal("note", "end");
      assertEquals(List.of("Side Street"), stub.getResult(List.class));
    }
  }

  @Test
  void updateWakesAnIdleRun() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Idle", arguments -> {
        String[] word = {""};
        Workflow.registerListener((Slow) to -> word[0] = to);
        boolean told = Workflow.await(Duration.ofHours(1), () -> !word[0].isEmpty());
        return word[0] + told;
      });
      bench.work();
      WorkflowStub stub = bench.start("Idle");
      Bench.eventually("the timer runs", () -> bench.count(stub, EventType.EVENT_TYPE_TIMER_STARTED) == 1);
      assertEquals("up", stub.update("slow", String.class, "up"));
      assertEquals("uptrue", stub.getResult(String.class));
    }
  }
}

// SPDX-License-Identifier: MIT
package interop;

import static interop.Bench.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.workflow.CancelExternalWorkflowException;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelativesTest {
  private static ChildWorkflowStub child(String type, ChildWorkflowOptions.Builder options) {
    return Workflow.newUntypedChildWorkflowStub(type, options.build());
  }

  private static ChildWorkflowOptions.Builder options() {
    return ChildWorkflowOptions.newBuilder();
  }

  private static Object sleepAnHour() {
    Workflow.sleep(Duration.ofHours(1));
    return null;
  }

  @Test
  void children() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Child", arguments -> {
        String text = arguments.get(0, String.class);
        if (text.equals("fail")) throw ApplicationFailure.newNonRetryableFailure("child fails", "ChildType");
        if (text.equals("again") && Workflow.getInfo().getAttempt() < 2) throw ApplicationFailure.newFailure("first", "First");
        return text + " of " + Workflow.getInfo().getParentWorkflowId().orElse("nobody");
      });
      bench.flow("Parent", arguments -> {
        String good = child("Child", options()).execute(String.class, "child");
        String again = child("Child", options().setRetryOptions(Bench.quickly())).execute(String.class, "again");
        try {
          child("Child", options()).execute(String.class, "fail");
        } catch (ChildWorkflowFailure failure) {
          return List.of(good, again, ((ApplicationFailure) failure.getCause()).getType());
        }
        return List.of();
      });
      bench.work();
      WorkflowStub stub = bench.start("Parent");
      String id = stub.getExecution().getWorkflowId();
      assertEquals(List.of("child of " + id, "again of " + id, "ChildType"), stub.getResult(List.class));
      assertEquals(3, bench.count(stub, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED));
      assertEquals(1, bench.count(stub, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED));
    }
  }

  @Test
  void parentClosePolicies() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.flow("Sleeps", arguments -> sleepAnHour());
      bench.flow("Leaves", arguments -> {
        String id = Workflow.getInfo().getWorkflowId();
        begin("Waits", id + "left", ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON);
        begin("Sleeps", id + "asked", ParentClosePolicy.PARENT_CLOSE_POLICY_REQUEST_CANCEL);
        begin("Waits", id + "ended", ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE);
        return null;
      });
      bench.work();
      WorkflowStub stub = bench.start("Leaves");
      stub.getResult(Void.class);
      String id = stub.getExecution().getWorkflowId();
      assertInstanceOf(TerminatedFailure.class, failureOf(bench.client.newUntypedWorkflowStub(id + "ended")));
      assertInstanceOf(CanceledFailure.class, failureOf(bench.client.newUntypedWorkflowStub(id + "asked")));
      WorkflowStub left = bench.client.newUntypedWorkflowStub(id + "left");
      left.signal("go", "on");
      assertEquals("on", left.getResult(String.class));
    }
  }

  private static void begin(String type, String id, ParentClosePolicy policy) {
    ChildWorkflowStub stub = child(type, options().setWorkflowId(id).setParentClosePolicy(policy));
    stub.executeAsync(Void.class);
    stub.getExecution().get();
  }

  @Test
  void childCancellation() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Sleeps", arguments -> sleepAnHour());
      bench.flow("Cancels", arguments -> {
        ChildWorkflowStub stub = child("Sleeps",
            options().setCancellationType(ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED));
        Promise<?>[] result = {null};
        CancellationScope scope = Workflow.newCancellationScope(() -> {
          result[0] = stub.executeAsync(Void.class);
        });
        scope.run();
        stub.getExecution().get();
        scope.cancel();
        try {
          result[0].get();
        } catch (ChildWorkflowFailure failure) {
          return failure.getCause().getClass().getSimpleName();
        }
        return "no failure";
      });
      bench.work();
      WorkflowStub stub = bench.start("Cancels");
      assertEquals("CanceledFailure", stub.getResult(String.class));
      assertEquals(1, bench.count(stub, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED));
    }
  }

  @Test
  void childWithATakenId() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.flow("Collides", arguments -> {
        try {
          child("Waits", options().setWorkflowId(arguments.get(0, String.class))).execute(Void.class);
        } catch (ChildWorkflowFailure failure) {
          return failure.getCause() instanceof WorkflowExecutionAlreadyStarted;
        }
        return false;
      });
      bench.work();
      WorkflowStub first = bench.start("Waits");
      assertEquals(true, bench.start("Collides", first.getExecution().getWorkflowId()).getResult(Boolean.class));
      first.signal("go", "on");
      first.getResult(String.class);
    }
  }

  @Test
  void externalSignalAndCancel() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.flow("Sleeps", arguments -> sleepAnHour());
      bench.flow("Reaches", arguments -> {
        Workflow.newUntypedExternalWorkflowStub(arguments.get(0, String.class)).signal("go", "from afar");
        Workflow.newUntypedExternalWorkflowStub(arguments.get(1, String.class)).cancel();
        return null;
      });
      bench.flow("Misses", arguments -> {
        String missed = "";
        WorkflowExecution nobody = WorkflowExecution.newBuilder().setWorkflowId("nobody").build();
        try {
          Workflow.newUntypedExternalWorkflowStub(nobody).signal("go", "hm");
        } catch (ApplicationFailure failure) {
          missed += "signal ";
        }
        try {
          Workflow.newUntypedExternalWorkflowStub(nobody).cancel();
        } catch (CancelExternalWorkflowException failure) {
          missed += "cancel";
        }
        return missed;
      });
      bench.work();
      WorkflowStub waits = bench.start("Waits");
      WorkflowStub sleeps = bench.start("Sleeps");
      bench.start("Reaches", waits.getExecution().getWorkflowId(), sleeps.getExecution().getWorkflowId())
          .getResult(Void.class);
      assertEquals("from afar", waits.getResult(String.class));
      assertInstanceOf(CanceledFailure.class, failureOf(sleeps));
      assertEquals("signal cancel", bench.start("Misses").getResult(String.class));
    }
  }

  @Test
  void signalToAChildAndBack() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Echo", arguments -> {
        String word = Bench.untilReleased();
        Workflow.newUntypedExternalWorkflowStub(Workflow.getInfo().getParentWorkflowId().orElseThrow())
            .signal("go", word + " back");
        return null;
      });
      bench.flow("Shouts", arguments -> {
        ChildWorkflowStub stub = child("Echo", options());
        Promise<Void> result = stub.executeAsync(Void.class);
        stub.getExecution().get();
        stub.signal("go", "hello");
        String text = Bench.untilReleased();
        result.get();
        return text;
      });
      bench.work();
      assertEquals("hello back", bench.start("Shouts").getResult(String.class));
    }
  }
}

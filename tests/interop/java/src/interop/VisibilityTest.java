// SPDX-License-Identifier: MIT
package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryReverseRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VisibilityTest {
  @Test
  void listAndCount() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Listed", arguments -> {
        if (arguments.get(0, Boolean.class)) throw ApplicationFailure.newFailure("on purpose", "Purpose");
        return null;
      });
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.work();
      String name = Bench.newId("listed");
      for (int n = 0; n < 5; ++n) {
        WorkflowStub stub = bench.start(bench.options("").setWorkflowId(name + "-" + n).build(), "Listed", n == 4);
        if (n < 4) stub.getResult(Void.class);
        else Bench.failureOf(stub);
      }
      WorkflowStub open = bench.start(bench.options("").setWorkflowId(name + "-open").setMemo(Map.of("colour", "blue"))
          .setStaticSummary("a summary").build(), "Waits");
      String mine = "WorkflowId STARTS_WITH '" + name + "'";
      Bench.eventually("all are listed, as they ended", () -> bench.counted(mine) == 6
          && bench.counted(mine + " AND ExecutionStatus = 'Completed'") == 4
          && bench.counted(mine + " AND (ExecutionStatus = 'Failed' OR ExecutionStatus = 'Running')") == 2);
      List<String> ids = bench.client.listExecutions(mine).map(each -> each.getExecution().getWorkflowId()).toList();
      assertEquals(6, ids.size());
      assertEquals(name + "-open", ids.get(0), "newest first");
      var page = bench.service.blockingStub().listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
          .setNamespace("default").setQuery(mine).setPageSize(4).build());
      assertEquals(4, page.getExecutionsCount());
      var rest = bench.service.blockingStub().listWorkflowExecutions(ListWorkflowExecutionsRequest.newBuilder()
          .setNamespace("default").setQuery(mine).setPageSize(4).setNextPageToken(page.getNextPageToken()).build());
      assertEquals(2, rest.getExecutionsCount());
      assertEquals(3, bench.client.countWorkflows(mine + " GROUP BY ExecutionStatus").getGroups().size());
      assertEquals(Status.Code.INVALID_ARGUMENT, assertThrows(StatusRuntimeException.class,
          () -> bench.counted("Shoe = 3")).getStatus().getCode());
      assertEquals("blue", open.describe().getMemo("colour", String.class));
      assertEquals("a summary", open.describe().getStaticSummary());
      open.signal("go", "");
      open.getResult(String.class);
    }
  }

  private static final SearchAttributeKey<String> SHOP = SearchAttributeKey.forKeyword("JavaShop");
  private static final SearchAttributeKey<Long> PRICE = SearchAttributeKey.forLong("JavaPrice");

  /** Registers the custom search attributes and waits until the server takes them. */
  private static void knowAttributes(Bench bench) throws Exception {
    OperatorServiceStubs operator = OperatorServiceStubs.newServiceStubs(OperatorServiceStubsOptions.newBuilder()
        .setChannel(bench.service.getRawChannel()).validateAndBuildWithDefaults());
    try {
      operator.blockingStub().addSearchAttributes(AddSearchAttributesRequest.newBuilder().setNamespace("default")
          .putSearchAttributes(SHOP.getName(), SHOP.getValueType())
          .putSearchAttributes(PRICE.getName(), PRICE.getValueType()).build());
    } catch (StatusRuntimeException known) {
      assertEquals(Status.Code.ALREADY_EXISTS, known.getStatus().getCode());
    }
    Bench.eventually("the search attributes are known", () -> {
      try {
        return bench.counted("JavaShop = 'x' AND JavaPrice > 3") == 0;
      } catch (StatusRuntimeException unknown) {
        return false;
      }
    });
  }

  @Test
  void searchAttributesAndMemo() throws Exception {
    try (Bench bench = new Bench()) {
      knowAttributes(bench);
      bench.flow("Priced", arguments -> {
        String shop = Workflow.getTypedSearchAttributes().get(SHOP);
        Workflow.upsertTypedSearchAttributes(PRICE.valueSet(42L), SHOP.valueSet(shop + "-moved"));
        Workflow.upsertMemo(Map.of("size", 7));
        Bench.untilReleased();
        Workflow.upsertTypedSearchAttributes(SHOP.valueUnset());
        return Workflow.getTypedSearchAttributes().get(PRICE);
      });
      bench.work();
      String shop = Bench.newId("shop");
      WorkflowStub stub = bench.start(bench.options("Priced").setMemo(Map.of("colour", "blue"))
          .setTypedSearchAttributes(SearchAttributes.newBuilder().set(SHOP, shop).build()).build(), "Priced");
      Bench.eventually("the run is found by what it upserted", () -> bench.counted(
          "JavaShop = '" + shop + "-moved' AND JavaPrice = 42 AND JavaPrice BETWEEN 40 AND 50") == 1);
      assertEquals(0, bench.counted("JavaShop = '" + shop + "'"));
      var seen = stub.describe();
      assertEquals(shop + "-moved", seen.getTypedSearchAttributes().get(SHOP));
      assertEquals(7, seen.getMemo("size", Integer.class));
      assertEquals("blue", seen.getMemo("colour", String.class));
      stub.signal("go", "");
      assertEquals(42L, stub.getResult(Long.class));
      Bench.eventually("the value is unset", () -> bench.counted(
          "WorkflowId = '" + stub.getExecution().getWorkflowId() + "' AND JavaShop IS NULL") == 1);
    }
  }

  @Test
  void describe() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Waits", arguments -> Bench.untilReleased());
      bench.flow("Parent", arguments -> {
        Workflow.newUntypedActivityStub(ActivityOptions.newBuilder().setTaskQueue("java-nobody")
            .setStartToCloseTimeout(Duration.ofMinutes(1)).build()).executeAsync("absent", Void.class);
        Workflow.newUntypedChildWorkflowStub("Waits", ChildWorkflowOptions.newBuilder()
            .setWorkflowId(Workflow.getInfo().getWorkflowId() + "-child").build()).executeAsync(String.class);
        return Bench.untilReleased();
      });
      bench.work();
      WorkflowStub stub = bench.start("Parent");
      Bench.eventually("what is pending is shown", () -> {
        var seen = stub.describe().getRawDescription();
        return seen.getPendingActivitiesCount() == 1 && seen.getPendingChildrenCount() == 1
            && !seen.getPendingChildren(0).getRunId().isEmpty() && !seen.hasPendingWorkflowTask();
      });
      var seen = stub.describe();
      var activity = seen.getRawDescription().getPendingActivities(0);
      assertEquals("absent", activity.getActivityType().getName());
      assertEquals(PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED, activity.getState());
      assertEquals("Parent", seen.getWorkflowType());
      assertEquals(bench.queue, seen.getTaskQueue());
      assertEquals(bench.events(stub).size(), seen.getHistoryLength());
      var child = bench.client.newUntypedWorkflowStub(stub.getExecution().getWorkflowId() + "-child").describe();
      assertEquals(stub.getExecution(), child.getParentExecution());
      assertEquals(stub.getExecution(), child.getRootExecution());
      Bench.eventually("the worker is seen polling", () -> bench.service.blockingStub().describeTaskQueue(
          DescribeTaskQueueRequest.newBuilder().setNamespace("default").setTaskQueue(TaskQueue.newBuilder()
              .setName(bench.queue)).setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW).build()).getPollersCount() > 0);
      stub.signal("go", "");
      stub.getResult(String.class);
    }
  }

  @Test
  void historyInPages() throws Exception {
    try (Bench bench = new Bench()) {
      bench.flow("Busy", arguments -> {
        for (int n = 0; n < 12; ++n) {
          int number = n;
          Workflow.sideEffect(Integer.class, () -> number);
          Workflow.sleep(Duration.ofMillis(1));
        }
        return null;
      });
      bench.work();
      WorkflowStub stub = bench.start("Busy");
      stub.getResult(Void.class);
      int expected = bench.events(stub).size();
      List<Long> ids = new ArrayList<>();
      ByteString token = ByteString.EMPTY;
      int pages = 0;
      do {
        var page = bench.service.blockingStub().getWorkflowExecutionHistory(GetWorkflowExecutionHistoryRequest.newBuilder()
            .setNamespace("default").setExecution(stub.getExecution()).setMaximumPageSize(7).setNextPageToken(token).build());
        page.getHistory().getEventsList().forEach(event -> ids.add(event.getEventId()));
        token = page.getNextPageToken();
        ++pages;
      } while (!token.isEmpty());
      assertEquals(expected, ids.size());
      assertTrue(pages >= 3, pages + " pages");
      var back = bench.service.blockingStub().getWorkflowExecutionHistoryReverse(
          GetWorkflowExecutionHistoryReverseRequest.newBuilder().setNamespace("default").setExecution(stub.getExecution())
              .setMaximumPageSize(5).build());
      assertEquals(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, back.getHistory().getEvents(0).getEventType());
      assertEquals(expected, back.getHistory().getEvents(0).getEventId());
    }
  }
}

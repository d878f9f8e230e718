// SPDX-License-Identifier: MIT
package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.Struct;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("interop.Program#isHere")
class ClockTest {
  private static Struct clock(Bench bench, String method) {
    MethodDescriptor<Empty, Struct> descriptor = MethodDescriptor.<Empty, Struct>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("orrery.clock.v1.Clock/" + method)
        .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(Struct.getDefaultInstance())).build();
    return ClientCalls.blockingUnaryCall(bench.service.getRawChannel(), descriptor, CallOptions.DEFAULT,
        Empty.getDefaultInstance());
  }

  /**
   * Workers reckon what is left of a task's time from the times that the server sends. A clock that stood for longer than
   * an activity may take must not have eaten it.
   */
  @Test
  void aPausedClockExpiresNothing() throws Exception {
    Duration limit = Duration.ofSeconds(2);
    try (Program program = new Program("serve", "--port", "0");
        Bench bench = new Bench(program.address, WorkflowClientOptions.getDefaultInstance())) {
      bench.activity("reckons", arguments -> {
        ActivityInfo info = Activity.getExecutionContext().getInfo();
        long scheduled = System.currentTimeMillis() - info.getScheduledTimestamp();
        long attempt = System.currentTimeMillis() - info.getCurrentAttemptScheduledTimestamp();
        Thread.sleep(100);
        return Math.max(scheduled, attempt) < limit.toMillis() / 2 ? "in time" : scheduled + " ms since " + attempt;
      });
      bench.flow("ToClose", arguments -> Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
          .setScheduleToCloseTimeout(limit).setRetryOptions(Bench.once()).build()).execute("reckons", String.class));
      bench.flow("Start", arguments -> Workflow.newUntypedActivityStub(ActivityOptions.newBuilder()
          .setStartToCloseTimeout(limit).setRetryOptions(Bench.once()).build()).execute("reckons", String.class));
      clock(bench, "Pause");
      // Wall time is what a paused clock is measured against.
      Thread.sleep(limit.toMillis() + 500);
      Struct status = clock(bench, "Status");
      assertEquals("paused", status.getFieldsOrThrow("mode").getStringValue());
      assertTrue(-status.getFieldsOrThrow("aheadSeconds").getNumberValue() >= limit.toSeconds());
      bench.work();
      for (String flow : List.of("ToClose", "Start")) {
        assertEquals("in time", bench.start(flow).getResult(String.class), flow);
      }
      clock(bench, "Resume");
      for (String flow : List.of("ToClose", "Start")) {
        assertEquals("in time", bench.start(flow).getResult(String.class), flow + ", resumed");
      }
    }
  }
}

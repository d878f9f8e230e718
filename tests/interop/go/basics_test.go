// SPDX-License-Identifier: MIT
package interop

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

type Order struct {
	ID    string
	Total float64
	Items []string
}

func TestStartAndResult(t *testing.T) {
	b := newBench(t)
	b.flow("Double", func(_ workflow.Context, order Order, factor int) (Order, error) {
		order.Total *= float64(factor)
		return order, nil
	})
	b.work()
	run := b.start("Double", Order{"4711", 20.5, []string{"lens", "Köln"}}, 2)
	if done := resultOf[Order](b, run); !reflect.DeepEqual(done, Order{"4711", 41, []string{"lens", "Köln"}}) {
		t.Errorf("result %+v", done)
	}
	equal(b, "status", b.status(run), enums.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	equal(b, "events", strings.Join(typesOf(b.events(run)), " "),
		"WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted")
}

func TestFailureCrossesWithDetailsAndCause(t *testing.T) {
	b := newBench(t)
	b.activity("refuse", func(order Order) error {
		return temporal.NewNonRetryableApplicationError("card stolen", "Stolen", errors.New("bank said no"), order.ID, 7)
	})
	b.flow("Refused", func(ctx workflow.Context, order Order) error {
		return workflow.ExecuteActivity(within(ctx, patience), "refuse", order).Get(ctx, nil)
	})
	b.work()
	run := b.start("Refused", Order{ID: "o-1"})
	err := failureOf(b, run)
	var failed *temporal.WorkflowExecutionError
	var inActivity *temporal.ActivityError
	var application *temporal.ApplicationError
	if !errors.As(err, &failed) || !errors.As(err, &inActivity) || !errors.As(err, &application) {
		t.Fatalf("chain of %#v", err)
	}
	var id string
	var number int
	b.must(application.Details(&id, &number))
	equal(b, "details", fmt.Sprintln(id, number, application.Type(), application.NonRetryable()), "o-1 7 Stolen true\n")
	equal(b, "message", application.Message(), "card stolen")
	equal(b, "cause", errors.Unwrap(application).Error(), "bank said no")
	equal(b, "activity", inActivity.ActivityType().GetName(), "refuse")
	equal(b, "retry state", inActivity.RetryState(), enums.RETRY_STATE_NON_RETRYABLE_FAILURE)
	equal(b, "status", b.status(run), enums.WORKFLOW_EXECUTION_STATUS_FAILED)
}

func TestTimers(t *testing.T) {
	b := newBench(t)
	b.flow("Race", func(ctx workflow.Context) (string, error) {
		long, cancelLong := workflow.WithCancel(ctx)
		slow := workflow.NewTimer(long, time.Hour)
		quick := workflow.NewTimerWithOptions(ctx, 100*time.Millisecond, workflow.TimerOptions{Summary: "the quick one"})
		var first string
		workflow.NewSelector(ctx).AddFuture(slow, func(workflow.Future) { first = "slow" }).
			AddFuture(quick, func(workflow.Future) { first = "quick" }).Select(ctx)
		cancelLong()
		if err := slow.Get(ctx, nil); !temporal.IsCanceledError(err) {
			return "", fmt.Errorf("the slow timer ended with %v", err)
		}
		return first, workflow.Sleep(ctx, 0)
	})
	b.work()
	run := b.start("Race")
	equal(b, "first", resultOf[string](b, run), "quick")
	events := b.events(run)
	equal(b, "started", count(events, enums.EVENT_TYPE_TIMER_STARTED), 2)
	equal(b, "fired", count(events, enums.EVENT_TYPE_TIMER_FIRED), 1)
	equal(b, "cancelled", count(events, enums.EVENT_TYPE_TIMER_CANCELED), 1)
}

func TestCancelWithCleanUp(t *testing.T) {
	b := newBench(t)
	b.activity("clean", func() (string, error) { return "clean", nil })
	b.flow("Cancelled", func(ctx workflow.Context) error {
		waited := workflow.Sleep(ctx, time.Hour)
		apart, _ := workflow.NewDisconnectedContext(ctx)
		var said string
		if err := workflow.ExecuteActivity(within(apart, patience), "clean").Get(apart, &said); err != nil {
			return err
		}
		return temporal.NewCanceledError(said, waited.Error())
	})
	b.work()
	run := b.start("Cancelled")
	b.eventually("the timer runs", func() bool { return count(b.events(run), enums.EVENT_TYPE_TIMER_STARTED) == 1 })
	b.must(b.client.CancelWorkflow(b.ctx, run.GetID(), run.GetRunID()))
	var cancelled *temporal.CanceledError
	if err := failureOf(b, run); !errors.As(err, &cancelled) {
		t.Fatalf("ended with %v", err)
	}
	var said, waited string
	b.must(cancelled.Details(&said, &waited))
	equal(b, "details", said+", "+waited, "clean, canceled")
	equal(b, "status", b.status(run), enums.WORKFLOW_EXECUTION_STATUS_CANCELED)
	equal(b, "asked", count(b.events(run), enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED), 1)
}

func TestCancelBeforeTheFirstTask(t *testing.T) {
	b := newBench(t)
	b.flow("Sleeps", func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) })
	run := b.start("Sleeps")
	b.must(b.client.CancelWorkflow(b.ctx, run.GetID(), ""))
	b.work()
	var cancelled *temporal.CanceledError
	if err := failureOf(b, run); !errors.As(err, &cancelled) {
		t.Errorf("ended with %v", err)
	}
	events := b.events(run)
	equal(b, "asked before the first task", events[2].GetEventType(), enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
	equal(b, "tasks", count(events, enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED), 1)
}

func TestTerminate(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.work()
	run := b.start("Waits")
	b.must(b.client.TerminateWorkflow(b.ctx, run.GetID(), run.GetRunID(), "enough", "detail", 3))
	var terminated *temporal.TerminatedError
	if err := failureOf(b, run); !errors.As(err, &terminated) {
		t.Errorf("ended with %v", err)
	}
	events := b.events(run)
	last := events[len(events)-1].GetWorkflowExecutionTerminatedEventAttributes()
	equal(b, "reason", last.GetReason(), "enough")
	equal(b, "details", len(last.GetDetails().GetPayloads()), 2)
	var gone *serviceerror.NotFound
	if err := b.client.SignalWorkflow(b.ctx, run.GetID(), run.GetRunID(), "go", "late"); !errors.As(err, &gone) {
		t.Errorf("a late signal gave %v", err)
	}
	if err := b.client.TerminateWorkflow(b.ctx, run.GetID(), run.GetRunID(), "again"); !errors.As(err, &gone) {
		t.Errorf("a second end gave %v", err)
	}
}

func TestContinueAsNew(t *testing.T) {
	b := newBench(t)
	b.flow("Countdown", func(ctx workflow.Context, left, total int) (int, error) {
		if left == 0 {
			return total, nil
		}
		return 0, workflow.NewContinueAsNewError(ctx, "Countdown", left-1, total+left)
	})
	b.work()
	options := b.options(newID("Countdown"))
	options.Memo = map[string]any{"colour": "blue"}
	first := b.startWith(options, "Countdown", 3, 0)
	firstRun := first.GetRunID()
	equal(b, "total", resultOf[int](b, first), 6)
	seen, err := b.client.DescribeWorkflowExecution(b.ctx, first.GetID(), firstRun)
	b.must(err)
	equal(b, "first run", seen.GetWorkflowExecutionInfo().GetStatus(), enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW)
	last, err := b.client.DescribeWorkflowExecution(b.ctx, first.GetID(), "")
	b.must(err)
	if last.GetWorkflowExecutionInfo().GetExecution().GetRunId() == firstRun {
		t.Error("the last run is the first one")
	}
	equal(b, "memo goes along", len(last.GetWorkflowExecutionInfo().GetMemo().GetFields()), 1)
	started := b.history(first.GetID(), "")[0].GetWorkflowExecutionStartedEventAttributes()
	equal(b, "first of the chain", started.GetFirstExecutionRunId(), firstRun)
	equal(b, "initiator", started.GetInitiator(), enums.CONTINUE_AS_NEW_INITIATOR_WORKFLOW)
}

func TestWorkflowRetry(t *testing.T) {
	b := newBench(t)
	b.flow("Thrice", func(ctx workflow.Context) (int32, error) {
		attempt := workflow.GetInfo(ctx).Attempt
		if attempt == 2 && workflow.GetLastError(ctx) == nil {
			return 0, temporal.NewNonRetryableApplicationError("no last error", "Lost", nil)
		}
		if attempt < 3 {
			return 0, fmt.Errorf("attempt %d", attempt)
		}
		return attempt, nil
	})
	b.work()
	options := b.options(newID("Thrice"))
	options.RetryPolicy = &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 1}
	run := b.startWith(options, "Thrice")
	equal(b, "attempts", resultOf[int32](b, run), 3)
	once := b.start("Thrice")
	var application *temporal.ApplicationError
	if err := failureOf(b, once); !errors.As(err, &application) || application.Message() != "attempt 1" {
		t.Errorf("without a policy: %v", err)
	}
}

func TestRunAndExecutionTimeouts(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.work()
	for name, change := range map[string]func(*client.StartWorkflowOptions){
		"run":       func(options *client.StartWorkflowOptions) { options.WorkflowRunTimeout = time.Second },
		"execution": func(options *client.StartWorkflowOptions) { options.WorkflowExecutionTimeout = time.Second },
	} {
		options := b.options(newID("Waits"))
		change(&options)
		run := b.startWith(options, "Waits")
		var late *temporal.TimeoutError
		if err := failureOf(b, run); !errors.As(err, &late) || late.TimeoutType() != enums.TIMEOUT_TYPE_START_TO_CLOSE {
			t.Errorf("%s time-out: %v", name, err)
		}
		equal(b, name, b.status(run), enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT)
	}
}

func TestStartDelay(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.flow("Quick", func(workflow.Context) (string, error) { return "done", nil })
	b.work()
	options := b.options(newID("Quick"))
	options.StartDelay = 700 * time.Millisecond
	run := b.startWith(options, "Quick")
	equal(b, "result", resultOf[string](b, run), "done")
	events := b.events(run)
	waited := events[1].GetEventTime().AsTime().Sub(events[0].GetEventTime().AsTime())
	if waited < options.StartDelay {
		t.Errorf("the first task came after %v", waited)
	}
	options = b.options(newID("Waits"))
	options.StartDelay = time.Hour
	woken := b.startWith(options, "Waits")
	b.signal(woken, "go", "woken")
	b.eventually("the signal is there", func() bool {
		return count(b.events(woken), enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) == 1
	})
	b.must(b.client.TerminateWorkflow(b.ctx, woken.GetID(), "", "done with it"))
}

func TestIDPolicies(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.work()
	options := b.options(newID("one"))
	first := b.startWith(options, "Waits")
	var taken *serviceerror.WorkflowExecutionAlreadyStarted
	if _, err := b.client.ExecuteWorkflow(b.ctx, options, "Waits"); !errors.As(err, &taken) || taken.RunId != first.GetRunID() {
		t.Errorf("a second start gave %v", err)
	}
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	equal(b, "use existing", b.startWith(options, "Waits").GetRunID(), first.GetRunID())
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	fresh := b.startWith(options, "Waits")
	if fresh.GetRunID() == first.GetRunID() {
		t.Error("terminate-existing gave the old run")
	}
	equal(b, "old run", b.status(first), enums.WORKFLOW_EXECUTION_STATUS_TERMINATED)
	b.signal(fresh, "go", "end")
	equal(b, "result", resultOf[string](b, fresh), "end")
	for _, policy := range []enums.WorkflowIdReusePolicy{enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY} {
		again := b.options(options.ID)
		again.WorkflowIDReusePolicy = policy
		if _, err := b.client.ExecuteWorkflow(b.ctx, again, "Waits"); !errors.As(err, &taken) {
			t.Errorf("%v gave %v", policy, err)
		}
	}
}

func TestUnknownThings(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	var missing *serviceerror.NotFound
	if _, err := b.client.DescribeWorkflowExecution(b.ctx, "nobody", ""); !errors.As(err, &missing) {
		t.Errorf("an unknown workflow gave %v", err)
	}
	if err := b.client.GetWorkflow(b.ctx, "nobody", "").Get(b.ctx, nil); !errors.As(err, &missing) {
		t.Errorf("the result of an unknown workflow gave %v", err)
	}
	var malformed *serviceerror.InvalidArgument
	if _, err := b.client.DescribeWorkflowExecution(b.ctx, "nobody", "no-run-id"); !errors.As(err, &malformed) {
		t.Errorf("a run id that is none gave %v", err)
	}
	elsewhere, err := client.NewClientFromExisting(b.client, client.Options{Namespace: "nowhere", Logger: quiet})
	b.must(err)
	var nowhere *serviceerror.NamespaceNotFound
	if _, err := elsewhere.ExecuteWorkflow(b.ctx, b.options("x"), "Waits"); !errors.As(err, &nowhere) {
		t.Errorf("an unknown namespace gave %v", err)
	}
	if err := worker.New(elsewhere, b.queue, worker.Options{}).Start(); !errors.As(err, &nowhere) {
		t.Errorf("a worker in an unknown namespace gave %v", err)
	}
	_, err = b.client.CheckHealth(b.ctx, &client.CheckHealthRequest{})
	b.must(err)
}

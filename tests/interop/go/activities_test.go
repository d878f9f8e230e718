// SPDX-License-Identifier: MIT
package interop

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// startedActivities are the attributes of the history's ActivityTaskStarted events.
func startedActivities(events []*historypb.HistoryEvent) []*historypb.ActivityTaskStartedEventAttributes {
	var found []*historypb.ActivityTaskStartedEventAttributes
	for _, event := range events {
		if started := event.GetActivityTaskStartedEventAttributes(); started != nil {
			found = append(found, started)
		}
	}
	return found
}

// calls is a workflow that runs one activity with the given options and gives its text back.
func calls(options workflow.ActivityOptions, name string) func(workflow.Context) (string, error) {
	return func(ctx workflow.Context) (string, error) {
		var said string
		err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), name).Get(ctx, &said)
		return said, err
	}
}

func TestActivityRetries(t *testing.T) {
	b := newBench(t)
	b.activity("third", func(ctx context.Context) (string, error) {
		if attempt := activity.GetInfo(ctx).Attempt; attempt < 3 {
			return "", fmt.Errorf("declined, attempt %d", attempt)
		}
		return "charged", nil
	})
	b.flow("Charge", func(ctx workflow.Context) (string, error) {
		var said string
		return said, workflow.ExecuteActivity(within(ctx, patience), "third").Get(ctx, &said)
	})
	b.work()
	run := b.start("Charge")
	b.must(run.Get(b.ctx, nil))
	started := startedActivities(b.events(run))
	equal(b, "started events", len(started), 1)
	equal(b, "attempt", started[0].GetAttempt(), 3)
	equal(b, "last failure", started[0].GetLastFailure().GetMessage(), "declined, attempt 2")
}

func TestRetryPolicyEnds(t *testing.T) {
	b := newBench(t)
	var runs atomic.Int32
	b.activity("broken", func() error { runs.Add(1); return temporal.NewApplicationError("broken", "Broken") })
	b.activity("fatal", func() error { runs.Add(1); return temporal.NewApplicationError("fatal", "Fatal") })
	options := workflow.ActivityOptions{StartToCloseTimeout: patience, RetryPolicy: &temporal.RetryPolicy{
		InitialInterval: 20 * time.Millisecond, MaximumAttempts: 3, NonRetryableErrorTypes: []string{"Fatal"}}}
	b.flow("Broken", calls(options, "broken")).flow("Fatal", calls(options, "fatal"))
	b.work()
	for flow, expected := range map[string]struct {
		runs  int32
		state enums.RetryState
	}{"Broken": {3, enums.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED}, "Fatal": {1, enums.RETRY_STATE_NON_RETRYABLE_FAILURE}} {
		runs.Store(0)
		var failed *temporal.ActivityError
		if err := failureOf(b, b.start(flow)); !errors.As(err, &failed) {
			t.Fatalf("%s: %v", flow, err)
		}
		equal(b, flow, runs.Load(), expected.runs)
		equal(b, flow, failed.RetryState(), expected.state)
	}
}

func TestNextRetryDelay(t *testing.T) {
	b := newBench(t)
	var first, second time.Time
	b.activity("picky", func(ctx context.Context) (string, error) {
		if activity.GetInfo(ctx).Attempt == 1 {
			first = time.Now()
			return "", temporal.NewApplicationErrorWithOptions("later", "Later",
				temporal.ApplicationErrorOptions{NextRetryDelay: 300 * time.Millisecond})
		}
		second = time.Now()
		return "now", nil
	})
	b.flow("Picky", calls(workflow.ActivityOptions{StartToCloseTimeout: patience,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Hour}}, "picky"))
	b.work()
	equal(b, "result", resultOf[string](b, b.start("Picky")), "now")
	if waited := second.Sub(first); waited < 290*time.Millisecond {
		t.Errorf("retried after %v", waited)
	}
}

func TestHeartbeatDetailsReachTheNextAttempt(t *testing.T) {
	b := newBench(t)
	b.activity("steps", func(ctx context.Context) (string, error) {
		from := 0
		if activity.HasHeartbeatDetails(ctx) {
			if err := activity.GetHeartbeatDetails(ctx, &from); err != nil {
				return "", err
			}
		}
		if attempt := activity.GetInfo(ctx).Attempt; attempt > 1 {
			return fmt.Sprintf("attempt %d from %d", attempt, from), nil
		}
		activity.RecordHeartbeat(ctx, 41)
		<-ctx.Done()
		return "", ctx.Err()
	})
	b.flow("Steps", calls(workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 20 * time.Millisecond}}, "steps"))
	b.work()
	run := b.start("Steps")
	equal(b, "result", resultOf[string](b, run), "attempt 2 from 41")
	failure := startedActivities(b.events(run))[0].GetLastFailure()
	equal(b, "why", failure.GetTimeoutFailureInfo().GetTimeoutType(), enums.TIMEOUT_TYPE_HEARTBEAT)
}

func TestActivityTimeouts(t *testing.T) {
	b := newBench(t)
	b.activity("stall", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
	once := &temporal.RetryPolicy{MaximumAttempts: 1}
	again := &temporal.RetryPolicy{InitialInterval: 400 * time.Millisecond, BackoffCoefficient: 1}
	for _, each := range []struct {
		name     string
		options  workflow.ActivityOptions
		expected enums.TimeoutType
	}{
		{"StartToClose", workflow.ActivityOptions{StartToCloseTimeout: time.Second, RetryPolicy: once},
			enums.TIMEOUT_TYPE_START_TO_CLOSE},
		{"ScheduleToStart", workflow.ActivityOptions{TaskQueue: newID("nobody"), ScheduleToStartTimeout: time.Second,
			StartToCloseTimeout: time.Minute}, enums.TIMEOUT_TYPE_SCHEDULE_TO_START},
		{"ScheduleToClose", workflow.ActivityOptions{ScheduleToCloseTimeout: time.Second, StartToCloseTimeout: time.Minute,
			RetryPolicy: again}, enums.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE},
		{"Heartbeat", workflow.ActivityOptions{StartToCloseTimeout: time.Minute, HeartbeatTimeout: time.Second,
			RetryPolicy: once}, enums.TIMEOUT_TYPE_HEARTBEAT},
	} {
		b.flow(each.name, calls(each.options, "stall"))
		defer func() {
			var late *temporal.TimeoutError
			if err := failureOf(b, b.start(each.name)); !errors.As(err, &late) || late.TimeoutType() != each.expected {
				t.Errorf("%s: %v", each.name, err)
			}
		}()
	}
	b.work()
}

func TestCancelReachesTheActivity(t *testing.T) {
	b := newBench(t)
	b.activity("beats", func(ctx context.Context) error {
		for {
			activity.RecordHeartbeat(ctx, "alive")
			select {
			case <-ctx.Done():
				return temporal.NewCanceledError("cleaned up")
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	for name, wait := range map[string]bool{"Waits": true, "Tries": false} {
		b.flow(name, func(ctx workflow.Context) error {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute,
				HeartbeatTimeout: 5 * time.Second, WaitForCancellation: wait})
			return workflow.ExecuteActivity(ctx, "beats").Get(ctx, nil)
		})
	}
	b.work(worker.Options{MaxHeartbeatThrottleInterval: 100 * time.Millisecond,
		DefaultHeartbeatThrottleInterval: 100 * time.Millisecond})
	for name, finished := range map[string]int{"Waits": 1, "Tries": 0} {
		run := b.start(name)
		b.eventually("the activity beats", func() bool {
			seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
			b.must(err)
			return len(seen.GetPendingActivities()) == 1 && seen.GetPendingActivities()[0].GetHeartbeatDetails() != nil
		})
		b.must(b.client.CancelWorkflow(b.ctx, run.GetID(), ""))
		var cancelled *temporal.CanceledError
		if err := failureOf(b, run); !errors.As(err, &cancelled) {
			t.Fatalf("%s: %v", name, err)
		}
		events := b.events(run)
		equal(b, name+": asked", count(events, enums.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED), 1)
		equal(b, name+": cancelled", count(events, enums.EVENT_TYPE_ACTIVITY_TASK_CANCELED), finished)
		if finished == 1 {
			var said string
			b.must(cancelled.Details(&said))
			equal(b, "details", said, "cleaned up")
		}
	}
}

func TestManyActivitiesAtOnce(t *testing.T) {
	b := newBench(t)
	b.activity("square", func(n int) (int, error) { return n * n, nil })
	b.flow("Squares", func(ctx workflow.Context, upTo int) (int, error) {
		ctx = within(ctx, patience)
		var futures []workflow.Future
		for n := 1; n <= upTo; n++ {
			futures = append(futures, workflow.ExecuteActivity(ctx, "square", n))
		}
		sum := 0
		for _, future := range futures {
			var square int
			if err := future.Get(ctx, &square); err != nil {
				return 0, err
			}
			sum += square
		}
		return sum, nil
	})
	b.work()
	run := b.start("Squares", 60)
	equal(b, "sum", resultOf[int](b, run), 60*61*121/6)
	equal(b, "completed", count(b.events(run), enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), 60)
}

func TestLocalActivities(t *testing.T) {
	b := newBench(t)
	var runs atomic.Int32
	flaky := func(ctx context.Context) (int32, error) {
		if activity.GetInfo(ctx).Attempt < 3 {
			return 0, errors.New("not yet")
		}
		return activity.GetInfo(ctx).Attempt, nil
	}
	broken := func() error { runs.Add(1); return temporal.NewNonRetryableApplicationError("no", "No", nil, "detail") }
	b.flow("Local", func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: patience,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, BackoffCoefficient: 1}})
		var attempts int32
		if err := workflow.ExecuteLocalActivity(ctx, flaky).Get(ctx, &attempts); err != nil {
			return "", err
		}
		var application *temporal.ApplicationError
		if err := workflow.ExecuteLocalActivity(ctx, broken).Get(ctx, nil); !errors.As(err, &application) {
			return "", fmt.Errorf("unexpected: %w", err)
		}
		return fmt.Sprintf("%d %s", attempts, application.Type()), workflow.Sleep(ctx, 10*time.Millisecond)
	})
	b.work()
	run := b.start("Local")
	equal(b, "result", resultOf[string](b, run), "3 No")
	equal(b, "runs", runs.Load(), 1)
	events := b.events(run)
	equal(b, "markers", count(events, enums.EVENT_TYPE_MARKER_RECORDED), 2)
	equal(b, "scheduled", count(events, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED), 0)
}

// A local activity that takes longer than a workflow task may: the worker keeps the task by asking for new ones.
func TestLongLocalActivity(t *testing.T) {
	b := newBench(t)
	long := func(ctx context.Context) (int32, error) {
		select {
		case <-time.After(2500 * time.Millisecond):
		case <-ctx.Done():
		}
		return activity.GetInfo(ctx).Attempt, nil
	}
	b.flow("Long", func(ctx workflow.Context) (int32, error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: patience})
		var attempt int32
		err := workflow.ExecuteLocalActivity(ctx, long).Get(ctx, &attempt)
		return attempt, err
	})
	b.work()
	options := b.options(newID("Long"))
	options.WorkflowTaskTimeout = time.Second
	run := b.startWith(options, "Long")
	equal(b, "attempt", resultOf[int32](b, run), 1)
	events := b.events(run)
	equal(b, "timed out", count(events, enums.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT), 0)
	if tasks := count(events, enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED); tasks < 3 {
		t.Errorf("the task was kept by %d tasks", tasks)
	}
}

func TestAsyncCompletion(t *testing.T) {
	b := newBench(t)
	tokens := make(chan []byte, 10)
	b.activity("later", func(ctx context.Context) (string, error) {
		tokens <- activity.GetInfo(ctx).TaskToken
		return "", activity.ErrResultPending
	})
	b.flow("Later", func(ctx workflow.Context) (string, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{ActivityID: "by-hand", StartToCloseTimeout: patience,
			RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
		var said string
		err := workflow.ExecuteActivity(ctx, "later").Get(ctx, &said)
		return said, err
	})
	b.work()

	byToken := b.start("Later")
	token := <-tokens
	b.must(b.client.RecordActivityHeartbeat(b.ctx, token, "still here"))
	b.must(b.client.CompleteActivity(b.ctx, token, "by token", nil))
	equal(b, "by token", resultOf[string](b, byToken), "by token")
	if err := b.client.CompleteActivity(b.ctx, token, "twice", nil); err == nil {
		t.Error("the second completion was taken")
	}

	byID := b.start("Later")
	<-tokens
	b.must(b.client.RecordActivityHeartbeatByID(b.ctx, "default", byID.GetID(), byID.GetRunID(), "by-hand", 1))
	b.must(b.client.CompleteActivityByID(b.ctx, "default", byID.GetID(), byID.GetRunID(), "by-hand", "by id", nil))
	equal(b, "by id", resultOf[string](b, byID), "by id")

	failed := b.start("Later")
	b.must(b.client.CompleteActivity(b.ctx, <-tokens, nil, temporal.NewApplicationError("by hand", "Hand")))
	var application *temporal.ApplicationError
	if err := failureOf(b, failed); !errors.As(err, &application) || application.Type() != "Hand" {
		t.Errorf("failed by token: %v", err)
	}

	cancelled := b.start("Later")
	token = <-tokens
	b.must(b.client.CancelWorkflow(b.ctx, cancelled.GetID(), ""))
	var asked *temporal.CanceledError
	if err := failureOf(b, cancelled); !errors.As(err, &asked) {
		t.Errorf("cancelled: %v", err)
	}
	if err := b.client.RecordActivityHeartbeat(b.ctx, token, "late"); err == nil {
		t.Error("a closed run's activity took a heartbeat")
	}
}

func TestActivitiesOnAnotherQueue(t *testing.T) {
	b := newBench(t)
	elsewhere := newID("queue")
	b.flow("Away", calls(workflow.ActivityOptions{TaskQueue: elsewhere, StartToCloseTimeout: patience}, "where"))
	b.work(worker.Options{LocalActivityWorkerOnly: true})
	b.activity("where", func(ctx context.Context) (string, error) { return activity.GetInfo(ctx).TaskQueue, nil })
	b.workOn(elsewhere, worker.Options{DisableWorkflowWorker: true})
	equal(b, "queue", resultOf[string](b, b.start("Away")), elsewhere)
}

func TestSessions(t *testing.T) {
	b := newBench(t)
	b.activity("host", func(ctx context.Context) (string, error) { return activity.GetInfo(ctx).TaskQueue, nil })
	b.flow("Session", func(ctx workflow.Context) (bool, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: patience})
		session, err := workflow.CreateSession(ctx, &workflow.SessionOptions{CreationTimeout: patience, ExecutionTimeout: time.Minute})
		if err != nil {
			return false, err
		}
		var first, second string
		if err := workflow.ExecuteActivity(session, "host").Get(session, &first); err != nil {
			return false, err
		}
		if err := workflow.ExecuteActivity(session, "host").Get(session, &second); err != nil {
			return false, err
		}
		workflow.CompleteSession(session)
		return first == second && first != workflow.GetInfo(ctx).TaskQueueName, nil
	})
	b.work(worker.Options{EnableSessionWorker: true})
	run := b.start("Session")
	equal(b, "one host", resultOf[bool](b, run), true)
	b.eventually("the session is over", func() bool {
		seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
		b.must(err)
		return len(seen.GetPendingActivities()) == 0
	})
}

func TestEager(t *testing.T) {
	b := newBench(t)
	b.activity("where", func(ctx context.Context) (string, error) { return "here", nil })
	b.flow("Eager", calls(workflow.ActivityOptions{StartToCloseTimeout: patience}, "where"))
	b.work()
	options := b.options(newID("Eager"))
	options.EnableEagerStart = true
	run := b.startWith(options, "Eager")
	equal(b, "result", resultOf[string](b, run), "here")
	events := b.events(run)
	started := events[0].GetWorkflowExecutionStartedEventAttributes()
	equal(b, "eagerly accepted", started.GetEagerExecutionAccepted(), true)
	equal(b, "activity's attempt", startedActivities(events)[0].GetAttempt(), 1)
}

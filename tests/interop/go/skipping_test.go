// SPDX-License-Identifier: MIT
package interop

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const day = 24 * time.Hour

// ownServer is a server of this test's own, with a connection for calls that the SDK does not make.
type ownServer struct {
	*bench
	wire *grpc.ClientConn
}

func newServer(t *testing.T, arguments ...string) ownServer {
	if program() == "" {
		t.Skip("only our own program can be started")
	}
	t.Parallel()
	process, at, err := serve(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := end(process); err != nil {
			t.Errorf("SIGTERM did not end the server cleanly: %v", err)
		}
	})
	wire, err := grpc.NewClient(at, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wire.Close() })
	return ownServer{newBenchAt(t, at, client.Options{}), wire}
}

// newSkipping is the server as SDK test environments start it, with one lock. Go's own environment lives in memory, so
// the test service is called as it lies on the wire: the Go module of the API has none.
func newSkipping(t *testing.T) ownServer {
	s := newServer(t, "0", "--enable-time-skipping")
	s.lock()
	return s
}

// call sends one to the test service. Requests without fields equal Empty, and a message in field 1 equals bytes.
func (s ownServer) call(method string, request proto.Message) (*wrapperspb.BytesValue, error) {
	answer := &wrapperspb.BytesValue{}
	return answer, s.wire.Invoke(s.ctx, "/temporal.api.testservice.v1.TestService/"+method, request, answer)
}

func (s ownServer) now() time.Time {
	s.Helper()
	answer, err := s.call("GetCurrentTime", &emptypb.Empty{})
	s.must(err)
	var now timestamppb.Timestamp
	s.must(proto.Unmarshal(answer.GetValue(), &now))
	return now.AsTime()
}

func (s ownServer) unlock() {
	s.Helper()
	_, err := s.call("UnlockTimeSkipping", &emptypb.Empty{})
	s.must(err)
}

func (s ownServer) lock() {
	s.Helper()
	_, err := s.call("LockTimeSkipping", &emptypb.Empty{})
	s.must(err)
}

func (s ownServer) sleep(method string, duration time.Duration) error {
	inside, err := proto.Marshal(durationpb.New(duration))
	s.must(err)
	_, err = s.call(method, &wrapperspb.BytesValue{Value: inside})
	return err
}

// between fails unless low <= passed < high.
func (s ownServer) between(what string, passed, low, high time.Duration) {
	s.Helper()
	if passed < low || passed >= high {
		s.Errorf("%s: %v passed, expected %v to %v", what, passed, low, high)
	}
}

func TestSkipThirtyDays(t *testing.T) {
	s := newSkipping(t)
	s.flow("Month", func(ctx workflow.Context) (time.Duration, error) {
		before := workflow.Now(ctx)
		err := workflow.Sleep(ctx, 30*day)
		return workflow.Now(ctx).Sub(before), err
	})
	s.work()
	before := s.now()
	s.unlock()
	run := s.start("Month")
	s.between("in the workflow", resultOf[time.Duration](s.bench, run), 30*day, 30*day+time.Minute)
	s.between("on the server", s.now().Sub(before), 30*day, 30*day+time.Minute)
}

func TestSkipAYearOfTimers(t *testing.T) {
	s := newSkipping(t)
	s.flow("Year", func(ctx workflow.Context) (int, error) {
		days := 0
		for ; days < 365; days++ {
			if err := workflow.Sleep(ctx, day); err != nil {
				return days, err
			}
		}
		return days, nil
	})
	s.work()
	before := s.now()
	s.unlock()
	run := s.start("Year")
	equal(s.bench, "days", resultOf[int](s.bench, run), 365)
	s.between("on the server", s.now().Sub(before), 365*day, 365*day+time.Hour)
	equal(s.bench, "fired", count(s.events(run), enums.EVENT_TYPE_TIMER_FIRED), 365)
}

func TestARunningActivityHoldsTheClock(t *testing.T) {
	s := newSkipping(t)
	var first, second time.Time
	s.activity("works", func(ctx context.Context) error {
		first = s.now()
		time.Sleep(300 * time.Millisecond)
		second = s.now()
		return nil
	})
	s.flow("Holds", func(ctx workflow.Context) (string, error) {
		timer := workflow.NewTimer(ctx, 10*day)
		work := workflow.ExecuteActivity(within(ctx, time.Minute), "works")
		var was string
		workflow.NewSelector(ctx).AddFuture(timer, func(workflow.Future) { was = "timer" }).
			AddFuture(work, func(workflow.Future) { was = "activity" }).Select(ctx)
		return was, timer.Get(ctx, nil)
	})
	s.work()
	s.unlock()
	equal(s.bench, "first", resultOf[string](s.bench, s.start("Holds")), "activity")
	s.between("while it ran", second.Sub(first), 250*time.Millisecond, time.Minute)
}

func TestSkipRetriesOfHours(t *testing.T) {
	s := newSkipping(t)
	s.activity("fifth", func(ctx context.Context) (int32, error) {
		if attempt := activity.GetInfo(ctx).Attempt; attempt < 5 {
			return 0, fmt.Errorf("attempt %d", attempt)
		}
		return activity.GetInfo(ctx).Attempt, nil
	})
	s.flow("Hours", func(ctx workflow.Context) (int32, error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Hour, BackoffCoefficient: 2}})
		var attempt int32
		return attempt, workflow.ExecuteActivity(ctx, "fifth").Get(ctx, &attempt)
	})
	s.work()
	before := s.now()
	s.unlock()
	s.must(s.start("Hours").Get(s.ctx, nil))
	s.between("1 + 2 + 4 + 8 hours", s.now().Sub(before), 15*time.Hour, 15*time.Hour+time.Minute)
}

func TestSkipToTimeouts(t *testing.T) {
	s := newSkipping(t)
	s.flow("Waits", untilReleased)
	s.work()
	s.unlock()
	before := s.now()
	options := s.options(newID("Waits"))
	options.WorkflowRunTimeout = 3 * day
	var late *temporal.TimeoutError
	if err := failureOf(s.bench, s.startWith(options, "Waits")); !errors.As(err, &late) {
		t.Errorf("nobody's signal: %v", err)
	}
	s.between("to the time-out", s.now().Sub(before), 3*day, 3*day+time.Minute)
	options = s.options(newID("Waits"))
	options.StartDelay = 2 * day
	before = s.now()
	delayed := s.startWith(options, "Waits")
	s.eventually("the delay is over", func() bool {
		return count(s.events(delayed), enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) == 1
	})
	s.between("the delay", s.now().Sub(before), 2*day, 2*day+time.Minute)
	s.signal(delayed, "go", "")
	s.must(delayed.Get(s.ctx, nil))
}

func TestSleepMovesALockedClock(t *testing.T) {
	s := newSkipping(t)
	s.flow("Week", func(ctx workflow.Context) (string, error) {
		var text string
		channel := workflow.GetSignalChannel(ctx, "go")
		if ok, _ := channel.ReceiveWithTimeout(ctx, 7*day, &text); !ok {
			return "nobody came", nil
		}
		return text, nil
	})
	s.work()
	run := s.start("Week")
	s.eventually("the timer runs", func() bool { return count(s.events(run), enums.EVENT_TYPE_TIMER_STARTED) == 1 })
	before := s.now()
	s.must(s.sleep("UnlockTimeSkippingWithSleep", 3*day))
	s.between("the sleep", s.now().Sub(before), 3*day, 3*day+time.Minute)
	equal(s.bench, "it still waits", s.status(run), enums.WORKFLOW_EXECUTION_STATUS_RUNNING)
	s.signal(run, "go", "in time")
	equal(s.bench, "result", resultOf[string](s.bench, run), "in time")
	second := s.start("Week")
	s.must(s.sleep("UnlockTimeSkippingWithSleep", 8*day))
	equal(s.bench, "result", resultOf[string](s.bench, second), "nobody came")
}

func TestLocksAreCounted(t *testing.T) {
	s := newSkipping(t)
	s.flow("Hour", func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) })
	s.work()
	s.lock()
	s.unlock()
	before := s.now()
	run := s.start("Hour")
	s.must(s.sleep("Sleep", 300*time.Millisecond))
	s.between("while locked once", s.now().Sub(before), 300*time.Millisecond, time.Minute)
	equal(s.bench, "it sleeps", s.status(run), enums.WORKFLOW_EXECUTION_STATUS_RUNNING)
	s.unlock()
	s.must(run.Get(s.ctx, nil))
	s.between("unlocked", s.now().Sub(before), time.Hour, time.Hour+time.Minute)
	if _, err := s.call("UnlockTimeSkipping", &emptypb.Empty{}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("one unlock too many gave %v", err)
	}
}

func TestSkipWithChildrenAndContinuations(t *testing.T) {
	s := newSkipping(t)
	s.flow("Nap", func(ctx workflow.Context, n int) (int, error) { return n, workflow.Sleep(ctx, time.Duration(n)*day) })
	s.flow("Night", func(ctx workflow.Context, left int) (int, error) {
		var first workflow.Future
		for n := 1; n <= 5; n++ {
			first = workflow.ExecuteChildWorkflow(ctx, "Nap", n)
		}
		if err := first.Get(ctx, nil); err != nil {
			return 0, err
		}
		if left > 0 {
			return 0, workflow.NewContinueAsNewError(ctx, "Night", left-1)
		}
		return 5, nil
	})
	s.work()
	before := s.now()
	s.unlock()
	equal(s.bench, "result", resultOf[int](s.bench, s.start("Night", 3)), 5)
	s.between("four times five days", s.now().Sub(before), 20*day, 20*day+time.Minute)
}

// clock sets the clock of `orrery serve` and gives its status.
func (s ownServer) clock(method string) map[string]any {
	s.Helper()
	answer := &structpb.Struct{}
	s.must(s.wire.Invoke(s.ctx, "/orrery.clock.v1.Clock/"+method, &emptypb.Empty{}, answer))
	return answer.AsMap()
}

// Workers reckon a task's deadline from the times that the server sends. A clock that stood for longer than an activity
// may take must not have eaten its time.
func TestAPausedClockExpiresNothing(t *testing.T) {
	s := newServer(t, "serve", "--port", "0")
	const limit = 2 * time.Second
	left := make(chan time.Duration, 10)
	s.activity("reckons", func(ctx context.Context) (string, error) {
		deadline, has := ctx.Deadline()
		if !has {
			return "", errors.New("no deadline")
		}
		left <- time.Until(deadline)
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(100 * time.Millisecond):
			return "in time", nil
		}
	})
	for name, options := range map[string]workflow.ActivityOptions{
		"ToClose": {ScheduleToCloseTimeout: limit, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}},
		"Start":   {StartToCloseTimeout: limit, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}},
		"Both":    {ScheduleToCloseTimeout: limit, StartToCloseTimeout: limit},
	} {
		s.flow(name, calls(options, "reckons"))
	}
	s.clock("Pause")
	s.must(waitFor(s.ctx, limit+500*time.Millisecond))
	status := s.clock("Status")
	equal(s.bench, "mode", status["mode"].(string), "paused")
	if behind := -status["aheadSeconds"].(float64); behind < limit.Seconds() {
		t.Fatalf("the clock is only %v s behind", behind)
	}
	s.work(worker.Options{})
	for _, name := range []string{"ToClose", "Start", "Both"} {
		equal(s.bench, name, resultOf[string](s.bench, s.start(name)), "in time")
		if remaining := <-left; remaining <= limit/2 {
			t.Errorf("%s: only %v were left", name, remaining)
		}
	}
	s.clock("Resume")
	for _, name := range []string{"ToClose", "Start", "Both"} {
		equal(s.bench, name+", resumed", resultOf[string](s.bench, s.start(name)), "in time")
	}
}

// waitFor lets wall time pass, which is what a paused clock is measured against.
func waitFor(ctx context.Context, duration time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(duration):
		return nil
	}
}

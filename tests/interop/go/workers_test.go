// SPDX-License-Identifier: MIT
package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// steps runs its activities one after the other and then waits to be released. Worker processes run it too.
func steps(ctx workflow.Context, number int) (int, error) {
	done := 0
	if err := workflow.SetQueryHandler(ctx, "done", func() (int, error) { return done, nil }); err != nil {
		return 0, err
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 2 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 20 * time.Millisecond}})
	for done < number {
		if err := workflow.ExecuteActivity(ctx, "step", done).Get(ctx, nil); err != nil {
			return done, err
		}
		done++
	}
	_, err := untilReleased(ctx)
	return done, err
}

// step takes for ever in the process that is going to be killed.
func step(ctx context.Context, number int) error {
	if number == 2 && os.Getenv("INTEROP_STALL") != "" {
		select {}
	}
	return nil
}

// runWorkerProcess is the main function of a process started by workerProcess.
func runWorkerProcess() {
	if os.Getenv("INTEROP_NO_CACHE") != "" {
		worker.SetStickyWorkflowCacheSize(0)
	}
	connected, err := client.Dial(client.Options{HostPort: os.Getenv("ADDRESS"), Logger: quiet})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	made := worker.New(connected, os.Getenv("INTEROP_WORKER"), worker.Options{})
	made.RegisterWorkflowWithOptions(steps, workflow.RegisterOptions{Name: "Steps"})
	made.RegisterActivityWithOptions(step, activity.RegisterOptions{Name: "step"})
	if err := made.Start(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	made.Stop()
}

// workerProcess starts this program again, as a worker for Steps.
func (b *bench) workerProcess(environment ...string) *exec.Cmd {
	b.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(append(os.Environ(), "INTEROP_WORKER="+b.queue, "ADDRESS="+b.at), environment...)
	process.Stdout, process.Stderr = os.Stdout, os.Stderr
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	b.must(process.Start())
	b.Cleanup(func() {
		if process.ProcessState == nil {
			_ = process.Process.Kill()
			_ = process.Wait()
		}
	})
	return process
}

func TestKilledWorkerIsReplaced(t *testing.T) {
	b := newBench(t)
	b.flow("Steps", steps)
	victim := b.workerProcess("INTEROP_STALL=1")
	run := b.start("Steps", 4)
	b.eventually("the third step runs", func() bool {
		seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
		b.must(err)
		pending := seen.GetPendingActivities()
		return len(pending) == 1 && pending[0].GetState() == enums.PENDING_ACTIVITY_STATE_STARTED && count(b.events(run),
			enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == 2
	})
	b.must(victim.Process.Kill())
	_ = victim.Wait()
	b.workerProcess()
	b.signal(run, "go", "")
	equal(b, "steps", resultOf[int](b, run), 4)
	started := startedActivities(b.events(run))
	equal(b, "attempt of the third", started[2].GetAttempt(), 2)
	equal(b, "lost by", started[2].GetLastFailure().GetTimeoutFailureInfo().GetTimeoutType(),
		enums.TIMEOUT_TYPE_START_TO_CLOSE)
}

func TestNoStickyCache(t *testing.T) {
	b := newBench(t)
	b.flow("Steps", steps)
	process := b.workerProcess("INTEROP_NO_CACHE=1")
	run := b.start("Steps", 5)
	b.eventually("all steps are done", func() bool { return queried[int](b, run, "done") == 5 })
	b.signal(run, "go", "")
	equal(b, "steps", resultOf[int](b, run), 5)
	for _, event := range b.events(run) {
		if scheduled := event.GetWorkflowTaskScheduledEventAttributes(); scheduled != nil {
			equal(b, "task queue", scheduled.GetTaskQueue().GetKind(), enums.TASK_QUEUE_KIND_NORMAL)
		}
	}
	b.must(process.Process.Signal(syscall.SIGTERM))
	b.must(process.Wait())
}

func TestRestartedWorkerReplays(t *testing.T) {
	b := newBench(t)
	b.flow("Steps", steps).activity("step", step)
	first := b.work()
	run := b.start("Steps", 3)
	b.eventually("the steps are done", func() bool { return queried[int](b, run, "done") == 3 })
	first.Stop()
	b.signal(run, "go", "")
	b.work()
	equal(b, "steps", resultOf[int](b, run), 3)
	equal(b, "a closed run answers", queried[int](b, run, "done"), 3)
}

func TestShutdownInTheMiddle(t *testing.T) {
	b := newBench(t)
	begun := make(chan bool, 10)
	b.activity("long", func(ctx context.Context) (string, error) {
		begun <- true
		select {
		case <-activity.GetWorkerStopChannel(ctx):
			return "saw the stop", nil
		case <-time.After(patience):
			return "saw nothing", nil
		}
	})
	b.flow("Long", calls(workflow.ActivityOptions{StartToCloseTimeout: time.Minute}, "long"))
	first := b.work(worker.Options{WorkerStopTimeout: 5 * time.Second})
	run := b.start("Long")
	<-begun
	first.Stop()
	equal(b, "the activity's result arrived", count(b.events(run), enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), 1)
	b.work()
	equal(b, "result", resultOf[string](b, run), "saw the stop")
}

func TestTwoWorkersOnAQueue(t *testing.T) {
	b := newBench(t)
	b.activity("say", func(ctx context.Context, n int) (int, error) { return n, nil })
	b.flow("Shared", func(ctx workflow.Context) (int, error) {
		sum := 0
		for n := 0; n < 4; n++ {
			var said int
			if err := workflow.ExecuteActivity(within(ctx, patience), "say", n).Get(ctx, &said); err != nil {
				return 0, err
			}
			sum += said
		}
		return sum, nil
	})
	b.work(worker.Options{Identity: "left", DisableEagerActivities: true, MaxConcurrentWorkflowTaskExecutionSize: 2})
	b.work(worker.Options{Identity: "right", DisableEagerActivities: true, MaxConcurrentWorkflowTaskExecutionSize: 2})
	var runs []client.WorkflowRun
	for n := 0; n < 20; n++ {
		runs = append(runs, b.start("Shared"))
	}
	identities := map[string]bool{}
	for _, run := range runs {
		equal(b, "sum", resultOf[int](b, run), 6)
		for _, event := range b.events(run) {
			if done := event.GetWorkflowTaskCompletedEventAttributes(); done != nil {
				identities[done.GetIdentity()] = true
			}
		}
	}
	equal(b, "workers that had tasks", len(identities), 2)
}

func TestPanicIsATaskFailureThatHeals(t *testing.T) {
	b := newBench(t)
	var broken atomic.Bool
	broken.Store(true)
	b.flow("Buggy", func(ctx workflow.Context) (string, error) {
		if broken.Swap(false) {
			panic("a bug")
		}
		return "healed", nil
	})
	b.work()
	run := b.start("Buggy")
	equal(b, "result", resultOf[string](b, run), "healed")
	events := b.events(run)
	equal(b, "failed tasks", count(events, enums.EVENT_TYPE_WORKFLOW_TASK_FAILED), 1)
	for _, event := range events {
		if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
			equal(b, "cause", failed.GetCause(), enums.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE)
			equal(b, "message", strings.Contains(failed.GetFailure().GetMessage(), "a bug"), true)
		}
	}
}

func TestPanicPolicyFailWorkflow(t *testing.T) {
	b := newBench(t)
	b.recordedElsewhere = true
	b.flow("Buggy", func(ctx workflow.Context) error { panic("a bug") })
	b.work(worker.Options{WorkflowPanicPolicy: worker.FailWorkflow})
	var bug *temporal.PanicError
	if err := failureOf(b, b.start("Buggy")); !errors.As(err, &bug) {
		t.Errorf("ended with %v", err)
	}
}

func TestChangedCodeIsATaskFailure(t *testing.T) {
	b := newBench(t)
	b.recordedElsewhere = true
	b.flow("Changed", func(ctx workflow.Context) error {
		if err := workflow.Sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
		_, err := untilReleased(ctx)
		return err
	})
	first := b.work()
	run := b.start("Changed")
	b.eventually("the timer fired", func() bool { return count(b.events(run), enums.EVENT_TYPE_TIMER_FIRED) == 1 })
	first.Stop()
	right := b.workflows
	b.workflows = nil
	b.flow("Changed", func(ctx workflow.Context) error {
		return workflow.ExecuteActivity(within(ctx, patience), "something else").Get(ctx, nil)
	})
	wrong := b.work()
	b.signal(run, "go", "")
	b.eventually("the task fails", func() bool {
		for _, event := range b.events(run) {
			if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
				return failed.GetCause() == enums.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
			}
		}
		return false
	})
	wrong.Stop()
	b.workflows = right
	b.work()
	b.must(run.Get(b.ctx, nil))
}

// Over 1,500 events: the new worker has to read the history in pages.
func TestLongHistoryIsReadInPages(t *testing.T) {
	b := newBench(t)
	b.flow("Collects", func(ctx workflow.Context) (int, error) {
		sum := 0
		if err := workflow.SetQueryHandler(ctx, "sum", func() (int, error) { return sum, nil }); err != nil {
			return 0, err
		}
		for {
			var number int
			workflow.GetSignalChannel(ctx, "add").Receive(ctx, &number)
			if number < 0 {
				return sum, nil
			}
			sum += number
			for n := 0; n < 10; n++ {
				workflow.SideEffect(ctx, func(workflow.Context) any { return strings.Repeat("x", 500) })
			}
		}
	})
	first := b.work()
	run := b.start("Collects")
	for n := 1; n <= 120; n++ {
		b.signal(run, "add", n)
	}
	b.eventually("all are added", func() bool { return queried[int](b, run, "sum") == 120*121/2 })
	first.Stop()
	b.work()
	equal(b, "after the replay", queried[int](b, run, "sum"), 120*121/2)
	b.signal(run, "add", -1)
	equal(b, "sum", resultOf[int](b, run), 120*121/2)
	if events := len(b.events(run)); events < 1400 {
		t.Errorf("only %d events", events)
	}
}

// SPDX-License-Identifier: MIT

// Package interop runs the unmodified official Go client and worker against a server.
//
// ORRERY_BIN names the program. With ADDRESS=host:port the same tests run against a server that is already there, which
// is how they are themselves checked against the real one; what needs our own program is then left out.
package interop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const patience = 30 * time.Second

// Activities fail on purpose here; what the SDK says of that is noise.
var quiet = log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))

var address = os.Getenv("ADDRESS")

func program() string { return os.Getenv("ORRERY_BIN") }

// TestMain is also the main function of a worker process: see workerProcess.
func TestMain(m *testing.M) {
	if os.Getenv("INTEROP_WORKER") != "" {
		runWorkerProcess()
		return
	}
	if address != "" {
		os.Exit(m.Run())
	}
	if program() == "" {
		fmt.Fprintln(os.Stderr, "interop/go: ORRERY_BIN (the program) or ADDRESS (a server) is needed")
		os.Exit(2)
	}
	process, at, err := serve("serve", "--port", "0")
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop/go:", err)
		os.Exit(1)
	}
	address = at
	code := m.Run()
	if err := end(process); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "interop/go: SIGTERM did not end the server cleanly:", err)
		code = 1
	}
	os.Exit(code)
}

// serve starts the program and gives the address that its first line names.
func serve(arguments ...string) (*exec.Cmd, string, error) {
	process := exec.Command(program(), arguments...)
	process.Stderr = os.Stderr
	// It must not outlive a test program that is ended by its time limit.
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := process.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		return nil, "", fmt.Errorf("%s %v printed no address: %w", program(), arguments, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	words := strings.Fields(line)
	return process, words[len(words)-1], nil
}

func end(process *exec.Cmd) error {
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return process.Wait()
}

type named struct {
	name string
	code any
}

// bench is one test's task queue with its client, its workers and the runs it started.
type bench struct {
	*testing.T
	ctx        context.Context
	client     client.Client
	queue      string
	workflows  []named
	activities []named
	runs       []workflow.Execution
	converter  converter.DataConverter
	at         string
	// recordedElsewhere is set where the code that wrote a history is not the code that is registered at the end.
	recordedElsewhere bool
}

func newBench(t *testing.T) *bench {
	t.Parallel()
	return newBenchAt(t, address, client.Options{})
}

// newBenchAt has a client with these options. At the end every run it started, with its children and continuations, is
// replayed by the SDK's own replayer.
func newBenchAt(t *testing.T, at string, options client.Options) *bench {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	options.HostPort = at
	options.Logger = quiet
	connected, err := client.DialContext(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(connected.Close)
	b := &bench{T: t, ctx: ctx, client: connected, queue: "interop-go-" + uuid.NewString(), converter: options.DataConverter,
		at: at}
	t.Cleanup(b.replayAll)
	return b
}

func (b *bench) flow(name string, code any) *bench {
	b.workflows = append(b.workflows, named{name, code})
	return b
}

func (b *bench) activity(name string, code any) *bench {
	b.activities = append(b.activities, named{name, code})
	return b
}

// work starts a worker with everything registered so far; the test's end stops it.
func (b *bench) work(options ...worker.Options) worker.Worker {
	b.Helper()
	return b.workOn(b.queue, options...)
}

func (b *bench) workOn(queue string, options ...worker.Options) worker.Worker {
	b.Helper()
	var chosen worker.Options
	if len(options) > 0 {
		chosen = options[0]
	}
	made := worker.New(b.client, queue, chosen)
	for _, each := range b.workflows {
		if chosen.DisableWorkflowWorker {
			break
		}
		made.RegisterWorkflowWithOptions(each.code, workflow.RegisterOptions{Name: each.name})
	}
	for _, each := range b.activities {
		made.RegisterActivityWithOptions(each.code, activity.RegisterOptions{Name: each.name})
	}
	b.must(made.Start())
	b.Cleanup(made.Stop)
	return made
}

func (b *bench) options(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: id, TaskQueue: b.queue, WorkflowExecutionErrorWhenAlreadyStarted: true}
}

func (b *bench) start(flow string, arguments ...any) client.WorkflowRun {
	b.Helper()
	return b.startWith(b.options(newID(flow)), flow, arguments...)
}

func (b *bench) startWith(options client.StartWorkflowOptions, flow string, arguments ...any) client.WorkflowRun {
	b.Helper()
	run, err := b.client.ExecuteWorkflow(b.ctx, options, flow, arguments...)
	b.must(err)
	b.watch(run)
	return run
}

// watch makes the run one of those that are replayed at the end.
func (b *bench) watch(run client.WorkflowRun) {
	b.runs = append(b.runs, workflow.Execution{ID: run.GetID(), RunID: run.GetRunID()})
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func newID(name string) string { return "go-" + name + "-" + uuid.NewString() }

// resultOf waits for the run and gives its result.
func resultOf[T any](b *bench, run client.WorkflowRun) T {
	b.Helper()
	var value T
	b.must(run.Get(b.ctx, &value))
	return value
}

func failureOf(b *bench, run client.WorkflowRun) error {
	b.Helper()
	err := run.Get(b.ctx, nil)
	if err == nil {
		b.Fatal("the run completed, it should have failed")
	}
	return err
}

func queried[T any](b *bench, run client.WorkflowRun, query string, arguments ...any) T {
	b.Helper()
	answer, err := b.client.QueryWorkflow(b.ctx, run.GetID(), run.GetRunID(), query, arguments...)
	b.must(err)
	var value T
	b.must(answer.Get(&value))
	return value
}

func (b *bench) signal(run client.WorkflowRun, name string, value any) {
	b.Helper()
	b.must(b.client.SignalWorkflow(b.ctx, run.GetID(), run.GetRunID(), name, value))
}

// eventually waits until the probe says yes.
func (b *bench) eventually(what string, probe func() bool) {
	b.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(15 * time.Millisecond) {
		if probe() {
			return
		}
	}
	b.Fatal("never happened: " + what)
}

func equal[T comparable](b *bench, what string, seen, expected T) {
	b.Helper()
	if seen != expected {
		b.Errorf("%s: %v, expected %v", what, seen, expected)
	}
}

func (b *bench) history(id, runID string) []*historypb.HistoryEvent {
	b.Helper()
	var events []*historypb.HistoryEvent
	pages := b.client.GetWorkflowHistory(b.ctx, id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for pages.HasNext() {
		event, err := pages.Next()
		b.must(err)
		events = append(events, event)
	}
	return events
}

func (b *bench) events(run client.WorkflowRun) []*historypb.HistoryEvent {
	b.Helper()
	return b.history(run.GetID(), run.GetRunID())
}

func typesOf(events []*historypb.HistoryEvent) []string {
	var types []string
	for _, event := range events {
		types = append(types, event.GetEventType().String())
	}
	return types
}

func count(events []*historypb.HistoryEvent, kind enums.EventType) int {
	found := 0
	for _, event := range events {
		if event.GetEventType() == kind {
			found++
		}
	}
	return found
}

func (b *bench) status(run client.WorkflowRun) enums.WorkflowExecutionStatus {
	b.Helper()
	seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), run.GetRunID())
	b.must(err)
	return seen.GetWorkflowExecutionInfo().GetStatus()
}

// replayAll replays what the test's runs recorded, continuations and children included.
func (b *bench) replayAll() {
	if b.Failed() || b.Skipped() || b.recordedElsewhere {
		return
	}
	seen := map[string]bool{}
	for waiting := b.runs; len(waiting) > 0; waiting = waiting[1:] {
		if seen[waiting[0].RunID] {
			continue
		}
		seen[waiting[0].RunID] = true
		events := b.history(waiting[0].ID, waiting[0].RunID)
		for index, event := range events {
			equal(b, "event id", event.GetEventId(), int64(index+1))
		}
		if err := b.replay(waiting[0], events); err != nil {
			b.Errorf("replay of %s: %v\n%v", waiting[0].ID, err, typesOf(events))
		}
		waiting = append(waiting, relatives(waiting[0].ID, events)...)
	}
}

func (b *bench) replay(run workflow.Execution, events []*historypb.HistoryEvent) error {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: b.converter})
	b.must(err)
	for _, each := range b.workflows {
		replayer.RegisterWorkflowWithOptions(each.code, workflow.RegisterOptions{Name: each.name})
	}
	return replayer.ReplayWorkflowHistoryWithOptions(quiet, &historypb.History{Events: events},
		worker.ReplayWorkflowHistoryOptions{OriginalExecution: run})
}

// relatives are the run that goes on after this one, and its children.
func relatives(id string, events []*historypb.HistoryEvent) []workflow.Execution {
	var found []workflow.Execution
	for _, event := range events {
		if child := event.GetChildWorkflowExecutionStartedEventAttributes(); child != nil {
			found = append(found, workflow.Execution{ID: child.GetWorkflowExecution().GetWorkflowId(),
				RunID: child.GetWorkflowExecution().GetRunId()})
		}
		for _, next := range []string{
			event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId(),
			event.GetWorkflowExecutionFailedEventAttributes().GetNewExecutionRunId(),
			event.GetWorkflowExecutionCompletedEventAttributes().GetNewExecutionRunId(),
			event.GetWorkflowExecutionTimedOutEventAttributes().GetNewExecutionRunId(),
		} {
			if next != "" {
				found = append(found, workflow.Execution{ID: id, RunID: next})
			}
		}
	}
	return found
}

// within gives activities a start-to-close time-out and quick retries.
func within(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: limit,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 20 * time.Millisecond, BackoffCoefficient: 1},
	})
}

// untilReleased is a workflow that waits for the signal "go" and gives its text back.
func untilReleased(ctx workflow.Context) (string, error) {
	var text string
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, &text)
	return text, nil
}

// SPDX-License-Identifier: MIT

// Command driver measures a Temporal-compatible server with raw gRPC calls: no SDK, no worker library, so that what is
// timed is the server. One line of JSON on standard output.
//
//	driver first -address 127.0.0.1:7233 -- SERVER ARGS...   process start to the first completed workflow
//	driver flow  -address 127.0.0.1:7233 -kind act -n 2000   workflows a second; -pid adds the server's CPU
//	driver timers -address 127.0.0.1:7233 -n 365 -w 1        one-day timers in a row, on a server that skips time
//	driver open  -address 127.0.0.1:7233 -n 10000 -pid P     memory of open runs; CPU of others among them
//	driver polls -address 127.0.0.1:7233 -n 5000 -pid P      memory of idle polls; a start among them
//	driver long  -address 127.0.0.1:7233 -events 50000       CPU per event late in a history, against early
//	driver lists -address 127.0.0.1:7233 -n 100000           pages and counts among many runs
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	namespace = "default"
	queueName = "bench"
)

type bench struct {
	connection *grpc.ClientConn
	client     workflowservice.WorkflowServiceClient
	activity   bool
	completed  atomic.Int64
	closed     chan struct{}
	goal       int64
}

func queue() *taskqueuepb.TaskQueue {
	return &taskqueuepb.TaskQueue{Name: queueName, Kind: enums.TASK_QUEUE_KIND_NORMAL}
}

func dial(address string) (*bench, error) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: 2 * time.Second}))
	if err != nil {
		return nil, err
	}
	return &bench{connection: connection, client: workflowservice.NewWorkflowServiceClient(connection), closed: make(chan struct{})}, nil
}

func (b *bench) start(ctx context.Context, id string) error {
	_, err := b.client.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
		Namespace: namespace, WorkflowId: id, RequestId: id,
		WorkflowType: &commonpb.WorkflowType{Name: "bench"}, TaskQueue: queue(),
	})
	return err
}

// decide answers a workflow task: the first schedules the activity (if the kind has one), the last completes.
func (b *bench) decide(task *workflowservice.PollWorkflowTaskQueueResponse) *commandpb.Command {
	if b.activity && task.PreviousStartedEventId == 0 {
		return &commandpb.Command{
			CommandType: enums.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
			Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
				ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
					ActivityId: "1", ActivityType: &commonpb.ActivityType{Name: "bench"}, TaskQueue: queue(),
					StartToCloseTimeout: durationpb.New(time.Minute),
				}},
		}
	}
	return completion()
}

func completion() *commandpb.Command {
	return &commandpb.Command{
		CommandType: enums.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{}},
	}
}

// worker answers the workflow tasks of a queue, each with one command.
type worker struct {
	from   *taskqueuepb.TaskQueue
	stays  *taskqueuepb.StickyExecutionAttributes // nil: any worker gets a run's next task
	decide func(*workflowservice.PollWorkflowTaskQueueResponse) *commandpb.Command
	took   func(*commandpb.Command) // hears of each command that the server accepted
}

func (b *bench) work(ctx context.Context, w worker) {
	for ctx.Err() == nil {
		task, err := b.client.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
			Namespace: namespace, TaskQueue: w.from, Identity: "driver"})
		if err != nil || len(task.GetTaskToken()) == 0 {
			continue
		}
		command := w.decide(task)
		_, err = b.client.RespondWorkflowTaskCompleted(ctx, &workflowservice.RespondWorkflowTaskCompletedRequest{
			Namespace: namespace, TaskToken: task.TaskToken, Identity: "driver",
			Commands: []*commandpb.Command{command}, StickyAttributes: w.stays})
		if err == nil {
			w.took(command)
		}
	}
}

// countEnds closes the bench once as many runs as it aims at have ended.
func (b *bench) countEnds(command *commandpb.Command) {
	if command.CommandType == enums.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION && b.completed.Add(1) == b.goal {
		close(b.closed)
	}
}

func (b *bench) pollWorkflows(ctx context.Context) {
	b.work(ctx, worker{from: queue(), decide: b.decide, took: b.countEnds})
}

func (b *bench) pollActivities(ctx context.Context) {
	for ctx.Err() == nil {
		task, err := b.client.PollActivityTaskQueue(ctx, &workflowservice.PollActivityTaskQueueRequest{
			Namespace: namespace, TaskQueue: queue(), Identity: "driver"})
		if err != nil || len(task.GetTaskToken()) == 0 {
			continue
		}
		_, _ = b.client.RespondActivityTaskCompleted(ctx, &workflowservice.RespondActivityTaskCompletedRequest{
			Namespace: namespace, TaskToken: task.TaskToken, Identity: "driver"})
	}
}

// cpuTime is the user and system time of a process so far.
func cpuTime(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

func residentMB(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(status))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()) / 1e6
}

func (b *bench) run(ctx context.Context, prefix string, count int64, pollers, starters int) (time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.goal = count
	for i := 0; i < pollers; i++ {
		go b.pollWorkflows(ctx)
		if b.activity {
			go b.pollActivities(ctx)
		}
	}
	begun := time.Now()
	start := func(n int64) error { return b.start(ctx, fmt.Sprintf("%s-%d", prefix, n)) }
	if err := parallel(count, starters, start); err != nil {
		return 0, err
	}
	select {
	case <-b.closed:
		return time.Since(begun), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("%d of %d workflows completed in time", b.completed.Load(), count)
	}
}

// options are those that every verb on a server that runs already takes.
type options struct {
	*flag.FlagSet
	address *string
	pid     *int
	limit   *time.Duration
}

func newOptions(verb string) *options {
	flags := flag.NewFlagSet(verb, flag.ExitOnError)
	return &options{flags, flags.String("address", "127.0.0.1:7233", "host:port"),
		flags.Int("pid", 0, "the server's process, for its CPU and memory"),
		flags.Duration("limit", 20*time.Minute, "give up after")}
}

// dial takes the arguments and connects. What the verb does is over at the latest when the context is.
func (o *options) dial(arguments []string) (*bench, context.Context, context.CancelFunc, error) {
	_ = o.Parse(arguments)
	b, err := dial(*o.address)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), *o.limit)
	return b, ctx, cancel, nil
}

func flow(arguments []string) (map[string]any, error) {
	flags := newOptions("flow")
	kind := flags.String("kind", "act", "act (one activity a workflow) or noop")
	count := flags.Int64("n", 1000, "workflows")
	pollers := flags.Int("pollers", 16, "polls at a time, each kind")
	starters := flags.Int("starters", 16, "starts at a time")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	b.activity = *kind == "act"
	before := cpuTime(*flags.pid)
	took, err := b.run(ctx, fmt.Sprintf("%s-%d", *kind, time.Now().UnixNano()), *count, *pollers, *starters)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"kind": *kind, "workflows": *count, "per_second": float64(*count) / took.Seconds(),
		"server_cpu_us_per_workflow": float64((cpuTime(*flags.pid) - before).Microseconds()) / float64(*count),
		"server_mb":                  residentMB(*flags.pid),
	}, nil
}

// first starts the server itself, so that its start-up is part of what is measured.
func first(arguments []string) (map[string]any, error) {
	flags := flag.NewFlagSet("first", flag.ExitOnError)
	address := flags.String("address", "127.0.0.1:7233", "host:port the server will listen on")
	_ = flags.Parse(arguments)
	if flags.NArg() == 0 {
		return nil, fmt.Errorf("name the server's command after --")
	}
	server := exec.Command(flags.Arg(0), flags.Args()[1:]...)
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	if err := server.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var b *bench
	for {
		var err error
		if b, err = dial(*address); err != nil {
			return nil, err
		}
		attempt, done := context.WithTimeout(ctx, 2*time.Second)
		err = b.start(attempt, "first")
		done()
		if err == nil {
			break
		}
		_ = b.connection.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the server did not accept a workflow: %w", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	accepted := time.Since(begun)
	b.goal = 1
	go b.pollWorkflows(ctx)
	select {
	case <-b.closed:
	case <-ctx.Done():
		return nil, fmt.Errorf("the first workflow was not completed")
	}
	return map[string]any{
		"accepted_ms":  float64(accepted.Microseconds()) / 1000,
		"completed_ms": float64(time.Since(begun).Microseconds()) / 1000,
		"server_mb":    residentMB(server.Process.Pid),
	}, nil
}

func main() {
	// Both sides share the machine: the driver keeps to one core, and spends little on its own garbage.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(800)
	verbs := map[string]func([]string) (map[string]any, error){"first": first, "flow": flow, "timers": timers,
		"open": open, "polls": polls, "long": long, "lists": lists}
	if len(os.Args) < 2 || verbs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: driver first|flow|timers|open|polls|long|lists [options]")
		os.Exit(2)
	}
	result, err := verbs[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "driver:", err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
}

// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// onCPU is how long the threads of a process ran so far, finer than the ticks of cpuTime. Threads that ended are missing.
func onCPU(pid int) time.Duration {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	var total int64
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		ran, _ := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		total += ran
	}
	return time.Duration(total)
}

// parallel calls work(1) to work(count), some at a time, and gives the first error.
func parallel(count int64, at int, work func(int64) error) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var failed atomic.Value
	for i := 0; i < at; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := next.Add(1); n <= count && failed.Load() == nil; n = next.Add(1) {
				if err := work(n); err != nil {
					failed.Store(err)
				}
			}
		}()
	}
	group.Wait()
	err, _ := failed.Load().(error)
	return err
}

func dayTimer(number int) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enums.COMMAND_TYPE_START_TIMER,
		Attributes: &commandpb.Command_StartTimerCommandAttributes{
			StartTimerCommandAttributes: &commandpb.StartTimerCommandAttributes{
				TimerId: strconv.Itoa(number), StartToFireTimeout: durationpb.New(24 * time.Hour)}},
	}
}

// sleepers starts runs and has each wait for a timer of a day.
func (b *bench) sleepers(ctx context.Context, queueName string, count int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from := &taskqueuepb.TaskQueue{Name: queueName, Kind: enums.TASK_QUEUE_KIND_NORMAL}
	var asleep atomic.Int64
	all := make(chan struct{})
	toSleep := worker{from: from,
		decide: func(*workflowservice.PollWorkflowTaskQueueResponse) *commandpb.Command { return dayTimer(1) },
		took: func(*commandpb.Command) {
			if asleep.Add(1) == count {
				close(all)
			}
		}}
	for i := 0; i < 16; i++ {
		go b.work(ctx, toSleep)
	}
	prefix := fmt.Sprintf("open-%d", time.Now().UnixNano())
	err := parallel(count, 16, func(n int64) error {
		id := fmt.Sprintf("%s-%d", prefix, n)
		_, err := b.client.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: namespace, WorkflowId: id, RequestId: id,
			WorkflowType: &commonpb.WorkflowType{Name: "bench"}, TaskQueue: from})
		return err
	})
	if err != nil {
		return err
	}
	select {
	case <-all:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d of %d runs wait for their timer", asleep.Load(), count)
	}
}

// open keeps many runs open, and measures one-activity workflows before and among them.
func open(arguments []string) (map[string]any, error) {
	flags := newOptions("open")
	count := flags.Int64("n", 10000, "open runs, each with a timer of a day")
	sample := flags.Int64("sample", 2000, "one-activity workflows for the server's CPU, at 100 open runs and at all")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	pid := flags.pid
	flowCPU := func(name string) (float64, error) {
		runner, err := dial(*flags.address)
		if err != nil {
			return 0, err
		}
		defer runner.connection.Close()
		runner.activity = true
		before := onCPU(*pid)
		if _, err := runner.run(ctx, fmt.Sprintf("%s-%d", name, time.Now().UnixNano()), *sample, 16, 16); err != nil {
			return 0, err
		}
		return float64((onCPU(*pid) - before).Nanoseconds()) / 1000 / float64(*sample), nil
	}
	if err := b.sleepers(ctx, "sleepers", 100); err != nil {
		return nil, err
	}
	if _, err := flowCPU("warm"); err != nil {
		return nil, err
	}
	few, err := flowCPU("few")
	if err != nil {
		return nil, err
	}
	before, begun := residentMB(*pid), time.Now()
	if err := b.sleepers(ctx, "sleepers", *count-100); err != nil {
		return nil, err
	}
	took, grown := time.Since(begun), residentMB(*pid)-before
	many, err := flowCPU("many")
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"open": *count, "seconds": took.Seconds(), "kb_each": grown * 1000 / float64(*count-100),
		"cpu_us_at_100": few, "cpu_us_at_all": many, "cpu_growth": many / few,
	}, nil
}

// polls parks long polls, and measures how long a start among them takes to reach its worker.
func polls(arguments []string) (map[string]any, error) {
	flags := newOptions("polls")
	count := flags.Int("n", 5000, "idle polls, on a hundred queues")
	tries := flags.Int("tries", 31, "starts among them")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	pid := flags.pid
	if err := b.start(ctx, fmt.Sprintf("warm-%d", time.Now().UnixNano())); err != nil {
		return nil, err
	}
	before := residentMB(*pid)
	for i := 0; i < *count; i++ {
		from := &taskqueuepb.TaskQueue{Name: fmt.Sprintf("idle-%d", i%100), Kind: enums.TASK_QUEUE_KIND_NORMAL}
		go func() {
			_, _ = b.client.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
				Namespace: namespace, TaskQueue: from, Identity: "driver"})
		}()
	}
	// Parked are they when the server has stopped working on them.
	for last, now := time.Duration(-1), onCPU(*pid); now != last; last, now = now, onCPU(*pid) {
		time.Sleep(500 * time.Millisecond)
	}
	parked := residentMB(*pid) - before
	var times []float64
	for i := 0; i < *tries; i++ {
		name := fmt.Sprintf("idle-%d", i%100)
		from := &taskqueuepb.TaskQueue{Name: name, Kind: enums.TASK_QUEUE_KIND_NORMAL}
		id := fmt.Sprintf("among-%d-%d", time.Now().UnixNano(), i)
		begun := time.Now()
		if _, err := b.client.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: namespace, WorkflowId: id, RequestId: id,
			WorkflowType: &commonpb.WorkflowType{Name: "bench"}, TaskQueue: from}); err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(begun).Microseconds())/1000)
	}
	sort.Float64s(times)
	return map[string]any{
		"polls": *count, "kb_each": parked * 1000 / float64(*count),
		"start_ms": times[len(times)/2], "start_ms_worst": times[len(times)-1],
	}, nil
}

// long lets one run do activities in a row, its worker caching it, and compares the CPU of late events with early ones.
func long(arguments []string) (map[string]any, error) {
	flags := newOptions("long")
	events := flags.Int64("events", 50000, "the history's length at the end")
	window := flags.Int64("window", 5000, "events that are measured at the beginning, after a hundred, and at the end")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	pid := flags.pid
	b.activity = true
	go b.pollActivities(ctx)
	id := fmt.Sprintf("long-%d", time.Now().UnixNano())
	if err := b.start(ctx, id); err != nil {
		return nil, err
	}
	early, late := mark{at: 100, until: 100 + *window}, mark{at: *events - *window, until: *events}
	for from := queue(); !late.done; from = sticky() {
		task, err := b.client.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{
			Namespace: namespace, TaskQueue: from, Identity: "driver"})
		if err != nil {
			return nil, err
		}
		if len(task.TaskToken) == 0 {
			continue
		}
		early.see(task.StartedEventId, *pid)
		late.see(task.StartedEventId, *pid)
		number := strconv.FormatInt(task.StartedEventId, 10)
		_, err = b.client.RespondWorkflowTaskCompleted(ctx, &workflowservice.RespondWorkflowTaskCompletedRequest{
			Namespace: namespace, TaskToken: task.TaskToken, Identity: "driver",
			Commands: []*commandpb.Command{{
				CommandType: enums.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
				Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
					ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
						ActivityId: number, ActivityType: &commonpb.ActivityType{Name: "bench"}, TaskQueue: queue(),
						StartToCloseTimeout: durationpb.New(time.Minute)}}}},
			StickyAttributes: staying()})
		if err != nil {
			return nil, err
		}
	}
	return map[string]any{"events": *events, "cpu_us_per_event_early": early.each(), "cpu_us_per_event_late": late.each(),
		"cpu_growth": late.each() / early.each()}, nil
}

// mark measures the server's CPU between two event ids.
type mark struct {
	at, until   int64
	first, last int64
	from, spent time.Duration
	done        bool
}

func (m *mark) see(event int64, pid int) {
	if m.first == 0 && event >= m.at {
		m.first, m.from = event, onCPU(pid)
	}
	if !m.done && m.first != 0 && event >= m.until-6 {
		m.last, m.spent, m.done = event, onCPU(pid)-m.from, true
	}
}

func (m *mark) each() float64 { return float64(m.spent.Nanoseconds()) / 1000 / float64(m.last-m.first) }

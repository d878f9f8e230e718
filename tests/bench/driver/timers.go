// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	"go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

const stickyName = "bench-sticky"

// chains runs workflows that are nothing but timers of a day in a row, on a server that skips time. It keeps what a
// worker with a cache keeps: how far each run is.
type chains struct {
	*bench
	length int
	mutex  sync.Mutex
	fired  map[string]int
	timers atomic.Int64
}

func sticky() *taskqueuepb.TaskQueue {
	return &taskqueuepb.TaskQueue{Name: stickyName, Kind: enums.TASK_QUEUE_KIND_STICKY, NormalName: queueName}
}

// staying asks for a run's next tasks on the sticky queue.
func staying() *taskqueuepb.StickyExecutionAttributes {
	return &taskqueuepb.StickyExecutionAttributes{
		WorkerTaskQueue: sticky(), ScheduleToStartTimeout: durationpb.New(10 * time.Second)}
}

func (c *chains) firedSoFar(task *workflowservice.PollWorkflowTaskQueueResponse) int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	run := task.WorkflowExecution.RunId
	for _, event := range task.History.Events {
		if event.EventType == enums.EVENT_TYPE_TIMER_FIRED && event.EventId > task.PreviousStartedEventId {
			c.fired[run]++
			c.timers.Add(1)
		}
	}
	return c.fired[run]
}

func (c *chains) next(fired int) *commandpb.Command {
	if fired == c.length {
		return completion()
	}
	return dayTimer(fired + 1)
}

func (c *chains) poll(ctx context.Context, from *taskqueuepb.TaskQueue) {
	c.work(ctx, worker{from: from, stays: staying(), took: c.countEnds,
		decide: func(task *workflowservice.PollWorkflowTaskQueueResponse) *commandpb.Command {
			return c.next(c.firedSoFar(task))
		}})
}

func (c *chains) run(ctx context.Context, runs, pollers int) (time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.goal = int64(runs)
	for i := 0; i < pollers; i++ {
		go c.poll(ctx, queue())
		go c.poll(ctx, sticky())
	}
	begun := time.Now()
	prefix := begun.UnixNano()
	for i := 0; i < runs; i++ {
		if err := c.start(ctx, fmt.Sprintf("timers-%d-%d", prefix, i)); err != nil {
			return 0, err
		}
	}
	select {
	case <-c.closed:
		return time.Since(begun), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("%d of %d runs completed in time, %d timers fired", c.completed.Load(), runs, c.timers.Load())
	}
}

// timers needs a server that skips time.
func timers(arguments []string) (map[string]any, error) {
	flags := newOptions("timers")
	length := flags.Int("n", 365, "one-day timers in a row, each run")
	runs := flags.Int("w", 1, "runs at a time")
	pollers := flags.Int("pollers", 16, "polls at a time, of the normal and of the sticky queue each")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	c := &chains{bench: b, length: *length, fired: map[string]int{}}
	took, err := c.run(ctx, *runs, *pollers)
	if err != nil {
		return nil, err
	}
	if want := int64(*length) * int64(*runs); c.timers.Load() != want {
		return nil, fmt.Errorf("%d timers fired, %d were started", c.timers.Load(), want)
	}
	return map[string]any{
		"timers": c.timers.Load(), "ms": float64(took.Microseconds()) / 1000,
		"per_second": float64(c.timers.Load()) / took.Seconds(),
	}, nil
}

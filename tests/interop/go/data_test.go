// SPDX-License-Identifier: MIT
package interop

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func execution(run client.WorkflowRun) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: run.GetID(), RunId: run.GetRunID()}
}

func TestLargePayloads(t *testing.T) {
	b := newBench(t)
	const size = 1_500_000
	b.activity("grow", func(text string) (string, error) { return text + "!", nil })
	b.flow("Large", func(ctx workflow.Context, text string) (string, error) {
		var grown string
		return grown, workflow.ExecuteActivity(within(ctx, patience), "grow", text).Get(ctx, &grown)
	})
	b.work()
	run := b.start("Large", strings.Repeat("ö", size/2))
	b.must(run.Get(b.ctx, nil))
	if events := b.events(run); len(events[len(events)-1].GetWorkflowExecutionCompletedEventAttributes().GetResult().
		GetPayloads()[0].GetData()) < 2 {
		t.Error("no result")
	}
}

func TestTooLargePayloads(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.work()
	run := b.start("Waits")
	const limit = 2 * 1024 * 1024
	signal := func(size int) error {
		_, err := b.client.WorkflowService().SignalWorkflowExecution(b.ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: "default", WorkflowExecution: execution(run), SignalName: "more", RequestId: uuid.NewString(),
			Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{{
				Metadata: map[string][]byte{"encoding": []byte("binary/plain")}, Data: make([]byte, size)}}}})
		return err
	}
	b.must(signal(limit - 1000))
	var tooLarge *serviceerror.InvalidArgument
	if err := signal(limit); !errors.As(err, &tooLarge) {
		t.Errorf("a signal of more than two megabytes gave %v", err)
	}
	b.signal(run, "go", "on")
	equal(b, "the run goes on", resultOf[string](b, run), "on")
	equal(b, "signals", count(b.events(run), enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), 2)
}

// reversing is a codec that turns every byte sequence around.
type reversing struct{}

func (reversing) turn(payloads []*commonpb.Payload, from, to string) ([]*commonpb.Payload, error) {
	var turned []*commonpb.Payload
	for _, payload := range payloads {
		if codec := string(payload.GetMetadata()["codec"]); codec != from {
			return nil, fmt.Errorf("codec is %q, expected %q", codec, from)
		}
		next := &commonpb.Payload{Metadata: map[string][]byte{}}
		for key, value := range payload.GetMetadata() {
			next.Metadata[key] = value
		}
		next.Metadata["codec"] = []byte(to)
		for index := range payload.GetData() {
			next.Data = append(next.Data, payload.GetData()[len(payload.GetData())-1-index])
		}
		turned = append(turned, next)
	}
	return turned, nil
}

func (c reversing) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return c.turn(payloads, "", "reverse")
}
func (c reversing) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return c.turn(payloads, "reverse", "")
}

func TestCodec(t *testing.T) {
	t.Parallel()
	encoded := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), reversing{})
	b := newBenchAt(t, address, client.Options{DataConverter: encoded,
		FailureConverter: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
			DataConverter: encoded, EncodeCommonAttributes: true})})
	b.activity("say", func(word string) (string, error) { return word + " said", nil })
	b.flow("Secret", func(ctx workflow.Context, word string) (string, error) {
		if err := workflow.SetQueryHandler(ctx, "word", func(times int) (string, error) { return strings.Repeat(word, times), nil }); err != nil {
			return "", err
		}
		err := workflow.SetUpdateHandler(ctx, "set", func(_ workflow.Context, to string) (string, error) { return to + " set", nil })
		if err != nil {
			return "", err
		}
		var said string
		if err := workflow.ExecuteActivity(within(ctx, patience), "say", word).Get(ctx, &said); err != nil {
			return "", err
		}
		text, err := untilReleased(ctx)
		if err != nil || text == "fail" {
			return "", temporal.NewApplicationError("a secret reason", "Secret", said)
		}
		return said + text, err
	})
	b.work()
	options := b.options(newID("Secret"))
	options.Memo = map[string]any{"colour": "blue"}
	run := b.startWith(options, "Secret", "word")
	equal(b, "query", queried[string](b, run, "word", 2), "wordword")
	set, err := b.updated(run, "", "set", "up")
	b.must(err)
	equal(b, "update", set, "up set")
	b.signal(run, "go", "ed")
	equal(b, "result", resultOf[string](b, run), "word saided")
	for _, event := range b.events(run) {
		if started := event.GetWorkflowExecutionStartedEventAttributes(); started != nil {
			equal(b, "on the wire", string(started.GetInput().GetPayloads()[0].GetData()), `"drow"`)
		}
	}
	failed := b.start("Secret", "word")
	b.signal(failed, "go", "fail")
	var application *temporal.ApplicationError
	if err := failureOf(b, failed); !errors.As(err, &application) || application.Message() != "a secret reason" {
		t.Errorf("failed with %v", err)
	}
	events := b.events(failed)
	equal(b, "message on the wire", events[len(events)-1].GetWorkflowExecutionFailedEventAttributes().GetFailure().GetMessage(),
		"Encoded failure")
}

func TestSideEffects(t *testing.T) {
	b := newBench(t)
	calls, changes := 0, 0
	b.flow("Effects", func(ctx workflow.Context) (int, error) {
		var first int
		if err := workflow.SideEffect(ctx, func(workflow.Context) any { calls++; return 7 }).Get(&first); err != nil {
			return 0, err
		}
		sum := first
		for n := 0; n < 6; n++ {
			var value int
			err := workflow.MutableSideEffect(ctx, "config", func(workflow.Context) any { changes++; return 1 + n/3 },
				func(a, b any) bool { return a.(int) == b.(int) }).Get(&value)
			if err != nil {
				return 0, err
			}
			sum += value
			if err := workflow.Sleep(ctx, 5*time.Millisecond); err != nil {
				return 0, err
			}
		}
		return sum, nil
	})
	b.work()
	run := b.start("Effects")
	equal(b, "sum", resultOf[int](b, run), 7+3+6)
	equal(b, "side effects", calls, 1)
	equal(b, "markers: one side effect, two values", count(b.events(run), enums.EVENT_TYPE_MARKER_RECORDED), 3)
}

func TestVersions(t *testing.T) {
	b := newBench(t)
	b.recordedElsewhere = true
	b.activity("say", func(word string) (string, error) { return word, nil })
	old := func(ctx workflow.Context) (string, error) {
		var said string
		if err := workflow.ExecuteActivity(within(ctx, patience), "say", "old").Get(ctx, &said); err != nil {
			return "", err
		}
		text, err := untilReleased(ctx)
		return said + text, err
	}
	changed := func(ctx workflow.Context) (string, error) {
		version := workflow.GetVersion(ctx, "words", workflow.DefaultVersion, 2)
		word := "old"
		if version != workflow.DefaultVersion {
			word = fmt.Sprint("new ", version)
		}
		var said string
		if err := workflow.ExecuteActivity(within(ctx, patience), "say", word).Get(ctx, &said); err != nil {
			return "", err
		}
		text, err := untilReleased(ctx)
		return said + text, err
	}
	b.flow("Versioned", old)
	before := b.work()
	first := b.start("Versioned")
	b.eventually("the old code ran", func() bool {
		return count(b.events(first), enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) == 1
	})
	before.Stop()
	b.workflows = nil
	b.flow("Versioned", changed)
	b.work()
	second := b.start("Versioned")
	b.signal(first, "go", "!")
	b.signal(second, "go", "!")
	equal(b, "a run of the old code", resultOf[string](b, first), "old!")
	equal(b, "a run of the new code", resultOf[string](b, second), "new 2!")
	equal(b, "marker", count(b.events(second), enums.EVENT_TYPE_MARKER_RECORDED), 1)
	b.eventually("the version can be searched for", func() bool {
		found, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: "default",
			Query:     fmt.Sprintf("TaskQueue = '%s' AND TemporalChangeVersion = 'words-2'", b.queue)})
		b.must(err)
		return found.GetCount() == 1
	})
	for _, run := range []client.WorkflowRun{first, second} {
		b.must(b.replay(workflow.Execution{ID: run.GetID(), RunID: run.GetRunID()}, b.events(run)))
	}
}

// The replayer that finds every other history of these tests clean does find a change.
func TestReplayerSeesAChange(t *testing.T) {
	b := newBench(t)
	b.flow("Changed", func(ctx workflow.Context) error { return workflow.Sleep(ctx, 10*time.Millisecond) })
	b.work()
	run := b.start("Changed")
	b.must(run.Get(b.ctx, nil))
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
		return workflow.ExecuteActivity(within(ctx, patience), "something else").Get(ctx, nil)
	}, workflow.RegisterOptions{Name: "Changed"})
	if err := replayer.ReplayWorkflowHistory(quiet, &historypb.History{Events: b.events(run)}); err == nil {
		t.Error("the replay of changed code was clean")
	}
}

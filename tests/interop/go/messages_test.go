// SPDX-License-Identifier: MIT
package interop

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// letters collects the signals "note" until one says "end"; its address can be asked for and changed.
func letters(ctx workflow.Context) ([]string, error) {
	var notes []string
	address := "none"
	if err := workflow.SetQueryHandler(ctx, "notes", func() ([]string, error) { return notes, nil }); err != nil {
		return nil, err
	}
	if err := workflow.SetQueryHandler(ctx, "broken", func() (string, error) { return "", errors.New("on purpose") }); err != nil {
		return nil, err
	}
	if err := workflow.SetQueryHandler(ctx, "times", func(word string, n int) (string, error) {
		return strings.Repeat(word, n), nil
	}); err != nil {
		return nil, err
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, "move", func(ctx workflow.Context, to string) (string, error) {
		before := address
		address = to
		var checked string
		err := workflow.ExecuteActivity(within(ctx, patience), "check", to).Get(ctx, &checked)
		return before + checked, err
	}, workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, to string) error {
		if to == "" {
			return temporal.NewApplicationError("an address is needed", "NoAddress", 42)
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	channel := workflow.GetSignalChannel(ctx, "note")
	for {
		var note string
		channel.Receive(ctx, &note)
		if note == "end" {
			break
		}
		notes = append(notes, note)
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return nil, err
	}
	return append(notes, address), nil
}

func checkAddress(to string) (string, error) {
	if to == "Nowhere" {
		return "", temporal.NewNonRetryableApplicationError("no such place", "NoPlace", nil)
	}
	return "", nil
}

func newLetters(t *testing.T) *bench {
	b := newBench(t)
	return b.flow("Letters", letters).activity("check", checkAddress)
}

func (b *bench) update(run client.WorkflowRun, id string, stage client.WorkflowUpdateStage, name string, arguments ...any) (
	client.WorkflowUpdateHandle, error) {
	return b.client.UpdateWorkflow(b.ctx, client.UpdateWorkflowOptions{UpdateID: id, WorkflowID: run.GetID(),
		UpdateName: name, Args: arguments, WaitForStage: stage})
}

// updated sends an update and gives its outcome.
func (b *bench) updated(run client.WorkflowRun, id, name string, arguments ...any) (string, error) {
	handle, err := b.update(run, id, client.WorkflowUpdateStageCompleted, name, arguments...)
	if err != nil {
		return "", err
	}
	var value string
	err = handle.Get(b.ctx, &value)
	return value, err
}

func TestSignalsKeepTheirOrder(t *testing.T) {
	b := newLetters(t)
	run := b.start("Letters")
	expected := []string{}
	for n := 0; n < 10; n++ {
		b.signal(run, "note", fmt.Sprint("early ", n))
		expected = append(expected, fmt.Sprint("early ", n))
	}
	b.work()
	for n := 0; n < 20; n++ {
		b.signal(run, "note", fmt.Sprint(n))
		expected = append(expected, fmt.Sprint(n))
	}
	b.signal(run, "note", "end")
	if seen := resultOf[[]string](b, run); !reflect.DeepEqual(seen, append(expected, "none")) {
		t.Errorf("seen %v", seen)
	}
}

func TestSignalWithStart(t *testing.T) {
	b := newLetters(t)
	b.work()
	options := b.options(newID("Letters"))
	first, err := b.client.SignalWithStartWorkflow(b.ctx, options.ID, "note", "first", options, "Letters")
	b.must(err)
	b.watch(first)
	again, err := b.client.SignalWithStartWorkflow(b.ctx, options.ID, "note", "second", options, "Letters")
	b.must(err)
	equal(b, "one run", again.GetRunID(), first.GetRunID())
	b.signal(first, "note", "end")
	if seen := resultOf[[]string](b, first); !reflect.DeepEqual(seen, []string{"first", "second", "none"}) {
		t.Errorf("seen %v", seen)
	}
	equal(b, "second event", b.events(first)[1].GetEventType(), enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
}

func TestQueries(t *testing.T) {
	b := newLetters(t)
	run := b.start("Letters")
	b.work()
	b.signal(run, "note", "a")
	b.eventually("the note is seen", func() bool { return len(queried[[]string](b, run, "notes")) == 1 })
	equal(b, "arguments", queried[string](b, run, "times", "ab", 3), "ababab")
	var failed *serviceerror.QueryFailed
	if _, err := b.client.QueryWorkflow(b.ctx, run.GetID(), "", "broken"); !errors.As(err, &failed) ||
		!strings.Contains(err.Error(), "on purpose") {
		t.Errorf("a failing query gave %v", err)
	}
	if _, err := b.client.QueryWorkflow(b.ctx, run.GetID(), "", "missing"); !errors.As(err, &failed) ||
		!strings.Contains(err.Error(), "notes") {
		t.Errorf("an unknown query gave %v", err)
	}
	if trace := queried[string](b, run, "__stack_trace"); !strings.Contains(trace, "letters") {
		t.Errorf("stack trace %q", trace)
	}
	b.signal(run, "note", "end")
	b.must(run.Get(b.ctx, nil))
	equal(b, "a closed run answers", len(queried[[]string](b, run, "notes")), 2-1)
	rejected, err := b.client.QueryWorkflowWithOptions(b.ctx, &client.QueryWorkflowWithOptionsRequest{WorkflowID: run.GetID(),
		QueryType: "notes", QueryRejectCondition: enums.QUERY_REJECT_CONDITION_NOT_OPEN})
	b.must(err)
	if rejected.QueryRejected == nil {
		t.Fatal("the query of a closed run was not rejected")
	}
	equal(b, "rejected for", rejected.QueryRejected.GetStatus(), enums.WORKFLOW_EXECUTION_STATUS_COMPLETED)
}

func TestUpdates(t *testing.T) {
	b := newLetters(t)
	b.work()
	run := b.start("Letters")
	before, err := b.updated(run, "", "move", "Main Street")
	b.must(err)
	equal(b, "before", before, "none")
	_, err = b.updated(run, "", "move", "")
	var application *temporal.ApplicationError
	if !errors.As(err, &application) || application.Type() != "NoAddress" {
		t.Fatalf("a refused update gave %v", err)
	}
	var detail int
	b.must(application.Details(&detail))
	equal(b, "detail", detail, 42)
	if _, err = b.updated(run, "", "move", "Nowhere"); !errors.As(err, &application) || application.Type() != "NoPlace" {
		t.Errorf("a failing update gave %v", err)
	}
	if _, err = b.updated(run, "", "missing"); err == nil || !strings.Contains(err.Error(), "move") {
		t.Errorf("an unknown update gave %v", err)
	}
	b.signal(run, "note", "end")
	b.must(run.Get(b.ctx, nil))
	events := b.events(run)
	equal(b, "accepted", count(events, enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 2)
	equal(b, "completed", count(events, enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED), 2)
	var gone *serviceerror.NotFound
	if _, err = b.updated(run, "", "move", "late"); !errors.As(err, &gone) {
		t.Errorf("an update of a closed run gave %v", err)
	}
}

func TestUpdateStagesAndIDs(t *testing.T) {
	b := newBench(t)
	b.flow("Slow", func(ctx workflow.Context) error {
		released := false
		err := workflow.SetUpdateHandler(ctx, "slow", func(ctx workflow.Context, word string) (string, error) {
			return word + "!", workflow.Await(ctx, func() bool { return released })
		})
		if err != nil {
			return err
		}
		workflow.GetSignalChannel(ctx, "release").Receive(ctx, nil)
		released = true
		workflow.GetSignalChannel(ctx, "end").Receive(ctx, nil)
		return nil
	})
	b.work()
	run := b.start("Slow")
	accepted, err := b.update(run, "one", client.WorkflowUpdateStageAccepted, "slow", "hm")
	b.must(err)
	again, err := b.update(run, "one", client.WorkflowUpdateStageAccepted, "slow", "ignored")
	b.must(err)
	equal(b, "id", again.UpdateID(), "one")
	b.signal(run, "release", nil)
	for _, handle := range []client.WorkflowUpdateHandle{accepted, again,
		b.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), UpdateID: "one"})} {
		var said string
		b.must(handle.Get(b.ctx, &said))
		equal(b, "outcome", said, "hm!")
	}
	b.signal(run, "end", nil)
	b.must(run.Get(b.ctx, nil))
	equal(b, "accepted once", count(b.events(run), enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED), 1)
	unknown := b.client.GetWorkflowUpdateHandle(client.GetWorkflowUpdateHandleOptions{WorkflowID: run.GetID(), UpdateID: "two"})
	var missing *serviceerror.NotFound
	if err := unknown.Get(b.ctx, nil); !errors.As(err, &missing) {
		t.Errorf("an unknown update's outcome gave %v", err)
	}
}

func TestManyUpdatesAtOnce(t *testing.T) {
	b := newLetters(t)
	b.work()
	run := b.start("Letters")
	var all sync.WaitGroup
	var lock sync.Mutex
	befores := map[string]bool{}
	for n := 0; n < 8; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			before, err := b.updated(run, "", "move", fmt.Sprint("street ", n))
			if err != nil {
				t.Error(err)
			}
			lock.Lock()
			defer lock.Unlock()
			befores[before] = true
		}()
	}
	all.Wait()
	equal(b, "different answers", len(befores), 8)
	b.signal(run, "note", "end")
	b.must(run.Get(b.ctx, nil))
}

func TestUpdateWakesAnIdleRun(t *testing.T) {
	b := newBench(t)
	b.flow("Idle", func(ctx workflow.Context) (string, error) {
		word := ""
		if err := workflow.SetUpdateHandler(ctx, "set", func(_ workflow.Context, to string) error { word = to; return nil }); err != nil {
			return "", err
		}
		done, err := workflow.AwaitWithTimeout(ctx, time.Hour, func() bool { return word != "" })
		return fmt.Sprint(word, done), err
	})
	b.work()
	run := b.start("Idle")
	b.eventually("the timer runs", func() bool { return count(b.events(run), enums.EVENT_TYPE_TIMER_STARTED) == 1 })
	_, err := b.updated(run, "", "set", "up")
	b.must(err)
	equal(b, "result", resultOf[string](b, run), "uptrue")
}

func TestUpdateWithStart(t *testing.T) {
	b := newLetters(t)
	b.work()
	id := newID("Letters")
	send := func(updateID, to string) (client.WorkflowUpdateHandle, client.WorkflowRun) {
		options := b.options(id)
		options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
		start := b.client.NewWithStartWorkflowOperation(options, "Letters")
		handle, err := b.client.UpdateWithStartWorkflow(b.ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: start,
			UpdateOptions: client.UpdateWorkflowOptions{UpdateID: updateID, UpdateName: "move", Args: []any{to},
				WaitForStage: client.WorkflowUpdateStageCompleted},
		})
		b.must(err)
		run, err := start.Get(b.ctx)
		b.must(err)
		return handle, run
	}
	handle, run := send("one", "Main Street")
	b.watch(run)
	var before string
	b.must(handle.Get(b.ctx, &before))
	equal(b, "started and updated", before, "none")
	handle, again := send("two", "Side Street")
	b.must(handle.Get(b.ctx, &before))
	equal(b, "updated", before, "Main Street")
	equal(b, "one run", again.GetRunID(), run.GetRunID())
	b.signal(run, "note", "end")
	if seen := resultOf[[]string](b, run); !reflect.DeepEqual(seen, []string{"Side Street"}) {
		t.Errorf("seen %v", seen)
	}
}

// SPDX-License-Identifier: MIT
package interop

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// child gives the context for a child of this id and policy.
func child(ctx workflow.Context, id string, policy enums.ParentClosePolicy) workflow.Context {
	return workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: id, ParentClosePolicy: policy,
		WaitForCancellation: true})
}

func TestChildren(t *testing.T) {
	b := newBench(t)
	b.flow("Child", func(ctx workflow.Context, text string) (string, error) {
		if text == "fail" {
			return "", temporal.NewNonRetryableApplicationError("child fails", "ChildType", nil, "detail")
		}
		if text == "again" && workflow.GetInfo(ctx).Attempt < 2 {
			return "", errors.New("the first attempt fails")
		}
		return fmt.Sprintf("%s of %s", text, workflow.GetInfo(ctx).ParentWorkflowExecution.ID), nil
	})
	b.flow("Parent", func(ctx workflow.Context) ([]string, error) {
		var good, again string
		if err := workflow.ExecuteChildWorkflow(ctx, "Child", "child").Get(ctx, &good); err != nil {
			return nil, err
		}
		retried := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: 20 * time.Millisecond, MaximumAttempts: 3}})
		if err := workflow.ExecuteChildWorkflow(retried, "Child", "again").Get(ctx, &again); err != nil {
			return nil, err
		}
		failed := workflow.ExecuteChildWorkflow(ctx, "Child", "fail").Get(ctx, nil)
		var inChild *temporal.ChildWorkflowExecutionError
		var application *temporal.ApplicationError
		if !errors.As(failed, &inChild) || !errors.As(failed, &application) {
			return nil, fmt.Errorf("unexpected: %w", failed)
		}
		return []string{good, again, application.Type()}, nil
	})
	b.work()
	run := b.start("Parent")
	equal(b, "seen", fmt.Sprint(resultOf[[]string](b, run)),
		fmt.Sprintf("[child of %s again of %s ChildType]", run.GetID(), run.GetID()))
	events := b.events(run)
	equal(b, "started", count(events, enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED), 3)
	equal(b, "failed", count(events, enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED), 1)
}

func TestParentClosePolicies(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	policies := map[string]enums.ParentClosePolicy{
		"left": enums.PARENT_CLOSE_POLICY_ABANDON, "asked": enums.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		"ended": enums.PARENT_CLOSE_POLICY_TERMINATE,
	}
	b.flow("Leaves", func(ctx workflow.Context) error {
		id := workflow.GetInfo(ctx).WorkflowExecution.ID
		for _, name := range workflow.DeterministicKeys(policies) {
			started := workflow.ExecuteChildWorkflow(child(ctx, id+name, policies[name]), "Waits")
			if err := started.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	})
	b.work()
	run := b.start("Leaves")
	b.must(run.Get(b.ctx, nil))
	left := b.client.GetWorkflow(b.ctx, run.GetID()+"left", "")
	b.signal(left, "go", "on")
	equal(b, "abandoned", resultOf[string](b, left), "on")
	var terminated *temporal.TerminatedError
	if err := failureOf(b, b.client.GetWorkflow(b.ctx, run.GetID()+"ended", "")); !errors.As(err, &terminated) {
		t.Errorf("terminated: %v", err)
	}
	asked := b.client.GetWorkflow(b.ctx, run.GetID()+"asked", "")
	b.eventually("the child is asked", func() bool {
		return count(b.events(asked), enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) == 1
	})
	b.signal(asked, "go", "on")
	b.must(asked.Get(b.ctx, nil))
}

func TestChildCancellation(t *testing.T) {
	b := newBench(t)
	b.flow("Sleeps", func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) })
	b.flow("Cancels", func(ctx workflow.Context) error {
		within, cancel := workflow.WithCancel(child(ctx, "", enums.PARENT_CLOSE_POLICY_TERMINATE))
		started := workflow.ExecuteChildWorkflow(within, "Sleeps")
		if err := started.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
			return err
		}
		cancel()
		if err := started.Get(ctx, nil); !temporal.IsCanceledError(err) {
			return fmt.Errorf("the child ended with %w", err)
		}
		unstarted := workflow.ExecuteChildWorkflow(within, "Sleeps")
		if err := unstarted.Get(ctx, nil); !temporal.IsCanceledError(err) {
			return fmt.Errorf("the second child ended with %w", err)
		}
		return nil
	})
	b.work()
	run := b.start("Cancels")
	b.must(run.Get(b.ctx, nil))
	equal(b, "cancelled", count(b.events(run), enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED), 1)
}

func TestChildWithATakenID(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.flow("Collides", func(ctx workflow.Context, id string) (bool, error) {
		err := workflow.ExecuteChildWorkflow(child(ctx, id, enums.PARENT_CLOSE_POLICY_TERMINATE), "Waits").Get(ctx, nil)
		var taken *temporal.ChildWorkflowExecutionAlreadyStartedError
		return errors.As(err, &taken), nil
	})
	b.work()
	first := b.start("Waits")
	equal(b, "taken", resultOf[bool](b, b.start("Collides", first.GetID())), true)
	b.signal(first, "go", "on")
	b.must(first.Get(b.ctx, nil))
}

func TestExternalSignalAndCancel(t *testing.T) {
	b := newBench(t)
	b.flow("Waits", untilReleased)
	b.flow("Sleeps", func(ctx workflow.Context) error { return workflow.Sleep(ctx, time.Hour) })
	b.flow("Reaches", func(ctx workflow.Context, signalled, cancelled string) error {
		if err := workflow.SignalExternalWorkflow(ctx, signalled, "", "go", "from afar").Get(ctx, nil); err != nil {
			return err
		}
		return workflow.RequestCancelExternalWorkflow(ctx, cancelled, "").Get(ctx, nil)
	})
	b.flow("Misses", func(ctx workflow.Context) error {
		if err := workflow.SignalExternalWorkflow(ctx, "nobody", "", "go", "hm").Get(ctx, nil); err == nil {
			return errors.New("a signal to nobody went through")
		}
		if err := workflow.RequestCancelExternalWorkflow(ctx, "nobody", "").Get(ctx, nil); err == nil {
			return errors.New("a cancellation of nobody went through")
		}
		return nil
	})
	b.work()
	waits, sleeps := b.start("Waits"), b.start("Sleeps")
	run := b.start("Reaches", waits.GetID(), sleeps.GetID())
	b.must(run.Get(b.ctx, nil))
	equal(b, "signalled", resultOf[string](b, waits), "from afar")
	if err := failureOf(b, sleeps); !temporal.IsCanceledError(errors.Unwrap(err)) {
		t.Errorf("cancelled: %v", err)
	}
	missed := b.start("Misses")
	b.must(missed.Get(b.ctx, nil))
	events := b.events(missed)
	equal(b, "signal failed", count(events, enums.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED), 1)
	equal(b, "cancel failed", count(events, enums.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED), 1)
}

func TestSignalToAChildAndBack(t *testing.T) {
	b := newBench(t)
	b.flow("Echo", func(ctx workflow.Context) error {
		var word string
		workflow.GetSignalChannel(ctx, "go").Receive(ctx, &word)
		parent := workflow.GetInfo(ctx).ParentWorkflowExecution
		return workflow.SignalExternalWorkflow(ctx, parent.ID, parent.RunID, "go", word+" back").Get(ctx, nil)
	})
	b.flow("Shouts", func(ctx workflow.Context) (string, error) {
		started := workflow.ExecuteChildWorkflow(ctx, "Echo")
		if err := started.SignalChildWorkflow(ctx, "go", "hello").Get(ctx, nil); err != nil {
			return "", err
		}
		text, err := untilReleased(ctx)
		if err != nil {
			return "", err
		}
		return text, started.Get(ctx, nil)
	})
	b.work()
	equal(b, "echo", resultOf[string](b, b.start("Shouts")), "hello back")
}

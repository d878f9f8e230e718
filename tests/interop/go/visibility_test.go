// SPDX-License-Identifier: MIT
package interop

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

var (
	shopKey  = temporal.NewSearchAttributeKeyKeyword("GoShop")
	priceKey = temporal.NewSearchAttributeKeyInt64("GoPrice")
)

// knowAttributes registers the custom search attributes and waits until the server takes them.
func (b *bench) knowAttributes() {
	b.Helper()
	_, err := b.client.OperatorService().AddSearchAttributes(b.ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: "default", SearchAttributes: map[string]enums.IndexedValueType{
			shopKey.GetName(): enums.INDEXED_VALUE_TYPE_KEYWORD, priceKey.GetName(): enums.INDEXED_VALUE_TYPE_INT}})
	var known *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &known) {
		b.Fatal(err)
	}
	b.eventually("the search attributes are known", func() bool {
		seen, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Query: "GoShop = 'x' AND GoPrice > 3"})
		return err == nil && seen.GetCount() == 0
	})
}

func (b *bench) counted(query string) int64 {
	b.Helper()
	seen, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: query})
	b.must(err)
	return seen.GetCount()
}

func TestSearchAttributesAndMemo(t *testing.T) {
	b := newBench(t)
	b.knowAttributes()
	b.flow("Priced", func(ctx workflow.Context) (int64, error) {
		shop, _ := workflow.GetTypedSearchAttributes(ctx).GetKeyword(shopKey)
		if shop == "" {
			return 0, errors.New("the search attribute of the start is lost")
		}
		if err := workflow.UpsertTypedSearchAttributes(ctx, priceKey.ValueSet(42), shopKey.ValueSet(shop+"-moved")); err != nil {
			return 0, err
		}
		if err := workflow.UpsertMemo(ctx, map[string]any{"size": 7, "colour": nil}); err != nil {
			return 0, err
		}
		if _, err := untilReleased(ctx); err != nil {
			return 0, err
		}
		if err := workflow.UpsertTypedSearchAttributes(ctx, shopKey.ValueUnset()); err != nil {
			return 0, err
		}
		price, _ := workflow.GetTypedSearchAttributes(ctx).GetInt64(priceKey)
		return price, nil
	})
	b.work()
	shop := newID("shop")
	options := b.options(newID("Priced"))
	options.TypedSearchAttributes = temporal.NewSearchAttributes(shopKey.ValueSet(shop))
	options.Memo = map[string]any{"colour": "blue", "weight": 1.5}
	run := b.startWith(options, "Priced")
	b.eventually("the run is found by what it upserted", func() bool {
		return b.counted(fmt.Sprintf("GoShop = '%s-moved' AND GoPrice = 42 AND GoPrice BETWEEN 40 AND 50", shop)) == 1
	})
	equal(b, "the old value is gone", b.counted(fmt.Sprintf("GoShop = '%s'", shop)), 0)
	seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
	b.must(err)
	fields := seen.GetWorkflowExecutionInfo().GetMemo().GetFields()
	var size int
	b.must(converter.GetDefaultDataConverter().FromPayload(fields["size"], &size))
	equal(b, "memo", size, 7)
	equal(b, "memo's length", len(fields), 2)
	b.signal(run, "go", "")
	equal(b, "price", resultOf[int64](b, run), 42)
	b.eventually("the value is unset", func() bool {
		return b.counted(fmt.Sprintf("WorkflowId = '%s' AND GoShop IS NULL", run.GetID())) == 1
	})
}

func TestListAndCount(t *testing.T) {
	b := newBench(t)
	b.flow("Listed", func(_ workflow.Context, fail bool) error {
		if fail {
			return errors.New("on purpose")
		}
		return nil
	})
	b.flow("Waits", untilReleased)
	b.work()
	name := newID("listed")
	for n := 0; n < 5; n++ {
		run := b.startWith(b.options(fmt.Sprint(name, "-", n)), "Listed", n == 4)
		_ = run.Get(b.ctx, nil)
	}
	open := b.options(name + "-open")
	open.StaticSummary = "a summary"
	run := b.startWith(open, "Waits")
	mine := fmt.Sprintf("WorkflowId STARTS_WITH '%s'", name)
	b.eventually("all are listed, as they ended", func() bool {
		return b.counted(mine+" AND ExecutionStatus = 'Completed'") == 4 && b.counted(mine) == 6 &&
			b.counted(mine+" AND (ExecutionStatus = 'Failed' OR ExecutionStatus = 'Running')") == 2
	})
	var ids []string
	var token []byte
	for pages := 0; pages == 0 || len(token) > 0; pages++ {
		page, err := b.client.ListWorkflow(b.ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: mine, PageSize: 2,
			NextPageToken: token})
		b.must(err)
		for _, each := range page.GetExecutions() {
			ids = append(ids, each.GetExecution().GetWorkflowId())
		}
		token = page.GetNextPageToken()
		if pages > 5 {
			t.Fatal("paging does not end")
		}
	}
	equal(b, "listed", len(ids), 6)
	equal(b, "newest first", ids[0], name+"-open")
	groups, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Query: mine + " GROUP BY ExecutionStatus"})
	b.must(err)
	equal(b, "groups", len(groups.GetGroups()), 3)
	var malformed *serviceerror.InvalidArgument
	if _, err := b.client.CountWorkflow(b.ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: "Shoe = 3"}); !errors.As(err, &malformed) {
		t.Errorf("an unknown attribute gave %v", err)
	}
	described, err := b.client.DescribeWorkflow(b.ctx, run.GetID(), "")
	b.must(err)
	summary, err := described.GetStaticSummary()
	b.must(err)
	equal(b, "summary", summary, "a summary")
	b.signal(run, "go", "")
	b.must(run.Get(b.ctx, nil))
	b.eventually("by type and close time", func() bool {
		return b.counted(fmt.Sprintf("%s AND WorkflowType = 'Waits' AND CloseTime > '%s'", mine,
			time.Now().Add(-time.Hour).UTC().Format(time.RFC3339))) == 1
	})
}

func TestDescribe(t *testing.T) {
	b := newBench(t)
	b.flow("Parent", func(ctx workflow.Context) error {
		options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: "go-nobody", ActivityID: "pending",
			StartToCloseTimeout: time.Minute})
		workflow.ExecuteActivity(options, "absent")
		workflow.ExecuteChildWorkflow(child(ctx, workflow.GetInfo(ctx).WorkflowExecution.ID+"-child",
			enums.PARENT_CLOSE_POLICY_TERMINATE), "Waits")
		_, err := untilReleased(ctx)
		return err
	})
	b.flow("Waits", untilReleased)
	b.work()
	run := b.start("Parent")
	var seen *workflowservice.DescribeWorkflowExecutionResponse
	b.eventually("what is pending is shown", func() bool {
		var err error
		seen, err = b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), "")
		b.must(err)
		return len(seen.GetPendingActivities()) == 1 && len(seen.GetPendingChildren()) == 1 &&
			seen.GetPendingChildren()[0].GetRunId() != "" && seen.GetPendingWorkflowTask() == nil
	})
	activity := seen.GetPendingActivities()[0]
	equal(b, "activity", activity.GetActivityId()+" "+activity.GetActivityType().GetName(), "pending absent")
	equal(b, "state", activity.GetState(), enums.PENDING_ACTIVITY_STATE_SCHEDULED)
	equal(b, "child", seen.GetPendingChildren()[0].GetWorkflowId(), run.GetID()+"-child")
	info := seen.GetWorkflowExecutionInfo()
	equal(b, "type", info.GetType().GetName(), "Parent")
	equal(b, "queue", info.GetTaskQueue(), b.queue)
	equal(b, "length", info.GetHistoryLength(), int64(len(b.events(run))))
	kid, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID()+"-child", "")
	b.must(err)
	equal(b, "parent", kid.GetWorkflowExecutionInfo().GetParentExecution().GetRunId(), run.GetRunID())
	equal(b, "root", kid.GetWorkflowExecutionInfo().GetRootExecution().GetWorkflowId(), run.GetID())
	b.eventually("the worker is seen polling", func() bool {
		queue, err := b.client.DescribeTaskQueue(b.ctx, b.queue, enums.TASK_QUEUE_TYPE_WORKFLOW)
		b.must(err)
		return len(queue.GetPollers()) > 0
	})
	b.signal(run, "go", "")
	b.must(run.Get(b.ctx, nil))
}

// idle says whether no workflow task is under way.
func (b *bench) idle(run client.WorkflowRun) bool {
	b.Helper()
	seen, err := b.client.DescribeWorkflowExecution(b.ctx, run.GetID(), run.GetRunID())
	b.must(err)
	return seen.GetPendingWorkflowTask() == nil
}

func TestHistoryInPagesAndByLongPoll(t *testing.T) {
	b := newBench(t)
	b.flow("Busy", func(ctx workflow.Context) error {
		for n := 0; n < 12; n++ {
			workflow.SideEffect(ctx, func(workflow.Context) any { return n })
			if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
				return err
			}
		}
		_, err := untilReleased(ctx)
		return err
	})
	b.work()
	run := b.start("Busy")
	b.eventually("all timers fired", func() bool {
		return count(b.events(run), enums.EVENT_TYPE_TIMER_FIRED) == 12 && b.status(run) == enums.WORKFLOW_EXECUTION_STATUS_RUNNING &&
			b.idle(run)
	})
	expected := len(b.events(run))
	seen, pages := 0, 0
	var token []byte
	for pages == 0 || len(token) > 0 {
		page, err := b.client.WorkflowService().GetWorkflowExecutionHistory(b.ctx,
			&workflowservice.GetWorkflowExecutionHistoryRequest{Namespace: "default", MaximumPageSize: 7, NextPageToken: token,
				Execution: execution(run)})
		b.must(err)
		seen += len(page.GetHistory().GetEvents())
		token = page.GetNextPageToken()
		pages++
	}
	equal(b, "events over all pages", seen, expected)
	if pages < 3 {
		t.Errorf("%d pages", pages)
	}
	back, err := b.client.WorkflowService().GetWorkflowExecutionHistoryReverse(b.ctx,
		&workflowservice.GetWorkflowExecutionHistoryReverseRequest{Namespace: "default", MaximumPageSize: 5, Execution: execution(run)})
	b.must(err)
	equal(b, "newest first", back.GetHistory().GetEvents()[0].GetEventId(), int64(expected))
	followed := make(chan int)
	go func() {
		events := b.client.GetWorkflowHistory(b.ctx, run.GetID(), run.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		read := 0
		for events.HasNext() {
			if _, err := events.Next(); err != nil {
				break
			}
			read++
		}
		followed <- read
	}()
	b.signal(run, "go", "")
	b.must(run.Get(b.ctx, nil))
	equal(b, "followed to the end", <-followed, len(b.events(run)))
	closing := b.client.GetWorkflowHistory(b.ctx, run.GetID(), run.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	last, err := closing.Next()
	b.must(err)
	equal(b, "close event", last.GetEventType(), enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)
}

// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"sort"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
)

const listRounds = 9

// startForLists starts runs of ten types and terminates every third, so that lists hold open and closed ones.
func (b *bench) startForLists(ctx context.Context, prefix string, count int64) error {
	return parallel(count, 16, func(n int64) error {
		id := fmt.Sprintf("%s-%d", prefix, n)
		_, err := b.client.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
			Namespace: namespace, WorkflowId: id, RequestId: id,
			WorkflowType: &commonpb.WorkflowType{Name: fmt.Sprintf("type-%d", n%10)},
			TaskQueue:    &taskqueuepb.TaskQueue{Name: prefix}})
		if err != nil || n%3 != 0 {
			return err
		}
		_, err = b.client.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{
			Namespace: namespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id}})
		return err
	})
}

// median asks several times and gives the milliseconds of the one in the middle.
func median(ask func() error) (float64, error) {
	var taken []float64
	for i := 0; i < listRounds; i++ {
		begin := time.Now()
		if err := ask(); err != nil {
			return 0, err
		}
		taken = append(taken, float64(time.Since(begin).Microseconds())/1e3)
	}
	sort.Float64s(taken)
	return taken[listRounds/2], nil
}

func (b *bench) page(ctx context.Context, query string, size int32, token []byte) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return b.client.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace, Query: query, PageSize: size, NextPageToken: token})
}

// lists measures pages and counts among many runs.
func lists(arguments []string) (map[string]any, error) {
	flags := newOptions("lists")
	count := flags.Int64("n", 100_000, "runs, a third of them closed")
	b, ctx, cancel, err := flags.dial(arguments)
	if err != nil {
		return nil, err
	}
	defer cancel()
	prefix := fmt.Sprintf("lists-%d", time.Now().UnixNano())
	if err = b.startForLists(ctx, prefix, *count); err != nil {
		return nil, err
	}
	result := map[string]any{"runs": *count}
	queries := map[string]string{
		"first_page_ms": "",
		"by_id_ms":      fmt.Sprintf("WorkflowId = '%s-%d'", prefix, *count/2),
		"by_type_ms":    "WorkflowType = 'type-3'",
		"by_status_ms":  "ExecutionStatus = 'Terminated'",
		"by_rare_ms":    fmt.Sprintf("WorkflowId STARTS_WITH '%s-77'", prefix),
	}
	for name, query := range queries {
		if result[name], err = median(func() error {
			_, err := b.page(ctx, query, 100, nil)
			return err
		}); err != nil {
			return nil, err
		}
	}
	if result["count_by_status_ms"], err = median(func() error {
		_, err := b.client.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: namespace, Query: "GROUP BY ExecutionStatus"})
		return err
	}); err != nil {
		return nil, err
	}
	begin := time.Now()
	seen := 0
	for token := []byte(nil); ; {
		page, err := b.page(ctx, "", 1000, token)
		if err != nil {
			return nil, err
		}
		seen += len(page.Executions)
		if token = page.NextPageToken; len(token) == 0 {
			break
		}
	}
	if int64(seen) < *count {
		return nil, fmt.Errorf("the pages have %d of %d runs", seen, *count)
	}
	result["all_pages_ms"] = float64(time.Since(begin).Microseconds()) / 1e3
	return result, nil
}

// SPDX-License-Identifier: MIT
package interop

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// TestDevServer takes the SDK's own test server helper with our program in the place of Temporal's command line.
func TestDevServer(t *testing.T) {
	if program() == "" {
		t.Skip("only our own program can be started")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	customer := temporal.NewSearchAttributeKeyKeyword("InteropCustomer")
	server, err := testsuite.StartDevServer(ctx, testsuite.DevServerOptions{
		ExistingPath:     program(),
		ClientOptions:    &client.Options{Namespace: "interop-dev", Logger: quiet},
		LogLevel:         "error",
		LogFormat:        "pretty",
		SearchAttributes: temporal.NewSearchAttributes(customer.ValueSet("any")),
		ExtraArgs:        []string{"--namespace", "second", "--dynamic-config-value", "history.maxInFlightUpdates=3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	}()
	c := server.Client()
	defer c.Close()
	const queue = "dev"
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) (string, error) {
		return workflow.GetInfo(ctx).Namespace, workflow.Sleep(ctx, time.Millisecond)
	}, workflow.RegisterOptions{Name: "Here"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "dev", TaskQueue: queue,
		TypedSearchAttributes: temporal.NewSearchAttributes(customer.ValueSet("Ada"))}, "Here")
	if err != nil {
		t.Fatal(err)
	}
	var namespace string
	if err := run.Get(ctx, &namespace); err != nil || namespace != "interop-dev" {
		t.Fatalf("the workflow ran in %q: %v", namespace, err)
	}
	found, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: "InteropCustomer = 'Ada'"})
	if err != nil || len(found.Executions) != 1 {
		t.Fatalf("found %v: %v", found.GetExecutions(), err)
	}
	_, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: "second"})
	if err != nil {
		t.Fatal(err)
	}
}

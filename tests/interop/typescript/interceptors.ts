// SPDX-License-Identifier: MIT
// Carries the header "tag" from the client through the workflow to its activities.
import type { WorkflowInterceptors } from '@temporalio/workflow';

export const interceptors = (): WorkflowInterceptors => {
  let tag: any;
  return {
    inbound: [{
      async execute(input, next) {
        tag = input.headers.tag;
        return await next(input);
      },
    }],
    outbound: [{
      async scheduleActivity(input, next) {
        return await next(tag ? { ...input, headers: { ...input.headers, tag } } : input);
      },
    }],
  };
};

import { defaultPayloadConverter } from '@temporalio/common';
import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

import { searchAttributes } from './search-attributes.ts';

/** Header with the stage of an activity, for its log. */
const stageHeader = 'dmsa-stage';

/** Adds the stage to logs of workflows and to headers of activities. Changes no command. */
export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [],
    outbound: [
      {
        scheduleActivity(input, next) {
          const stage = currentStage();
          if (stage === undefined) return next(input);
          const headers = { ...input.headers, [stageHeader]: defaultPayloadConverter.toPayload(stage)! };
          return next({ ...input, headers });
        },
        getLogAttributes: (attributes, next) => next({ stage: currentStage(), ...attributes }),
      },
    ],
  };
}

function currentStage(): string | undefined {
  return workflowInfo().typedSearchAttributes.get(searchAttributes.stage);
}

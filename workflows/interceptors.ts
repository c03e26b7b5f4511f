import { defaultPayloadConverter } from '@temporalio/common';
import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

import { searchAttributes } from './search-attributes.ts';

/** The header by which an activity knows, for its log, in which stage it was asked for. */
const stageHeader = 'dmsa-stage';

/** Adds the stage to what workflows log and to what activities are told. Changes no command. */
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

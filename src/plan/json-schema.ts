import { z } from 'zod';

import { planSchema } from './parse-plan.ts';

/** JSON schema of a saved plan, made of the schema that `dmsa start` parses plans with. Rules across fields are not in it. */
export function planJsonSchema(): object {
  return {
    title: 'Plan of a migration (dmsa)',
    description: 'As dmsa plan --out saves it. It is for reading: dmsa start refuses a plan that was edited.',
    ...z.toJSONSchema(planSchema, { io: 'input' }),
  };
}

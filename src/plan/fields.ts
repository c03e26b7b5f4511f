import { approvalFields, gateFields } from './fields/gates.ts';
import { checkFields, rolloutFields } from './fields/rollout.ts';
import { targetFields } from './fields/target.ts';
import { switchFields, waitFields } from './fields/waits.ts';

/**
 * The table of everything that a plan can be asked for. Made of it: schema, defaults and type of a plan request
 * (`request.ts`), the schema of the same fields in a plan (`parse-plan.ts`) with its JSON schema, the options of
 * `dmsa plan` and `dmsa start`, and `docs/cli.md`.
 */
export const requestFields = {
  ...targetFields,
  ...waitFields,
  ...approvalFields,
  ...gateFields,
  ...rolloutFields,
  ...checkFields,
  ...switchFields,
};

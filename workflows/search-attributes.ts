import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes that `dmsa worker` registers, and that `dmsa list` and Temporal's UI filter by. */
export const searchAttributes = {
  account: defineSearchAttributeKey('DmsaAccount', SearchAttributeType.KEYWORD),
  /** The account's name in lower case: AD ignores case in names, and Temporal does not. */
  accountKey: defineSearchAttributeKey('DmsaAccountKey', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('DmsaStage', SearchAttributeType.KEYWORD),
  /** The gate that is open, or `none`. */
  gate: defineSearchAttributeKey('DmsaGate', SearchAttributeType.KEYWORD),
  /** Need for a person (src/domain/migration/needs.ts), or `none`. */
  needs: defineSearchAttributeKey('DmsaNeeds', SearchAttributeType.KEYWORD),
  /** `running`, or how it ended. */
  outcome: defineSearchAttributeKey('DmsaOutcome', SearchAttributeType.KEYWORD),
} as const;

import type { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import proto from '@temporalio/proto';

import { searchAttributes } from '../../workflows/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** gRPC's UNIMPLEMENTED and PERMISSION_DENIED: a server that keeps the operator service to itself (Temporal Cloud). */
const keptToItself = [12, 7];

/**
 * Adds what is missing of `workflows/search-attributes.ts` to the namespace; may run any number of times.
 * Returns the names that it added, or null where the server leaves that to its own administrators. Throws gRPC errors.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<string[] | null> {
  try {
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(searchAttributes).filter((key) => !known.customAttributes?.[key.name]);
    if (missing.length === 0) return [];
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((key) => [key.name, indexedType(key.type)])),
    });
    return missing.map((key) => key.name);
  } catch (error) {
    if (keptToItself.includes((error as { code?: number }).code ?? -1)) return null;
    throw error;
  }
}

function indexedType(type: SearchAttributeType) {
  return IndexedValueType[`INDEXED_VALUE_TYPE_${type}`];
}

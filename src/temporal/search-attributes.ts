import type { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import proto from '@temporalio/proto';

import { searchAttributes } from '../../workflows/search-attributes.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { grpcStatus, temporalRefusal } from '../domain/errors/temporal-refusal.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** Search attributes of a namespace that `workflows/search-attributes.ts` needs. */
export interface SearchAttributesFound {
  /** Names that are not there, in the order of the table; null where the server does not say what is there. */
  missing: string[] | null;
  /** Number of those of type Keyword, whatever their names. */
  keywords: number;
  /** The server leaves them to its own administrators, as Temporal Cloud does: the refusal of its operator service. */
  refusal: DmsaError | null;
}

/**
 * Reads which search attributes the namespace has: from the operator service, or where that is refused from the
 * namespace's aliases. Throws SEARCH_ATTRIBUTES_MISTYPED, and other refusals of Temporal.
 */
export async function readSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<SearchAttributesFound> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return found(customAttributes ?? {}, namespace, null);
  } catch (error) {
    const refusal = operatorRefusal(namespace, error);
    if (!refusal) throw temporalRefusal(namespace, error) ?? error;
    const types = await aliasedTypes(connection, namespace);
    return types ? found(types, namespace, refusal) : { missing: null, keywords: 0, refusal };
  }
}

/**
 * Adds what is missing of `workflows/search-attributes.ts` to the namespace; may run any number of times. Returns the
 * names that it added, or null where the server does not say what is there. Throws SEARCH_ATTRIBUTES_MISSING where the
 * server leaves that to its own administrators, SEARCH_ATTRIBUTES_MISTYPED, SEARCH_ATTRIBUTES_FULL, and other refusals
 * of Temporal.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<string[] | null> {
  const { missing, refusal } = await readSearchAttributes(connection, namespace);
  if (missing === null || missing.length === 0) return missing;
  if (refusal) throw notThere(namespace, missing, refusal);
  const wanted = Object.values(searchAttributes).filter(({ name }) => missing.includes(name));
  const added = Object.fromEntries(wanted.map(({ name, type }) => [name, indexedType(type)]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: added });
  } catch (error) {
    if (operatorRefusal(namespace, error)) throw notThere(namespace, missing, error);
    throw temporalRefusal(namespace, error) ?? error;
  }
  return missing;
}

/**
 * Registers search attributes for a client, if that is possible: starting and listing say what they lack, and a vote or
 * an undo does not need them. Throws other refusals of Temporal.
 */
export async function offerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  try {
    await registerSearchAttributes(connection, namespace);
  } catch (error) {
    if (!(error instanceof DmsaError) || !error.code.startsWith('SEARCH_ATTRIBUTES_')) throw error;
  }
}

/** Search attributes are missing that dmsa may not add. */
export function notThere(namespace: string, missing: string[], cause: unknown): DmsaError {
  const message = `the namespace ${namespace} has no ${missing.join(', ')}, and the server lets dmsa add none`;
  return new DmsaError('SEARCH_ATTRIBUTES_MISSING', namespace, message, { cause });
}

/** OPERATOR_SERVICE_REFUSED where the operator service is kept from whoever asks, or is not there; null for anything else. */
function operatorRefusal(namespace: string, error: unknown): DmsaError | null {
  const status = grpcStatus(error)?.status;
  if (status !== 'permissionDenied' && status !== 'unimplemented') return null;
  const { message } = temporalRefusal(namespace, error)!;
  return new DmsaError('OPERATOR_SERVICE_REFUSED', namespace, message, { cause: error });
}

/**
 * Types by name. Columns are named after their type: `Keyword01` has the alias `DmsaGate`. Null where there is none, or
 * whoever asks may not see the namespace either.
 */
async function aliasedTypes(
  connection: Connection,
  namespace: string,
): Promise<Record<string, number> | null> {
  const described = await connection.workflowService.describeNamespace({ namespace }).catch((error) => {
    if (operatorRefusal(namespace, error)) return null;
    throw temporalRefusal(namespace, error) ?? error;
  });
  const aliases = Object.entries(described?.config?.customSearchAttributeAliases ?? {});
  if (aliases.length === 0) return null;
  return Object.fromEntries(
    aliases.map(([column, name]) => {
      const type = column.replace(/\d+$/, '').replace(/(?<=[a-z])(?=[A-Z])/, '_');
      return [name, indexedType(type.toUpperCase() as SearchAttributeType)];
    }),
  );
}

function found(
  types: Record<string, number>,
  namespace: string,
  refusal: DmsaError | null,
): SearchAttributesFound {
  const wanted = Object.values(searchAttributes);
  const wrong = wanted.filter(({ name, type }) => name in types && types[name] !== indexedType(type));
  if (wrong.length > 0) {
    const named = wrong.map(({ name, type }) => {
      const other = IndexedValueType[types[name]!]?.replace('INDEXED_VALUE_TYPE_', '') ?? types[name];
      return `${name} is of type ${other}, not ${type}`;
    });
    const message = `the namespace ${namespace}: ${named.join(', ')}`;
    throw new DmsaError('SEARCH_ATTRIBUTES_MISTYPED', namespace, message);
  }
  const missing = wanted.flatMap(({ name }) => (name in types ? [] : [name]));
  const keyword = indexedType('KEYWORD');
  return { missing, keywords: Object.values(types).filter((type) => type === keyword).length, refusal };
}

function indexedType(type: SearchAttributeType): number {
  return IndexedValueType[`INDEXED_VALUE_TYPE_${type}`];
}

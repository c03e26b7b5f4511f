import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Encodes messages and stack traces of failures as payloads, which codecs encrypt: the history shows `Encoded failure` and
 * the type, which is the error's code. Any converter reads them. Loaded by its path: also into the bundle of workflows.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';

/** Octets in every way in which a text may hold them: as they are, escaped, in hex, and in base64 wherever they begin. */
export function formsOf(secret: Buffer): string[] {
  const text = secret.toString('utf8');
  const asText = Buffer.from(text).equals(secret)
    ? [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)]
    : [];
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), secret]);
    // First and last letters are also of what stands beside it.
    const letters = whole
      .toString('base64')
      .replace(/.?=+$/, '')
      .slice(Math.ceil((offset * 8) / 6));
    return [letters, letters.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set([...asText, ...base64, secret.toString('hex'), secret.toString('hex').toUpperCase()])];
}

/** `secret in place` for each secret that stands in one of the texts, in whatever form. */
export function found(secrets: Record<string, Buffer>, said: Record<string, string>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = formsOf(secret);
    return Object.entries(said)
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([place]) => `${name} in ${place}`);
  });
}

export interface StoredHistory {
  /** As Temporal stores it, octets as they are. */
  stored: string;
  /** What the codecs make of its payloads. */
  clear: string;
  /** The encodings of its payloads, as they are stored and below that. */
  encodings: Set<string>;
}

/** The history of a workflow and of the children that tell people of it. */
export async function historyOf(client: Client, id: string): Promise<StoredHistory> {
  const { events = [] } = await client.workflow.getHandle(id).fetchHistory();
  const history: StoredHistory = { stored: '', clear: '', encodings: new Set() };
  await collect(events, client.options.loadedDataConverter.payloadCodecs, history);
  for (const { childWorkflowExecutionStartedEventAttributes: started } of events ?? []) {
    if (started?.workflowType?.name !== 'notifyPeople') continue;
    const child = await historyOf(client, started.workflowExecution!.workflowId!);
    history.stored += child.stored;
    history.clear += child.clear;
  }
  return history;
}

async function collect(value: unknown, codecs: PayloadCodec[], history: StoredHistory): Promise<void> {
  if (typeof value === 'string') history.stored += `${value}\n`;
  if (value instanceof Uint8Array) history.stored += `${Buffer.from(value).toString('latin1')}\n`;
  else if (typeof value === 'object' && value !== null) {
    if ('metadata' in value && 'data' in value) await decode(value as Payload, codecs, history);
    for (const each of Object.values(value)) await collect(each, codecs, history);
  }
}

async function decode(payload: Payload, codecs: PayloadCodec[], history: StoredHistory): Promise<void> {
  let payloads = [payload];
  for (const codec of [...codecs].reverse()) {
    for (const { metadata } of payloads)
      history.encodings.add(Buffer.from(metadata?.encoding ?? []).toString());
    payloads = await codec.decode(payloads);
  }
  for (const { data } of payloads) history.clear += `${Buffer.from(data ?? []).toString('utf8')}\n`;
}

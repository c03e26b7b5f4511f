import { readSecret, type Secret } from '../config/secret.ts';
import type { Webhook } from '../config/settings.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Notice, NoticeEvent } from '../domain/migration/notice.ts';
import { bodyOf } from './body.ts';
import { type Delivery, send } from './send.ts';
import { signature } from './sign.ts';

/** Sends notices to the receivers that the settings name. */
export interface Notifier {
  /** Names of the receivers that want to hear of an event, in the order of the settings. */
  receiversOf(event: NoticeEvent): string[];
  /** Sends a notice to one receiver, once. Throws WEBHOOK_UNKNOWN, and SECRET_UNUSABLE for an empty secret. */
  send(receiver: string, notice: Notice, options: SendOptions): Promise<Delivery>;
}

export interface SendOptions {
  /** The same for every attempt, so that a receiver may know a message that it has had. */
  key: string;
  now: () => Date;
  signal: AbortSignal;
}

/** Notifier of webhooks, by their names in the settings. Secrets are read anew for each message. */
export function webhookNotifier(webhooks: Record<string, Webhook> = {}): Notifier {
  return {
    receiversOf: (event) =>
      Object.entries(webhooks)
        .filter(([, { events }]) => events === null || events.includes(event))
        .map(([name]) => name),
    async send(receiver, notice, { key, now, signal }) {
      const webhook = webhooks[receiver];
      if (!webhook)
        throw new DmsaError('WEBHOOK_UNKNOWN', receiver, 'this worker has no such webhook in its settings');
      const body = JSON.stringify(bodyOf(webhook.kind, notice, key));
      const secrets = await Promise.all([webhook.url, webhook.secret ?? null].map(read)).catch(whyNot);
      if (typeof secrets === 'string') return { result: 'again', why: secrets, afterMs: null };
      const [url, secret] = secrets;
      // A receiver that checks nothing would take it, and whoever set a secret would not hear of it.
      if (secret === '')
        throw new DmsaError('SECRET_UNUSABLE', receiver, 'its secret is empty, and nothing is sent unsigned');
      const headers = {
        'Idempotency-Key': key,
        ...(secret ? { 'X-Dmsa-Signature': signature(secret, body, now()) } : {}),
      };
      return await send({ url: url!, body, headers, signal, now });
    },
  };
}

async function read(place: Secret | null): Promise<string | null> {
  return place && (await readSecret(place)).trim();
}

/** A secret that is not there yet may be tomorrow: that is no reason to give a message up. */
function whyNot(error: unknown): string {
  return error instanceof DmsaError ? error.message : 'a secret is missing';
}

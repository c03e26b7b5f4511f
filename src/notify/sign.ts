import { createHmac } from 'node:crypto';

/**
 * The header by which a receiver knows who sent the body, and when: `t=<Unix time, s>,v1=<HMAC-SHA-256, hex>` of
 * `<t>.<body>`. The time is that of the attempt, so that a receiver may refuse what is older than some minutes.
 */
export function signature(secret: string, body: string, at: Date): string {
  const time = Math.floor(at.getTime() / 1_000);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

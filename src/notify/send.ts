import { version } from '../version.ts';

export interface Sending {
  url: string;
  /** JSON. */
  body: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  now: () => Date;
  /** Milliseconds until an attempt without an answer is given up. */
  withinMs?: number;
}

/** `why` is for people, and never holds any part of the URL: the path of most webhooks is their password. */
export type Delivery =
  | { result: 'sent' }
  /** `afterMs`: how long the receiver asks to be left alone; null where it does not say. */
  | { result: 'again'; why: string; afterMs: number | null }
  | { result: 'refused'; why: string };

/** Longest delay that a receiver can ask for: it may be wrong about itself. */
const longestMs = 3_600_000;

/** Posts a body once. Redirects are not followed: only the receiver in the settings gets it. */
export async function send({
  url,
  body,
  headers,
  signal,
  now,
  withinMs = 10_000,
}: Sending): Promise<Delivery> {
  if (!isUsable(url))
    return { result: 'refused', why: 'its URL has to begin with https:// (http:// only on this machine)' };
  const limit = AbortSignal.timeout(withinMs);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', 'User-Agent': `dmsa/${version}`, ...headers },
      redirect: 'manual',
      signal: AbortSignal.any([limit, signal]),
    });
    // Nobody reads the answer, and it may be endless.
    await response.body?.cancel();
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return again(`it did not answer within ${withinMs / 1_000} s`);
    return again(`it cannot be reached (${reasonOf(error)})`);
  }
  return judged(response, now());
}

function judged({ status, headers }: Response, now: Date): Delivery {
  if (status >= 200 && status < 300) return { result: 'sent' };
  if (status >= 300 && status < 400)
    return { result: 'refused', why: `it answered ${status}: redirects are not followed` };
  if (status >= 500 || [408, 425, 429].includes(status))
    return again(`it answered ${status}`, retryAfter(headers.get('retry-after'), now));
  return { result: 'refused', why: `it answered ${status}` };
}

/** Seconds or a date (RFC 9110 10.2.3). */
function retryAfter(written: string | null, now: Date): number | null {
  if (written === null) return null;
  const asked = /^\d+$/.test(written) ? Number(written) * 1_000 : Date.parse(written) - now.getTime();
  return Number.isNaN(asked) ? null : Math.min(Math.max(asked, 1_000), longestMs);
}

function again(why: string, afterMs: number | null = null): Delivery {
  return { result: 'again', why, afterMs };
}

/** The code alone: messages of Node name the host. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
}

function isUsable(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'https:') return true;
  return parsed?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
}

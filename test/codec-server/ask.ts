import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** `null` where there is no body. */
  json: unknown;
}

export interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  ca?: string;
}

/** One request with exactly these headers, beside those of HTTP itself. */
export async function ask(
  url: string,
  { method = 'POST', path = '/decode', headers, body, ca }: Asked,
): Promise<Answer> {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  return await new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = send(
      `${url}${path}`,
      { method, headers: { ...length, ...headers }, ca, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: answer.statusCode!,
            headers: answer.headers,
            text,
            json: text ? JSON.parse(text) : null,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

import { once } from 'node:events';
import { connect as connectPlain, createServer } from 'node:net';

import {
  Client,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
} from '@grpc/grpc-js';
import proto from '@temporalio/proto';
import { onTestFinished } from 'vitest';

import { type Certificate, createAuthority, issueServerCertificate } from '../../lab/certificates.ts';

/** Refusal of one call as gRPC has it, or null to pass the call on. */
export type Refuse = (call: { service: string; method: string; metadata: Metadata }) => {
  code: number;
  details: string;
} | null;

export interface FrontOptions {
  /** Server that calls are passed on to; without one, every call that is not refused is answered with nothing. */
  behind?: string;
  refuse?: Refuse;
  /** TLS with a certificate for `localhost` of a CA that nobody trusts by default; plain where absent. */
  tls?: { authority: Certificate; clientCertificate?: boolean };
}

const services = [
  proto.temporal.api.workflowservice.v1.WorkflowService,
  proto.temporal.api.operatorservice.v1.OperatorService,
] as unknown as { fullName: string; methods: Record<string, unknown> }[];

const asIs = (octets: Buffer) => octets;
const octets = {
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

/** Starts a gRPC server in front of a Temporal server for one test; returns its address, by the name `localhost`. */
export async function temporalFront({ behind, refuse = () => null, tls }: FrontOptions): Promise<string> {
  const server = new Server();
  const client = behind === undefined ? null : new Client(behind, credentials.createInsecure());
  for (const { fullName, methods } of services) {
    const service = fullName.replace(/^\./, '');
    const paths = Object.keys(methods).map((method) => [method, `/${service}/${method}`] as const);
    const handlers = paths.map(([method, path]) => {
      const handle = (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
        const { metadata } = call;
        const refused = refuse({ service, method, metadata });
        if (refused) return done(refused as ServiceError);
        if (!client) return done(null, Buffer.alloc(0));
        client.makeUnaryRequest(path, asIs, asIs, call.request, metadata, done as never);
      };
      return [method, handle] as const;
    });
    const definition = paths.map(([method, path]) => [method, { path, ...octets }]);
    server.addService(Object.fromEntries(definition), Object.fromEntries(handlers));
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentialsOf(tls), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  onTestFinished(() => {
    client?.close();
    server.forceShutdown();
  });
  return `localhost:${port}`;
}

function credentialsOf(tls: FrontOptions['tls']): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const { authority, clientCertificate = false } = tls;
  const { certificate, privateKey } = issueServerCertificate(authority, ['localhost'], new Date());
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(privateKey) };
  return ServerCredentials.createSsl(
    clientCertificate ? Buffer.from(authority.certificate) : null,
    [pair],
    clientCertificate,
  );
}

export const newAuthority = () => createAuthority(new Date());

/** Starts something that is no gRPC server: it answers whatever comes in HTTP/1.1, and closes. */
export async function httpServer(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  // Its port is open.
  connectPlain(port, '127.0.0.1').end();
  return `127.0.0.1:${port}`;
}

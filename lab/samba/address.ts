import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import { isFree } from '../processes/ports.ts';

/** A loopback address that nothing else on this machine has as long as it is not released. */
export interface ReservedAddress {
  address: string;
  /** May be called twice. */
  release(): void;
}

/** Nothing of Samba listens here: who holds this port of an address holds the address. */
const lockPort = 40_389;
const sambaPorts = [88, 389, 464, 636, 3268, 3269];
const attempts = 20;

/**
 * Chooses one of the 16 million addresses of 127.0.0.0/8 (RFC 1122 3.2.1.3) for a server whose ports are fixed. The
 * lock is a listening socket, so two programs never have the same, and it goes with the program however that ends.
 * Throws DIRECTORY_UNREACHABLE where none can be had.
 */
export async function reserveAddress(): Promise<ReservedAddress> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    // Not 127.0.x.x, where people choose addresses by hand.
    const address = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
    const lock = await tryLock(address);
    if (!lock) continue;
    const free = await Promise.all(sambaPorts.map((port) => isFree(address, port)));
    if (free.every(Boolean)) return { address, release: () => void lock.close() };
    lock.close();
  }
  const message = `no loopback address is free after ${attempts} attempts`;
  throw new DmsaError('DIRECTORY_UNREACHABLE', 'Samba', message);
}

async function tryLock(address: string): Promise<Server | null> {
  const server = createServer().listen({ port: lockPort, host: address, exclusive: true });
  // It holds an address; it does not keep the program from ending.
  server.unref();
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null;
  }
}

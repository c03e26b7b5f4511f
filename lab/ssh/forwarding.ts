import { connect } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';

/** Serves `direct-tcpip` channels (RFC 4254, 7.2), as a jump host does: whatever is asked for is connected to. */
export function forwardFor(connection: Connection): void {
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const socket = connect({ host: destIP, port: destPort, noDelay: true });
    socket.once('error', () => reject());
    socket.once('connect', () => {
      const channel = accept() as ServerChannel;
      // Where one side goes, the other goes too.
      socket.on('error', () => channel.end());
      channel.on('error', () => socket.destroy());
      channel.on('close', () => socket.destroy());
      socket.pipe(channel).pipe(socket);
    });
    connection.once('close', () => socket.destroy());
  });
}

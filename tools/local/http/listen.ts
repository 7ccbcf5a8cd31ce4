import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "@image-resizer/lib/program";

/** Address of every local server: no other machine can reach it. */
export const LOOPBACK = "127.0.0.1";

/** A server that listens on loopback. */
export interface LocalServer {
  /** `http://127.0.0.1:8083`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends the server at once, and every connection to it. */
  close(): Promise<void>;
}

/**
 * Starts a server on loopback.
 * @param port 0 for any free one
 * @throws UserError if the port is taken or needs privileges
 */
export async function listen(server: Server, port: number): Promise<LocalServer> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(listenError(error, port));
    });
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return { url: `http://${LOOPBACK}:${actualPort}`, port: actualPort, close: () => shut(server) };
}

async function shut(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === "EADDRINUSE") return new UserError(`port ${port} is already in use`);
  if (error.code === "EACCES") return new UserError(`port ${port} may not be used without privileges`);
  return error;
}

/** Who may upgrade to WebSocket: answers the wrong ones in HTTP before a WebSocket exists. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

const LOCAL_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** A Host of another name means that a page elsewhere pointed its own name at this machine (DNS rebinding). */
export function isLocalHost(host: string | undefined): boolean {
  const name = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/.exec(host ?? "")?.[1];
  return name !== undefined && LOCAL_NAMES.has(name.toLowerCase());
}

/** The page's own origin: only it may listen to the feed. */
export const isSameOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin !== undefined && host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;

/** `wardtap.v1` among the offered subprotocols. */
export const offersProtocol = (request: IncomingMessage, protocol: string): boolean =>
  (request.headers["sec-websocket-protocol"] ?? "")
    .split(",")
    .map((each) => each.trim())
    .includes(protocol);

/** Answers an upgrade with an error as JSON and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, error: string, message: string): void {
  const body = JSON.stringify({ error, message });
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Content-Type-Options: nosniff\r\n\r\n${body}`,
  );
}

/** The end of the road from the taps: the WebSocket endpoint /uplink, its limits, and who speaks for which tap. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { CLOSE_REPLACED, MAX_MESSAGE_BYTES, SUBPROTOCOL } from "../../agent/uplink/messages.ts";
import type { Bus } from "../bus.ts";
import type { ConsoleLog } from "../log.ts";
import type { Store } from "../store/store.ts";
import { offersProtocol, refuseUpgrade } from "../upgrade.ts";
import { INTAKE_LIMITS, type IntakeLimits } from "./limits.ts";
import { CLOSE_GOING_AWAY, type Session, type SessionContext, startSession } from "./session.ts";
import type { TapBoard } from "./tap-board.ts";

export const UPLINK_PATH = "/uplink";

export interface IntakeOptions {
  store: Store;
  bus: Bus;
  board: TapBoard;
  log: ConsoleLog;
  now: () => string;
  limits?: Partial<IntakeLimits>;
}

/**
 * Two connections with one tap id: the newer wins, and the older is closed with 4001. A tap whose cable was pulled
 * comes back long before its old connection is known to be dead; and two taps set up alike show as one that comes and goes.
 */
export function createIntake(options: IntakeOptions) {
  const { bus } = options;
  const limits = { ...INTAKE_LIMITS, ...options.limits };
  const sessions = new Set<Session>();
  const speakers = new Map<string, Session>();
  const counts = { badMessages: 0, refusedConnections: 0, replacedConnections: 0 };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });

  const context: SessionContext = {
    ...options,
    limits,
    claim(tapId, session) {
      const older = speakers.get(tapId);
      speakers.set(tapId, session);
      if (!older) return false;
      counts.replacedConnections++;
      older.close(CLOSE_REPLACED, "another connection has this tap id");
      return true;
    },
    release(session) {
      sessions.delete(session);
      if (session.tapId === undefined || speakers.get(session.tapId) !== session) return false;
      speakers.delete(session.tapId);
      return true;
    },
    onBad() {
      counts.badMessages++;
    },
  };

  /** Why this request may not become an uplink; undefined when it may. */
  function problemOf(request: IncomingMessage): [status: number, error: string, message: string] | undefined {
    if (request.headers.origin !== undefined) return [403, "foreign-origin", "Taps connect here, not web pages."];
    if (!offersProtocol(request, SUBPROTOCOL)) return [400, "wrong-protocol", `Speak the subprotocol ${SUBPROTOCOL}.`];
    if (sessions.size >= limits.maxConnections) return [503, "too-many", "Too many taps are connected. Try later."];
    return undefined;
  }

  const unsubscribe = bus.subscribe("command", (request) => {
    const session = speakers.get(request.tapId);
    if (session) session.command(request);
    else {
      const { tapId, commandId } = request;
      bus.publish("answer", { tapId, commandId, ok: false, message: "the tap is not connected", from: "console" });
    }
  });
  const heart = setInterval(() => {
    for (const session of sessions) session.heartbeat();
  }, limits.heartbeatMs);

  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const problem = problemOf(request);
      if (problem) {
        counts.refusedConnections++;
        refuseUpgrade(socket, ...problem);
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => sessions.add(startSession(webSocket, context)));
    },
    counts: () => ({ ...counts, connections: sessions.size }),
    close(): void {
      unsubscribe();
      clearInterval(heart);
      for (const session of sessions) session.close(CLOSE_GOING_AWAY, "the console is stopping");
      server.close();
    },
  };
}

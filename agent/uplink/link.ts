/** One connection to the console: hello, batches with a bound on those in flight, acknowledgements, signs of life. */
import { WebSocket } from "ws";
import { nextBatch, type UplinkLedger } from "./batch.ts";
import {
  CLOSE_REPLACED,
  type FromConsole,
  type FromTap,
  fromConsoleSchema,
  MAX_MESSAGE_BYTES,
  readMessage,
  SUBPROTOCOL,
} from "./messages.ts";

/** Batches sent and not yet acknowledged; more wait in the ledger. */
export const MAX_BATCHES_IN_FLIGHT = 4;
/** Messages this tap can't read, from a newer console: past this many the connection is given up. */
const MAX_BAD_MESSAGES = 20;
const HANDSHAKE_MS = 10_000;
const GOODBYE_MS = 2000;

interface LinkTimes {
  /** Between pings; a console silent for a whole interval after one is gone. */
  heartbeatMs: number;
  /** Longest wait for welcome and for the acknowledgement of a batch. */
  answerMs: number;
}

export interface Ending {
  /** The console said no, and trying again soon is no use. */
  refused: boolean;
  /** For the log and the status; what the console wrote is bounded and printable. */
  reason: string;
}

export interface LinkOptions {
  url: string;
  hello: () => { tapId: string; name: string; version: string };
  ledger: UplinkLedger;
  times: LinkTimes;
  /** The console answered hello and rows may flow. */
  onWelcome: () => void;
  /** The ledger's acknowledged revision moved. */
  onProgress: () => void;
  onCommand: (command: Extract<FromConsole, { type: "command" }>) => { ok: boolean; message: string };
  onTooLarge: (rows: number) => void;
  onEnd: (ending: Ending) => void;
}

export interface Link {
  /** Sends what the ledger has above what was sent. */
  pump(): void;
  /** Sends live state; dropped when the line is busy. False when it was. */
  send(message: FromTap): boolean;
  /** Says goodbye; onEnd comes once the socket is gone. */
  close(): void;
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 200);

export function openLink(options: LinkOptions): Link {
  const { ledger, times } = options;
  const socket = new WebSocket(options.url, SUBPROTOCOL, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
  });
  const ledgerId = ledger.ledgerId;
  let welcomed = false;
  let sentTo = 0;
  let ackedTo = 0;
  const inFlight: number[] = [];
  let badMessages = 0;
  let alive = true;
  let ending: Ending | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let answerTimer: NodeJS.Timeout | undefined;
  let goodbye: NodeJS.Timeout | undefined;

  /** The first reason stands; the socket's own end comes later. */
  function end(reason: string, refused = false): void {
    ending ??= { reason, refused };
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    else socket.terminate();
    goodbye ??= setTimeout(() => socket.terminate(), GOODBYE_MS);
  }
  function expectAnswer(): void {
    clearTimeout(answerTimer);
    answerTimer = setTimeout(() => end("the console stopped answering"), times.answerMs);
  }

  function pump(): void {
    if (!welcomed || ending) return;
    if (ledger.ledgerId !== ledgerId) {
      end("the ledger was replaced");
      return;
    }
    while (inFlight.length < MAX_BATCHES_IN_FLIGHT) {
      const batch = nextBatch(ledger, sentTo);
      if (!batch) return;
      if (batch.tooLarge > 0) options.onTooLarge(batch.tooLarge);
      socket.send(batch.text);
      if (inFlight.length === 0) expectAnswer();
      inFlight.push(batch.upTo);
      sentTo = batch.upTo;
    }
  }

  function welcome(message: Extract<FromConsole, { type: "welcome" }>): void {
    if (welcomed || message.ledgerId !== ledgerId) return;
    clearTimeout(answerTimer);
    if (message.revision > ledger.revision()) {
      // Sending on would hide every row up to the console's revision: somebody must give the ledger a new id.
      end("the console knows more of this ledger than the tap: the ledger was put back from a copy", true);
      return;
    }
    welcomed = true;
    sentTo = message.revision;
    ackedTo = message.revision;
    // The console's word counts both ways: it may have been put back from a copy itself.
    ledger.ackedRevision = message.revision;
    options.onWelcome();
    pump();
  }

  function acknowledge(message: Extract<FromConsole, { type: "ack" }>): void {
    if (!welcomed || message.ledgerId !== ledgerId || message.revision > sentTo || message.revision < ackedTo) {
      countBad();
      return;
    }
    while (inFlight.length > 0 && inFlight[0]! <= message.revision) inFlight.shift();
    if (inFlight.length > 0) expectAnswer();
    else clearTimeout(answerTimer);
    if (message.revision > ackedTo) {
      ackedTo = message.revision;
      ledger.ackedRevision = ackedTo;
    }
    options.onProgress();
    pump();
  }

  function countBad(): void {
    badMessages++;
    if (badMessages > MAX_BAD_MESSAGES) end("the console sends what this tap can't read");
  }

  function receive(data: string): void {
    const read = readMessage(fromConsoleSchema, data);
    if ("problem" in read) {
      countBad();
      return;
    }
    const { message } = read;
    if (message.type === "welcome") welcome(message);
    else if (message.type === "ack") acknowledge(message);
    else if (message.type === "refused") end(printable(message.message), true);
    else if (welcomed) {
      socket.send(JSON.stringify({ type: "answer", commandId: message.commandId, ...options.onCommand(message) }));
    }
  }

  socket.on("open", () => {
    const { tapId, name, version } = options.hello();
    const revision = ledger.revision();
    socket.send(JSON.stringify({ type: "hello", tapId, name, ledgerId, version, revision } satisfies FromTap));
    expectAnswer();
    heartbeat = setInterval(() => {
      if (!alive) {
        ending ??= { reason: "the console fell silent", refused: false };
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
    }, times.heartbeatMs);
  });
  socket.on("pong", () => {
    alive = true;
  });
  socket.on("message", (data, isBinary) => {
    alive = true;
    if (ending) return;
    if (isBinary) countBad();
    else receive(data.toString());
  });
  socket.on("unexpected-response", (_request, response) => {
    ending ??= { reason: `the console answered HTTP ${response.statusCode}`, refused: isNo(response.statusCode) };
    response.destroy();
    socket.terminate();
  });
  socket.on("error", (error: Error) => {
    ending ??= { reason: printable(error.message) || "no connection", refused: false };
  });
  socket.on("close", (code, reason) => {
    for (const timer of [heartbeat, answerTimer, goodbye]) clearTimeout(timer);
    const words = printable(reason.toString()) || `the connection ended (${code})`;
    options.onEnd(ending ?? { reason: words, refused: code === CLOSE_POLICY || code === CLOSE_REPLACED });
  });

  return {
    pump,
    send(message) {
      if (!welcomed || ending || socket.bufferedAmount > MAX_MESSAGE_BYTES) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    close: () => end("the tap said goodbye"),
  };
}

const CLOSE_POLICY = 1008;

/** The console understood and said no; anything else (503, a proxy's 502) may be over soon. */
const isNo = (status: number | undefined) => status !== undefined && [400, 401, 403, 404, 426].includes(status);

/** A tap reduced to its WebSocket: says what a test tells it to, and keeps what it hears. */
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

export interface Raw {
  socket: WebSocket;
  messages: Record<string, unknown>[];
  closed: Promise<{ code: number; reason: string }>;
  say: (message: unknown) => void;
}

export async function dialRaw(port: number): Promise<Raw> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/uplink`, "wardtap.v1");
  const messages: Record<string, unknown>[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(data.toString())));
  socket.on("error", () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  onTestFinished(() => socket.terminate());
  await new Promise((resolve) => socket.once("open", resolve));
  return { socket, messages, closed, say: (message) => socket.send(JSON.stringify(message)) };
}

/** A network namespace with one pair of joined interfaces: a sender that talks to nobody, and the port that hears it. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";

/** Both names exist only inside the namespace. */
export const SENDER = "wt-sender";
export const PORT = "wt-port";
const SENDER_ADDRESS = "10.9.0.1";
/** Belongs to nobody: a fixed neighbour entry spares the address resolution, so that only what is sent is on the link. */
const NOBODY = "10.9.0.2";
const NOBODY_MAC = "02:00:00:00:00:02";

/** False where namespaces can't be made; CI=true counts as able, so that there the tests fail instead of vanishing. */
export const namespacesAvailable = (): boolean =>
  process.env.CI === "true" || (process.platform === "linux" && process.getuid?.() === 0);

let made = 0;

export class LonelyPort {
  readonly name = `wt-port-${process.pid}-${made++}`;

  constructor() {
    ip("netns", "add", this.name);
    this.inside("sh", "-c", "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done");
    this.connect();
  }

  /** (Re)makes the pair of interfaces. */
  connect(): void {
    this.ip("link", "add", SENDER, "type", "veth", "peer", "name", PORT);
    this.ip("link", "set", SENDER, "up");
    this.ip("link", "set", PORT, "up");
    this.ip("addr", "add", `${SENDER_ADDRESS}/24`, "dev", SENDER);
    this.ip("neigh", "add", NOBODY, "lladdr", NOBODY_MAC, "dev", SENDER);
  }

  ip(...words: string[]): void {
    ip("-n", this.name, ...words);
  }

  inside(...command: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.name, ...command], { encoding: "utf8" });
  }

  /** Starts a program inside; no core file when it is aborted. */
  start(...command: string[]): ChildProcessWithoutNullStreams {
    return spawn("ip", ["netns", "exec", this.name, "sh", "-c", 'ulimit -c 0; exec "$@"', "sh", ...command]);
  }

  /** Sends UDP datagrams whose payload starts with its number from 0; returns when all are out. */
  send(count: number, payloadBytes = 300): void {
    this.inside(process.execPath, "-e", SEND, `${count}`, `${payloadBytes}`, SENDER_ADDRESS, NOBODY);
  }

  /** Frames the port received since it was made. */
  received(): number {
    return Number(this.inside("cat", `/sys/class/net/${PORT}/statistics/rx_packets`));
  }

  has(name: string): boolean {
    return this.inside("ls", "/sys/class/net").split("\n").includes(name);
  }

  remove(): void {
    ip("netns", "del", this.name);
  }
}

const ip = (...words: string[]): void => {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
};

const SEND = `
const [count, bytes, from, to] = process.argv.slice(1);
const socket = require("node:dgram").createSocket("udp4");
let next = 0, out = 0;
const sent = () => { if (++out === +count) socket.close(); };
const burst = () => {
  for (let i = 0; i < 64 && next < +count; i++) {
    const payload = Buffer.alloc(+bytes);
    payload.writeUInt32BE(next++);
    socket.send(payload, 9999, to, sent);
  }
  if (next < +count) setImmediate(burst);
};
socket.bind(0, from, burst);
`;

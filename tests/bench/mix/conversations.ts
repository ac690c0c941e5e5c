/** What is said over TCP in the mixed capture: who talks on which port, and the ordinary protocols' bytes. */
import { dicomStore, hl7Feed } from "./clinical.ts";
import type { Host, Kind, Ward } from "./hosts.ts";
import type { Random } from "./random.ts";
import { clientHello, serverHello, tlsRecords } from "./tls.ts";

/** One side's bytes before the other side answers. */
export interface Turn {
  fromClient: boolean;
  bytes: Buffer;
}

export interface Talk {
  random: Random;
  client: Host;
  server: Host;
  /** Bytes without meaning for bodies, 1 MiB. */
  filler: Buffer;
}

export interface Conversation {
  name: string;
  /** Parts of a thousand of the live connections. */
  share: number;
  ports: readonly number[];
  clients: readonly Kind[];
  servers: readonly Kind[];
  talk(talk: Talk): Iterable<Turn>;
}

/** Most of a ward's bytes are office work; the clinical connections are fewer and live longer. */
export const CONVERSATIONS: readonly Conversation[] = [
  {
    name: "tls",
    share: 400,
    ports: [443],
    clients: ["pc", "pc", "monitor", "phone"],
    servers: ["server", "remote"],
    talk: tls,
  },
  { name: "smb", share: 180, ports: [445], clients: ["pc"], servers: ["server"], talk: smb },
  { name: "http", share: 100, ports: [80, 8080], clients: ["pc", "pump", "printer"], servers: ["server"], talk: http },
  { name: "dicom", share: 100, ports: [104, 11112], clients: ["modality"], servers: ["server"], talk: dicomStore },
  {
    name: "hl7",
    share: 80,
    ports: [2575, 6661],
    clients: ["pump", "monitor", "modality"],
    servers: ["server"],
    talk: hl7Feed,
  },
  {
    name: "closed",
    share: 140,
    ports: [3001, 5150, 9443],
    clients: ["pump", "monitor", "pc"],
    servers: ["server"],
    talk: closed,
  },
];

export function drawConversation(random: Random): Conversation {
  let draw = random.below(1000);
  for (const conversation of CONVERSATIONS) {
    draw -= conversation.share;
    if (draw < 0) return conversation;
  }
  throw new Error("the shares of conversations add up to less than 1000");
}

export const drawHost = (random: Random, ward: Ward, kinds: readonly Kind[]): Host =>
  random.oneOf(ward.of[random.oneOf(kinds)]);

function body(filler: Buffer, random: Random, length: number): Buffer {
  const from = random.below(filler.length - length);
  return filler.subarray(from, from + length);
}

/** Pages and worklists over kept connections. RFC 9112. */
function* http({ random, client, server, filler }: Talk): Generator<Turn> {
  for (let left = random.between(1, 8); left > 0; left--) {
    const path = random.oneOf(["/worklist?ward=7", "/status", "/images/logo.png", "/drug-library/version", "/report"]);
    yield {
      fromClient: true,
      bytes: Buffer.from(
        `GET ${path} HTTP/1.1\r\nHost: ${server.name.toLowerCase()}.ward.example\r\nUser-Agent: ${client.kind}/4.${client.ip & 7}\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n`,
      ),
    };
    const length = random.skewed(300, 200_000);
    const head = `HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 12:00:00 GMT\r\nServer: ward/1.4\r\nContent-Type: text/html\r\nContent-Length: ${length}\r\n\r\n`;
    yield { fromClient: false, bytes: Buffer.concat([Buffer.from(head), body(filler, random, length)]) };
  }
}

function* tls({ random, server, filler }: Talk): Generator<Turn> {
  yield { fromClient: true, bytes: clientHello(random, `${server.name.toLowerCase()}.ward.example`) };
  yield { fromClient: false, bytes: Buffer.concat([serverHello(random), tlsRecords(body(filler, random, 2900))]) };
  for (let left = random.between(2, 20); left > 0; left--) {
    yield { fromClient: true, bytes: tlsRecords(body(filler, random, random.between(120, 1100))) };
    yield { fromClient: false, bytes: tlsRecords(body(filler, random, random.skewed(200, 60_000))) };
  }
}

const SMB = { negotiate: 0, setup: 1, read: 8 } as const;

/** [MS-SMB2] 2.2.1.2: a 64-byte head, in a session message of RFC 1002. */
function smbMessage(command: number, id: number, isResponse: boolean, rest: Buffer): Buffer {
  const head = Buffer.alloc(68);
  head.writeUInt32BE(64 + rest.length, 0);
  head.write("\xfeSMB", 4, "latin1");
  head.writeUInt16LE(64, 8);
  head.writeUInt16LE(command, 16);
  head.writeUInt16LE(31, 18);
  head.writeUInt32LE(isResponse ? 1 : 0, 20);
  head.writeUInt32LE(id, 28);
  head.writeUInt32LE(0xfeff, 36);
  head.writeUInt32LE(5, 40);
  return Buffer.concat([head, rest]);
}

/** A file read in pieces. [MS-SMB2] 2.2.3, 2.2.4, 2.2.19, 2.2.20. */
function* smb({ random, filler }: Talk): Generator<Turn> {
  const negotiate = Buffer.alloc(36 + 4);
  negotiate.writeUInt16LE(36, 0);
  negotiate.writeUInt16LE(2, 2);
  negotiate.writeUInt16LE(0x0210, 36);
  negotiate.writeUInt16LE(0x0302, 38);
  yield { fromClient: true, bytes: smbMessage(SMB.negotiate, 0, false, negotiate) };
  const chosen = Buffer.alloc(65);
  chosen.writeUInt16LE(65, 0);
  chosen.writeUInt16LE(0x0302, 4);
  yield { fromClient: false, bytes: smbMessage(SMB.negotiate, 0, true, chosen) };
  for (let id = 1, left = random.between(10, 60); left > 0; id++, left--) {
    const length = random.skewed(2048, 65_536);
    const read = Buffer.alloc(49);
    read.writeUInt16LE(49, 0);
    read.writeUInt32LE(length, 4);
    yield { fromClient: true, bytes: smbMessage(SMB.read, id, false, read) };
    const answer = Buffer.alloc(16);
    answer.writeUInt16LE(17, 0);
    answer[2] = 80;
    answer.writeUInt32LE(length, 4);
    yield {
      fromClient: false,
      bytes: smbMessage(SMB.read, id, true, Buffer.concat([answer, body(filler, random, length)])),
    };
  }
}

/** A maker's own protocol, as much of a ward's equipment speaks: nobody's dissector knows it. */
function* closed({ random, filler }: Talk): Generator<Turn> {
  for (let left = random.between(100, 600); left > 0; left--) {
    const length = random.skewed(24, 1200);
    const head = Buffer.from([0x57, 0x44, length >> 8, length & 255, left >> 8, left & 255]);
    yield { fromClient: random.below(3) > 0, bytes: Buffer.concat([head, body(filler, random, length)]) };
  }
}

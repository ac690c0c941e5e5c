import { expect, test } from "vitest";
import browser from "../../agent/dissectors/browser.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const flow = flowOf({ sourceIp: "10.0.0.5", sourcePort: 138, destinationPort: 138, toMany: true });
const encoded = (name: string, suffix: number) => {
  const plain = bytes(name.padEnd(15, " "), [suffix]);
  return bytes([32], ...[...plain].map((byte) => [0x41 + (byte >> 4), 0x41 + (byte & 15)]), [0]);
};
const datagram = (source: Buffer, mailslot: string, data: Buffer, address = "0a 00 00 05") =>
  bytes(
    hex("11 0a 0001"),
    hex(address),
    hex("008a 00bb 0000"), // port 138, length, offset 0
    source,
    encoded("WARD7", 0x1d),
    hex("ff534d42 25"), // SMB transaction
    Buffer.alloc(27),
    [17],
    Buffer.alloc(34),
    u16(0),
    `\\MAILSLOT\\${mailslot}\0`,
    data,
  );
const announcement = (command: number, name: string, version: [number, number], types: string, comment: string) =>
  bytes([command, 0], hex("c0270900"), name.padEnd(16, "\0"), version, hex(types), hex("0f01 55aa"), `${comment}\0`);

/** Workstation, server, NT workstation, potential browser: 0x00011003. */
const seven = datagram(
  encoded("ICU-PC-7", 0),
  "BROWSE",
  announcement(1, "ICU-PC-7", [6, 1], "03 10 01 00", canary("note")),
);

test("a host announcement tells name, version and kind of server", () => {
  expect(read(browser, seven, flow).evidence).toEqual([
    { about: "sender", attribute: "nbdgm.source_name", value: "ICU-PC-7" },
    { about: "sender", attribute: "browser.server", value: "ICU-PC-7" },
    { about: "sender", attribute: "browser.windows_version", value: "6.1" },
    { about: "sender", attribute: "browser.announcement", value: "6.1 nt-workstation" },
  ]);
});

test("a server's bits tell a server", () => {
  const server = datagram(encoded("DC1", 0), "BROWSE", announcement(15, "DC1", [6, 1], "0b 90 86 00", ""));
  expect(values(read(browser, server, flow).evidence, "browser.announcement")).toEqual([
    "6.1 domain-controller,nt-workstation,nt-server,backup-browser,master-browser",
  ]);
});

test("of a comment only the word Samba is told", () => {
  const samba = datagram(
    encoded("NAS", 0),
    "BROWSE",
    announcement(1, "NAS", [6, 1], "03 9a 81 00", `${canary("c")} (Samba, Ubuntu)`),
  );
  expect(values(read(browser, samba, flow).evidence, "browser.samba")).toEqual(["Samba, Ubuntu"]);
  expect(everything(browser, samba, flow)).not.toContain("CANARY");
});

test("a domain's announcement names the domain, not a host: nothing of it is told", () => {
  const domain = datagram(encoded("DC1", 0), "BROWSE", announcement(12, "WARD7", [6, 1], "00 10 00 80", "DC1"));
  expect(everything(browser, domain, flow)).not.toContain("WARD7");
});

test("logons, messages and users' names are never read", () => {
  const mark = canary("u");
  const logon = datagram(encoded("PC", 0), "NET\\NETLOGON", bytes(hex("1200 0000"), mark));
  const message = datagram(encoded(mark, 3), "MESSNGR", bytes(mark));
  expect(everything(browser, logon, flow) + everything(browser, message, flow)).not.toContain("CANARY");
});

test("what a distributor repeats is about the host that the datagram names", () => {
  const relayed = datagram(encoded("PC", 0), "OTHER", Buffer.alloc(0), "0a 00 00 09");
  expect(read(browser, relayed, flow).evidence).toEqual([
    { about: { ip: "10.0.0.9" }, attribute: "nbdgm.source_name", value: "PC" },
  ]);
});

test("a cut announcement is malformed and keeps the sender's name", () => {
  const { message, evidence } = read(browser, seven.subarray(0, seven.length - 20), flow);
  expect(message).toHaveProperty("malformed");
  expect(values(evidence, "nbdgm.source_name")).toEqual(["ICU-PC-7"]);
});

test("every shorter cut announces nothing", () => {
  const end = seven.length - canary("note").length - 1 - 4;
  for (let length = 0; length < end; length++)
    expect(values(read(browser, seven.subarray(0, length), flow).evidence, "browser.server"), String(length)).toEqual(
      [],
    );
});

test("stands hostile bytes", () => expectHostileProof(browser, [seven], flow));

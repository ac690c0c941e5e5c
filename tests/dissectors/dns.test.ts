import { describe, expect, test } from "vitest";
import { type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import dns from "../../agent/dissectors/dns.ts";
import { ascii, bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const name = (text: string) =>
  bytes(...text.split(".").map((label) => bytes([Buffer.byteLength(label)], Buffer.from(label))), [0]);
const header = (flags: number, ...counts: number[]) => bytes(u16(0), u16(flags), ...counts.map(u16));
const record = (owner: Buffer, type: number, data: Buffer, recordClass = 0x8001) =>
  bytes(owner, u16(type), u16(recordClass), u32(120), u16(data.length), data);
const A = 1;
const PTR = 12;
const HINFO = 13;
const TXT = 16;
const AAAA = 28;
const SRV = 33;
const string = (text: string) => bytes([text.length], text);
const question = (text: string, type = A) => bytes(name(text), u16(type), u16(1));

const mdns: Partial<Flow> = { sourcePort: 5353, destinationPort: 5353, sourceIp: "10.0.0.21", toMany: true };
const answer = (...records: Buffer[]) => bytes(header(0x8400, 0, records.length, 0, 0), ...records);

const printer = answer(
  record(name("_ipp._tcp.local"), PTR, name("Ward 7._ipp._tcp.local")),
  record(name("Ward 7._ipp._tcp.local"), SRV, bytes(u16(0), u16(0), u16(631), name("NPI1234.local"))),
  record(
    name("Ward 7._ipp._tcp.local"),
    TXT,
    bytes(string("usb_MFG=HP"), string("ty=HP LaserJet"), string(`note=${canary("note")}`)),
  ),
  record(name("NPI1234.local"), A, hex("0a 00 00 15")),
  record(name("NPI1234.local"), HINFO, bytes(string("ARM"), string("LINUX"))),
);

describe("an mDNS response", () => {
  test("names its sender, its services and its make", () => {
    const about = "sender";
    expect(read(dns, printer, flowOf(mdns)).evidence).toEqual([
      { about, attribute: "dns.resp.name", value: "NPI1234.local" },
      { about, attribute: "dns.srv.service", value: "_ipp._tcp" },
      { about, attribute: "dns.srv.instance", value: "Ward 7" },
      { about, attribute: "dns.txt.usb_mfg", value: "HP" },
      { about, attribute: "dns.txt.ty", value: "HP LaserJet" },
      { about, attribute: "dns.hinfo.cpu", value: "ARM" },
      { about, attribute: "dns.hinfo.os", value: "LINUX" },
    ]);
  });

  test("of a computer that shares somebody else's printer tells the printer's make as not its own", () => {
    const shared = answer(
      record(
        name("Ward 7._ipp._tcp.local"),
        TXT,
        bytes(string("ty=HP LaserJet"), string(`rp=printers/${canary("queue")}`)),
      ),
    );
    expect(values(read(dns, shared, flowOf(mdns)).evidence, "dns.txt.shared.ty")).toEqual(["HP LaserJet"]);
    expect(JSON.stringify(read(dns, shared, flowOf(mdns)))).not.toMatch(/CANARY|"dns.txt.ty"/);
  });

  test("knows the sender's IPv6 address however its zeros are written", () => {
    const v6 = answer(record(name("PUMP.local"), AAAA, hex("fe80 0000 0000 0000 0000 0000 0000 0001")));
    expect(values(read(dns, v6, flowOf({ ...mdns, sourceIp: "fe80::1" })).evidence, "dns.resp.name")).toEqual([
      "PUMP.local",
    ]);
    expect(
      values(read(dns, v6, flowOf({ ...mdns, sourceIp: "fe80:0:0:0:0:0:0:1" })).evidence, "dns.resp.name"),
    ).toEqual(["PUMP.local"]);
  });

  test("names its sender by a reverse record of its address", () => {
    const reverse = answer(record(name("21.0.0.10.in-addr.arpa"), PTR, name("PUMP-7.local")));
    expect(values(read(dns, reverse, flowOf(mdns)).evidence, "dns.resp.name")).toEqual(["PUMP-7.local"]);
  });

  test("gives its sender none of the names it passes on for other hosts", () => {
    const others = Array.from({ length: 30 }, (_, host) =>
      record(name(`OTHER-${host}.local`), A, bytes([10, 0, 1, host])),
    );
    const service = record(name("_ssh._tcp.local"), PTR, name("OTHER-1._ssh._tcp.local"));
    expect(read(dns, answer(...others, service), flowOf(mdns)).evidence).toEqual([]);
  });

  test("from another port than mDNS's own says nothing", () => {
    expect(read(dns, printer, flowOf({ ...mdns, sourcePort: 40000 })).evidence).toEqual([]);
  });

  test("leaves names unread that look like a person's", () => {
    const held = answer(
      record(name("_http._tcp.local"), PTR, name("9434765919._http._tcp.local")),
      record(name("MOUSE^MICKEY.local"), A, hex("0a 00 00 15")),
      record(
        name("Ward 7._ipp._tcp.local"),
        TXT,
        bytes(string("fn=19281118"), string("sn=943 476 5919"), string(`tel=${canary("tel")}`)),
      ),
    );
    expect(everything(dns, held, flowOf(mdns))).not.toMatch(/9434765919|MICKEY|19281118|943 476|CANARY/);
  });
});

describe("an mDNS query", () => {
  test("leaves no trace of what it asks for, nor of the answers it already knows", () => {
    const query = bytes(
      header(0, 1, 2, 0, 0),
      question(`${canary("asked")}.local`),
      record(name("_ipp._tcp.local"), PTR, name(`${canary("known")}._ipp._tcp.local`)),
      record(name(`${canary("other")}.local`), A, hex("0a 00 00 15")),
    );
    const told = read(dns, query, flowOf(mdns));
    expect(told.evidence).toEqual([]);
    expect(JSON.stringify(told)).not.toContain("CANARY");
  });

  test("that probes for a name claims it in its authority section", () => {
    const probe = bytes(
      header(0, 1, 0, 1, 0),
      question("PUMP-7.local", 255),
      record(name("PUMP-7.local"), A, hex("0a 00 00 15"), 1),
    );
    expect(values(read(dns, probe, flowOf(mdns)).evidence, "dns.resp.name")).toEqual(["PUMP-7.local"]);
  });
});

describe("a unicast answer", () => {
  const fromServer: Partial<Flow> = { sourcePort: 53, destinationPort: 40000, sourceIp: "10.0.0.53" };
  const forward = bytes(
    header(0x8180, 1, 1, 0, 0),
    question(`${canary("searched")}.example.com`),
    record(hex("c0 0c"), A, hex("0a 00 00 15"), 1),
  );

  test("shows a DNS server and nothing of what was looked up", () => {
    const told = read(dns, forward, flowOf(fromServer));
    expect(told.evidence).toEqual([{ about: "sender", attribute: "wardtap.role", value: "dns-server" }]);
    expect(JSON.stringify(told)).not.toContain("CANARY");
  });

  test("to a reverse question names the address", () => {
    const reverse = bytes(
      header(0x8180, 1, 1, 0, 0),
      question("21.0.0.10.in-addr.arpa", PTR),
      record(hex("c0 0c"), PTR, name("pump7.ward.nhs.uk"), 1),
    );
    expect(read(dns, reverse, flowOf(fromServer)).evidence).toContainEqual({
      about: { ip: "10.0.0.21" },
      attribute: "dns.ptr.domain_name",
      value: "pump7.ward.nhs.uk",
    });
  });

  test("over TCP is read behind its length", () => {
    const flow = flowOf({ ...fromServer, transport: "tcp" });
    const framed = bytes(u16(forward.length), forward);
    expect(dns.definition.messageLength?.(framed.subarray(0, 1), flow)).toBe(0);
    expect(dns.definition.messageLength?.(framed.subarray(0, 20), flow)).toBe(framed.length);
    expect(read(dns, framed, flow).evidence).toHaveLength(1);
  });

  test("proves who serves, and a query proves it the other way round", () => {
    const query = bytes(header(0x0100, 1, 0, 0, 0), question("a.example"));
    const flow = flowOf(fromServer);
    expect(dns.definition.server?.(dns.dissect(forward, flow)!, flow)).toBe("sender");
    expect(dns.definition.server?.(dns.dissect(query, flow)!, flow)).toBe("receiver");
  });
});

describe("hostile names", () => {
  test.each([
    ["a pointer to itself", hex("c0 0c")],
    ["a pointer forwards", hex("c0 20")],
    ["a pointer into the header", hex("c0 04")],
    ["a label longer than 63", hex("40 61")],
    ["a label that runs out of the message", ascii("\x3fshort")],
  ])("%s is malformed", (_, owner) => {
    expect(
      isMalformed(dns.dissect(bytes(header(0x8400, 0, 1, 0, 0), record(owner, A, hex("0a 00 00 15"))), mdns)),
    ).toBe(true);
  });

  test("two pointers that lead to each other are malformed", () => {
    const loop = bytes(header(0x8400, 2, 0, 0, 0), hex("c0 12 00 01 00 01  c0 0c 00 01 00 01"));
    expect(isMalformed(dns.dissect(loop, mdns))).toBe(true);
  });

  test("a name longer than 255 bytes is malformed", () => {
    const long = name(Array.from({ length: 5 }, () => "a".repeat(60)).join("."));
    expect(isMalformed(dns.dissect(bytes(header(0, 1, 0, 0, 0), long, u16(1), u16(1)), mdns))).toBe(true);
  });
});

test("calls every shorter cut malformed, or not DNS", () => {
  for (let length = 0; length < printer.length; length++) {
    const message = dns.dissect(printer.subarray(0, length), mdns);
    expect(message === undefined || isMalformed(message)).toBe(true);
  }
});

test("leaves bytes whose header no DNS speaker sends to others", () => {
  expect(dns.dissect(bytes(header(0x7800, 1, 0, 0, 0), question("a.b")), mdns)).toBeUndefined();
  expect(dns.dissect(header(0x8400, 0, 0, 0, 0), mdns)).toBeUndefined();
  expect(dns.dissect(Buffer.alloc(40, 0xff), mdns)).toBeUndefined();
});

test("stands hostile bytes", () => {
  expectHostileProof(dns, [printer], mdns);
  expectHostileProof(dns, [printer], { sourcePort: 53, sourceIp: "10.0.0.21" });
});

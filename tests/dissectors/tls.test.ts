import { describe, expect, test } from "vitest";
import { type Flow, flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import tls from "../../agent/dissectors/tls.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import {
  alpn,
  BROWSER,
  BROWSER_JA4,
  certificate,
  certificates,
  clientHello,
  distinguished,
  extension,
  formats,
  groups,
  handshake,
  record,
  serverHello,
  serverName,
} from "./tls-hellos.ts";

const HANDSHAKE = 22;
const client = () => flowOf({ transport: "tcp", sourcePort: 40_000, destinationPort: 443 });
const turn = (flow: Flow) =>
  Object.assign(flow, { sourcePort: flow.destinationPort, destinationPort: flow.sourcePort });
const said = (payload: Buffer, flow = client()) =>
  Object.fromEntries(
    read(tls, payload, flow).evidence.map(({ about, attribute, value }) => [`${about} ${attribute}`, value]),
  );
const length = (payload: Buffer, flow = client()) => tls.definition.messageLength?.(payload, flow);
const own = certificate(distinguished("pump-17.ward.example", "Ward Devices"));

describe("a client's hello", () => {
  test("tells whom it asks, what it offers, and which program it is", () => {
    expect(said(record(HANDSHAKE, BROWSER))).toMatchObject({
      "sender tls.handshake.extensions_server_name": "pacs.ward.example",
      "sender tls.handshake.extensions_alpn_str": "h2,http/1.1",
      "sender tls.offered": "1.3",
      "sender tls.handshake.ja4": `t${BROWSER_JA4}`,
    });
  });

  test("has the JA3 that its publisher gives as an example", () => {
    const hello = clientHello(
      769,
      [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
      serverName("x"),
      groups(23, 24, 25),
      formats(0),
    );
    expect(said(record(HANDSHAKE, hello))["sender tls.handshake.ja3"]).toBe("ada70206e40642a3e4461f35503241d5");
  });

  test("has the same JA3 whatever values without meaning it sends", () => {
    const plain = clientHello(771, [0x1301], extension(23));
    const greased = clientHello(771, [0x7a7a, 0x1301], extension(0x1a1a), extension(23));
    const ja3 = (hello: Buffer) => said(record(HANDSHAKE, hello))["sender tls.handshake.ja3"];
    expect(ja3(greased)).toBe(ja3(plain));
  });

  test("without extensions, or with a protocol of odd bytes, has a JA4 too", () => {
    expect(said(record(HANDSHAKE, clientHello(768, [47])))["sender tls.handshake.ja4"]).toMatch(/^ts3i010000_/);
    const odd = clientHello(771, [47], alpn("\xab\xcd"));
    expect(said(record(HANDSHAKE, odd))["sender tls.handshake.ja4"]).toMatch(/^t12i0101ad_/);
  });

  test.each(["10.0.0.1", "a b", "x@y.example", ""])("asking for %j names no server", (name) => {
    const told = said(record(HANDSHAKE, clientHello(771, [47], serverName(name))));
    expect(told).not.toHaveProperty("sender tls.handshake.extensions_server_name");
  });

  test("spread over records of one byte each is read the same", () => {
    const spread = bytes(...[...BROWSER].map((byte) => record(HANDSHAKE, Buffer.from([byte]))));
    expect(said(spread)).toEqual(said(record(HANDSHAKE, BROWSER)));
    expect(length(spread)).toBe(spread.length);
  });
});

describe("a server's hello", () => {
  test("tells the version and cipher picked, about both ends", () => {
    expect(said(record(HANDSHAKE, serverHello(0x0301, 0x002f)))).toMatchObject({
      "sender tls.version": "1.0",
      "receiver tls.version.client": "1.0",
      "sender tls.handshake.ciphersuite": "0x002f",
    });
  });

  test("of TLS 1.3 says so in an extension, and ends what can be read", () => {
    const flow = client();
    const payload = record(HANDSHAKE, serverHello(0x0303, 0x1301, extension(43, u16(0x0304))));
    expect(said(payload, flow)["sender tls.version"]).toBe("1.3");
    expect(tls.definition.done?.(tls.definition.dissect(payload, flow)!, flow)).toBe(true);
  });

  test("shows who serves", () => {
    expect(tls.definition.server?.(tls.dissect(record(HANDSHAKE, serverHello(0x0303, 47)))!, flowOf())).toBe("sender");
    expect(tls.definition.server?.(tls.dissect(record(HANDSHAKE, BROWSER))!, flowOf())).toBe("receiver");
  });
});

describe("a server's certificate", () => {
  test("tells names, dates, key, signature and whose word it is", () => {
    const told = said(record(HANDSHAKE, serverHello(0x0303, 47), certificates(own)));
    expect(told).toMatchObject({
      "sender x509.subject.cn": "pump-17.ward.example",
      "sender x509.subject.o": "Ward Devices",
      "sender x509.not_before": "2019-01-31T23:59Z",
      "sender x509.not_after": "2050-01-01T00:00Z",
      "sender x509.key": "rsa 1024",
      "sender x509.signature": "sha1WithRSAEncryption",
      "sender x509.self_signed": "true",
      "sender x509.san.count": "2",
    });
  });

  test("signed by another is not self-signed", () => {
    const other = certificate(distinguished("a", "b"), distinguished("Ward CA", "Trust"));
    const told = said(record(HANDSHAKE, serverHello(0x0303, 47), certificates(other)));
    expect(told["sender x509.issuer.cn"]).toBe("Ward CA");
    expect(told).not.toHaveProperty("sender x509.self_signed");
  });

  test("with a name in two-byte letters is read", () => {
    const wide = Buffer.from("Ward", "utf16le").swap16();
    const told = said(
      record(HANDSHAKE, serverHello(0x0303, 47), certificates(certificate(distinguished(wide, "x", 0x1e)))),
    );
    expect(told["sender x509.subject.cn"]).toBe("Ward");
  });

  test("in a chain cut by the byte limit is read from its beginning", () => {
    const flow = client();
    said(record(HANDSHAKE, serverHello(0x0303, 47)), flow);
    const chain = record(HANDSHAKE, certificates(own, Buffer.alloc(9000)));
    const told = said(chain.subarray(0, 2000), Object.assign(flow, { cut: true }));
    expect(told["sender x509.subject.cn"]).toBe("pump-17.ward.example");
  });
});

describe("persons", () => {
  test("in a client's certificate are never read", () => {
    const flow = client();
    const person = certificates(certificate(distinguished(canary("person"), canary("employer"))));
    everything(tls, record(HANDSHAKE, BROWSER), flow);
    turn(flow);
    everything(tls, record(HANDSHAKE, serverHello(0x0303, 47)), flow);
    turn(flow);
    expect(everything(tls, record(HANDSHAKE, person), flow)).not.toContain("CANARY");
  });

  test("shown as a mail address, or shaped like a patient's, are dropped", () => {
    for (const name of ["nurse@ward.example", "DOE^JANE", "9434765919"]) {
      const told = everything(
        tls,
        record(HANDSHAKE, serverHello(0x0303, 47), certificates(certificate(distinguished(name, "x")))),
      );
      expect(told).not.toContain(name);
    }
  });
});

describe("SSL 2.0", () => {
  // Type 1, version, lengths of cipher specs, session id and challenge; then those.
  const hello = (version: number) =>
    bytes(hex("80 1c 01"), u16(version), hex("00 03 00 00 00 10"), hex("01 00 80"), Buffer.alloc(16, 5));
  const answer = (() => {
    const body = bytes([4, 0, 1], u16(2), u16(own.length), u16(3), u16(0), own, hex("01 00 80"));
    return bytes(u16(0x8000 | body.length), body);
  })();
  test("is known by a client's hello, and its answer shows the version and certificate", () => {
    const flow = client();
    expect(said(hello(2), flow)).toEqual({ "sender tls.hello": "SSL 2.0", "sender tls.offered": "SSL 2.0" });
    expect(said(answer, turn(flow))).toMatchObject({
      "sender tls.version": "SSL 2.0",
      "sender x509.subject.cn": "pump-17.ward.example",
    });
  });

  test("can offer later versions, which are answered in their own way", () => {
    const flow = client();
    expect(said(hello(0x0301), flow)["sender tls.offered"]).toBe("1.0");
    expect(said(record(HANDSHAKE, serverHello(0x0301, 4)), turn(flow))["sender tls.version"]).toBe("1.0");
  });

  test("is not seen where the lengths don't add up", () => {
    expect(tls.dissect(bytes(hello(2).subarray(0, 10), [9], hello(2).subarray(11)))).toBeUndefined();
  });

  test("stands hostile bytes", () => expectHostileProof(tls, [hello(2), answer]));
});

describe("lengths", () => {
  test("go to where a record and a message end together", () => {
    const flight = bytes(
      record(HANDSHAKE, BROWSER.subarray(0, 9)),
      record(HANDSHAKE, BROWSER.subarray(9)),
      record(20, Buffer.from([1])),
    );
    expect(length(flight)).toBe(flight.length - 6);
    expect(length(record(23, Buffer.alloc(30)))).toBe(35);
  });

  test("are never within what has arrived of a message", () => {
    const payload = record(HANDSHAKE, BROWSER);
    for (let cut = 1; cut < payload.length; cut++)
      expect([0, payload.length]).toContain(length(payload.subarray(0, cut)));
  });

  test.each(["47 45 54 20 2f", "16 04 01 00 20", "16 03 01 00 00", "16 03 01 ff ff", "30 03 01 00 01"])(
    "of %s are none of TLS",
    (start) => expect(length(hex(start))).toBe(-1),
  );
});

test("encrypted data heard from the middle is known, and left alone", () => {
  const payload = record(23, Buffer.alloc(40, 1));
  expect(read(tls, payload).evidence).toEqual([]);
  expect(tls.definition.done?.(tls.dissect(payload)!, flowOf())).toBe(true);
});

test("other handshake messages don't prove TLS by themselves", () => {
  expect(tls.dissect(record(HANDSHAKE, handshake(16, Buffer.alloc(8))))).toBeUndefined();
});

test("every shorter cut is malformed", () => {
  for (const payload of [record(HANDSHAKE, BROWSER), record(HANDSHAKE, serverHello(0x0303, 47), certificates(own))]) {
    for (let cut = 1; cut < payload.length; cut++)
      expect(isMalformed(tls.dissect(payload.subarray(0, cut)))).toBe(true);
  }
});

test("no name comes twice from one host more often than a few times", () => {
  const { evidence } = read(tls, record(HANDSHAKE, BROWSER));
  expect(evidence.every(({ atMost }) => atMost !== undefined && atMost <= 16)).toBe(true);
  expect(values(evidence, "tls.handshake.extensions_server_name")).toHaveLength(1);
});

test("stands hostile bytes", () => {
  const flight = record(HANDSHAKE, serverHello(0x0303, 47), certificates(own));
  expectHostileProof(tls, [record(HANDSHAKE, BROWSER), flight, record(23, Buffer.alloc(9))], { transport: "tcp" });
});

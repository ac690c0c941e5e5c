import { expect, test } from "vitest";
import dcerpc from "../../agent/dissectors/dcerpc.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";
import { authenticate, challenge } from "./ntlm-messages.ts";

const u16 = (value: number) => Buffer.from([value & 255, value >>> 8]);

/** C706 12.6.3.1, little-endian. */
const pdu = (type: number, body: Buffer, token: Buffer = Buffer.alloc(0)) => {
  const verifier = token.length === 0 ? token : bytes(hex("0a 02 00 00 00 00 00 00"), token);
  const length = 16 + body.length + verifier.length;
  return bytes([5, 0, type, 3], hex("10 00 00 00"), u16(length), u16(token.length), hex("01 00 00 00"), body, verifier);
};
const SVCCTL = hex("81 bb 7a 36 44 98 f1 35 ad 32 98 f0 38 00 10 03 02 00 00 00");
const UNKNOWN = hex("11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00 01 00 00 00");
const NDR = hex("04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00");
const bind = (...interfaces: Buffer[]) =>
  pdu(
    11,
    bytes(
      hex("b8 10 b8 10 00 00 00 00"),
      [interfaces.length, 0, 0, 0],
      ...interfaces.map((uuid, id) => bytes(u16(id), [1, 0], uuid, NDR)),
    ),
  );
const accepted = (token?: Buffer) => pdu(12, bytes(hex("b8 10 b8 10 01 00 00 00"), Buffer.alloc(36)), token);

test("a bind to the service manager is named, an unknown interface isn't", () => {
  expect(values(read(dcerpc, bind(UNKNOWN, SVCCTL)).evidence, "dcerpc.interface")).toEqual(["svcctl"]);
  expect(read(dcerpc, bind(UNKNOWN)).evidence).toEqual([]);
});

test("the server that accepts a bind serves the interface", () => {
  const flow = flowOf();
  read(dcerpc, bind(SVCCTL), flow);
  const { message, evidence } = read(dcerpc, accepted(), flow);
  expect(values(evidence, "dcerpc.interface.served")).toEqual(["svcctl"]);
  expect(dcerpc.definition.server?.(message!, flow)).toBe("sender");
});

test("the challenge in an acceptance names the server", () => {
  const { evidence } = read(dcerpc, accepted(challenge({ computer: "DC1", domain: "WARD", dns: "dc1.ward.test" })));
  expect(values(evidence, "ntlmssp.challenge.target_info.dns_computer_name")).toEqual(["dc1.ward.test"]);
});

test("neither users nor calls' contents come out", () => {
  const told =
    everything(dcerpc, pdu(16, Buffer.alloc(4), authenticate({ user: canary("user"), nt: 24, lm: 24 }))) +
    everything(dcerpc, pdu(0, bytes(hex("00 00 00 00 00 00 0c 00"), canary("call"))));
  expect(told).not.toContain("CANARY");
});

test("a connection is left after a bounded number of messages", () => {
  const flow = flowOf();
  let done: boolean | "next" = false;
  for (let i = 0; i < 20 && !done; i++) {
    const message = dcerpc.definition.dissect(pdu(0, Buffer.alloc(8)), flow)!;
    done = dcerpc.definition.done?.(message, flow) ?? false;
  }
  expect(done).toBe(true);
});

test("a cut header is malformed; another version isn't ours", () => {
  expect(dcerpc.dissect(bind(SVCCTL).subarray(0, 12))).toHaveProperty("malformed");
  expect(dcerpc.dissect(hex("04 00 0b 03 10 00 00 00 00 10 00 00 00 00 00 00"))).toBeUndefined();
});

test("damaged messages give bounded evidence", () => {
  expectHostileProof(dcerpc, [
    bind(SVCCTL, UNKNOWN),
    accepted(challenge({ computer: "A", domain: "B", dns: "a.b" })),
    pdu(16, Buffer.alloc(4), authenticate({ nt: 24, lm: 24 })),
  ]);
});

import { expect, test } from "vitest";
import { type Dissector, flowOf } from "../../agent/dissectors/dissector.ts";
import isakmp from "../../agent/dissectors/isakmp.ts";
import openvpn from "../../agent/dissectors/openvpn.ts";
import wireguard from "../../agent/dissectors/wireguard.ts";
import { bytes, hex } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const noise = (length: number) => Buffer.alloc(length, 0xa5);
const SESSION = hex("11 22 33 44 55 66 77 88");
const initiation = bytes(hex("01 00 00 00"), noise(128), Buffer.alloc(16));
const response = bytes(hex("02 00 00 00"), noise(72), Buffer.alloc(16));
const clientReset = bytes(hex("38"), SESSION, hex("00 00 00 00 00"));
const serverReset = bytes(hex("40"), SESSION, hex("01 00 00 00 00"), SESSION, hex("00 00 00 00"));
const ike = (version: string, exchange: string, flags: string, responder: string, more = Buffer.alloc(12)) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(28 + more.length);
  return bytes(
    SESSION,
    hex(responder),
    hex("21"),
    hex(version),
    hex(exchange),
    hex(flags),
    Buffer.alloc(4),
    length,
    more,
  );
};
const NOBODY = "00 00 00 00 00 00 00 00";
const SOMEBODY = "88 77 66 55 44 33 22 11";
const NAT = Buffer.alloc(4);

const cases: [what: string, dissector: Dissector, payload: Buffer, flow: object, attribute: string, value: string][] = [
  ["WireGuard's initiation", wireguard, initiation, {}, "wardtap.vpn.client", "wireguard"],
  ["WireGuard's response", wireguard, response, {}, "wardtap.vpn.server", "wireguard"],
  ["OpenVPN's client reset", openvpn, clientReset, {}, "wardtap.vpn.client", "openvpn"],
  ["OpenVPN's server reset", openvpn, serverReset, {}, "wardtap.vpn.server", "openvpn"],
  [
    "OpenVPN over TCP",
    openvpn,
    bytes(hex("00 0e"), clientReset),
    { transport: "tcp" },
    "wardtap.vpn.client",
    "openvpn",
  ],
  [
    "OpenVPN with tls-auth on its port",
    openvpn,
    bytes(hex("38"), SESSION, noise(33)),
    { destinationPort: 1194 },
    "wardtap.vpn.client",
    "openvpn",
  ],
  [
    "IKEv2's first message",
    isakmp,
    ike("20", "22", "08", NOBODY),
    { destinationPort: 500 },
    "wardtap.vpn.client",
    "ipsec",
  ],
  ["IKEv2's answer", isakmp, ike("20", "22", "20", SOMEBODY), { sourcePort: 500 }, "wardtap.vpn.server", "ipsec"],
  ["IKEv1's main mode", isakmp, ike("10", "02", "00", NOBODY), { destinationPort: 500 }, "wardtap.vpn.client", "ipsec"],
  [
    "IKEv1 behind NAT",
    isakmp,
    bytes(NAT, ike("10", "04", "00", SOMEBODY)),
    { sourcePort: 4500 },
    "wardtap.vpn.server",
    "ipsec",
  ],
];

test.each(cases)("%s tells a tunnel's end", (_, dissector, payload, flow, attribute, value) => {
  expect(read(dissector, payload, flowOf(flow)).evidence).toEqual([{ about: "sender", attribute, value }]);
});

test.each<[string, Dissector, Buffer, object]>([
  ["WireGuard's length on another port with a full mac2", wireguard, bytes(hex("01 00 00 00"), noise(144)), {}],
  ["WireGuard's data", wireguard, bytes(hex("04 00 00 00"), noise(144)), {}],
  ["a byte 38 of anything", openvpn, bytes(hex("38"), noise(40)), {}],
  ["a session of zero", openvpn, bytes(hex("38"), Buffer.alloc(13)), {}],
  ["a tunnel that is up already", isakmp, ike("20", "25", "08", SOMEBODY), { destinationPort: 500 }],
  ["a length that lies", isakmp, ike("20", "22", "08", NOBODY).subarray(0, 36), { destinationPort: 500 }],
  ["ESP on port 4500", isakmp, noise(60), { destinationPort: 4500 }],
  ["IKE's shape on any port", isakmp, ike("20", "22", "08", NOBODY), { destinationPort: 5000 }],
])("%s is no opening of a tunnel", (_, dissector, payload, flow) => {
  expect(read(dissector, payload, flowOf(flow)).evidence).toEqual([]);
});

test.each(cases)("%s, cut or changed, does no harm", (_, dissector, payload, flow) =>
  expectHostileProof(dissector, [payload], { transport: "udp", ...flow }),
);

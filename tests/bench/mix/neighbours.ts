/** What hosts of one link tell each other in the mixed capture: ARP, IPv6 neighbour discovery, LLDP. Whole frames. */
import { ethernet, ipv6, writeChecksum } from "./frames.ts";
import type { Host } from "./hosts.ts";

const EVERYBODY = Buffer.alloc(6, 255);
const LLDP_GROUP = Buffer.from([0x01, 0x80, 0xc2, 0, 0, 0x0e]);

/** RFC 826: operation 1 asks everybody, 2 answers one. */
export function arpFrame(frame: Buffer, operation: 1 | 2, from: Host, to: Host): number {
  const at = ethernet(
    frame,
    { source: from.mac, destination: operation === 1 ? EVERYBODY : to.mac, vlan: from.vlan },
    0x0806,
  );
  frame.set([0, 1, 8, 0, 6, 4, 0, operation], at);
  from.mac.copy(frame, at + 8);
  frame.writeInt32BE(from.ip, at + 14);
  if (operation === 1) frame.fill(0, at + 18, at + 24);
  else to.mac.copy(frame, at + 18);
  frame.writeInt32BE(to.ip, at + 24);
  return at + 28;
}

/** RFC 4861 4.3: who has this address? Sent to the group made of its last three bytes. */
export function neighbourSolicitation(frame: Buffer, from: Host, to: Host): number {
  const group = Buffer.from("ff0200000000000000000001ff000000", "hex");
  to.ip6.copy(group, 13, 13);
  const destination = Buffer.concat([Buffer.from([0x33, 0x33]), group.subarray(12)]);
  const head = ethernet(frame, { source: from.mac, destination, vlan: from.vlan }, 0x86dd);
  const at = ipv6(frame, head, from.ip6, group, 58, 255, 32);
  frame.fill(0, at, at + 8);
  frame[at] = 135;
  to.ip6.copy(frame, at + 8);
  frame.set([1, 1], at + 24);
  from.mac.copy(frame, at + 26);
  writeChecksum(frame, at, at + 2, 58, 32, 16);
  return at + 32;
}

/** IEEE 802.1AB 8: a switch, its port, name, description and what it can do. */
export function lldpFrame(frame: Buffer, from: Host): number {
  const at = ethernet(frame, { source: from.mac, destination: LLDP_GROUP, vlan: 0 }, 0x88cc);
  const tlv = (type: number, value: Buffer) => Buffer.concat([Buffer.from([type << 1, value.length]), value]);
  const body = Buffer.concat([
    tlv(1, Buffer.concat([Buffer.from([4]), from.mac])),
    tlv(2, Buffer.from("\x05ge-0/0/1")),
    tlv(3, Buffer.from([0, 120])),
    tlv(5, Buffer.from(from.name)),
    tlv(6, Buffer.from("Ward switch, software 12.4")),
    tlv(7, Buffer.from([0, 4, 0, 4])),
    Buffer.from([0, 0]),
  ]);
  body.copy(frame, at);
  return at + body.length;
}

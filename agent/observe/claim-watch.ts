/** Claims of addresses read from packets: what two cards contest, or one forces on others, becomes evidence about them. */
import { ipText, macText } from "../decode/addresses.ts";
import type { Packet } from "../decode/packet.ts";
import type { Evidence } from "../dissectors/dissector.ts";
import { AddressClaims, type ClaimVerdict } from "./address-claims.ts";

const ARP_REPLY = 2;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;
/** Header and target; with the option that holds the link address. RFC 4861 4.3, 4.4. */
const SOLICITATION_LENGTH = 24;
const ADVERTISEMENT_LENGTH = 32;
const OVERRIDE = 0x20;
const TARGET_LINK = 2;
/** Addresses that one card may be told to contest; more would tell nothing new. */
const MAX_CONTESTED = 16;

export class ClaimWatch {
  readonly #claims = new AddressClaims();
  readonly #tell: (evidence: Evidence, protocol: string) => void;

  constructor(tell: (evidence: Evidence, protocol: string) => void) {
    this.#tell = tell;
  }

  /** An ARP packet whose addresses are whole, Ethernet and IPv4. RFC 826. */
  arp(packet: Packet): void {
    const { bytes, linkPayloadAt: at, vlan } = packet;
    const sender = bytes.readInt32BE(at + 14);
    const target = bytes.readInt32BE(at + 24);
    const isReply = bytes[at + 7] === ARP_REPLY;
    const first = sender >>> 24;
    // A probe claims nothing (RFC 5227 1.1), and a group's address is nobody's.
    if (first !== 0 && first !== 127 && first < 224 && (bytes[at + 8]! & 1) === 0) {
      const high = bytes.readUInt16BE(at + 8);
      const low = bytes.readInt32BE(at + 10);
      const told = isReply && sender !== target;
      const verdict = this.#claims.claim(vlan, 0, 0, 0, sender, high, low, told, packet);
      if (verdict !== undefined) this.#contested(verdict, high, low, ipText(4, 0, 0, 0, sender), "arp");
    }
    if (!isReply && sender !== target) this.#claims.asked(vlan, 0, 0, 0, target, packet);
  }

  /** Any ICMPv6 packet. Only what overrides others' memory is a claim; the rest may speak for somebody (RFC 4861 7.2.8). */
  neighbour(packet: Packet): void {
    const { bytes, payloadAt: at, payloadLength, vlan } = packet;
    if (payloadLength < SOLICITATION_LENGTH) return;
    const type = bytes[at];
    const isAsking = type === NEIGHBOUR_SOLICITATION;
    if (!isAsking && type !== NEIGHBOUR_ADVERTISEMENT) return;
    const w0 = bytes.readInt32BE(at + 8);
    const w1 = bytes.readInt32BE(at + 12);
    const w2 = bytes.readInt32BE(at + 16);
    const w3 = bytes.readInt32BE(at + 20);
    if (isAsking) {
      this.#claims.asked(vlan, w0, w1, w2, w3, packet);
      return;
    }
    if (payloadLength < ADVERTISEMENT_LENGTH || (bytes[at + 4]! & OVERRIDE) === 0 || w0 >>> 24 === 0xff) return;
    if (bytes[at + 24] !== TARGET_LINK || bytes[at + 25] !== 1 || (bytes[at + 26]! & 1) !== 0) return;
    const high = bytes.readUInt16BE(at + 26);
    const low = bytes.readInt32BE(at + 28);
    const verdict = this.#claims.claim(vlan, w0, w1, w2, w3, high, low, false, packet);
    if (verdict !== undefined) this.#contested(verdict, high, low, ipText(6, w0, w1, w2, w3), "icmpv6");
  }

  /** Both cards are told to contest the address; of the one that forces it on others, that is told too. */
  #contested(verdict: ClaimVerdict, high: number, low: number, ip: string, protocol: string): void {
    const mac = macText(high, low);
    const other = macText(verdict.otherHigh, verdict.otherLow);
    const tell = (about: string, attribute: string, beside: string) =>
      this.#tell({ about: { mac: about }, attribute, value: `${ip} ${beside}`, atMost: MAX_CONTESTED }, protocol);
    if (verdict.contested) {
      tell(mac, "wardtap.address.contested", other);
      tell(other, "wardtap.address.contested", mac);
    }
    if (verdict.forced) tell(mac, "wardtap.address.forced", other);
  }
}

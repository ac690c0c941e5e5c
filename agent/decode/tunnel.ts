/** Entering a tunnel: the outermost carriers are kept in `packet.outer`, the inner addresses take over. */
import type { Packet } from "./packet.ts";
import { MAX_TUNNEL_DEPTH, type Peel } from "./peel.ts";

/**
 * Says that the tunnel at hand is opened; false at MAX_TUNNEL_DEPTH, where the packet stays as it is.
 * MAC addresses of a carrier are not those of the host inside, so they move to `outer` too.
 * To be called when the tunnel's header is read and known to be sound.
 */
export function enterTunnel(peel: Peel, packet: Packet, tunnel: number): boolean {
  if (peel.depth >= MAX_TUNNEL_DEPTH) {
    peel.counts.addMalformed("tunnel");
    return false;
  }
  peel.depth++;
  if (packet.tunnels === 0) keepOuter(packet);
  packet.tunnels |= tunnel;
  clearLink(packet);
  clearNetwork(packet);
  clearTransport(packet);
  packet.linkPayloadAt = peel.at;
  packet.linkPayloadLength = peel.end - peel.at;
  packet.payloadAt = peel.at;
  packet.payloadLength = peel.end - peel.at;
  packet.payloadWireLength = peel.wireEnd - peel.at;
  return true;
}

function keepOuter(packet: Packet): void {
  const outer = packet.outer;
  outer.hasMac = packet.hasSourceMac;
  outer.vlan = packet.vlan;
  outer.sourceMacHigh = packet.sourceMacHigh;
  outer.sourceMacLow = packet.sourceMacLow;
  outer.destinationMacHigh = packet.destinationMacHigh;
  outer.destinationMacLow = packet.destinationMacLow;
  outer.ipVersion = packet.ipVersion;
  outer.source0 = packet.source0;
  outer.source1 = packet.source1;
  outer.source2 = packet.source2;
  outer.source3 = packet.source3;
  outer.destination0 = packet.destination0;
  outer.destination1 = packet.destination1;
  outer.destination2 = packet.destination2;
  outer.destination3 = packet.destination3;
}

/** Takes back everything a link header said. */
export function clearLink(packet: Packet): void {
  packet.hasSourceMac = false;
  packet.hasDestinationMac = false;
  packet.sourceMacHigh = 0;
  packet.sourceMacLow = 0;
  packet.destinationMacHigh = 0;
  packet.destinationMacLow = 0;
  packet.vlan = 0;
  packet.etherType = 0;
  packet.llcDsap = -1;
  packet.snapOui = -1;
  packet.snapProtocol = -1;
}

/** Takes back everything an IP header said. */
export function clearNetwork(packet: Packet): void {
  packet.ipVersion = 0;
  packet.source0 = 0;
  packet.source1 = 0;
  packet.source2 = 0;
  packet.source3 = 0;
  packet.destination0 = 0;
  packet.destination1 = 0;
  packet.destination2 = 0;
  packet.destination3 = 0;
  packet.ttl = 0;
  packet.ipId = 0;
  packet.ipDontFragment = false;
  packet.ipProtocol = -1;
  packet.isFragment = false;
}

/** Takes back everything a transport header said. */
export function clearTransport(packet: Packet): void {
  packet.transport = 0;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.tcpFlags = 0;
  packet.tcpSequence = 0;
  packet.tcpAcknowledgement = 0;
  packet.tcpWindow = 0;
  packet.tcpOptionsAt = 0;
  packet.tcpOptionsLength = 0;
}

/** Forgets the carriers of an earlier frame's tunnel. */
export function clearTunnels(packet: Packet): void {
  packet.tunnels = 0;
  const outer = packet.outer;
  outer.hasMac = false;
  outer.vlan = 0;
  outer.sourceMacHigh = 0;
  outer.sourceMacLow = 0;
  outer.destinationMacHigh = 0;
  outer.destinationMacLow = 0;
  outer.ipVersion = 0;
  outer.source0 = 0;
  outer.source1 = 0;
  outer.source2 = 0;
  outer.source3 = 0;
  outer.destination0 = 0;
  outer.destination1 = 0;
  outer.destination2 = 0;
  outer.destination3 = 0;
}

/** Peels frames to packets: link, tags, network, tunnels and transport, one layer after the other. */
import { type Frame, LINK_TYPE } from "../capture/source.ts";
import { AddressSet } from "./address-set.ts";
import { capwap } from "./capwap.ts";
import { cooked, cooked2, loopback, rawIp } from "./cooked.ts";
import { DecodeCounts, UNKNOWN } from "./counts.ts";
import { etherType, READ_ELSEWHERE } from "./ether-type.ts";
import { ethernet } from "./ethernet.ts";
import { Fragments } from "./fragments.ts";
import { gre } from "./gre.ts";
import { ieee80211 } from "./ieee80211.ts";
import { ipProtocol } from "./ip-protocol.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { llc } from "./llc.ts";
import { mpls } from "./mpls.ts";
import type { DecodeCounters, Packet } from "./packet.ts";
import { LAYER, type Peel } from "./peel.ts";
import { fabricPath, pbb, pppoe } from "./provider.ts";
import { tcp } from "./tcp.ts";
import { clearLink, clearNetwork, clearTransport, clearTunnels } from "./tunnel.ts";
import { udp } from "./udp.ts";
import { vxlan } from "./vxlan.ts";

/** No capture cuts frames this short on purpose: less than this is a broken frame, not a cut one. */
const MIN_FRAME = 14;

export interface DecoderOptions {
  /** EtherTypes that dissectors read from the link payload: they are not counted as unknown. */
  readonly knownEtherTypes?: Iterable<number>;
}

export interface Decoder {
  /**
   * Fills `packet` from `frame`. Never throws for any bytes, and keeps nothing of the frame's memory
   * (fragments are copied). `packet` stays valid until the next call.
   */
  decode(frame: Frame, packet: Packet): void;
  readonly counters: DecodeCounters;
  /** Access points heard whose wireless data is encrypted on its way to the controller: their clients are hidden. */
  hiddenAccessPoints(): number;
}

export function createDecoder(options: DecoderOptions = {}): Decoder {
  const counts = new DecodeCounts();
  const hidden = new AddressSet();
  const known = new Uint8Array(0x10000);
  for (const type of options.knownEtherTypes ?? READ_ELSEWHERE) known[type] = 1;
  const peel: Peel = {
    bytes: Buffer.alloc(0),
    at: 0,
    end: 0,
    wireEnd: 0,
    depth: 0,
    counts,
    fragments: new Fragments(),
    hidden,
  };
  return {
    decode: (frame, packet) => decode(frame, packet, peel, known),
    counters: counts,
    hiddenAccessPoints: () => hidden.size,
  };
}

function decode(frame: Frame, packet: Packet, peel: Peel, known: Uint8Array): void {
  const { bytes, offset, length } = frame;
  const wireLength = Math.max(frame.wireLength, length);
  peel.counts.frames++;
  peel.counts.bytes += wireLength;
  peel.bytes = bytes;
  peel.at = offset;
  peel.end = offset + length;
  peel.wireEnd = length < MIN_FRAME ? peel.end : offset + wireLength;
  peel.depth = 0;
  reset(packet);
  packet.at = frame.at;
  packet.wireLength = wireLength;
  packet.interface = frame.interface;
  packet.file = frame.file;
  packet.number = frame.number;
  packet.bytes = bytes;
  packet.linkPayloadAt = offset;
  packet.payloadAt = offset;

  let layer = frame.linkType === LINK_TYPE.ethernet ? ethernet(peel, packet) : link(frame.linkType, peel, packet);
  // Every turn either ends or moves `peel.at` on; tunnels are bounded by MAX_TUNNEL_DEPTH.
  while (layer !== LAYER.done) {
    switch (layer) {
      case LAYER.ipv4:
        layer = ipv4(peel, packet);
        break;
      case LAYER.tcp:
        layer = tcp(peel, packet);
        break;
      case LAYER.udp:
        layer = udp(peel, packet);
        break;
      case LAYER.ipv6:
        layer = ipv6(peel, packet);
        break;
      case LAYER.etherType:
        layer = etherType(peel, packet, known);
        break;
      default:
        layer = rarer(layer, peel, packet);
    }
  }
}

/** Kept apart so that the loop above stays small enough to be compiled well. */
function rarer(layer: number, peel: Peel, packet: Packet): number {
  switch (layer) {
    case LAYER.ethernet:
      return ethernet(peel, packet);
    case LAYER.llc:
      return llc(peel, packet);
    case LAYER.ipProtocol:
      return ipProtocol(peel, packet);
    case LAYER.gre:
      return gre(peel, packet);
    case LAYER.vxlan:
      return vxlan(peel, packet);
    case LAYER.capwap:
      return capwap(peel, packet);
    case LAYER.ieee80211:
      return ieee80211(peel, packet);
    case LAYER.mpls:
      return mpls(peel, packet);
    case LAYER.pppoe:
      return pppoe(peel, packet);
    case LAYER.pbb:
      return pbb(peel, packet);
    case LAYER.fabricPath:
      return fabricPath(peel);
    default:
      return LAYER.done;
  }
}

function link(linkType: number, peel: Peel, packet: Packet): number {
  switch (linkType) {
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return loopback(peel, packet);
    case LINK_TYPE.linuxSll:
      return cooked(peel, packet);
    case LINK_TYPE.linuxSll2:
      return cooked2(peel, packet);
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.raw:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return rawIp(peel, packet);
    default:
      peel.counts.addUnknown(UNKNOWN.linkType, linkType);
      return LAYER.done;
  }
}

function reset(packet: Packet): void {
  if (packet.tunnels !== 0) clearTunnels(packet);
  clearLink(packet);
  clearNetwork(packet);
  clearTransport(packet);
  packet.linkPayloadLength = 0;
  packet.payloadLength = 0;
  packet.payloadWireLength = 0;
}

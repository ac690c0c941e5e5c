/**
 * A packet: one frame peeled to addresses, ports and payload.
 *
 * There is one Packet, filled again for every frame, so that a frame that teaches nothing new costs
 * no memory. Addresses are kept as signed 32-bit words (`| 0`), which V8 holds without a heap number.
 */

/** Where peeling stopped and what is known up to there. Layers above the named ones stay unset. */
export interface Packet {
  /** Integer microseconds since 1970 UTC. */
  at: number;
  /** Bytes on the wire of the whole frame, outer headers included. */
  wireLength: number;
  interface: number;
  file: number;
  number: number;
  /** Place among the frames of a window; whoever has the windows sets it. */
  ordinal: number;

  /** The buffer that all offsets point into. For a reassembled datagram it is not the frame's buffer. */
  bytes: Buffer;

  /** False where the link has no MAC addresses (raw IP, BSD loopback); Linux cooked has only a source. */
  hasSourceMac: boolean;
  hasDestinationMac: boolean;
  /**
   * Upper 16 and lower 32 bits of the MAC addresses of the innermost Ethernet (or 802.11 data) header.
   * A tunnel that carries IP without a link header leaves none here: the carriers' stand in `outer`.
   */
  sourceMacHigh: number;
  sourceMacLow: number;
  destinationMacHigh: number;
  destinationMacLow: number;
  /**
   * VLAN scope: 0 untagged (a priority tag with id 0 is untagged), a single tag's id, and for stacked
   * tags outer * 4096 + inner of the two innermost ones.
   */
  vlan: number;
  /** EtherType of what follows the link header (0x0800, 0x86dd, 0x0806 ...); 0 for LLC without SNAP. */
  etherType: number;
  /** LLC destination service access point for 802.3 frames, else -1. */
  llcDsap: number;
  /** SNAP organisation code << 16 | protocol id where SNAP carries no EtherType (CDP: 0x00000c, 0x2000), else -1. */
  snapOui: number;
  snapProtocol: number;
  /**
   * Where the bytes after the link header (tags, LLC and SNAP too) start and how many were captured.
   * Both 0 for a reassembled datagram, whose `bytes` hold no link header.
   */
  linkPayloadAt: number;
  linkPayloadLength: number;

  /** 4, 6, or 0 when there is no readable IP header. */
  ipVersion: number;
  /** Four words, most significant first; IPv4 uses only word 3, the others are 0. */
  source0: number;
  source1: number;
  source2: number;
  source3: number;
  destination0: number;
  destination1: number;
  destination2: number;
  destination3: number;
  ttl: number;
  /** IPv4 identification, or of the IPv6 fragment header; 0 when none. */
  ipId: number;
  ipDontFragment: boolean;
  /** IP protocol of the payload: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6 ...; -1 unknown. */
  ipProtocol: number;
  /** A fragment that is not (yet) a whole datagram: ports and payload are unset. */
  isFragment: boolean;

  /** 6 or 17 when the transport header was read, else 0. */
  transport: number;
  sourcePort: number;
  destinationPort: number;
  /** TCP: flag byte, sequence and acknowledgement (int32 words, compare with `| 0` arithmetic), window, options. */
  tcpFlags: number;
  tcpSequence: number;
  tcpAcknowledgement: number;
  tcpWindow: number;
  tcpOptionsAt: number;
  tcpOptionsLength: number;

  /** Payload of the highest layer read: TCP/UDP data, or the IP payload for other protocols. */
  payloadAt: number;
  /** Captured bytes of it (link padding taken off). */
  payloadLength: number;
  /** Bytes of it on the wire; more than payloadLength when the capture cut the frame. */
  payloadWireLength: number;

  /** Tunnels opened on the way down, outermost first, as a bit set of TUNNEL. */
  tunnels: number;
  /**
   * The outermost tunnel's own endpoints (who carries the mirror or the wireless traffic), set when
   * tunnels != 0: same word form as above. The carriers are devices too.
   */
  outer: OuterAddresses;
}

export interface OuterAddresses {
  hasMac: boolean;
  vlan: number;
  sourceMacHigh: number;
  sourceMacLow: number;
  destinationMacHigh: number;
  destinationMacLow: number;
  ipVersion: number;
  source0: number;
  source1: number;
  source2: number;
  source3: number;
  destination0: number;
  destination1: number;
  destination2: number;
  destination3: number;
}

export const TUNNEL = {
  gre: 1,
  erspan: 2,
  vxlan: 4,
  capwap: 8,
  ipInIp: 16,
  mpls: 32,
  pbb: 64,
} as const;

/** What decoding counts. Keys are short and fixed by the code, never taken from the wire's text. */
export interface DecodeCounters {
  frames: number;
  bytes: number;
  /** layer → frames whose header of that layer lied or was cut, e.g. { ipv4: 3 } */
  malformed: Map<string, number>;
  /** what was not understood → frames, e.g. { "ethertype:0x88e1": 4, "linktype:281": 1 }; bounded in keys. */
  unknown: Map<string, number>;
  /** Fragments of IP datagrams that never became whole: too many at once, too late, overlapping. */
  fragmentsDropped: number;
}

const outer = (): OuterAddresses => ({
  hasMac: false,
  vlan: 0,
  sourceMacHigh: 0,
  sourceMacLow: 0,
  destinationMacHigh: 0,
  destinationMacLow: 0,
  ipVersion: 0,
  source0: 0,
  source1: 0,
  source2: 0,
  source3: 0,
  destination0: 0,
  destination1: 0,
  destination2: 0,
  destination3: 0,
});

export const emptyPacket = (): Packet => ({
  at: 0,
  wireLength: 0,
  interface: 0,
  file: 0,
  number: 0,
  ordinal: 1,
  bytes: Buffer.alloc(0),
  hasSourceMac: false,
  hasDestinationMac: false,
  sourceMacHigh: 0,
  sourceMacLow: 0,
  destinationMacHigh: 0,
  destinationMacLow: 0,
  vlan: 0,
  etherType: 0,
  llcDsap: -1,
  snapOui: -1,
  snapProtocol: -1,
  linkPayloadAt: 0,
  linkPayloadLength: 0,
  ipVersion: 0,
  source0: 0,
  source1: 0,
  source2: 0,
  source3: 0,
  destination0: 0,
  destination1: 0,
  destination2: 0,
  destination3: 0,
  ttl: 0,
  ipId: 0,
  ipDontFragment: false,
  ipProtocol: -1,
  isFragment: false,
  transport: 0,
  sourcePort: 0,
  destinationPort: 0,
  tcpFlags: 0,
  tcpSequence: 0,
  tcpAcknowledgement: 0,
  tcpWindow: 0,
  tcpOptionsAt: 0,
  tcpOptionsLength: 0,
  payloadAt: 0,
  payloadLength: 0,
  payloadWireLength: 0,
  tunnels: 0,
  outer: outer(),
});

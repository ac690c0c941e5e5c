/** Spanning tree: which switch sends, and which one is the root. IEEE 802.1D-2004 clause 9.3, IEEE 802.1Q-2018 clause 14. */
import { isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";

const CONFIGURATION = 0x00;
const RAPID = 0x02;
const TOPOLOGY_CHANGE = 0x80;
const CONFIGURATION_LENGTH = 35;
const ROOT_MAC_AT = 7;
const ROOT_COST_AT = 13;
const BRIDGE_MAC_AT = 19;
const VERSION_MULTIPLE = 3;
/** In a multiple spanning tree frame the usual place holds the region's root; the sender stands here. 802.1Q 14.4. */
const MULTIPLE_BRIDGE_MAC_AT = 96;

interface SpanningTreeMessage {
  version: number;
  /** undefined in topology change notices, which name nobody. */
  root: string | undefined;
  bridge: string | undefined;
  isRoot: boolean;
}

export default defineDissector<SpanningTreeMessage>({
  protocol: "stp",
  over: ["link"],
  llcDsaps: [0x42],
  // Cisco's per-VLAN frames have the same body (PVST+).
  snap: [[0x00000c, 0x010b]],
  dissect(payload): SpanningTreeMessage | Malformed | undefined {
    if (payload.length < 4) return malformed("header cut short");
    if (payload.readUInt16BE(0) !== 0) return undefined;
    const version = payload[2]!;
    const type = payload[3];
    if (type === TOPOLOGY_CHANGE) return { version, root: undefined, bridge: undefined, isRoot: false };
    if (type !== CONFIGURATION && type !== RAPID) return undefined;
    if (payload.length < CONFIGURATION_LENGTH) return malformed("configuration cut short");
    const isMultiple = version === VERSION_MULTIPLE && type === RAPID && payload.length >= MULTIPLE_BRIDGE_MAC_AT + 6;
    const bridgeAt = isMultiple ? MULTIPLE_BRIDGE_MAC_AT : BRIDGE_MAC_AT;
    const isKnown = version < VERSION_MULTIPLE || isMultiple;
    return {
      version,
      root: isDeviceMac(payload, ROOT_MAC_AT) ? macAt(payload, ROOT_MAC_AT) : undefined,
      bridge: isKnown && isDeviceMac(payload, bridgeAt) ? macAt(payload, bridgeAt) : undefined,
      isRoot:
        payload.readUInt32BE(ROOT_COST_AT) === 0 && payload.compare(payload, 5, 13, bridgeAt - 2, bridgeAt + 6) === 0,
    };
  },
  evidence({ version, root, bridge, isRoot }) {
    const found: Evidence[] = [{ about: "sender", attribute: "stp.version", value: String(version) }];
    if (root !== undefined) found.push({ about: "sender", attribute: "stp.root.hw", value: root });
    if (isRoot) found.push({ about: "sender", attribute: "wardtap.role", value: "stp-root" });
    // The bridge's own address, where it isn't the port's: so that both become one device.
    if (bridge !== undefined) {
      found.push({ about: "sender", attribute: "stp.bridge.hw", value: bridge });
      found.push({ about: { mac: bridge }, attribute: "stp.bridge.hw", value: bridge });
    }
    return found;
  },
});

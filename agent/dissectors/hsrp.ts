/** HSRP: Cisco routers that share one virtual address. RFC 2281 5; version 2: Cisco, "First Hop Redundancy Protocols: HSRP version 2". */
import { ipv4At, isDeviceIpv4 } from "./addresses.ts";
import { defineDissector, type Evidence } from "./dissector.ts";
import { judgeSecret } from "./known-secrets.ts";

const LENGTH = 20;
/** Hello, coup, resign. */
const MAX_OPERATION = 2;
/** Version 2 puts the same into a group state TLV: type 1 of 40 bytes. */
const GROUP_STATE = 0x0128;
const GROUP_STATE_LENGTH = 42;
const STATES_2: Record<number, string> = {
  1: "initial",
  2: "learn",
  3: "listen",
  4: "speak",
  5: "standby",
  6: "active",
};
const STATES: Record<number, string> = {
  0: "initial",
  1: "learn",
  2: "listen",
  4: "speak",
  8: "standby",
  16: "active",
};

interface HsrpMessage {
  state: string;
  group: number;
  virtual: string | undefined;
  /** undefined in version 2, where it stands in a TLV of its own, left unread. */
  authentication: "default" | "other" | undefined;
}

export default defineDissector<HsrpMessage>({
  protocol: "hsrp",
  over: ["udp"],
  hints: { udp: [1985] },
  dissect(payload, { sourcePort, destinationPort }): HsrpMessage | undefined {
    // 5.1: both ports are 1985.
    if (payload.length < LENGTH || sourcePort !== destinationPort) return undefined;
    if (payload.readUInt16BE(0) === GROUP_STATE) return readVersion2(payload);
    if (payload[0] !== 0) return undefined;
    const state = STATES[payload[2]!];
    if (payload[1]! > MAX_OPERATION || state === undefined) return undefined;
    const secret = payload.subarray(8, 16);
    const end = secret.indexOf(0);
    return {
      state,
      group: payload[6]!,
      virtual: isDeviceIpv4(payload, 16) ? ipv4At(payload, 16) : undefined,
      authentication: judgeSecret("hsrp-authentication", end < 0 ? secret : secret.subarray(0, end)),
    };
  },
  // The active router sends from the group's MAC: only the address is its own.
  evidence({ state, group, virtual, authentication }, { sourceIp }) {
    const about = { ip: sourceIp };
    const found: Evidence[] = [
      { about, attribute: "wardtap.role", value: "router" },
      { about, attribute: "hsrp.group", value: String(group) },
      { about, attribute: "wardtap.virtual-router", value: state },
    ];
    if (authentication !== undefined)
      found.push({ about, attribute: "wardtap.hsrp.authentication", value: authentication });
    if (virtual !== undefined) found.push({ about, attribute: "hsrp.virt_ip", value: virtual });
    return found;
  },
});

/** Type, length, version, operation, state, address family, group, identifier, priority, times, virtual address. */
function readVersion2(payload: Buffer): HsrpMessage | undefined {
  const state = STATES_2[payload[4]!];
  if (payload.length < GROUP_STATE_LENGTH || payload[2] !== 2 || payload[3]! > MAX_OPERATION || state === undefined)
    return undefined;
  const isVirtual4 = payload[5] === 4 && isDeviceIpv4(payload, 26);
  return {
    state,
    group: payload.readUInt16BE(6),
    virtual: isVirtual4 ? ipv4At(payload, 26) : undefined,
    authentication: undefined,
  };
}

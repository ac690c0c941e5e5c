/** GE CARESCAPE / Unity network: monitors that announce themselves by broadcast. Ports and layout as published for the CARESCAPE network adapter (pubs.vocera.com/adapters/carescape). */
import { isAddress } from "./addresses.ts";
import { defineDissector } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const PORT = { discovery: 7000, alarm: 7001 } as const;
const VERSION = 0x01040000;
const DISCOVERY = { address: 4, label: 12, end: 28 } as const;
const ALARM = { broadcast: 0, zero: 4, address: 6, label: 24, end: 40 } as const;
const LABEL_BYTES = 16;

interface CarescapeMessage {
  /** "UNIT|BED"; the patient's name that follows is never read. */
  label: string | undefined;
}

export default defineDissector<CarescapeMessage>({
  protocol: "carescape",
  over: ["udp"],
  recognise: [{ at: 0, bytes: "01 04 00 00" }],
  hints: { udp: [PORT.discovery, PORT.alarm] },
  dissect(payload, flow): CarescapeMessage | undefined {
    if (flow.destinationPort === PORT.alarm) {
      if (payload.length < ALARM.end || payload.readUInt16BE(ALARM.zero) !== 0) return undefined;
      if (
        !isAddress(payload, ALARM.address, 4, flow.sourceIp) ||
        !isAddress(payload, ALARM.broadcast, 4, flow.destinationIp)
      )
        return undefined;
      return labelled(payload, ALARM.label);
    }
    if (payload.length < DISCOVERY.end || payload.readUInt32BE(0) !== VERSION) return undefined;
    // The monitor names its own address: nothing else is taken for this protocol.
    if (!isAddress(payload, DISCOVERY.address, 4, flow.sourceIp)) return undefined;
    return labelled(payload, DISCOVERY.label);
  },
  evidence: ({ label }) => [
    { about: "sender", attribute: "carescape.role", value: "monitor" },
    ...(label === undefined ? [] : [{ about: "sender", attribute: "carescape.label", value: label } as const]),
  ],
  // Of a discovery only the address and the label matter, not its time and its services.
  sameWhen: { at: 0, length: DISCOVERY.end },
});

/** Printable text with one bar, or it isn't this protocol. */
function labelled(payload: Buffer, at: number): CarescapeMessage | undefined {
  const raw = payload.subarray(at, at + LABEL_BYTES);
  const end = raw.indexOf(0);
  const text = raw.toString("latin1", 0, end < 0 ? raw.length : end);
  if (!/^[\x20-\x7e]*\|[\x20-\x7e]*$/.test(text)) return undefined;
  return { label: keepName(text) };
}

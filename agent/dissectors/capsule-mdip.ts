/** Capsule MDIP: hubs that bring bedside devices' data to a server. Seen as text "APDUclnt.0-<id" on UDP 5090 (virtalabs/TapirXL, capsule_mdip); nothing more of the format is public. */
import { defineDissector } from "./dissector.ts";

const MARK = Buffer.from("APDUclnt.0-");
/** How far into a datagram the mark may stand. */
const MAX_OFFSET = 256;

export default defineDissector<{ client: true }>({
  protocol: "capsule-mdip",
  over: ["udp"],
  hints: { udp: [5090] },
  dissect: (payload) => (payload.subarray(0, MAX_OFFSET + MARK.length).includes(MARK) ? { client: true } : undefined),
  evidence: () => [
    { about: "sender", attribute: "capsule_mdip.role", value: "client" },
    { about: "receiver", attribute: "capsule_mdip.role", value: "server" },
  ],
  server: () => "receiver",
});

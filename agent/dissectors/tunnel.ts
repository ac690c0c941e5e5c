/** Tunnels that carry a network into another: that one was opened, by whom and to whom; what is inside stays unknown. */
import type { Evidence } from "./dissector.ts";

/** `isRequest`: the sender asks for the tunnel; else it answers. */
export const tunnel = (kind: string, isRequest: boolean): Evidence[] => [
  { about: "sender", attribute: isRequest ? "wardtap.vpn.client" : "wardtap.vpn.server", value: kind },
];

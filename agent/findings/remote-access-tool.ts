/** Programs and tunnels that let somebody see and steer a machine from afar. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import type { Stranger } from "../identify/identifier.ts";
import { remoteAccessCertificate, remoteAccessTool } from "../knowledge/remote-access.ts";
import { seen } from "./from-evidence.ts";
import { fromService } from "./from-service.ts";
import { defineRule, type Verdict } from "./rule.ts";

const WORDS: Record<string, string> = {
  vnc: "VNC",
  teamviewer: "TeamViewer",
  ipsec: "IPsec",
  openvpn: "OpenVPN",
  wireguard: "WireGuard",
};
/** Where the name of the server that a connection is for stands in clear. */
const SERVER_NAMES = /^(?:tls\.handshake\.extensions_server_name|http\.host)$/;
const CERTIFICATE_NAME = "x509.subject.cn";
const TUNNELS = /^wardtap\.vpn\.(?:client|server)$/;

const ADVICE =
  "Make sure that this access is known, wanted and under contract. Suppliers' access should be opened for each task, with a second factor.";

const sessions = fromService({
  id: "remote-access-tool",
  title: "A remote access tool is in use",
  severity: "medium",
  about: "device",
  advice: ADVICE,
  references: ["NHS guidance on protecting connected medical devices, step 5", "MITRE ATT&CK T1219"],
  protocols: ["vnc", "teamviewer"],
  side: "server",
  why: (protocols, _, isServer) =>
    `${isServer ? "It can be steered" : "It steers a machine outside this network"} by ${protocols.map((name) => WORDS[name] ?? name).join(", ")}; a session was seen.`,
});

export default defineRule({
  ...sessions,
  judge(context) {
    const relays = relaysOf(context.strangers);
    return [
      ...sessions.judge(context),
      ...context.devices.flatMap((device) => [...toServices(device, relays), ...tunnels(device)]),
    ];
  },
});

/** Outside address → the certificates by which it is known as a tool's server. */
const relaysOf = (strangers: readonly Stranger[]): ReadonlyMap<string, DeviceEvidence[]> =>
  new Map(
    strangers.flatMap(({ ip, evidence }) => {
      const told = evidence.filter((piece) => piece.attribute === CERTIFICATE_NAME && toolOf(piece) !== undefined);
      return told.length === 0 ? [] : [[ip, told] as const];
    }),
  );

/** One verdict per tool: each is a contract of its own. */
function toServices(device: Device, relays: ReadonlyMap<string, DeviceEvidence[]>): Verdict[] {
  const byTool = new Map<string, DeviceEvidence[]>();
  const asked = [...new Set(device.peers.map(({ remote }) => remote))].flatMap((ip) => relays.get(ip ?? "") ?? []);
  for (const piece of [...device.evidence, ...asked]) {
    const tool = toolOf(piece);
    if (tool !== undefined) byTool.set(tool, [...(byTool.get(tool) ?? []), piece]);
  }
  return [...byTool].map(([tool, evidence]) => ({
    key: `service ${tool}`,
    deviceId: device.id,
    certainty: "likely" as const,
    why: `It is joined to ${tool}, through which it can be steered from afar.`,
    signs: [tool],
    ...seen(evidence),
  }));
}

function toolOf({ attribute, value }: DeviceEvidence): string | undefined {
  if (attribute === CERTIFICATE_NAME) return remoteAccessCertificate(value);
  return SERVER_NAMES.test(attribute) ? remoteAccessTool(value) : undefined;
}

/** A tunnel makes a device part of another network: on a medical device the way in for its supplier. */
function tunnels(device: Device): Verdict[] {
  const evidence = device.evidence.filter(({ attribute }) => TUNNELS.test(attribute));
  if (evidence.length === 0) return [];
  const kinds = [...new Set(evidence.map(({ value }) => WORDS[value] ?? value))].sort();
  return [
    {
      key: "tunnel",
      deviceId: device.id,
      severity: device.medical ? ("medium" as const) : ("low" as const),
      certainty: "confirmed" as const,
      why: `It is one end of a tunnel into another network (${kinds.join(", ")}); what goes through can't be seen.`,
      ...seen(evidence),
    },
  ];
}

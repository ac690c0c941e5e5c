/** A host that announces a service by multicast DNS with avahi-daemon. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";

export interface MdnsService {
  readonly name: string;
  readonly type: string;
  readonly port: number;
  readonly text: readonly string[];
}

/** Starts avahi, which probes, announces and answers from then on. The host must have its address. */
export function announceByMdns(ward: Ward, host: string, service: MdnsService): void {
  const services = join(ward.folder, host, "services");
  mkdirSync(services, { recursive: true });
  writeFileSync(join(services, "ward.service"), serviceXml(service));
  const config = join(ward.folder, host, "avahi.conf");
  const name = ward.hosts.find((one) => one.name === host)?.hostname ?? host;
  writeFileSync(config, avahiConfig(name));
  const args = ["-f", config, "--no-drop-root", "--no-chroot", "--no-rlimits"];
  ward.spawn(host, "avahi-daemon", args, { avahiServices: services });
}

/** No D-Bus, and nothing about the machine that builds the ward. */
const avahiConfig = (hostname: string) => `[server]
host-name=${hostname}
use-ipv4=yes
use-ipv6=no
allow-interfaces=eth0
enable-dbus=no
[publish]
publish-hinfo=no
publish-workstation=no
`;

const serviceXml = ({ name, type, port, text }: MdnsService) => `<?xml version="1.0" standalone="no"?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>${escapeXml(name)}</name>
  <service>
    <type>${type}</type>
    <port>${port}</port>
${text.map((one) => `    <txt-record>${escapeXml(one)}</txt-record>\n`).join("")}  </service>
</service-group>
`;

const escapeXml = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** An SNMP agent of a cast member, and somebody who asks it for its system group (RFC 3418). */
import { listening } from "../hosts/wait.ts";
import type { Ward } from "../ward.ts";
import { type CastMember, fileFor, folderOf, ipOf, type PrivateView, serve, use } from "./scene.ts";

export const SYSTEM = "1.3.6.1.2.1.1";
export const SYSTEM_SCALARS = ["1.0", "2.0", "5.0"].map((one) => `${SYSTEM}.${one}`);
export const snmpView: PrivateView = { empty: ["/var/lib/snmp"] };

export async function startAgent(ward: Ward, member: CastMember, settings: readonly string[]): Promise<void> {
  const config = fileFor(ward, member, "snmpd.conf", [
    "agentaddress udp:161",
    ...settings,
    `[snmp] persistentDir ${folderOf(ward, member, "state")}`,
  ]);
  const args = ["-f", "-Le", "-C", "-c", config, "-p", "/run/snmpd.pid"];
  await listening(ward, member.host.name, serve(ward, member, snmpView, "snmpd", args), "udp", 161);
}

/** SNMPv2c: what it is, its object id and its name. */
export async function askSystem(ward: Ward, who: CastMember, whom: CastMember, community: string): Promise<void> {
  await use(ward, who, snmpView, "snmpget", ["-v2c", "-c", community, ipOf(whom), ...SYSTEM_SCALARS]);
}

/** A host that asks for its address with udhcpc, the way embedded devices do. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";

export interface DhcpClient {
  /** Option 12, the name the device gives itself. */
  readonly hostname?: string;
  /** Option 60, the vendor class. */
  readonly vendorClass?: string;
  /** Option 55, names of options it asks for, as udhcpc spells them. */
  readonly asksFor?: readonly string[];
}

/** udhcpc calls this with what the server gave. */
const SCRIPT = `#!/bin/sh
case $1 in
bound|renew)
  ip addr replace "$ip/$mask" dev "$interface"
  for gateway in $router; do ip route replace default via "$gateway"; break; done ;;
esac
`;

/** Plugs the host in and asks until it has an address; rejects when the server gives none. */
export async function askForAddress(ward: Ward, host: string, client: DhcpClient): Promise<void> {
  await ward.plug(host);
  const script = join(ward.folder, "udhcpc.script");
  writeFileSync(script, SCRIPT, { mode: 0o755 });
  const args = ["-f", "-n", "-q", "-i", "eth0", "-t", "5", "-T", "2", "-A", "1", "-s", script];
  if (client.hostname) args.push("-x", `hostname:${client.hostname}`);
  if (client.vendorClass) args.push("-V", client.vendorClass);
  if (client.asksFor) args.push("-o", ...client.asksFor.flatMap((option) => ["-O", option]));
  await ward.run(host, "udhcpc", args);
}

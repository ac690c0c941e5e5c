/** A host that announces itself with lldpd. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";

export interface LldpAnnouncement {
  readonly description: string;
  /** As lldpcli spells them: bridge, router, telephone, station ... */
  readonly capabilities: string;
  /** LLDP-MED class (ANSI/TIA-1057, 10.2.2) and what its inventory says; absent: no LLDP-MED. */
  readonly med?: { readonly class: number; readonly inventory: Readonly<Record<string, string>> };
}

const SECONDS_BETWEEN = 5;

/** Plugs the host in if its address is fixed, and starts lldpd, which goes on announcing. */
export async function announceByLldp(ward: Ward, host: string, announcement: LldpAnnouncement): Promise<void> {
  const spec = ward.hosts.find((one) => one.name === host);
  if (spec?.address) await ward.plug(host);
  const folder = join(ward.folder, host);
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "lldpd.conf");
  const { med } = announcement;
  writeFileSync(
    config,
    [
      `configure system hostname "${spec?.hostname ?? host}"`,
      `configure lldp tx-interval ${SECONDS_BETWEEN}`,
      `configure system capabilities enabled ${announcement.capabilities}`,
      ...Object.entries(med?.inventory ?? {}).map(([name, value]) => `configure inventory ${name} "${value}"`),
      "",
    ].join("\n"),
  );
  // -k: no kernel version; -i: no inventory at all, for that would be the building machine's (with `med` give all fields).
  const args = ["-d", "-k", "-I", "eth0", "-u", "/run/lldpd.socket", "-O", config, "-S", announcement.description];
  args.push(...(med ? ["-M", String(med.class)] : ["-i"]));
  ward.spawn(host, "lldpd", args);
}

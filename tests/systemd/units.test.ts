/** The units: what each process may do, read from the files that systemd reads. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const SYSTEMD = join(import.meta.dirname, "../../systemd");
const UNITS = join(SYSTEMD, "units");
const SERVICES = readdirSync(UNITS).filter((name) => name.endsWith(".service"));
const have = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** Keys of a unit file; a key given twice holds both values. */
function unit(path: string): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const at = line.indexOf("=");
    if (at < 1 || line.startsWith("#")) continue;
    const key = line.slice(0, at);
    keys.set(key, [...(keys.get(key) ?? []), line.slice(at + 1)]);
  }
  return keys;
}
const service = (name: string) => unit(join(UNITS, name));
const value = (name: string, key: string) => service(name).get(key)?.at(-1);

const SNIFFER = "wardtap-sniffer@.service";
const AGENT = "wardtap-agent.service";
const CONSOLE = "wardtap-console.service";
const MIRROR = "wardtap-mirror@.service";
const LONG_RUNNING = [SNIFFER, AGENT, CONSOLE];

describe("rights", () => {
  test("the sniffer holds the raw-socket right and no other", () => {
    expect(service(SNIFFER).get("AmbientCapabilities")).toEqual(["CAP_NET_RAW"]);
    expect(service(SNIFFER).get("CapabilityBoundingSet")).toEqual(["CAP_NET_RAW"]);
  });

  test.each([AGENT, CONSOLE])("%s holds no capability at all", (name) => {
    expect(service(name).get("AmbientCapabilities")).toEqual([""]);
    expect(service(name).get("CapabilityBoundingSet")).toEqual([""]);
  });

  test("the port's preparation may change network settings and nothing else", () => {
    expect(service(MIRROR).get("CapabilityBoundingSet")).toEqual(["CAP_NET_ADMIN"]);
  });

  test.each(LONG_RUNNING)("%s runs as a user of its own", (name) => {
    const user = value(name, "User");
    expect(user).toMatch(/^wardtap/);
    expect(LONG_RUNNING.filter((other) => value(other, "User") === user)).toEqual([name]);
    expect(readFileSync(join(SYSTEMD, "sysusers.conf"), "utf8")).toMatch(new RegExp(`^u ${user} `, "m"));
  });

  test.each([...LONG_RUNNING, MIRROR])("%s gains no rights and writes nowhere by default", (name) => {
    expect(value(name, "NoNewPrivileges")).toBe("yes");
    expect(value(name, "ProtectSystem")).toBe("strict");
    expect(value(name, "ProtectHome")).toBe("yes");
    expect(value(name, "PrivateDevices")).toBe("yes");
    expect(value(name, "RestrictSUIDSGID")).toBe("yes");
  });

  test.each([...LONG_RUNNING, MIRROR])(
    "%s may ask for memory protection keys, as V8 does, and outlives a refused call",
    (name) => {
      expect(value(name, "SystemCallFilter")).toBe("@system-service @pkey");
      expect(value(name, "SystemCallErrorNumber")).toBe("EPERM");
    },
  );

  test.each([...LONG_RUNNING, MIRROR])("%s leaves no core dump, which would hold what the wire said", (name) => {
    expect(value(name, "LimitCORE")).toBe("0");
  });
});

describe("the sniffer", () => {
  test("can speak no internet protocol", () => {
    expect(value(SNIFFER, "RestrictAddressFamilies")?.split(" ").sort()).toEqual([
      "AF_NETLINK",
      "AF_PACKET",
      "AF_UNIX",
    ]);
    expect(value(SNIFFER, "IPAddressDeny")).toBe("any");
  });

  test("has nowhere to write: no state, no cache, no temporary folder", () => {
    for (const key of [
      "StateDirectory",
      "CacheDirectory",
      "LogsDirectory",
      "RuntimeDirectory",
      "ReadWritePaths",
      "PrivateTmp",
    ])
      expect(service(SNIFFER).has(key), key).toBe(false);
  });

  test("can not see the ledger or the configuration", () => {
    expect(value(SNIFFER, "InaccessiblePaths")).toContain("/var/lib/wardtap");
    expect(value(SNIFFER, "InaccessiblePaths")).toContain("/etc/wardtap");
  });

  test("listens only on a port that was prepared before", () => {
    expect(value(SNIFFER, "Requires")).toBe("wardtap-mirror@%i.service");
    expect(value(SNIFFER, "After")).toContain("wardtap-mirror@%i.service");
  });

  test("has a bound on its memory", () => {
    expect(value(SNIFFER, "MemoryMax")).toMatch(/^\d+M$/);
  });

  test("writes to the pipe that tmpfiles makes", () => {
    const pipe = value(SNIFFER, "ExecStart")?.match(/--pipe (\S+)/)?.[1];
    const made = readFileSync(join(SYSTEMD, "tmpfiles-interface.conf"), "utf8").match(/^p\+ (\S+)/m)?.[1];
    expect(pipe?.replace("%I", "@INTERFACE@")).toBe(made);
  });
});

describe("starting and stopping", () => {
  test.each(LONG_RUNNING)("%s comes back for ever", (name) => {
    expect(value(name, "Restart")).toBe("always");
    expect(value(name, "StartLimitIntervalSec")).toBe("0");
  });

  test("the agent is tied to no sniffer, so that its ledger outlives one", () => {
    for (const key of ["Requires", "BindsTo", "PartOf", "Requisite"]) expect(service(AGENT).has(key), key).toBe(false);
  });

  test("nobody is asked for watchdog signs that Node doesn't give", () => {
    for (const name of LONG_RUNNING) expect(service(name).has("WatchdogSec")).toBe(false);
  });

  test("the agent can switch lights: /sys is writable, the group exists, and a dead agent goes dark", () => {
    expect(value(AGENT, "ProtectKernelTunables") ?? "no").toBe("no");
    expect(value(AGENT, "SupplementaryGroups")).toBe("gpio");
    expect(readFileSync(join(SYSTEMD, "sysusers.conf"), "utf8")).toMatch(/^g gpio /m);
    expect(value(AGENT, "ExecStopPost")).toContain("lights-off");
  });

  test("only the agent's user may read the ledger", () => {
    expect(value(AGENT, "StateDirectory")).toBe("wardtap");
    expect(value(AGENT, "StateDirectoryMode")).toBe("0700");
  });
});

describe("the network files", () => {
  const network = unit(join(SYSTEMD, "network/10-wardtap-mirror.network"));

  test("leave the mirror port without address, ARP and router solicitations", () => {
    expect(network.has("Address")).toBe(false);
    for (const key of ["DHCP", "LinkLocalAddressing", "IPv6AcceptRA", "ARP", "Multicast", "RequiredForOnline"])
      expect(network.get(key), key).toEqual(["no"]);
  });

  test("let nothing announce itself there", () => {
    for (const key of ["LLMNR", "MulticastDNS", "EmitLLDP", "IPv6SendRA"])
      expect(network.get(key), key).toEqual(["no"]);
  });

  test("keep NetworkManager's hands off it", () => {
    const text = readFileSync(join(SYSTEMD, "network/wardtap-mirror-nm.conf"), "utf8");
    expect(text).toContain("unmanaged-devices+=interface-name:@INTERFACE@");
  });
});

test.skipIf(!have("systemd-analyze") && process.env.CI !== "true")(
  "systemd itself finds nothing wrong with the units (needs systemd-analyze)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "wardtap-units-"));
    try {
      const paths = readdirSync(UNITS).map((name) => {
        // The programs are where they are now, not yet where they will be installed.
        const text = readFileSync(join(UNITS, name), "utf8").replaceAll("/usr/lib/wardtap/systemd", SYSTEMD);
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      });
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...paths], { encoding: "utf8" });
      expect(stderr.split("\n").filter((line) => line.includes("wardtap"))).toEqual([]);
      expect(status).toBe(0);
      expect(SERVICES.length).toBeGreaterThanOrEqual(5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

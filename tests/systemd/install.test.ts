/** The install script: what it refuses, what it puts where, and what it never takes away. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../agent/config-file.ts";
import { DEFAULT_PINS } from "../../hardware/gpio.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const mustRun = process.env.CI === "true";
const have = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const linux = have("bash") && have("ip");

let folder: string;
let machine: string;
let script: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-install-"));
  // A built program, small: the script copies what it finds.
  const program = join(folder, "program");
  cpSync(join(REPOSITORY, "systemd"), join(program, "systemd"), { recursive: true });
  mkdirSync(join(program, "dist/agent"), { recursive: true });
  writeFileSync(join(program, "dist/agent/cli.js"), "");
  for (const file of ["package.json", "package-lock.json", "LICENSE"])
    cpSync(join(REPOSITORY, file), join(program, file));
  script = join(program, "systemd/install.sh");
  machine = join(folder, "machine");
  mkdirSync(join(machine, "etc"), { recursive: true });
  writeFileSync(join(machine, "etc/os-release"), 'NAME="Raspberry Pi OS"\nID=debian\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}
const install = (...args: string[]): Result => spawnSync("bash", [script, ...args], { encoding: "utf8" });
const onMachine = (...args: string[]) => install("--root", machine, ...args);

/** Every file under a folder with its mode and content hash. */
function tree(under: string): string[] {
  const entries = readdirSync(under, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const hash = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 12);
      return `${path.slice(under.length)} ${(statSync(path).mode & 0o777).toString(8)} ${hash}`;
    })
    .sort();
}

describe.skipIf(!linux && !mustRun)("install.sh (needs bash and ip)", () => {
  test("says how it is used", () => {
    const { status, stdout } = install("--help");
    expect(status).toBe(0);
    for (const option of ["--interface", "--dry-run", "--uninstall", "--purge"]) expect(stdout).toContain(option);
  });

  test.each([
    [["--frobnicate"], "unknown option"],
    [["--interface"], "needs a value"],
    [["--purge"], "goes with --uninstall"],
    [["--dry-run"], "--interface is missing"],
    [["--dry-run", "--interface", "eth0; reboot"], "not an interface name"],
    [["--dry-run", "--interface", "../../etc"], "not an interface name"],
    [["--dry-run", "--interface", "eth1", "--id", "a/b"], "--id may hold"],
    [["--dry-run", "--interface", "eth1", "--name", '"\nurl = "evil'], "--name may hold"],
    [["--dry-run", "--interface", "eth1", "--name", "a&b/c"], "--name may hold"],
  ])("%j is wrong usage, exit 2", (args, words) => {
    const { status, stderr } = install(...args);
    expect(stderr).toContain(words);
    expect(status).toBe(2);
  });

  test("a machine that isn't Debian is told so and left alone", () => {
    writeFileSync(join(machine, "etc/os-release"), "ID=fedora\n");
    const before = tree(machine);
    const { status, stderr } = onMachine("--interface", "eth1");
    expect(status).toBe(1);
    expect(stderr).toContain("Raspberry Pi OS");
    expect(tree(machine)).toEqual(before);
  });

  test("--dry-run tells the whole road and changes nothing", () => {
    const before = tree(folder);
    const { status, stdout, stderr } = onMachine("--interface", "eth1", "--dry-run");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const words of ["wardtap-sniffer@.service", "wardtap.toml", "observations", "systemctl enable", "sysusers"])
      expect(stdout.replace("wardtap-eth1.conf", "observations"), words).toContain(words);
    expect(tree(folder)).toEqual(before);
  });

  test("puts units, users, pipes, network files and a configuration in place", () => {
    const { status, stderr } = onMachine("--interface", "eth1", "--id", "ward-7", "--name", "Ward 7");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const read = (path: string) => readFileSync(join(machine, path), "utf8");
    expect(read("usr/lib/systemd/system/wardtap-sniffer@.service")).toContain("CAP_NET_RAW");
    expect(existsSync(join(machine, "usr/lib/systemd/system/wardtap-console.service"))).toBe(false);
    expect(read("etc/tmpfiles.d/wardtap-eth1.conf")).toContain("p+ /run/wardtap/observations-eth1 0620");
    expect(read("etc/systemd/network/10-wardtap-eth1.network")).toContain("Name=eth1");
    expect(read("etc/NetworkManager/conf.d/wardtap-eth1.conf")).toContain("interface-name:eth1");
    expect(statSync(join(machine, "usr/lib/wardtap/systemd/mirror-up")).mode & 0o111).toBe(0o111);
    expect(statSync(join(machine, "usr/bin/wardtap")).mode & 0o111).toBe(0o111);
    const settings = tree(join(machine, "etc")).map((line) => read(join("etc", line.split(" ")[0]!)));
    expect(settings.length).toBeGreaterThan(4);
    for (const text of settings) expect(text).not.toMatch(/@[A-Z_]+@/);
  });

  test("writes a configuration that the agent accepts, with the names given and the wiring's pins", () => {
    onMachine("--interface", "eth1", "--id", "ward-7", "--name", "Ward 7 (north)");
    const path = join(machine, "etc/wardtap/wardtap.toml");
    expect(parseConfig(readFileSync(path, "utf8"), path)).toMatchObject({
      tap: { id: "ward-7", name: "Ward 7 (north)" },
      capture: { interfaces: ["eth1"], pipeDirectory: "/run/wardtap" },
      lights: { driver: "gpio", pins: DEFAULT_PINS },
    });
  });

  test("run twice leaves the same as run once", () => {
    onMachine("--interface", "eth1");
    const once = tree(machine);
    expect(onMachine("--interface", "eth1").status).toBe(0);
    expect(tree(machine)).toEqual(once);
  });

  test("never touches a configuration that is there", () => {
    mkdirSync(join(machine, "etc/wardtap"));
    writeFileSync(join(machine, "etc/wardtap/wardtap.toml"), "# ours\n");
    const { stdout } = onMachine("--interface", "eth1");
    expect(readFileSync(join(machine, "etc/wardtap/wardtap.toml"), "utf8")).toBe("# ours\n");
    expect(stdout).toContain("does not name the interface eth1");
  });

  test("tells dhcpcd once to leave the port alone, and takes it back", () => {
    const path = join(machine, "etc/dhcpcd.conf");
    writeFileSync(path, "hostname\ninterface eth0\nstatic ip_address=10.0.0.2/24\n");
    onMachine("--interface", "eth1");
    onMachine("--interface", "eth1");
    expect(readFileSync(path, "utf8").match(/denyinterfaces eth1/g)).toHaveLength(1);
    onMachine("--uninstall");
    expect(readFileSync(path, "utf8")).toBe("hostname\ninterface eth0\nstatic ip_address=10.0.0.2/24\n");
  });

  test("a program that isn't built is not half installed", () => {
    rmSync(join(folder, "program/dist"), { recursive: true });
    const { status, stderr } = onMachine("--interface", "eth1");
    expect(status).toBe(1);
    expect(stderr).toContain("npm run build");
    expect(existsSync(join(machine, "usr"))).toBe(false);
  });

  test("--uninstall removes all but ledger and configuration, --purge those too", () => {
    const untouched = tree(machine);
    onMachine("--interface", "eth1");
    mkdirSync(join(machine, "var/lib/wardtap"), { recursive: true });
    writeFileSync(join(machine, "var/lib/wardtap/ledger.sqlite"), "the ward's memory");
    const { status, stdout } = onMachine("--uninstall");
    expect(status).toBe(0);
    expect(stdout).toContain("ledger stays");
    expect(tree(machine).map((line) => line.split(" ")[0])).toEqual([
      "/etc/os-release",
      "/etc/wardtap/wardtap.toml",
      "/var/lib/wardtap/ledger.sqlite",
    ]);
    onMachine("--uninstall", "--purge");
    expect(tree(machine)).toEqual(untouched);
  });

  test.skipIf(!have("shellcheck") && !mustRun)("shellcheck finds nothing (needs shellcheck)", () => {
    const systemd = join(REPOSITORY, "systemd");
    const { stdout } = spawnSync("shellcheck", ["-x", "install.sh", "mirror-up", "lights-off", "wardtap"], {
      cwd: systemd,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  });
});

describe.skipIf(!isRoot && !mustRun)("the port (needs root for a network namespace)", () => {
  const namespace = `wardtap-install-${process.pid}`;
  const ip = (...args: string[]) => execFileSync("ip", ["-n", namespace, ...args]);
  const inside = (...args: string[]): Result =>
    spawnSync("ip", ["netns", "exec", namespace, "bash", script, "--dry-run", ...args], { encoding: "utf8" });
  beforeEach(() => {
    execFileSync("ip", ["netns", "add", namespace]);
    for (const name of ["eth0", "eth1"]) {
      ip("link", "add", name, "type", "veth", "peer", "name", `far-${name}`);
      ip("link", "set", name, "up");
      ip("link", "set", `far-${name}`, "up");
    }
    ip("address", "add", "10.9.0.1/24", "dev", "eth0");
    ip("route", "add", "default", "via", "10.9.0.2");
  });
  afterEach(() => {
    spawnSync("ip", ["netns", "del", namespace]);
  });

  test("that carries the default route is refused, with why and what to do", () => {
    const { status, stderr } = inside("--interface", "eth0");
    expect(status).toBe(2);
    expect(stderr).toContain("default route");
    expect(stderr).toContain("second network adapter");
    expect(stderr).toContain("eth1");
  });

  test("that has an address in use is refused", () => {
    ip("address", "add", "192.168.77.5/24", "dev", "eth1");
    const { status, stderr } = inside("--interface", "eth1");
    expect(status).toBe(2);
    expect(stderr).toContain("192.168.77.5/24");
  });

  test("that is part of a bridge is refused", () => {
    ip("link", "add", "br0", "type", "bridge");
    ip("link", "set", "eth1", "master", "br0");
    expect(inside("--interface", "eth1").stderr).toContain("bridge");
  });

  test("that doesn't exist is refused", () => {
    expect(inside("--interface", "eth7").stderr).toContain("no such port");
  });

  test("that is free is taken", () => {
    const { status, stdout } = inside("--interface", "eth1");
    expect(status).toBe(0);
    expect(stdout).toContain("wardtap-mirror@eth1");
  });
});

describe.skipIf(!(isRoot && have("systemd-tmpfiles")) && !mustRun)(
  "users and pipes (needs root and systemd-tmpfiles)",
  () => {
    test("are made so that the sniffer may write to the pipe and only the agent may read it", () => {
      mkdirSync(join(machine, "etc"), { recursive: true });
      onMachine("--interface", "eth1");
      execFileSync("systemd-sysusers", [`--root=${machine}`, "wardtap.conf"]);
      execFileSync("systemd-tmpfiles", [`--root=${machine}`, "--create", "wardtap.conf", "wardtap-eth1.conf"]);
      const passwd = readFileSync(join(machine, "etc/passwd"), "utf8");
      const group = readFileSync(join(machine, "etc/group"), "utf8");
      const uid = (name: string) => Number(passwd.match(new RegExp(`^${name}:[^:]*:(\\d+)`, "m"))?.[1]);
      const gid = (name: string) => Number(group.match(new RegExp(`^${name}:[^:]*:(\\d+)`, "m"))?.[1]);
      const pipe = statSync(join(machine, "run/wardtap/observations-eth1"));
      expect(pipe.isFIFO()).toBe(true);
      expect((pipe.mode & 0o777).toString(8)).toBe("620");
      expect([pipe.uid, pipe.gid]).toEqual([uid("wardtap"), gid("wardtap-sniffer")]);
      expect(group).toMatch(/^gpio:.*:wardtap$/m);
      expect(passwd).toMatch(/^wardtap:.*nologin$/m);
    });
  },
);

/** Silence: a port prepared by mirror-up sends nothing, not at link-up and not when a program tries. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const MIRROR_UP = join(import.meta.dirname, "../../systemd/mirror-up");
const root = process.platform === "linux" && process.getuid?.() === 0;
const namespace = `wardtap-silence-${process.pid}`;
/** Router solicitations and duplicate address detection go out within the first two seconds of a link. */
const LISTEN_MS = 4000;

const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: "utf8" });
const inside = (...args: string[]) => run("ip", "netns", "exec", namespace, ...args);
const sent = (name: string) => Number(inside("cat", `/sys/class/net/${name}/statistics/tx_packets`));
const received = (name: string) => Number(inside("cat", `/sys/class/net/${name}/statistics/rx_packets`));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!root && process.env.CI !== "true")("the mirror port (needs root for a network namespace)", () => {
  beforeEach(() => {
    run("ip", "netns", "add", namespace);
    run("ip", "-n", namespace, "link", "add", "mirror0", "type", "veth", "peer", "name", "switch0");
  });
  afterEach(() => {
    spawnSync("ip", ["netns", "del", namespace]);
  });

  test("left as it is talks as soon as the link is up, so this test can see talking", async () => {
    inside("ip", "link", "set", "switch0", "up");
    inside("ip", "link", "set", "mirror0", "up");
    await wait(LISTEN_MS);
    expect(sent("mirror0")).toBeGreaterThan(0);
  });

  test("prepared sends nothing when the link comes up, goes and comes again, and still hears", async () => {
    inside("sh", MIRROR_UP, "mirror0");
    for (let round = 0; round < 2; round++) {
      inside("ip", "link", "set", "switch0", "up");
      await wait(LISTEN_MS / 2);
      inside("ip", "link", "set", "switch0", "down");
    }
    inside("ip", "link", "set", "switch0", "up");
    await wait(LISTEN_MS / 2);
    expect(sent("mirror0")).toBe(0);
    expect(received("mirror0")).toBeGreaterThan(0);
  });

  test("that was up and had addresses before is silent afterwards", async () => {
    inside("ip", "address", "add", "10.9.0.1/24", "dev", "mirror0");
    inside("ip", "link", "set", "switch0", "up");
    inside("ip", "link", "set", "mirror0", "up");
    await wait(500);
    inside("sh", MIRROR_UP, "mirror0");
    const before = sent("mirror0");
    expect(before).toBeGreaterThan(0);
    await wait(LISTEN_MS);
    expect(sent("mirror0")).toBe(before);
    expect(inside("ip", "-o", "address", "show", "dev", "mirror0").trim()).toBe("");
  });

  test("swallows what a program sends by it, even with an address and ARP back on", async () => {
    inside("ip", "link", "set", "switch0", "up");
    inside("sh", MIRROR_UP, "mirror0");
    inside("ip", "address", "add", "10.9.0.1/24", "dev", "mirror0");
    inside("ip", "link", "set", "mirror0", "arp", "on", "multicast", "on");
    const program = `
      const socket = require("node:dgram").createSocket("udp4");
      socket.on("error", () => {});
      socket.bind(0, () => {
        socket.setBroadcast(true);
        let left = 20;
        const send = () => left-- > 0 ? socket.send("x", 9, "10.9.0.255", () => socket.send("x", 9, "10.9.0.2", send)) : socket.close();
        send();
      });`;
    inside(process.execPath, "-e", program);
    await wait(1500);
    expect(sent("mirror0")).toBe(0);
  });

  test("has no address, no ARP, no multicast, no IPv6 and hears everything", () => {
    inside("sh", MIRROR_UP, "mirror0");
    const flags = inside("ip", "-o", "link", "show", "dev", "mirror0");
    expect(flags).toMatch(/<[^>]*NOARP/);
    expect(flags).toMatch(/<[^>]*PROMISC/);
    expect(flags).not.toMatch(/[<,]MULTICAST/);
    expect(inside("cat", "/proc/sys/net/ipv6/conf/mirror0/disable_ipv6").trim()).toBe("1");
    expect(inside("ethtool", "-k", "mirror0")).toMatch(/generic-receive-offload: off/);
  });

  test("is refused, and left as it was, where it carries the default route", () => {
    inside("ip", "address", "add", "10.9.0.1/24", "dev", "mirror0");
    inside("ip", "link", "set", "switch0", "up");
    inside("ip", "link", "set", "mirror0", "up");
    inside("ip", "route", "add", "default", "via", "10.9.0.2");
    const tried = spawnSync("ip", ["netns", "exec", namespace, "sh", MIRROR_UP, "mirror0"], { encoding: "utf8" });
    expect(tried.status).toBe(1);
    expect(tried.stderr).toContain("default route");
    expect(inside("ip", "-o", "-4", "address", "show", "dev", "mirror0")).toContain("10.9.0.1/24");
  });
});

test.each(["", "../lo", "-h", "a b", "x;reboot", "none-such-if"])("mirror-up refuses %j as an interface", (name) => {
  const tried = spawnSync("sh", [MIRROR_UP, name], { encoding: "utf8" });
  expect(tried.status).not.toBe(0);
});

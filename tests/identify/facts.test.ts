/** Weeks of new addresses: the facts stay bounded, and who speaks now is always held. */
import { expect, test } from "vitest";
import { Facts, MAX_HOST_FACTS } from "../../agent/identify/facts.ts";
import { createNetworks } from "../../agent/identify/networks.ts";

const presence = (index: number) => ({
  kind: "presence" as const,
  host: {
    mac: "00:03:b1:00:00:01",
    vlan: 0,
    ip: `fe80::${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}`,
  },
  sentFrames: 1,
  sentBytes: 100,
  receivedFrames: 0,
  receivedBytes: 0,
  ttl: 64,
  firstAt: index,
  lastAt: index,
});

test("past the bound the hosts heard longest ago go, and are counted", () => {
  const facts = new Facts(createNetworks());
  const many = MAX_HOST_FACTS + 5000;
  for (let index = 1; index <= many; index++) facts.take(presence(index));
  expect(facts.hosts.size).toBeLessThanOrEqual(MAX_HOST_FACTS);
  expect(facts.hosts.size + facts.overflow).toBe(many);
  const held = [...facts.hosts.values()].map(({ lastAt }) => lastAt);
  expect(held).toContain(many);
  expect(held).not.toContain(1);
});

const HOUR = 3600 * 1_000_000;
const attempts = (firstAt: number, tried: number) => ({
  kind: "fan-out" as const,
  by: { mac: "00:03:b1:00:00:01", vlan: 0, ip: "10.0.0.5" },
  what: "hosts" as const,
  port: 80,
  tried,
  answered: 0,
  firstAt,
  lastAt: firstAt + 1000,
});

test("windows of attempts are kept for a day, the widest first, and no more than a few", () => {
  const facts = new Facts(createNetworks());
  const held = () => [...facts.fanOuts.values()].flat().map(({ tried }) => tried);
  facts.take(attempts(HOUR, 500));
  for (let hour = 2; hour < 20; hour++) facts.take(attempts(hour * HOUR, 10 + hour));
  expect(held()).toEqual([500, 23, 24, 25, 26, 27, 28, 29]);
  facts.take(attempts(19 * HOUR, 40));
  expect(held().slice(-1)).toEqual([40]);
  facts.take(attempts(60 * HOUR, 11));
  expect(held()).toEqual([11]);
});

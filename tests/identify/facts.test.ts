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

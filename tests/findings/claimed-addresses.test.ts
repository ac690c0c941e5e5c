/** Who claims whose address: conflicts, spoofing and changed gateways, and what only looks like them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { AddressClaims } from "../../agent/observe/address-claims.ts";
import { device, judge, NOW, piece } from "./given.ts";
import { arpFrame, findingsOver, rulesOver, type Timed } from "./heard.ts";

const asks = (second: number, card: number, address = card, target = 9): Timed => [
  second,
  arpFrame("request", { card, address, target }),
];
const answers = (second: number, card: number, address: number, to: number): Timed => [
  second,
  arpFrame("reply", { card, address, target: to, to }),
];
const announces = (second: number, card: number, address: number): Timed => [
  second,
  arpFrame("request", { card, address, target: address }),
];
const times = <T>(count: number, make: (turn: number) => T): T[] =>
  Array.from({ length: count }, (_, turn) => make(turn));

describe("address-conflict", () => {
  test("two that keep claiming one address, whoever asks", () => {
    const frames = times(3, (turn) => [asks(turn * 40, 1, 5), asks(turn * 40 + 20, 2, 5)]).flat();
    expect(findingsOver(frames)).toMatchObject([
      {
        rule: "address-conflict",
        severity: "medium",
        certainty: "confirmed",
        why: expect.stringContaining("10.0.0.5"),
      },
    ]);
    expect(findingsOver(frames)[0]?.relatedDeviceIds).toHaveLength(2);
  });

  test("a newcomer that announces an address, and its owner's defence (RFC 5227 2.4)", () => {
    expect(rulesOver([asks(0, 1, 5), announces(60, 2, 5), announces(60.1, 1, 5)])).toEqual(["address-conflict"]);
  });

  test.each<[string, Timed[]]>([
    ["a newcomer that probes before it takes an address", [asks(0, 1, 5), asks(60, 2, 0, 5), answers(60, 1, 5, 2)]],
    ["an address that DHCP gave to another host later", [asks(0, 1, 5), asks(4000, 2, 5), asks(4010, 2, 5)]],
    [
      "a service that moved to the other server, and back an hour later",
      [asks(0, 1, 5), announces(60, 2, 5), announces(61, 2, 5), announces(3600, 1, 5), announces(3601, 1, 5)],
    ],
    [
      "a router that answers for hosts beyond it (proxy ARP)",
      times(4, (turn) => [
        asks(turn * 30, 10 + turn, 10 + turn),
        answers(turn * 30 + 1, 1, 10 + turn, 2),
        asks(turn * 30 + 2, 10 + turn, 10 + turn),
      ]).flat(),
    ],
    [
      "one machine with two cards in one network, which answers by either",
      times(3, (turn) => [
        asks(turn * 20, 2, 9, 5),
        answers(turn * 20, 1, 5, 2),
        answers(turn * 20, 3, 5, 2),
        asks(turn * 20 + 5, 2, 9, 6),
        answers(turn * 20 + 5, 1, 6, 2),
        answers(turn * 20 + 5, 3, 6, 2),
      ]).flat(),
    ],
  ])("not %s", (_what, frames) => {
    expect(rulesOver(frames)).toEqual([]);
  });

  test("not the address that a group of routers shares", () => {
    const macs = ["00:00:0c:00:00:01", "00:00:0c:00:00:02"];
    const side = (mine: string, other: string, id: string) =>
      device({ id, macs: [mine], evidence: [piece("wardtap.address.contested", `10.0.0.1 ${other}`)] });
    const [a, b] = [side(macs[0]!, macs[1]!, "dev-a"), side(macs[1]!, macs[0]!, "dev-b")];
    const rules = (devices = [a, b]) => judge({ devices }).map(({ rule }) => rule);
    expect(rules()).toEqual(["address-conflict"]);
    expect(rules([{ ...a, evidence: [...a.evidence, piece("vrrp.ip_addr", "10.0.0.1")] }, b])).toEqual([]);
    const shared = "00:00:5e:00:01:07";
    expect(rules([side(macs[0]!, shared, "dev-a"), side(macs[1]!, shared, "dev-b")])).toEqual([]);
  });
});

describe("arp-spoofing", () => {
  /** Card 7 tells host 2 that 10.0.0.1 is its own, and host 1 that 10.0.0.2 is: every two seconds, unasked. */
  const spoofed = (count: number): Timed[] => [
    asks(0, 1),
    asks(1, 2),
    asks(2, 7),
    ...times(count, (turn) => [answers(10 + turn * 2, 7, 1, 2), answers(10 + turn * 2, 7, 2, 1)]).flat(),
  ];

  test("a card that keeps taking the addresses of two hosts", () => {
    const [finding, ...others] = findingsOver(spoofed(10));
    expect(finding).toMatchObject({ rule: "arp-spoofing", severity: "high", certainty: "likely" });
    expect(finding?.relatedDeviceIds).toHaveLength(2);
    expect(others).toEqual([]);
  });

  test("is told once, not as a conflict too", () => {
    const frames = [...spoofed(20), asks(31, 1), asks(31.5, 2)].sort(([a], [b]) => a - b);
    expect(rulesOver(frames)).toEqual(["arp-spoofing"]);
  });

  test("the gateway's address alone is enough", () => {
    const victim = device({
      id: "dev-r",
      macs: ["02:00:00:00:00:01"],
      evidence: [piece("dhcp.option.router", "10.0.0.1")],
    });
    const taker = device({
      id: "dev-t",
      macs: ["02:00:00:00:00:07"],
      evidence: [piece("wardtap.address.forced", "10.0.0.1 02:00:00:00:00:01")],
    });
    expect(judge({ devices: [victim, taker] })).toMatchObject([{ rule: "arp-spoofing", deviceId: "dev-t" }]);
    expect(judge({ devices: [{ ...victim, evidence: [] }, taker] })).toEqual([]);
    const ofGroup = { ...taker, macs: ["00:05:73:a0:00:07"] };
    expect(judge({ devices: [victim, ofGroup] })).toEqual([]);
  });

  test("the address of a group of routers may be taken by none but its members", () => {
    const member = (end: string) =>
      device({ id: `dev-${end}`, macs: [`00:00:0c:00:00:${end}`], evidence: [piece("vrrp.ip_addr", "10.0.0.1")] });
    const forced = piece("wardtap.address.forced", "10.0.0.1 00:00:5e:00:01:07");
    const lease = device({ id: "dev-l", evidence: [piece("dhcp.option.router", "10.0.0.1")] });
    const [a, b] = [member("0a"), member("0b")];
    const taker = device({ id: "dev-t", macs: ["02:00:00:00:00:07"], evidence: [forced] });
    expect(judge({ devices: [a, b, lease, taker] })).toMatchObject([{ rule: "arp-spoofing", deviceId: "dev-t" }]);
    expect(judge({ devices: [a, { ...b, evidence: [...b.evidence, forced] }, lease] })).toEqual([]);
    const silent = [a, b].map((one) => ({ ...one, evidence: [] }));
    expect(judge({ devices: [...silent, lease, taker] })).toEqual([]);
  });

  test("where a mirror hears one direction, nobody knows whether somebody asked", () => {
    const [victim, taker] = ["01", "07"].map((end) =>
      device({ id: `dev-${end}`, macs: [`02:00:00:00:00:${end}`] }),
    ) as [Device, Device];
    const devices = [
      { ...victim, evidence: [piece("dhcp.option.router", "10.0.0.1")] },
      { ...taker, evidence: [piece("wardtap.address.forced", "10.0.0.1 02:00:00:00:00:01")] },
    ];
    const heard = (oneDirection: number) => {
      const mirror = { linkUp: true, toMany: 60, unicast: 500, bothDirections: 2, oneDirection };
      const tap = [{ interface: "eth1", transmitted: null, framesLost: null, frames: 1000, at: NOW, mirror }];
      return judge({ devices, tap }).filter(({ about }) => about !== "tap");
    };
    expect(heard(1)).toMatchObject([{ rule: "arp-spoofing" }]);
    expect(heard(50)).toEqual([]);
  });

  test.each<[string, Timed[]]>([
    ["too few to be no accident", spoofed(4)],
    [
      "answers that were asked for",
      [
        asks(0, 1),
        asks(1, 2),
        ...times(10, (turn) => [
          asks(10 + turn * 2, 2, 2, 1),
          answers(10.1 + turn * 2, 7, 1, 2),
          asks(10.2 + turn * 2, 1, 1, 2),
          answers(10.3 + turn * 2, 7, 2, 1),
        ]).flat(),
      ],
    ],
    [
      "a server that took over two addresses and announces them to all",
      [asks(0, 1), asks(1, 2), ...times(20, (turn) => [announces(10 + turn, 7, 1), announces(10 + turn, 7, 2)]).flat()],
    ],
  ])("not %s", (_what, frames) => {
    expect(rulesOver(frames)).not.toContain("arp-spoofing");
  });
});

describe("gateway-changed", () => {
  const router = (id: string, from: number, more: object = {}) =>
    device({
      id,
      macs: [`00:00:0c:00:00:${id.slice(-2)}`],
      evidence: [
        piece("arp.src.proto_ipv4", "10.0.0.1", { firstSeenAt: NOW + from, lastSeenAt: NOW + from + 50 }),
        piece("dhcp.option.router", "10.0.0.1"),
      ],
      ...more,
    });

  test("the gateway's address is another card's than before", () => {
    expect(judge({ devices: [router("dev-02", 1000), router("dev-01", 0)] })).toMatchObject([
      { rule: "gateway-changed", about: "network", relatedDeviceIds: ["dev-01", "dev-02"], firstSeenAt: NOW + 1000 },
    ]);
  });

  test.each([
    ["the same address in two VLANs", [router("dev-01", 0, { vlans: [10] }), router("dev-02", 1000, { vlans: [20] })]],
    ["one router alone", [router("dev-01", 0)]],
    [
      "a host that was given another's address",
      [
        device({ evidence: [piece("arp.src.proto_ipv4", "10.0.0.8")] }),
        device({ id: "dev-02", evidence: [piece("arp.src.proto_ipv4", "10.0.0.8", { firstSeenAt: NOW + 99 })] }),
      ],
    ],
  ])("not %s", (_what, devices) => {
    expect(judge({ devices })).toEqual([]);
  });

  test("not routers that share the address on purpose", () => {
    const devices = [router("dev-01", 0), router("dev-02", 1000)];
    devices[0]!.evidence.push(piece("hsrp.virt_ip", "10.0.0.1"));
    expect(judge({ devices })).toEqual([]);
  });
});

describe("claims", () => {
  test("of IPv6 that override each other are a conflict, those that speak for somebody are not", () => {
    const claims = new AddressClaims();
    const claim = (low: number, at: number) => claims.claim(0, 0x20010db8, 0, 0, 1, 2, low, false, { at, ordinal: 1 });
    expect([claim(1, 0), claim(2, 1000), claim(1, 2000)?.contested]).toEqual([undefined, undefined, true]);
  });

  test("of any shape cost a bounded memory and no exception", () => {
    const word = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    const at = fc.integer({ min: -1_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(0xffffff), word, fc.nat(3), fc.boolean(), at), { maxLength: 200 }),
        (all) => {
          const claims = new AddressClaims();
          for (const [vlan, ip, card, told, time] of all) {
            claims.asked(vlan, 0, 0, 0, ip, { at: time, ordinal: 1 });
            const verdict = claims.claim(vlan, 0, 0, 0, ip, 0, card, told, { at: time, ordinal: 1 });
            if (verdict !== undefined) expect(verdict.otherLow === card).toBe(false);
          }
        },
      ),
    );
  });

  test("of more addresses than are watched are forgotten, the oldest first", () => {
    const claims = new AddressClaims();
    const claim = (ip: number, card: number) => claims.claim(0, 0, 0, 0, ip, 0, card, false, { at: 5, ordinal: 1 });
    claim(1, 1);
    for (let ip = 2; ip < 10_000; ip++) claim(ip, 1);
    claim(1, 2);
    expect(claim(1, 1)).toBeUndefined();
    claim(9_999, 2);
    expect(claim(9_999, 1)).toMatchObject({ contested: true });
  });
});

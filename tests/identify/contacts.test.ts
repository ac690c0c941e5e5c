/** Contacts and rhythm: whom a device talks to in which role, and how long it was silent while others were heard. */
import { describe, expect, test } from "vitest";
import { outsideNetwork } from "../../agent/identify/contacts.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import type { FlowObservation, HostKey, PresenceObservation } from "../../agent/observe/observation.ts";
import { ENGINE, flow, PUMP, presence } from "../pipe/support/observations.ts";

const HOUR = 3600 * 1_000_000;
const AT = 1_700_000_000_000_000;

class Tap {
  readonly identifier = new Identifier();

  heard(host: HostKey, at: number, more: Partial<PresenceObservation> = {}): this {
    this.identifier.take(presence({ host, firstAt: at, lastAt: at, ...more }));
    return this;
  }

  flow(more: Partial<FlowObservation>): this {
    this.identifier.take(flow({ firstAt: AT, lastAt: AT, ...more }));
    return this;
  }

  idOf(ip: string): string {
    return this.identifier.devices().find(({ device }) => device.ips.includes(ip))?.device.id ?? "";
  }

  contacts(ip: string) {
    return this.identifier.contacts(new Set([this.idOf(ip)]));
  }

  pauseOf(ip: string): number | undefined {
    const id = this.idOf(ip);
    return this.identifier.rhythms().get(id)?.longestPause;
  }
}
const both = () => new Tap().heard(PUMP, AT).heard(ENGINE, AT);
const remote = (ip: string): HostKey => ({ mac: ENGINE.mac, vlan: 0, ip });

describe("a conversation", () => {
  test("is a contact of each end that is asked about, in its own role", () => {
    const tap = both().flow({});
    expect(tap.contacts("10.0.0.1")).toMatchObject([
      {
        side: "client",
        transport: "tcp",
        port: 2575,
        protocol: "hl7",
        kind: "inside",
        address: "10.0.0.2",
        firstAt: AT,
      },
    ]);
    expect(tap.contacts("10.0.0.2")).toMatchObject([{ side: "server", peerId: tap.idOf("10.0.0.1") }]);
  });

  test("is nobody's of whom nobody asks", () => {
    expect(both().flow({}).identifier.contacts(new Set())).toEqual([]);
  });

  test("that wasn't answered is only the caller's", () => {
    const tap = both().flow({ answered: false });
    expect([tap.contacts("10.0.0.1").length, tap.contacts("10.0.0.2").length]).toEqual([1, 0]);
  });

  test("of which nobody knows who serves has no side", () => {
    expect(both().flow({ server: "unknown" }).contacts("10.0.0.1")).toMatchObject([{ side: "unknown" }]);
  });

  test.each([
    ["8.8.8.8", "outside"],
    ["2001:db8::1", "outside"],
    ["10.0.0.99", "inside"],
    ["10.0.0.255", "group"],
    ["255.255.255.255", "group"],
    ["239.255.255.250", "group"],
    ["ff02::fb", "group"],
  ])("with %s is one with somebody %s", (ip, kind) => {
    expect(
      both()
        .flow({ b: remote(ip), answered: false })
        .contacts("10.0.0.1"),
    ).toMatchObject([{ kind, peerId: null, address: ip }]);
  });
});

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["255.255.255.1", "255.255.255.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["no address", "no address"],
])("the network of %s is %s", (ip, network) => {
  expect(outsideNetwork(ip)).toBe(network);
});

describe("a silence", () => {
  const others = (tap: Tap, from: number, until: number) => {
    for (let at = from; at <= until; at += HOUR / 2) tap.heard(ENGINE, at);
    return tap;
  };

  test("is as long as others were heard and the device was not", () => {
    expect(
      others(both(), AT, AT + 5 * HOUR)
        .heard(PUMP, AT + 5 * HOUR)
        .pauseOf("10.0.0.1"),
    ).toBe(5 * HOUR);
  });

  test("counts only from when the port was heard again", () => {
    const tap = others(both(), AT + 10 * HOUR, AT + 11 * HOUR).heard(PUMP, AT + 11 * HOUR);
    expect(tap.pauseOf("10.0.0.1")).toBe(HOUR);
  });

  test("counts only from when the port is known to have been deaf", () => {
    const tap = others(both(), AT, AT + 5 * HOUR);
    tap.identifier.facts.wasDeaf(AT + 4 * HOUR);
    expect(tap.heard(PUMP, AT + 5 * HOUR).pauseOf("10.0.0.1")).toBe(HOUR);
  });

  test("of one of its addresses is none of the device's", () => {
    const second = { ...PUMP, ip: "fe80::1" };
    const tap = both().heard(second, AT);
    for (let at = AT; at <= AT + 5 * HOUR; at += HOUR) tap.heard(PUMP, at).heard(ENGINE, at);
    expect(tap.heard(second, AT + 5 * HOUR).pauseOf("10.0.0.1")).toBe(HOUR);
  });

  test("is nobody's who was never heard", () => {
    const tap = both().flow({ b: remote("10.0.0.99"), answered: false });
    expect([...tap.identifier.rhythms().keys()].length).toBe(0);
    tap.identifier.devices();
    expect(tap.identifier.rhythms().size).toBe(2);
  });
});

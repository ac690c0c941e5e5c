import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ipText,
  ipv4Text,
  ipv6Text,
  isBroadcastMac,
  isLocalMac,
  isMulticastMac,
  isToManyIp,
  isZeroMac,
  macText,
  parseIp,
  parseIpv4,
  parseIpv6,
  parseMac,
} from "../../agent/decode/addresses.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("MAC addresses", () => {
  test("are written in lower case with colons", () => {
    expect(macText(0x0003, 0xb1b5b648 | 0)).toBe("00:03:b1:b5:b6:48");
  });

  test("come back from their text", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), word, (high, low) => {
        expect(parseMac(macText(high, low))).toEqual({ high, low });
      }),
    );
  });

  test.each(["", "00:03:b1:b5:b6", "00:03:b1:b5:b6:48:00", "0g:03:b1:b5:b6:48", "00 03 b1 b5 b6 48"])(
    "%j is none",
    (text) => {
      expect(parseMac(text)).toBeUndefined();
    },
  );

  test("say whether they are for a group, everybody, nobody or made up", () => {
    expect([isMulticastMac(0x0100), isMulticastMac(0x0003)]).toEqual([true, false]);
    expect([isBroadcastMac(0xffff, -1), isBroadcastMac(0xffff, -2)]).toEqual([true, false]);
    expect([isZeroMac(0, 0), isZeroMac(0, 1)]).toEqual([true, false]);
    expect([isLocalMac(0x0200), isLocalMac(0x0003)]).toEqual([true, false]);
  });
});

describe("IPv4 addresses", () => {
  test("come back from their text", () => {
    fc.assert(
      fc.property(word, (value) => {
        expect(parseIpv4(ipv4Text(value))).toBe(value);
      }),
    );
  });

  test.each(["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.-4", " 1.2.3.4"])("%j is none", (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });
});

describe("IPv6 addresses", () => {
  // RFC 5952, sections 4 and 5.
  test.each([
    ["2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["FE80:0:0:0:0:0:0:0", "fe80::"],
    ["::ffff:c0a8:1", "::ffff:192.168.0.1"],
  ])("%s is written %s", (long, short) => {
    expect(ipv6Text(...parseIpv6(long)!)).toBe(short);
  });

  test("come back from their text, which Node reads too", () => {
    const sparse = fc.oneof(word, fc.constant(0), fc.constantFrom(1, 0x10000, -0x10000));
    fc.assert(
      fc.property(sparse, sparse, sparse, sparse, (a, b, c, d) => {
        const written = ipv6Text(a, b, c, d);
        expect(isIPv6(written)).toBe(true);
        expect(parseIpv6(written)).toEqual([a, b, c, d]);
      }),
    );
  });

  test("any text is an address exactly when Node says so", () => {
    const parts = fc.array(fc.constantFrom("0", "ab", "ffff", "12345", ":", "::", "1.2.3.4", "g", ""), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(parts, (pieces) => {
        const text = pieces.join("");
        expect(parseIpv6(text) !== undefined, text).toBe(isIPv6(text));
      }),
      { numRuns: 2000 },
    );
  });
});

test("an address is read by its shape and written by its version", () => {
  expect(parseIp("10.0.0.155")).toEqual({ version: 4, words: [0, 0, 0, 0x0a00009b] });
  expect(parseIp("fe80::1")).toEqual({ version: 6, words: [0xfe800000 | 0, 0, 0, 1] });
  expect(parseIp("pump")).toBeUndefined();
  expect(ipText(4, 0, 0, 0, 0x0a00009b)).toBe("10.0.0.155");
  expect(ipText(6, 0, 0, 0, 1)).toBe("::1");
  expect(ipText(0, 0, 0, 0, 0)).toBe("");
});

test("groups and broadcast are to many", () => {
  const many = (text: string) => {
    const { version, words } = parseIp(text)!;
    return isToManyIp(version, words[0], words[3]);
  };
  expect(["224.0.0.251", "255.255.255.255", "ff02::fb"].map(many)).toEqual([true, true, true]);
  expect(["10.0.0.155", "fe80::1", "240.0.0.1"].map(many)).toEqual([false, false, false]);
});

/** What a MAC address itself tells. */
import { expect, test } from "vitest";
import { isMadeUpMac } from "../../agent/identify/mac.ts";

test.each(["00:11:22:33:44:55", "00:01:02:03:04:05", "06:05:04:03:02:01", "00:00:00:7a:31:0c", "00:07:00:00:00:06"])(
  "%s was written by somebody, so its block's owner made nothing here",
  (mac) => expect(isMadeUpMac(mac)).toBe(true),
);

test.each(["00:03:b1:b5:b6:48", "00:00:aa:12:00:01", "00:1b:17:00:01:11", "00:00:bc:3e:eb:e4", "00:10:20:31:40:50"])(
  "%s is a card's",
  (mac) => expect(isMadeUpMac(mac)).toBe(false),
);

/** What a MAC address itself tells. */
import { expect, test } from "vitest";
import { isMadeUpMac } from "../../agent/identify/mac.ts";
import { makersOf } from "../../agent/identify/maker-name.ts";

test.each(["00:11:22:33:44:55", "00:01:02:03:04:05", "06:05:04:03:02:01", "00:00:00:7a:31:0c", "00:07:00:00:00:06"])(
  "%s was written by somebody, so its block's owner made nothing here",
  (mac) => expect(isMadeUpMac(mac)).toBe(true),
);

test.each(["00:03:b1:b5:b6:48", "00:00:aa:12:00:01", "00:1b:17:00:01:11", "00:00:bc:3e:eb:e4", "00:10:20:31:40:50"])(
  "%s is a card's",
  (mac) => expect(isMadeUpMac(mac)).toBe(false),
);

test.each([
  ["Roku, Inc.", "Roku", "av"],
  ["AVM Audiovisuelles Marketing und Computersysteme GmbH", "AVM", "router"],
  ["Reolink Innovation Limited", "Reolink", "camera"],
  ["LG Electronics (Mobile Communications)", "LG", undefined],
])("cards of %s are %s's, whose devices are %s where they are of one kind", (organisation, maker, kind) => {
  expect(makersOf(organisation).map((one) => [one.maker, one.class])).toEqual([[maker, kind]]);
});

test.each(["AVM ELECTRONICS PTE LTD", "RING ACCESS, INC.", "Tandberg Data ASA", "Hirschmann Multimedia B.V."])(
  "%s only sounds like one of them",
  (organisation) => expect(makersOf(organisation)).toEqual([]),
);

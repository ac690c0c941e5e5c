/** What is told of destinations outside: enough to see that one is new, and no word more because a server moved. */
import { expect, test } from "vitest";
import type { JudgedFinding } from "../../agent/findings/judge.ts";
import { outsideEnds, outsideWords } from "../../agent/findings/outside.ts";
import type { DevicePeer } from "../../agent/identify/device.ts";
import { device, ofRule } from "./given.ts";
import { asked, Ward } from "./work/given.ts";

const to = (remote: string, service = "tcp/443"): DevicePeer => ({
  deviceId: null,
  remote,
  service,
  frames: 1,
  bytes: 1,
});
const pump = (...peers: DevicePeer[]) => device({ id: "dev-1", medical: true, peers });
const egress = (...peers: DevicePeer[]) => ofRule("internet-egress", pump(...peers))[0] as JudgedFinding;

const accepted = () => {
  const ward = new Ward();
  ward.says([egress(to("203.0.113.20"))]);
  ward.does(egress(to("203.0.113.20")), "accept", asked("accept"));
  return ward;
};

test.each([
  ["another server of the same network", [to("203.0.113.20"), to("203.0.113.99")], "accepted"],
  ["another network", [to("203.0.113.20"), to("198.51.100.7")], "open"],
  ["another service there", [to("203.0.113.20"), to("203.0.113.20", "tcp/22")], "open"],
])("an accepted connection to the internet: %s", (_what, peers, state) => {
  const ward = accepted();
  ward.says([egress(...peers)]);
  expect(ward.state(egress(...peers))).toBe(state);
});

test("the finding names with whom, by service and network", () => {
  expect(egress(to("203.0.113.99"), to("203.0.113.20")).between).toEqual([
    { deviceId: null, remote: "203.0.113.0/24", service: "tcp/443" },
  ]);
});

test("time servers are drawn by lot, and ports above 32768 given out at random: neither is news", () => {
  const signs = (...peers: DevicePeer[]) => outsideEnds(peers).signs;
  expect(signs(to("203.0.113.1", "udp/123"), to("198.51.100.1", "udp/123"))).toHaveLength(1);
  expect(signs(to("203.0.113.1", "udp/40000"), to("203.0.113.1", "udp/50000"))).toHaveLength(1);
});

test("whatever the order, the words are the same; past five they count in steps", () => {
  const peers = Array.from({ length: 12 }, (_, at) => to(`203.0.113.${at + 10}`));
  expect(outsideWords(peers)).toMatch(/^203\.0\.113\.10 \(tcp\/443\), .* and at least 5 more$/);
  expect(outsideWords(peers.toReversed())).toBe(outsideWords(peers));
  expect(outsideWords([...peers, to("203.0.113.99")])).toBe(outsideWords(peers));
});

test("thousands of networks stay few signs, and one more of them is no sign more", () => {
  const peers = Array.from({ length: 5000 }, (_, at) => to(`9.${at >> 8}.${at & 255}.1`));
  const { between, signs } = outsideEnds(peers);
  expect([between.length, signs]).toEqual([20, ["tcp/443 many networks"]]);
  expect(outsideEnds(peers.slice(1)).signs).toEqual(signs);
});

import { describe, expect, test } from "vitest";
import { ipText, macText } from "../../agent/decode/addresses.ts";
import { type Packet, TUNNEL } from "../../agent/decode/packet.ts";
import { offsetsWrong } from "./support/bytes.ts";
import { captures, capturesFolder, decodeCapture, hasCaptures, labels } from "./support/corpus.ts";

if (!hasCaptures && process.env.CI === "true") throw new Error(`no captures in ${capturesFolder}: set WARDTAP_SHARED`);
if (!hasCaptures) console.warn(`skipped: no captures in ${capturesFolder} (set WARDTAP_SHARED)`);

/** Captures whose labelled fault is inside ARP or DHCP, which dissectors read. */
const FAULTS_OF_DISSECTORS = ["tests__arp-oobr.pcap", "dhcp-fuzz.pcapng"];

interface Host {
  mac: string;
  ip: string;
  vlan: number;
}

const host = (packet: Packet): Host => ({
  mac: packet.hasSourceMac ? macText(packet.sourceMacHigh, packet.sourceMacLow) : "",
  ip: ipText(packet.ipVersion, packet.source0, packet.source1, packet.source2, packet.source3),
  vlan: packet.vlan,
});

describe.skipIf(!hasCaptures)("public captures", () => {
  test("all decode, every offset stays inside, and labelled faults are counted", async () => {
    const known = labels();
    const files = captures();
    expect(files.length).toBeGreaterThanOrEqual(163);
    for (const path of files) {
      let wrong = "";
      const decoder = await decodeCapture(path, (packet) => {
        wrong ||= offsetsWrong(packet);
      });
      expect(wrong, path).toBe("");
      const malformed = [...decoder.counters.malformed.values()].reduce((sum, count) => sum + count, 0);
      const expected = known[path]?.decode ?? {};
      if (expected.frames !== undefined) expect(decoder.counters.frames, path).toBe(expected.frames);
      if (expected.malformedAtLeast !== undefined && !FAULTS_OF_DISSECTORS.some((name) => path.endsWith(name))) {
        expect(malformed, path).toBeGreaterThanOrEqual(expected.malformedAtLeast);
      }
    }
  }, 60_000);

  // The hosts that labels.json names inside tunnels and tags.
  test.each([
    [
      "zeek+zeek/testing__btest__Traces__erspan.pcap",
      TUNNEL.gre,
      { mac: "00:50:56:82:2b:52", ip: "192.168.69.10", vlan: 0 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__erspan.pcap",
      TUNNEL.gre,
      { mac: "00:50:56:82:08:d1", ip: "192.168.69.2", vlan: 0 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__erspanIII.pcap",
      TUNNEL.erspan,
      { mac: "00:50:56:be:d5:5d", ip: "192.168.15.47", vlan: 0 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__tunnels__gre-erspan3-dot1q.pcap",
      TUNNEL.erspan,
      { mac: "00:50:56:8b:6d:c7", ip: "172.31.10.2", vlan: 10 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__tunnels__gre-erspan3-dot1q.pcap",
      TUNNEL.erspan,
      { mac: "00:ae:cd:00:0c:f1", ip: "172.31.10.31", vlan: 10 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__tunnels__vxlan-encapsulated-http.pcap",
      TUNNEL.vxlan,
      { mac: "48:f1:7f:a3:b6:ff", ip: "172.16.11.201", vlan: 0 },
    ],
    [
      "OISF+suricata-verify/tests__decode-erspan-typeII-01__input.pcap",
      TUNNEL.erspan,
      { mac: "64:00:f1:e1:03:03", ip: "", vlan: 0 },
    ],
    [
      "the-tcpdump-group+tcpdump/tests__erspan-type-ii-3.pcap",
      TUNNEL.erspan,
      { mac: "14:18:77:60:aa:75", ip: "", vlan: 865 },
    ],
    ["OISF+suricata-verify/tests__decode-arp-3__arp-encap.pcap", TUNNEL.gre, { mac: "", ip: "", vlan: 0 }],
    [
      "FoxIO-LLC+ja4/pcap__gre-erspan-vxlan.pcap",
      TUNNEL.erspan | TUNNEL.vxlan,
      { mac: "aa:bb:cc:dd:cc:c1", ip: "10.16.27.12", vlan: 0 },
    ],
    [
      "ntop+nDPI/tests__cfgs__default__pcap__capwap.pcap",
      TUNNEL.capwap,
      { mac: "1c:ab:a7:f2:13:9d", ip: "169.254.87.121", vlan: 0 },
    ],
    [
      "zeek+zeek/testing__btest__Traces__vlan-qinqinq.pcap",
      0,
      { mac: "c8:bc:c8:96:d2:a0", ip: "141.142.228.5", vlan: null },
    ],
    [
      "zeek+zeek/testing__btest__Traces__q-in-q.pcap",
      0,
      { mac: "00:c0:e4:01:2c:ed", ip: "172.19.51.37", vlan: 13 * 4096 + 10 },
    ],
    [
      "the-tcpdump-group+tcpdump/tests__802.1ad_QinQ.pcap",
      0,
      { mac: "00:80:ea:81:88:63", ip: "", vlan: 200 * 4096 + 2001 },
    ],
    ["zeek+zeek/testing__btest__Traces__vntag.pcap", 0, { mac: "00:00:01:01:00:01", ip: "1.1.1.1", vlan: 11 }],
  ])("%s (tunnels %i) shows %j", async (path, tunnels, wanted) => {
    const seen: Host[] = [];
    await decodeCapture(path, (packet) => {
      if (packet.tunnels === tunnels) seen.push(host(packet));
    });
    expect(seen).toContainEqual(wanted.vlan === null ? { ...wanted, vlan: expect.any(Number) } : wanted);
  });

  test("fragments in a real capture are joined as often as its datagrams were whole", async () => {
    let datagrams = 0;
    let pieces = 0;
    await decodeCapture("seladb+PcapPlusPlus/Tests__Pcap++Test__PcapExamples__ip4_fragments.pcap", (packet) => {
      if (packet.transport === 17) datagrams++;
      if (packet.isFragment) pieces++;
    });
    expect([datagrams, datagrams + pieces]).toEqual([9, 53]);
  });
});

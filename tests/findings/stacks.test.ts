/** VxWorks' IPnet and Treck, by what is heard of them. */
import { describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { device, judge, ofRule, piece } from "./given.ts";

const saying = (attribute: string, value: string, more: Partial<Device> = {}) =>
  device({ evidence: [piece(attribute, value)], ...more });

describe("ipnet-stack", () => {
  const ipnet = (one: Device) => ofRule("ipnet-stack", one)[0];

  test.each([
    [
      "an answer as VxWorks 6.5 gives it",
      saying("tcp.synack.signature", "64:10000,0:nop,nop,mss,sok,nop,ws:1460:"),
      "likely",
      "high",
    ],
    ["the stack's own SSH server", saying("ssh.protocol", "SSH-2.0-IPSSH-6.9.0"), "likely", "high"],
    [
      "an FTP greeting of a version with IPnet",
      saying("ftp.greeting", "220 VxWorks (6.6) FTP server ready"),
      "likely",
      "high",
    ],
    ["an FTP greeting without a version", saying("ftp.greeting", "220 VxWorks FTP server ready"), "possible", "low"],
    ["a system by its name alone", device({ os: "VxWorks" }), "possible", "low"],
  ])("%s", (_what, one, certainty, severity) => {
    expect(ipnet(one)).toMatchObject({ certainty, severity });
  });

  test("names the pair of 2019 with its scores and advisory, and says what was seen", () => {
    const finding = ipnet(saying("ssh.protocol", "SSH-2.0-IPSSH-6.9.0"));
    expect(finding?.evidence).toHaveLength(1);
    for (const [cve, value] of [
      ["CVE-2019-12255", 9.8],
      ["CVE-2019-12264", 7.1],
    ])
      expect(finding?.vulnerabilities).toContainEqual(
        expect.objectContaining({
          cve,
          verdict: "likely",
          scores: [{ value, source: "CISA" }],
          advisory: "ICSA-19-211-01",
        }),
      );
  });

  test.each([
    [
      "a version before IPnet that stands behind other words",
      saying("snmp.sysdescr", "VxWorks SNMPv1/v2c Agent (VxWorks 5.5.1)", { os: "VxWorks" }),
    ],
    ["a version before IPnet", saying("ftp.greeting", "220 VxWorks (5.4.2) FTP server ready", { os: "VxWorks" })],
    [
      "a system that answers as the stack before IPnet did",
      saying("tcp.synack.signature", "64:8192,0:mss,nop,ws,nop,nop,ts:1460:", { os: "VxWorks" }),
    ],
    ["Linux", saying("tcp.synack.signature", "64:mss*20,7:mss,sok,ts,nop,ws:1460:df", { os: "Linux" })],
    ["a device that only calls itself so in a field of others", saying("hl7.msh.3", "VXWORKS")],
    ["nothing", device()],
  ])("is not raised by %s", (_what, one) => {
    expect(ipnet(one)).toBeUndefined();
  });
});

describe("treck-stack", () => {
  const treck = (one: Device) => ofRule("treck-stack", one)[0];

  test.each(["64:4380,0:mss,nop,ws:1400:", "64:mss*6,0:mss,nop,ws:1460:", "64:8760,0:mss,nop,ws:536:"])(
    "connections opened like %s are a hint, no more",
    (signature) => {
      expect(treck(saying("tcp.syn.signature", signature))).toMatchObject({ certainty: "possible", severity: "low" });
    },
  );

  test.each([
    ["a window that is scaled", saying("tcp.syn.signature", "64:mss*6,7:mss,nop,ws:1460:")],
    ["another system's window", saying("tcp.syn.signature", "128:8192,2:mss,nop,ws,nop,nop,sok:1460:df")],
    ["a system that is known", saying("tcp.syn.signature", "64:mss*6,0:mss,nop,ws:1460:", { os: "Solaris" })],
    ["a window that is no multiple of an Ethernet segment", saying("tcp.syn.signature", "64:mss*6,0:mss,nop,ws:536:")],
  ])("is not raised by %s", (_what, one) => {
    expect(treck(one)).toBeUndefined();
  });
});

test("what only a stack tells has its own finding and none of known vulnerabilities", () => {
  const rules = judge({ devices: [device({ os: "VxWorks" })] }).map(({ rule }) => rule);
  expect(rules).toEqual(["ipnet-stack"]);
});

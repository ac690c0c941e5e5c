import { expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import type { HostKey } from "../../agent/observe/observation.ts";

const PC: HostKey = { mac: "00:1d:09:99:b2:2c", vlan: 0, ip: "10.0.0.5" };

/** One host that said these things of itself. */
function device(said: readonly (readonly [attribute: string, value: string, protocol?: string])[], host = PC): Device {
  const identifier = new Identifier();
  identifier.take({
    kind: "presence",
    host,
    sentFrames: 10,
    sentBytes: 1000,
    receivedFrames: 10,
    receivedBytes: 1000,
    ttl: 128,
    firstAt: 1,
    lastAt: 2,
  });
  for (const [attribute, value, protocol = "smb"] of said)
    identifier.take({ kind: "evidence", about: host, attribute, value, protocol, count: 1, firstAt: 1, lastAt: 2 });
  return identifier.devices()[0]!.device;
}

test("a product's name in SMB is the system, and a server edition a server", () => {
  const { os, class: judged } = device([["smb.native_os", "Windows Server 2012 R2 Standard 9600"]]);
  expect([os, judged]).toEqual(["Windows Server 2012 R2", "server"]);
});

test("a client edition is a workstation, though it shares files", () => {
  const { os, class: judged } = device([["smb.native_os", "Windows 7 Professional 7601 Service Pack 1"]]);
  expect([os, judged]).toEqual(["Windows 7", "workstation"]);
});

test("a build that client and server share is the client's until a role says server", () => {
  expect(device([["ntlmssp.version", "6.1.7601"]]).os).toBe("Windows 7");
  const controller = device([
    ["ntlmssp.version", "6.1.7601"],
    ["wardtap.role", "domain-controller", "ldap"],
  ]);
  expect([controller.os, controller.class]).toEqual(["Windows Server 2008 R2", "server"]);
});

test("a build that client and server share doesn't make a workstation", () => {
  expect(device([["ntlmssp.version", "10.0.17763"]]).class).toBe("unknown");
});

test("a web server of Windows tips an undecided build", () => {
  const { os } = device([
    ["ntlmssp.version", "6.1.7601"],
    ["http.server", "Microsoft-IIS/7.5", "http"],
  ]);
  expect(os).toBe("Windows Server 2008 R2");
});

test("an SNMP agent tells the build, and its object identifier that it runs on a server", () => {
  const description = "Hardware: Intel64 Family 6 - Software: Windows Version 6.3 (Build 17763 Multiprocessor Free)";
  const { os, class: judged } = device([
    ["snmp.sysdescr", description, "snmp"],
    ["snmp.sysobjectid", "1.3.6.1.4.1.311.1.1.3.1.2", "snmp"],
  ]);
  expect([os, judged]).toEqual(["Windows Server 2019", "server"]);
});

test("Windows' own programs tell their build in HTTP", () => {
  expect(device([["http.user_agent", "Microsoft-WebDAV-MiniRedir/6.3.9600", "http"]]).os).toBe("Windows 8.1");
});

test("a name tips an undecided build, but makes no server", () => {
  const { os, class: judged } = device([
    ["ntlmssp.version", "6.0.6001"],
    ["ntlmssp.challenge.target_info.nb_computer_name", "SERVER002"],
  ]);
  expect([os, judged]).toEqual(["Windows Server 2008", "unknown"]);
});

test("Windows 2000 is a client's and a server's name, so it makes neither", () => {
  const { os, class: judged } = device([["smb.native_os", "Windows 5.0"]]);
  expect([os, judged]).toEqual(["Windows 2000", "unknown"]);
});

test("two signs together tell what neither tells alone", () => {
  const { os } = device([
    ["dhcp.option.request_list_item", "1,3,6,15,31,33,43,44,46,47,119,121,249,252", "dhcp"],
    ["ntlmssp.version", "10.0.22631"],
  ]);
  expect(os).toBe("Windows 11");
});

test("what attack tools say as clients is no sign", () => {
  expect(device([["smb.native_os.client", "Windows 2000 2195"]]).os).toBeNull();
});

test("Samba's NTLM is not Windows", () => {
  expect(
    device([
      ["smb.native_lanman", "Samba 4.9.5-Debian"],
      ["smb.native_os", "Windows 6.1"],
      ["ntlmssp.version", "6.1.7601"],
    ]).os,
  ).toBe("Linux");
});

test("signs that contradict each other are both kept", () => {
  const { os, contradictions } = device([
    ["smb.native_os", "Windows Server 2003 3790 Service Pack 2"],
    ["dhcp.option.request_list_item", "1,3,6,15,31,33,43,44,46,47,121,249,252", "dhcp"],
  ]);
  expect(os).toBe("Windows Server 2003");
  expect(contradictions).toContainEqual(
    expect.objectContaining({ field: "os", values: ["Windows Server 2003", "Windows 10"] }),
  );
});

test("Windows below a device that speaks DICOM doesn't make it a workstation", () => {
  const said = device([["smb.native_os", "Windows XP 2600"]]);
  expect(said.class).toBe("workstation");
  const identifier = new Identifier();
  const peer: HostKey = { mac: "00:1d:09:99:b2:2d", vlan: 0, ip: "10.0.0.6" };
  for (const host of [PC, peer])
    identifier.take({
      kind: "presence",
      host,
      sentFrames: 10,
      sentBytes: 1000,
      receivedFrames: 10,
      receivedBytes: 1000,
      ttl: 128,
      firstAt: 1,
      lastAt: 2,
    });
  identifier.take({
    kind: "evidence",
    about: PC,
    attribute: "smb.native_os",
    value: "Windows XP 2600",
    protocol: "smb",
    count: 1,
    firstAt: 1,
    lastAt: 2,
  });
  identifier.take({
    kind: "flow",
    transport: "tcp",
    a: PC,
    b: peer,
    port: 104,
    flows: 1,
    server: "b",
    serverBy: "content",
    protocol: "dicom",
    answered: true,
    frames: 10,
    bytes: 1000,
    firstAt: 1,
    lastAt: 2,
  });
  const modality = identifier.devices().find(({ device: one }) => one.ips.includes("10.0.0.5"))!.device;
  expect(modality.os).toBe("Windows XP");
  expect(modality.class).not.toBe("workstation");
});

test.each([
  ["5.1 nt-workstation", "Windows XP", "workstation"],
  ["6.1 nt-workstation,backup-browser", "Windows 7", "workstation"],
  ["10.0 nt-workstation", "Windows 10", "workstation"],
  ["5.2 nt-workstation,nt-server,backup-browser", "Windows Server 2003", "server"],
  ["6.1 domain-controller,nt-workstation,nt-server", "Windows Server 2008 R2", "server"],
])("the browser announcement %s is %s, a %s, and counts once", (announcement, os, kind) => {
  const judged = device([["browser.announcement", announcement, "nbdgm"]]);
  expect([judged.os, judged.class]).toEqual([os, kind]);
  expect(judged.claims.find(({ field }) => field === "os")?.because).toEqual(["windows"]);
});

test("the name that Windows 10 and 11 give themselves is a sign of both, and a build decides", () => {
  const named = (version: string) =>
    device([
      ["dhcp.option.hostname", "DESKTOP-7Q2LMB4", "dhcp"],
      ["ntlmssp.version", version],
    ]).os;
  expect(named("10.0.22631")).toBe("Windows 11");
  expect(named("10.0.19045")).toBe("Windows 10");
});

import { expect, test } from "vitest";
import { claimed } from "./claimed.ts";

test.each([
  ["cisco WS-C2960X-48FPD-L", "switch", "WS-C2960X-48FPD-L"],
  ["cisco C9300-48U", "switch", "C9300-48U"],
  ["N9K-C93180YC-EX", "switch", "N9K-C93180YC-EX"],
  ["Cisco 2811", "router", "2811"],
  ["cisco ISR4331/K9", "router", "ISR4331/K9"],
  ["Cisco CISCO2911/K9", "router", "CISCO2911/K9"],
  ["cisco AIR-LAP1142N-E-K9", "access-point", "AIR-LAP1142N-E-K9"],
  ["cisco C9120AXI-E", "access-point", "C9120AXI-E"],
  ["AIR-CT5508-K9", "wireless-controller", "AIR-CT5508-K9"],
  ["cisco C9800-40-K9", "wireless-controller", "C9800-40-K9"],
  ["Cisco IP Phone 7965", "voip", "Cisco IP Phone 7965"],
])("a CDP platform %s is a %s of Cisco", (platform, deviceClass, model) => {
  expect(claimed("cdp.platform", platform)).toEqual({ class: deviceClass, maker: "Cisco", model });
});

test("a browser announcement of Windows 9x is told from its type, not its version", () => {
  expect(claimed("browser.announcement", "4.0 windows-for-workgroups,windows-95").os).toBe("Windows 9x");
});

test.each([
  "6.1 print-queue,unix,nt-workstation,nt-server",
  "4.9 unix,nt-workstation,nt-server",
  "6.1 print-queue",
  "4.0 nt-workstation",
])("%s, which others announce too, is no Windows", (announcement) => {
  expect(claimed("browser.announcement", announcement)).toEqual({});
});

test.each([
  ["snmp.sysdescr", "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153", { class: "printer", maker: "HP" }],
  ["snmp.sysdescr", "APC Web/SNMP Management Card (MB:v4.1.0)", { class: "ups", maker: "APC" }],
  ["snmp.sysdescr", "VxWorks SNMPv1/v2c Agent", { os: "VxWorks" }],
  ["snmp.sysobjectid", "1.3.6.1.4.1.9.1.516", { maker: "Cisco" }],
  ["snmp.sysobjectid", "1.3.6.1.4.1.90.1", {}],
  ["snmp.engineid.enterprise", "9", { maker: "Cisco" }],
  ["snmp.sysobjectid", "1.3.6.1.4.1.8072.3.2.10", { os: "Linux" }],
  ["ssdp.server", "Microsoft-Windows/6.1 UPnP/1.0 UPnP-Device-Host/1.0", { class: "workstation", os: "Windows 7" }],
  ["ssdp.server", "Microsoft-WinCE/6.00 UPnP/1.0 UPnP-Device-Host/1.0", { os: "Windows CE" }],
  ["wsd.scope.mdc", "70001", { class: "ventilator" }],
  ["ubiquiti.platform", "UGW3", { class: "router", maker: "Ubiquiti", model: "UGW3" }],
  ["capwap.control.message_element.wtp_board_data.vendor", "90", {}],
])("%s %s claims what it proves and no more", (attribute, value, expected) => {
  expect(claimed(attribute, value)).toEqual(expected);
});

test("an access point's IOS is no switch, whatever its platform software is called", () => {
  const description = "Cisco IOS Software, C2600 Software (AP3G2-K9W8-M), Version 15.2(4)JA1, RELEASE SOFTWARE (fc2)";
  expect(claimed("cdp.software_version", description)).toEqual({
    os: "Cisco IOS",
    maker: "Cisco",
    version: "15.2(4)JA1",
    class: "access-point",
  });
});

test.each([
  ["Dell Inc. OptiPlex 990,01,G22XB2S + HMI", { class: "workstation", maker: "Dell", model: "OptiPlex 990" }],
  ["Dell Inc. Latitude E7450", { class: "laptop", maker: "Dell", model: "Latitude E7450" }],
  ["HP EliteDesk 800 G3", { class: "workstation", maker: "HP", model: "EliteDesk 800 G3" }],
  ["HPE ProLiant DL380 Gen10", { class: "server", maker: "HP", model: "ProLiant DL380 Gen10" }],
  ["Lenovo ThinkPad T480", { class: "laptop", maker: "Lenovo", model: "ThinkPad T480" }],
  ["Summit300-48 - Version 7.4e.1 (Build 5)", { class: "switch", maker: "Extreme Networks", model: "Summit300-48" }],
  [
    "ProCurve J8762A Switch 2600-8-PWR, revision H.08.89",
    { class: "switch", maker: "HP", model: "ProCurve Switch 2600-8-PWR" },
  ],
])("a machine that describes itself as %s is known by its product name", (description, expected) => {
  expect(claimed("lldp.tlv.system.desc", description)).toMatchObject(expected);
});

test.each(["Latitude of 51.5", "Precision Flow 3", "XPS viewer for Dell users", "Vision for HP 3000"])(
  "%s, which only sounds like one, has no model",
  (description) => expect(claimed("lldp.tlv.system.desc", description).model).toBe(undefined),
);

test("a printer that announces itself is known by its make and model, and what a computer shares is not it", () => {
  expect(claimed("dns.txt.ty", "HP LaserJet Pro M404dn")).toEqual({ maker: "HP", model: "LaserJet Pro M404dn" });
  expect(claimed("dns.txt.shared.ty", "HP LaserJet Pro M404dn")).toEqual({});
});

/** Whole families of ordinary devices, known by what they say of themselves, and the near misses that are none. */
import { describe, expect, test } from "vitest";
import { knowledge } from "../../agent/knowledge/knowledge.ts";
import { claimed } from "./claimed.ts";

const android = (model: string, rest = "Chrome/120.0 Mobile Safari/537.36") =>
  `Mozilla/5.0 (Linux; Android 13; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`;

describe("a user agent", () => {
  test.each([
    [android("SM-S911B"), { class: "phone", maker: "Samsung", model: "SM-S911B", os: "Android" }],
    [android("SM-X200", "Chrome/120.0 Safari/537.36"), { class: "tablet", maker: "Samsung", model: "SM-X200" }],
    [android("Pixel 7 Pro"), { class: "phone", maker: "Google", model: "Pixel 7 Pro" }],
    ["Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Build/QP1A)", { class: "phone", maker: "Xiaomi" }],
    [android("BRAVIA 4K UR2", "Chrome/90.0 Safari/537.36"), { class: "av", maker: "Sony" }],
    ["Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 TV Safari/538.1", { class: "av", maker: "Samsung" }],
    ["Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36", { class: "av", maker: "LG" }],
    ["Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 CrKey/1.56.500000", { class: "av", maker: "Google" }],
    ["Mozilla/5.0 (PlayStation 4 9.00) AppleWebKit/605.1.15", { class: "iot-other", maker: "Sony" }],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Edge/44.18",
      { class: "iot-other", maker: "Microsoft" },
    ],
    ["Weather/1.0 (iPad8,6; iPadOS 15.1)", { class: "tablet", model: "iPad8,6", os: "iOS" }],
    ["News/3.1 CFNetwork/1240.0.4 Darwin/19.6.0", { maker: "Apple", os: "iOS" }],
    ["iTunes/12.9 (Macintosh; OS X 10.14.6)", { class: "workstation", os: "macOS" }],
    ["Mozilla/5.0 (X11; FreeBSD amd64; rv:102.0) Gecko/20100101", { os: "FreeBSD", class: "workstation" }],
    ["Mozilla/4.0 (compatible; MSIE 6.0; Windows 98)", { os: "Windows 9x" }],
  ])("%s names its device", (agent, expected) => expect(claimed("http.user_agent", agent)).toMatchObject(expected));

  test("of a program on a Mac is none of a phone", () => {
    expect(claimed("http.user_agent", "Mail/1.0 CFNetwork/1128.0.1 Darwin/19.6.0 (x86_64)").os).toBe("macOS");
  });

  test.each(["Lavf/58.45.100", "okhttp/4.9.0", "python-requests/2.31.0", "curl/8.5.0", "Mozilla/5.0"])(
    "that any device sends says nothing: %s",
    (agent) => expect(claimed("http.user_agent", agent)).toEqual({}),
  );
});

describe("a DHCP vendor class", () => {
  test.each([
    ["MSFT 5.0", { class: "workstation" }],
    ["MSFT 5.0 XBOX", { class: "iot-other", maker: "Microsoft" }],
    ["AAPLBSDPC/i386/MacBookAir6,2", { class: "laptop", maker: "Apple", model: "MacBookAir6,2" }],
    ["Ruckus CPE", { class: "access-point", maker: "Ruckus" }],
    ["FortiAP-FP231F", { class: "access-point", maker: "Fortinet" }],
    ["AastraIPPhone6731i", { class: "voip", maker: "Aastra", model: "6731i" }],
    ["dslforum.org", { class: "router" }],
    ["wyse-5000", { class: "thin-client" }],
  ])("%s names its device", (vendorClass, expected) =>
    expect(claimed("dhcp.option.vendor_class_id", vendorClass)).toMatchObject(expected),
  );

  test.each(["MSFT 5.0 compatible thing", "APCOM", "PS4000 pump", "Forti", "XEROX"])("%s is none of them", (text) =>
    expect(claimed("dhcp.option.vendor_class_id", text)).toEqual({}),
  );
});

test.each([
  ["1,66,6,3,15,150,35", { class: "voip", maker: "Cisco" }],
  ["1,28,2,3,15,6,119,12,44,47,26", { os: "Linux" }],
  ["1,33,3,6,28,51,58,59", { os: "Android" }],
  ["1,3,6,15", {}],
])("who asks DHCP for %s is known by it where nobody else asks so", (list, expected) =>
  expect(claimed("dhcp.option.request_list_item", list)).toEqual(expected),
);

describe("a name from the factory", () => {
  test.each([
    ["NPI5F0A21", { class: "printer", maker: "HP" }],
    ["BRW5CF370A1B2C3", { class: "printer", maker: "Brother" }],
    ["axis-accc8e0a1b2c", { class: "camera", maker: "Axis" }],
    ["Anna-s-Galaxy-S21", { class: "phone", maker: "Samsung" }],
    ["Galaxy-Tab-A8", { class: "tablet" }],
    ["idrac-4XK2Q53", { class: "server", maker: "Dell" }],
    ["pfSense.home.arpa", { class: "router", os: "FreeBSD" }],
    ["DESKTOP-4K2P9QX", { class: "workstation" }],
    ["MACBOOKAIR-3F0A", { class: "laptop", os: "macOS", maker: "Apple" }],
    ["raspberrypi.local", { maker: "Raspberry Pi", os: "Linux" }],
  ])("%s tells what it is", (name, expected) => expect(claimed("dhcp.option.hostname", name)).toMatchObject(expected));

  test.each([
    "HP123456",
    "KM204817",
    "BRNO-PC2-ward",
    "galaxy",
    "NPI-7",
    "ubuntu-lover",
    "roku7b",
    "ET-9",
    "DESKTOP-RECEPTION",
    "MACBOOKS",
  ])("%s, which people gave, tells nothing of it", (name) => expect(claimed("dhcp.option.hostname", name)).toEqual({}));
});

describe("a service that a device announces", () => {
  test.each([
    ["dns.txt.model", "MacBookPro16,1", { class: "laptop", os: "macOS" }],
    ["dns.txt.model", "Macmini9,1", { class: "workstation", os: "macOS" }],
    ["dns.txt.am", "AppleTV11,1", { class: "av", maker: "Apple" }],
    ["dns.txt.md", "Chromecast Ultra", { class: "av", maker: "Google", model: "Chromecast Ultra" }],
    ["dns.srv.instance", "Sam’s iPad", { class: "tablet", os: "iOS" }],
    ["ssdp.user_agent", "iOS/16.1 UPnP/1.1 Player/4.2", { os: "iOS" }],
    ["dns.hinfo.os", "LINUX", { os: "Linux" }],
    ["dns.srv.service", "_axis-video._tcp", { class: "camera" }],
    ["ssdp.server", "SHP, UPnP/1.0, Samsung UPnP SDK/1.0", { class: "av", maker: "Samsung" }],
    ["ssdp.type", "urn:schemas-upnp-org:service:WANIPConnection:1", { class: "router" }],
    ["rtsp.server", "WMServer/9.1.1.3841", { class: "server", os: "Windows Server 2003" }],
  ])("%s %s tells what it is", (attribute, value, expected) =>
    expect(claimed(attribute, value)).toMatchObject(expected),
  );

  test.each([
    ["dns.srv.service", "_smb._tcp"],
    ["dns.srv.service", "_device-info._tcp"],
    ["dns.srv.instance", "iPad trolley of ward 4"],
    ["ssdp.type", "urn:schemas-upnp-org:device:Basic:1"],
    ["ssdp.server", "POSIX, UPnP/1.0, Intel MicroStack/1.0.1347"],
    ["dns.txt.model", "MacBook of the ward"],
  ])("%s %s, which anything announces, tells nothing", (attribute, value) =>
    expect(claimed(attribute, value)).toEqual({}),
  );
});

describe("a description", () => {
  test.each([
    ["snmp.sysdescr", "Cisco IOS Software, 2800 Software (C2800NM-IPBASE-M), Version 12.4(15)T1", { class: "router" }],
    ["snmp.sysdescr", "ArubaOS (MODEL: 7205), Version 8.6.0.4", { class: "wireless-controller" }],
    ["snmp.sysdescr", "ArubaOS (MODEL: 315), Version 8.6.0.4", { class: "access-point" }],
    ["snmp.sysdescr", "DGS-1210-28 Gigabit Ethernet Switch", { class: "switch", maker: "D-Link" }],
    ["snmp.sysdescr", "MOXA EDS-408A-MM-SC", { class: "switch", maker: "Moxa" }],
    ["http.server", "A-B WWW/0.1", { class: "building-control", maker: "Rockwell Automation" }],
    ["http.www_authenticate.realm", "DCS-5020L", { class: "camera", maker: "D-Link", model: "DCS-5020L" }],
    ["http.www_authenticate.realm", "RT-AC68U", { class: "router", maker: "ASUS" }],
    ["dhcp.option.vendor_class_id", "Nikkiso DCS-100NX", { class: "dialysis", maker: "Nikkiso" }],
  ])("%s %s tells what it is", (attribute, value, expected) =>
    expect(claimed(attribute, value)).toMatchObject(expected),
  );

  test.each([
    ["http.server", "Canonical/2.1"],
    ["http.server", "nginx/1.24.0"],
    ["http.server", "Boa/0.94.13"],
    ["cdp.platform", "Juniper EX switch"],
    ["dhcp.option.vendor_class_id", "HP Jaguar printer of ours"],
    ["snmp.sysdescr", "Ethernet Switch"],
    ["http.www_authenticate.realm", "Restricted Area"],
  ])("%s %s, which tells nothing, is believed nothing", (attribute, value) =>
    expect(claimed(attribute, value)).toEqual({}),
  );

  test("an access point's platform software has a router's number", () => {
    const description = "Cisco IOS Software, C2600 Software (AP3G2-K9W8-M), Version 15.3(3)JD, RELEASE SOFTWARE (fc2)";
    const kinds = knowledge()
      .patterns.filter(({ attributes, pattern }) => attributes.includes("snmp.sysdescr") && pattern.test(description))
      .flatMap(({ claims }) => claims.filter(({ field }) => field === "class").map(({ value }) => value));
    expect(kinds).toEqual(["access-point"]);
  });
});

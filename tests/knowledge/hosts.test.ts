/** What programs' own words prove, and what they don't: user agents, server headers, banners, TCP signatures. */
import { describe, expect, test } from "vitest";
import { knowledge } from "../../agent/knowledge/knowledge.ts";

/** The heaviest claim of a field, as patterns make it. */
function claimed(field: string, attribute: string, value: string): string | undefined {
  const claims = knowledge().patterns.flatMap((pattern) => {
    const match = pattern.attributes.includes(attribute) ? pattern.pattern.exec(value) : null;
    if (match === null) return [];
    return pattern.claims
      .filter((claim) => claim.field === field)
      .map((claim) => ({
        weight: claim.weight,
        value: claim.value.replace(/\$(\d)/g, (_, n) => match[Number(n)] ?? ""),
      }));
  });
  return claims.sort((a, b) => b.weight - a.weight)[0]?.value;
}

const mozilla = (system: string, rest = "AppleWebKit/537.36 (KHTML, like Gecko)") => `Mozilla/5.0 (${system}) ${rest}`;

describe("a browser", () => {
  test.each([
    ["compatible; MSIE 6.0; Windows NT 5.1", "Windows XP", "workstation"],
    ["Windows NT 6.1; Win64; x64; rv:109.0", "Windows 7", "workstation"],
    ["Windows NT 6.3; Trident/7.0; rv:11.0", "Windows 8.1", "workstation"],
    ["Windows NT 10.0; Win64; x64", "Windows 10", "workstation"],
    ["Macintosh; Intel Mac OS X 10_15_7", "macOS", "workstation"],
    ["iPhone; CPU iPhone OS 16_6 like Mac OS X", "iOS", "phone"],
    ["iPad; CPU OS 12_5 like Mac OS X", "iOS", "tablet"],
    ["X11; CrOS x86_64 14541.0.0", "ChromeOS", "laptop"],
    ["X11; Ubuntu; Linux x86_64; rv:109.0", "Linux", "workstation"],
  ])("on %s is %s on a %s", (system, os, kind) => {
    expect(claimed("os", "http.user_agent", mozilla(system))).toBe(os);
    expect(claimed("class", "http.user_agent", mozilla(system))).toBe(kind);
  });

  test("on Android is a phone only where it says mobile", () => {
    const agent = (rest: string) => mozilla("Linux; Android 13; K", rest);
    expect(claimed("class", "http.user_agent", agent("Chrome/117.0 Mobile Safari/537.36"))).toBe("phone");
    expect(claimed("class", "http.user_agent", agent("Chrome/117.0 Safari/537.36"))).toBeUndefined();
    expect(claimed("os", "http.user_agent", agent("Chrome/117.0"))).toBe("Android");
  });

  test.each([
    [
      "a phone that lists all others",
      "Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950",
      "Windows Phone",
      "phone",
    ],
    ["a game console", "Windows NT 10.0; Win64; x64; Xbox; Xbox One", undefined, "iot-other"],
  ])("of %s is not taken for one of them", (_, system, os, kind) => {
    expect(claimed("os", "http.user_agent", mozilla(system))).toBe(os);
    expect(claimed("class", "http.user_agent", mozilla(system))).toBe(kind);
  });
});

test.each([
  ["http.server", "Microsoft-IIS/7.5", "Windows Server 2008 R2"],
  ["http.server", "Apache/2.4.57 (Debian)", "Linux"],
  ["http.server", "Apache/2.4.57 (Unix)", undefined],
  ["http.server", "Apache/2.4.57 (Win64)", undefined],
  ["http.server", "GoAhead-Webs", undefined],
  ["http.server", "Allegro-Software-RomPager/4.01", undefined],
  ["ssh.protocol", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "Linux"],
  ["ssh.protocol", "SSH-2.0-OpenSSH_9.6", undefined],
  ["ssh.protocol", "SSH-2.0-OpenSSH_for_Windows_8.1", undefined],
  ["ssh.protocol", "SSH-1.99-Cisco-1.25", "Cisco IOS"],
  ["ftp.greeting", "VxWorks (5.4.2) FTP server ready", "VxWorks"],
  ["ftp.greeting", "Microsoft FTP Service", undefined],
  ["telnet.banner", "VxWorks", "VxWorks"],
  ["telnet.banner", "BusyBox v1.19.4", "Linux"],
  ["smtp.greeting", "Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675", "Windows Server 2003"],
  ["vnc.server_proto_ver", "003.889", "macOS"],
  ["vnc.server_proto_ver", "003.008", undefined],
  ["tcp.syn.signature", "64:mss*20,7:mss,sok,ts,nop,ws:1460:df", "Linux"],
  ["tcp.syn.signature", "128:65535,*:mss,nop,nop,sok:1460:df", "Windows XP"],
  ["tcp.syn.signature", "64:8192,*::0:", undefined],
  ["tcp.synack.signature", "64:10000,0:nop,nop,mss,sok,nop,ws:1460:df", "VxWorks"],
])("%s %j: system %s", (attribute, value, os) => expect(claimed("os", attribute, value)).toBe(os));

test.each([
  ["sip.User-Agent", "Yealink SIP-T46S 66.84.0.15", "voip", "T46S"],
  ["sip.User-Agent", "Cisco-CP7961G/8.5.4", "voip", undefined],
  ["sip.User-Agent", "Grandstream GXP2160 1.0.7.25", "voip", "GXP2160"],
  ["sip.User-Agent", "Nero SIPPS IP Phone Version 2.0.51.16", undefined, undefined],
  ["sip.User-Agent", "friendly-scanner", undefined, undefined],
  ["sip.Server", "Asterisk PBX 16.2.1", "server", undefined],
  ["http.server", "HP HTTP Server; HP LaserJet Pro M404dn", "printer", "LaserJet Pro M404dn"],
  ["ipp.printer_make_and_model", "HP Color LaserJet M553", "printer", "Color LaserJet M553"],
  ["rtsp.server", "Dahua Rtsp Server", "camera", undefined],
  ["rtsp.server", "GStreamer RTSP server", undefined, undefined],
])("%s %j: class %s, model %s", (attribute, value, kind, model) => {
  expect(claimed("class", attribute, value)).toBe(kind);
  expect(claimed("model", attribute, value)).toBe(model);
});

test("what TCP alone says of Windows after XP is too little to be told by itself", () => {
  const weights = knowledge()
    .patterns.filter(({ id }) => id === "syn-windows-7" || id === "syn-windows-10")
    .flatMap(({ claims }) => claims.map(({ weight }) => weight));
  expect(weights.length).toBe(2);
  expect(Math.max(...weights)).toBeLessThan(50);
});

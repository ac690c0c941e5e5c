/** Screens at a distance: a TigerVNC server without a password, and xrdp asked what it can. */
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const COOKIE_USER = "canaryrdpuser";
const LINUX = { os: ["Linux"] };
const vnc = castMember(
  { name: "vnc", number: 111, oui: "00:50:56", hostname: "ward8-screen" },
  {},
  "RFB greeting on TCP 5900",
);
const rdp = castMember(
  { name: "rdp", number: 112, oui: "00:50:56", hostname: "ward8-desktop" },
  {},
  "answers RDP negotiation",
);
const visitor = castMember(
  { name: "screen-pc", number: 113, oui: "18:66:da", hostname: "ward8-pc-m" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

export const screens: Scene = {
  file: "screens.pcap",
  holds: "TigerVNC without authentication (vncsnapshot), xrdp without network level authentication",
  cast: [vnc, rdp, visitor],
  secrets: [COOKIE_USER],
  findings: [
    { rule: "weak-authentication", at: vnc, because: "RFB security type None" },
    { rule: "rdp-without-nla", at: rdp, because: "negotiation selects standard RDP security" },
  ],
  nearMisses: ["cleartext-login", "worm-spread", "port-scan"],
  proof: [
    ["Xtigervnc greets", 'tcp.srcport == 5900 && tcp contains "RFB 003.008"'],
    ["xrdp answers the connection request", "tcp.srcport == 3389 && cotp"],
  ],
  play: async (ward) => {
    const screen = ["-SecurityTypes", "None", "-rfbport", "5900", "-geometry", "64x48", "-nolisten", "tcp"];
    const view = { run: ["/run/user"], empty: ["/tmp"] };
    const server = serve(ward, vnc, view, "Xtigervnc", [":99", ...screen, "-desktop", "Ward 8 screen"]);
    await listening(ward, "vnc", server, "tcp", 5900);
    const picture = `${folderOf(ward, visitor)}/picture.jpg`;
    await use(ward, visitor, {}, "timeout", ["2", "vncsnapshot", "-quiet", `${ipOf(vnc)}:0`, picture], true);

    const config = fileFor(ward, rdp, "xrdp.ini", [
      "[Globals]",
      "ini_version=1",
      "fork=false",
      "port=tcp://:3389",
      "security_layer=rdp",
      "crypt_level=high",
      "certificate=",
      "key_file=",
      "[Logging]",
      "LogFile=/run/xrdp.log",
      "LogLevel=INFO",
      "EnableSyslog=false",
      "[Xvnc]",
      "name=Xvnc",
      "lib=libvnc.so",
      "ip=127.0.0.1",
      "port=5900",
    ]);
    const xrdp = serve(ward, rdp, { run: ["/run/xrdp"], empty: ["/var/log"] }, "xrdp", [
      "--nodaemon",
      "--config",
      config,
    ]);
    await listening(ward, "rdp", xrdp, "tcp", 3389);
    await use(ward, visitor, {}, process.execPath, [programPath("rdp-ask.mjs"), ipOf(rdp), COOKIE_USER]);
  },
};

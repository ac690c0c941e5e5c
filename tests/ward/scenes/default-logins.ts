/** Logins that makers document, over telnet, FTP and HTTP: let in by equipment nobody set up, and refused by the same set up. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";
import { fetchAs, startFtp, startTelnet, typeAt } from "./file-transfer.ts";
import { type CastMember, castMember, type ExpectedFinding, folderOf, ipOf, type Scene } from "./scene.ts";
import { startPortal } from "./web-logins.ts";

/** In the Mirai source code of 2016, a phone maker's manual and a DICOM server's: in everybody's hands. */
const RECORDER = { user: "root", password: "xc3511" };
const PHONES = { user: "PlcmSpIp", password: "PlcmSpIp" };
const ARCHIVE = { user: "orthanc", password: "orthanc" };
const OWN = { user: "canaryownuser", password: "CanaryOwnSecret1" };
const FILE = "canary-settings.cfg";

interface Party {
  telnet: CastMember;
  ftp: CastMember;
  web: CastMember;
  visitor: CastMember;
}

/** Three servers and who logs in to them, with four numbers from `first`. */
function party(first: number, mark: string): Party {
  const member = (name: string, place: number, because: string, oui = "00:50:56") =>
    castMember({ name: `${name}-${mark}`, number: first + place, oui, hostname: `ward8-${name}-${mark}` }, {}, because);
  return {
    telnet: member("recorder", 0, "asks for a login over telnet"),
    ftp: member("settings", 1, "FTP greeting of vsftpd, which runs on many systems"),
    web: member("images", 2, "answers HTTP as nginx"),
    visitor: member("login-pc", 3, "OUI 18:66:DA; Linux TCP SYN", "18:66:da"),
  };
}
const open = party(170, "a");
const closed = party(174, "b");

/** Asks until the one login comes that it knows. */
const loginScript = ({ user, password }: typeof OWN) => [
  "#!/bin/sh",
  "while :; do",
  "  printf '\\n(none) login: '; read -r name",
  "  stty -echo; printf 'Password: '; read -r secret; stty echo; printf '\\n'",
  `  [ "$name" != ${user} ] || [ "$secret" != ${password} ] || break`,
  "  printf '\\nLogin incorrect\\n'",
  "done",
  "printf '\\n\\nBusyBox v1.1.2 Built-in shell (ash)\\n\\n# '; read -r command",
];

async function start(
  ward: Ward,
  { telnet, ftp, web }: Party,
  logins: [typeof OWN, typeof OWN, typeof OWN],
): Promise<void> {
  const home = folderOf(ward, ftp, "home");
  writeFileSync(join(home, FILE), "setting=1\n");
  await startTelnet(ward, telnet, loginScript(logins[0]));
  const person = `${logins[1].user}:x:60003:65534::${home}:/bin/sh`;
  await startFtp(ward, ftp, ["anonymous_enable=NO", "local_enable=YES", "chroot_local_user=YES"], [person]);
  await startPortal(ward, web, logins[2].user, logins[2].password);
}

const login = ({ user, password }: typeof OWN) => `${user}:${password}`;

const inClear = ({ telnet, ftp, web }: Party): ExpectedFinding[] => [
  { rule: "cleartext-login", at: telnet, because: "login and password in clear over telnet" },
  { rule: "telnet", at: telnet, because: "serves telnet" },
  { rule: "cleartext-login", at: ftp, because: "USER and PASS in clear, answered 230" },
  { rule: "ftp", at: ftp, because: "serves FTP" },
  { rule: "cleartext-login", at: web, because: "HTTP Basic in clear" },
];

export const factoryLogins: Scene = {
  file: "default-logins.pcap",
  holds: "telnetd, vsftpd and nginx that let in logins that makers document",
  cast: Object.values(open),
  secrets: [RECORDER.password, PHONES.user, ARCHIVE.user, FILE, Buffer.from(login(ARCHIVE)).toString("base64")],
  findings: [
    {
      rule: "default-login",
      at: open.telnet,
      because: "a recorder's factory login typed over telnet; a shell answers",
    },
    { rule: "default-login", at: open.ftp, because: "a phone maker's factory login by FTP, answered 230" },
    { rule: "default-login", at: open.web, because: "a DICOM server's factory login by HTTP Basic, answered 200" },
    ...inClear(open),
  ],
  nearMisses: ["worm-spread", "port-scan", "weak-authentication"],
  proof: [
    ["a shell answers a documented login over telnet", 'telnet.data contains "BusyBox"'],
    ["vsftpd lets a documented login in", `ftp.response.code == 230 && ip.src == ${ipOf(open.ftp)}`],
    ["nginx lets a documented login in", `http.response.code == 200 && ip.src == ${ipOf(open.web)}`],
  ],
  play: async (ward) => {
    await start(ward, open, [RECORDER, PHONES, ARCHIVE]);
    const { telnet, ftp, web, visitor } = open;
    await typeAt(ward, visitor, telnet, [RECORDER.user, RECORDER.password, "exit"]);
    await fetchAs(ward, visitor, `ftp://${ipOf(ftp)}/${FILE}`, login(PHONES));
    await fetchAs(ward, visitor, `http://${ipOf(web)}/staff`, login(ARCHIVE));
  },
};

export const ownLogins: Scene = {
  file: "default-logins-sound.pcap",
  holds: "the same, set up: documented logins are tried and refused, others let in",
  cast: Object.values(closed),
  secrets: [RECORDER.password, PHONES.user, OWN.user, OWN.password, FILE],
  findings: inClear(closed),
  nearMisses: ["default-login", "weak-authentication", "high+"],
  proof: [
    ["telnet refuses a documented login", 'telnet.data contains "Login incorrect"'],
    ["vsftpd refuses a documented login", `ftp.response.code == 530 && ip.src == ${ipOf(closed.ftp)}`],
    ["nginx refuses a documented login", `http.response.code == 401 && ip.src == ${ipOf(closed.web)}`],
  ],
  play: async (ward) => {
    await start(ward, closed, [OWN, OWN, OWN]);
    const { telnet, ftp, web, visitor } = closed;
    const typed = [RECORDER, OWN].flatMap(({ user, password }) => [user, password]);
    await typeAt(ward, visitor, telnet, [...typed, "exit"]);
    await fetchAs(ward, visitor, `ftp://${ipOf(ftp)}/${FILE}`, login(PHONES), true);
    await fetchAs(ward, visitor, `http://${ipOf(web)}/staff`, login(ARCHIVE));
    await fetchAs(ward, visitor, `ftp://${ipOf(ftp)}/${FILE}`, login(OWN));
    await fetchAs(ward, visitor, `http://${ipOf(web)}/staff`, login(OWN));
  },
};

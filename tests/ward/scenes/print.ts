/** Printing: ippeveprinter asked and sent a job by ipptool, and a JetDirect port asked in PJL. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "../hosts/programs.ts";
import { listening } from "../hosts/wait.ts";
import { otherKernel } from "./kernel.ts";
import { castMember, fileFor, folderOf, ipOf, type Scene, serve, use } from "./scene.ts";

const JOB = "CANARYJOB discharge letter";
const USER = "canaryprintuser";
const TEXT = "CANARY PATIENT LETTER";
const HP = ["HP", "Hewlett Packard", "Hewlett-Packard"];
const MODEL = "LaserJet Pro M404dn";

const ipp = castMember(
  { name: "ipp", number: 91, oui: "3c:4a:92", hostname: "ward8-ipp" },
  { class: ["printer"], maker: HP, model: [MODEL, `HP ${MODEL}`] },
  "IPP printer-make-and-model; OUI 3C:4A:92",
);
const jetDirect = castMember(
  { name: "pjl", number: 92, oui: "3c:4a:92", hostname: "ward8-pjl" },
  { class: ["printer"], maker: HP, model: ["LaserJet P3015", "HP LaserJet P3015"] },
  "answers @PJL INFO ID on TCP 9100; OUI 3C:4A:92",
);
const sender = castMember(
  { name: "print-pc", number: 93, oui: "18:66:da", hostname: "ward8-pc-k" },
  { os: ["Linux"], maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);

/** ippeveprinter does not start without somebody to announce it: a bus and an avahi of its own. */
const ANNOUNCED = `
dbus-daemon --system --nopidfile --fork
avahi-daemon -D -f "$0" --no-drop-root --no-chroot --no-rlimits
export LD_PRELOAD="$1"; shift
exec ippeveprinter "$@"
`;

/** RFC 8011: 4.2.5 (Get-Printer-Attributes) and 4.2.1 (Print-Job). */
const REQUESTS = [
  "{",
  "  OPERATION Get-Printer-Attributes",
  "  GROUP operation-attributes-tag",
  "  ATTR charset attributes-charset utf-8",
  "  ATTR language attributes-natural-language en",
  "  ATTR uri printer-uri $uri",
  "  STATUS successful-ok",
  "}",
  "{",
  "  OPERATION Print-Job",
  "  GROUP operation-attributes-tag",
  "  ATTR charset attributes-charset utf-8",
  "  ATTR language attributes-natural-language en",
  "  ATTR uri printer-uri $uri",
  `  ATTR name requesting-user-name "${USER}"`,
  `  ATTR name job-name "${JOB}"`,
  "  ATTR mimeMediaType document-format text/plain",
  "  FILE $filename",
  "}",
];

export const printing: Scene = {
  file: "print.pcap",
  holds: "ippeveprinter and ipptool (IPP), a simulated JetDirect port (PJL)",
  cast: [ipp, jetDirect, sender],
  secrets: [JOB, USER, TEXT],
  findings: [],
  nearMisses: ["cleartext-login", "port-scan", "unencrypted-clinical-data"],
  proof: [
    ["ippeveprinter answers Get-Printer-Attributes", "ipp && http.response.code == 200"],
    ["ipptool sends a job", "ipp.operation_id == 2"],
    ["the JetDirect port says its model", 'tcp.srcport == 9100 && tcp contains "LaserJet"'],
  ],
  play: async (ward) => {
    const letter = join(folderOf(ward, sender), "letter.txt");
    writeFileSync(letter, `${TEXT}\n`);
    const requests = fileFor(ward, sender, "requests.test", REQUESTS);
    const spool = folderOf(ward, ipp, "spool");
    const kernel = await otherKernel(ward, "print");
    const avahi = fileFor(ward, ipp, "avahi.conf", [
      "[server]",
      "host-name=ward8-ipp",
      "use-ipv6=no",
      "allow-interfaces=eth0",
      "[publish]",
      "publish-hinfo=no",
      "publish-workstation=no",
    ]);
    const as = ["-M", "HP", "-m", MODEL, "-p", "631", "-f", "text/plain", "-d", spool];
    const printer = serve(ward, ipp, { run: ["/run/dbus"] }, "/bin/sh", [
      "-euc",
      ANNOUNCED,
      avahi,
      kernel,
      ...as,
      "Ward 8 printer",
    ]);
    await listening(ward, "ipp", printer, "tcp", 631);
    const port = serve(ward, jetDirect, {}, process.execPath, [programPath("pjl-printer.mjs"), "HP LaserJet P3015"]);
    await listening(ward, "pjl", port, "tcp", 9100);
    await use(
      ward,
      sender,
      {},
      "env",
      [`LD_PRELOAD=${kernel}`, "ipptool", "-tv", "-f", letter, `ipp://${ipOf(ipp)}:631/ipp/print`, requests],
      true,
    );
    const job = `{ printf '\\033%%-12345X@PJL\\r\\n@PJL INFO ID\\r\\n'; sleep 0.4; printf '@PJL JOB NAME="%s"\\r\\n@PJL SET USERNAME="%s"\\r\\n%s\\r\\n' "$2" "$3" "$4"; sleep 0.2; } | busybox nc "$1" 9100`;
    await use(ward, sender, {}, "/bin/sh", ["-uc", job, "job", ipOf(jetDirect), JOB, USER, TEXT], true);
  },
};

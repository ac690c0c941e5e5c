/** Writes down how the bundled captures were made: command, filters and the versions of the programs that talked. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { readFrames } from "./mirror-capture.ts";
import type { CapturePlan } from "./record.ts";
import { runAsHost } from "./shell.ts";

/** How each program tells its version, and what to keep of the answer. */
const VERSIONS: readonly (readonly [name: string, command: string, keep: RegExp])[] = [
  ["dnsmasq (DHCP, DNS, TFTP server)", "dnsmasq --version", /version ([\d.]+)/i],
  ["udhcpc (BusyBox)", "udhcpc --help", /BusyBox v([\d.]+)/],
  ["dcmtk (echoscu, storescu, storescp, dump2dcm)", "storescp --version", /storescp v([\d.]+)/],
  ["lldpd", "lldpd -v", /([\d.]+)/],
  ["avahi-daemon", "avahi-daemon --version", /([\d.]+)/],
  ["curl", "curl --version", /curl ([\d.]+)/],
  ["tcpdump", "tcpdump --version", /tcpdump version ([\d.]+)/],
  ["Node (web servers, MLLP engine and senders)", "node --version", /v([\d.]+)/],
];

/** Text of tests/captures/README.md for captures that lie in `folder`. */
export async function captureReadme(
  captures: readonly CapturePlan[],
  folder: string,
  seconds: number,
): Promise<string> {
  const rows = captures.map(({ file, filter, holds }) => {
    const path = join(folder, file);
    return `| \`${file}\` | ${readFrames(path).length} | ${statSync(path).size} | ${holds} | ${howMade(filter)} |`;
  });
  const versions = await Promise.all(
    VERSIONS.map(async ([name, command, keep]) => {
      const answer = await runAsHost("/bin/sh", ["-c", `${command} 2>&1 || true`]);
      return `- ${name} ${keep.exec(answer)?.[1] ?? "of unknown version"}`;
    }),
  );
  return `# Captures made by us

Recorded from the test ward (\`tests/ward/\`): real programs in network namespaces of one machine, joined by a bridge,
heard on its mirror port. Nobody's traffic is in here: makers, models, serials and MAC prefixes are those of real
products, but the devices, the names and above all the patients are made up. Every string of a made-up person is listed
under \`forbiddenText\` in \`labels.json\` and must appear in no output.

Made again (as root, with the packages \`scripts/system-packages.mjs\` names for the demo) by

    npm run build && node dist/tests/ward/record.js

which runs a ward day of ${seconds} s, records it with \`tcpdump -i mirror -n -U --immediate-mode -s 0 -w ward.pcap\` in
the tap's namespace, checks that no frame was lost, that the mirror port sent none and that the recording machine's own
name is not in it, and cuts the small captures from it. Times are what the clock said.

| file | frames | bytes | holds | made by |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

\`labels.json\` says what a tap should find in each: see \`tests/ward/labels.ts\` for the shape. What is absent from a
label is not claimed.

Programs and versions:

${versions.join("\n")}
`;
}

const howMade = (filter?: string) => (filter ? `\`tcpdump -r ward.pcap -w … '${filter}'\`` : "the recording itself");

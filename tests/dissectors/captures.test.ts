import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { dissectors } from "../../agent/dissectors/index.ts";
import type { EvidenceObservation } from "../../agent/observe/observation.ts";
import { Watch } from "../../agent/observe/watch.ts";

const captures = join(process.env.WARDTAP_SHARED ?? resolve(import.meta.dirname, "../../../shared"), "captures");
const present = existsSync(captures);

/** All evidence of one capture, through the same rooms as live. */
async function evidenceOf(
  file: string,
): Promise<{ evidence: EvidenceObservation[]; malformed: Record<string, number> }> {
  const evidence: EvidenceObservation[] = [];
  const watch = new Watch({
    dissectors,
    emit: (observation) => {
      if (observation.kind === "evidence") evidence.push(observation);
    },
  });
  const source = await openCaptureFiles([join(captures, file)]);
  await source.run((frame) => watch.frame(frame));
  watch.drain();
  return { evidence, malformed: watch.totals().malformed };
}

const of = (evidence: readonly EvidenceObservation[], address: string, attribute: string) => [
  ...new Set(
    evidence
      .filter(
        ({ about, attribute: said }) =>
          said === attribute && "mac" in about && (about.mac === address || about.ip === address),
      )
      .map(({ value }) => value),
  ),
];

test("the real captures are there when every test must run", () => {
  expect(present || process.env.CI !== "true").toBe(true);
});

describe.skipIf(!present)("real captures (skipped: WARDTAP_SHARED/captures is absent)", () => {
  type Labels = Record<string, { forbiddenText?: string[] }>;
  const labels: Labels = present ? JSON.parse(readFileSync(join(captures, "labels.json"), "utf8")) : {};
  const forbidden = Object.entries(labels).filter(([, label]) => label.forbiddenText !== undefined);

  test.each(forbidden)("%s gives away no patient and no secret", async (file, { forbiddenText }) => {
    const told = JSON.stringify((await evidenceOf(file)).evidence);
    for (const text of forbiddenText ?? []) expect(told).not.toContain(text);
  });

  test("a pump is known by its HL7 device field on a port nobody named", async () => {
    const { evidence } = await evidenceOf("virtalabs+tapirx/testdata__HL7-ADT-UDI-PRT.pcap");
    expect(of(evidence, "00:03:b1:b5:b6:48", "hl7.prt.16")).toEqual(["Hospira Plum A+"]);
    expect(of(evidence, "08:00:27:1d:a6:c2", "hl7.role")).toEqual(["receiver"]);
  });

  test("a scanner that stores images with real DICOM software is told from the archive", async () => {
    const { evidence } = await evidenceOf("_generated/dcmtk_echo_find_store.pcap");
    expect(of(evidence, "10.77.0.11", "dicom.assoc.ae.calling")).toEqual(["CTROOM1"]);
    expect(of(evidence, "10.77.0.20", "dicom.assoc.ae.called")).toEqual(["WARDPACS"]);
    expect(of(evidence, "10.77.0.20", "dicom.role")).toContain("storage-scp");
    expect(of(evidence, "10.77.0.11", "wardtap.clinical")).toEqual(["dicom"]);
  });

  test("a CT's images tell its make", async () => {
    const { evidence } = await evidenceOf("virtalabs+tapirxl/tests__fixtures__synthetic_philips_demo.pcap");
    expect(of(evidence, "10.10.10.30", "dicom.manufacturer_model_name")).toEqual(["Brilliance iCT"]);
    expect(of(evidence, "10.10.20.20", "dicom.manufacturer_model_name")).toEqual([]);
  });

  test("phones and laptops have the names they announce, and only those", async () => {
    const { evidence } = await evidenceOf("CESNET+ipfixprobe/tests__functional__inputs__dnssd.pcap");
    expect(of(evidence, "14:20:5e:57:ec:a6", "dns.resp.name")).toEqual(["Martins-iPhone.local"]);
    expect(of(evidence, "8c:85:90:77:1a:72", "dns.resp.name")).toEqual(["Peters-MacBook-Pro-2.local"]);
    expect(of(evidence, "147.229.182.71", "dns.srv.instance")).toEqual([]);
  });

  test("a host that lists dozens of other machines' names has none of them", async () => {
    const { evidence } = await evidenceOf("ITI+ICS-Security-Tools/pcaps__profinet__Profinet_Failed.pcap");
    expect(
      evidence.filter(({ about, protocol }) => protocol === "dns" && "ip" in about && about.ip === "10.10.10.80"),
    ).toEqual([]);
  });

  test("what a DHCP server says of vendors describes neither end", async () => {
    const { evidence } = await evidenceOf("zeek+zeek/testing__btest__Traces__dhcp__dhcp.pcap");
    expect(of(evidence, "90:b1:1c:99:49:29", "dhcp.option.hostname")).toEqual(["btest.is.cool"]);
    expect(JSON.stringify(evidence)).not.toContain("ArubaAP");
  });

  test.each([
    ["lldp", "the-tcpdump-group+tcpdump/tests__lldp-infinite-loop-1.pcap"],
    ["dhcp", "ntop+nDPI/tests__cfgs__default__pcap__dhcp-fuzz.pcapng"],
    ["arp", "zeek+zeek/testing__btest__Traces__arp-leak.pcap"],
  ])("lying %s frames are counted", async (protocol, file) => {
    const { evidence, malformed } = await evidenceOf(file);
    expect(malformed[protocol]).toBeGreaterThan(0);
    if (protocol === "arp") expect(evidence).toEqual([]);
  });
});

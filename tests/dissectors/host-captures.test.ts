/** Real captures of Windows networks, read through the same rooms as live. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { dissectors } from "../../agent/dissectors/index.ts";
import type { EvidenceObservation } from "../../agent/observe/observation.ts";
import { Watch } from "../../agent/observe/watch.ts";

const captures = join(process.env.WARDTAP_SHARED ?? resolve(import.meta.dirname, "../../../shared"), "captures");
const present = existsSync(captures);

async function saidBy(file: string): Promise<(address: string, attribute: string) => string[]> {
  const evidence: EvidenceObservation[] = [];
  const watch = new Watch({ dissectors, emit: (one) => void (one.kind === "evidence" && evidence.push(one)) });
  const source = await openCaptureFiles([join(captures, file)]);
  await source.run((frame) => watch.frame(frame));
  watch.drain();
  return (address, attribute) => [
    ...new Set(
      evidence
        .filter((one) => one.attribute === attribute && "ip" in one.about && one.about.ip === address)
        .map(({ value }) => value),
    ),
  ];
}

test("the real captures are there when every test must run", () => {
  expect(present || process.env.CI !== "true").toBe(true);
});

const EXPLOITS = "lexibrent+zeek-EternalSafety/tests__traces__shadowbrokers__";

describe.skipIf(!present)("Windows networks (skipped: WARDTAP_SHARED/captures is absent)", () => {
  test("an attack on SMB 1 shows on the attacker, and its backdoor on the victim", async () => {
    const said = await saidBy(`${EXPLOITS}eternalblue-success-unpatched-win7.pcap`);
    expect(said("192.168.198.204", "wardtap.exploit.smb1").sort()).toEqual([
      "nt-transact-continued-as-trans2",
      "trans2-session-setup",
    ]);
    expect(said("192.168.198.203", "wardtap.exploit.smb1")).toEqual(["doublepulsar-answer"]);
    expect(said("192.168.198.203", "smb.native_os")).toEqual(["Windows 7 Enterprise 7601 Service Pack 1"]);
  });

  test("a negotiation that begins in SMB 1 and is answered in SMB 2 is no use of SMB 1", async () => {
    const said = await saidBy("zeek+zeek/testing__btest__Traces__smb__smb2.pcap");
    expect(said("10.0.0.12", "smb2.dialect")).toEqual(["2.0.2"]);
    expect(said("10.0.0.12", "wardtap.smb1")).toEqual([]);
    expect(said("10.0.0.11", "wardtap.smb1")).toEqual([]);
  });

  test("a domain controller names itself, its domain and what it does", async () => {
    const said = await saidBy("lexibrent+zeek-EternalSafety/tests__traces__eternalchampion.pcap");
    expect(said("10.1.75.4", "mscldap.hostname")).toEqual(["PixelShine-DC.pixelshine.net"]);
    expect(said("10.1.75.4", "wardtap.role")).toContain("domain-controller");
    expect(said("10.1.75.167", "mscldap.request.host")).toEqual(["RIGSBY-WIN-PC"]);
  });

  test("a machine's Kerberos log-on names it, its user's doesn't name the user", async () => {
    const said = await saidBy("ntop+nDPI/tests__cfgs__default__pcap__kerberos.pcap");
    expect(said("172.16.8.201", "kerberos.machine")).toEqual(["JOHNSON-PC"]);
    expect(said("172.16.8.8", "wardtap.role")).toContain("kerberos-server");
  });

  test("a remote desktop without TLS shows its client", async () => {
    const said = await saidBy("ntop+nDPI/tests__cfgs__default__pcap__rdp3.pcap");
    expect(said("10.157.4.161", "rdp.negReq.selectedProtocol")).toEqual(["rdp"]);
    expect(said("10.150.9.21", "rdp.client.build")).toEqual(["2600"]);
  });

  test("the oldest form of NTLM is told in every protocol that carries it", async () => {
    const said = await saidBy("arkime+arkime/tests__pcap__ntlm_synthetic.pcap");
    expect(said("10.10.7.100", "ntlmssp.auth.response")).toEqual(["v1"]);
    expect(said("2001:db8:140::100", "ntlmssp.auth.response")).toEqual(["v1"]);
  });
});

/** Everything the console keeps of one device or one finding, for its own page. */

import type { DeviceView, FindingView } from "../api/shapes.ts";
import type { DeviceDetail, DeviceLink, FindingDetail, VulnerabilityView } from "../api/shapes-detail.ts";
import type { Advisories } from "./advisories.ts";
import type { Aliases } from "./aliases.ts";
import type { FeedTable } from "./feed.ts";
import type { FindingTable } from "./findings.ts";
import { linkOf, linkToUnknown } from "./links.ts";
import type { MovedTable } from "./moved.ts";
import {
  readBodies,
  readClaims,
  readContradictions,
  readCount,
  readEvidence,
  readHistory,
  readVulnerability,
} from "./read.ts";
import type { Register } from "./register.ts";
import type { RowTable } from "./rows.ts";
import { type Body, readId, readText, readTexts, readTime } from "./views.ts";
import type { WorkTable } from "./work.ts";

/** Parts of a kind that one page shows; the totals say how many there are. */
const MAX_PARTS = 500;
const MAX_FINDINGS = 200;
const MAX_LINES = 100;
const MAX_HOURS = 48;
const MAX_ASKED = 50;

interface Tables {
  rows: RowTable;
  aliases: Aliases;
  register: Register;
  findings: FindingTable;
  feed: FeedTable;
  work: WorkTable;
  advisories: Advisories;
  moved: MovedTable;
}

export function createDetails({ rows, aliases, register, findings, feed, work, advisories, moved }: Tables) {
  const bodyOf = (tapId: string, kind: string, key: string): Body =>
    JSON.parse(rows.current(tapId, kind, key)?.body ?? "{}");

  function link(tapId: string, deviceId: string): DeviceLink {
    const device = register.find(tapId, aliases.canonical(tapId, deviceId));
    return device ? linkOf(device) : linkToUnknown(deviceId);
  }

  /** Bodies of one kind about a device and all that were merged into it. */
  function partsOf({ tapId, deviceId }: DeviceView, kind: string): { bodies: Body[]; total: number } {
    const ids = [deviceId, ...aliases.aliasesOf(tapId, deviceId)];
    const keys = ids.flatMap((id) => rows.keysAbout(tapId, kind, id, -1));
    return { bodies: keys.slice(0, MAX_PARTS).map((key) => bodyOf(tapId, kind, key)), total: keys.length };
  }

  function device(registerId: string): DeviceDetail | null {
    const found = moved.follow(registerId, register.byId);
    if (!found) return null;
    const { tapId, deviceId } = found;
    const body = bodyOf(tapId, "device", deviceId);
    const evidence = partsOf(found, "evidence");
    const services = partsOf(found, "service");
    const peers = partsOf(found, "peer");
    return {
      device: found,
      aliases: aliases.aliasesOf(tapId, deviceId),
      claims: readClaims(body.claims),
      contradictions: readContradictions(body.contradictions),
      evidence: evidence.bodies.map(readEvidence),
      services: services.bodies.map((one) => ({
        transport: readText(one.transport) ?? "",
        port: readCount(one.port) ?? 0,
        protocol: readText(one.protocol),
        side: readText(one.side) ?? "unknown",
        firstSeenAt: readTime(one.firstSeenAt),
      })),
      peers: peers.bodies.map((one) => {
        const peerId = readId(one.peerId);
        return {
          device: peerId === null ? null : link(tapId, peerId),
          remote: readText(one.remote),
          service: readText(one.service) ?? "",
          firstSeenAt: readTime(one.firstSeenAt),
        };
      }),
      findings: findings.about(tapId, deviceId, MAX_FINDINGS),
      vulnerabilities: advisories.ofDevice(found),
      history: feed.about(tapId, deviceId, MAX_LINES),
      hours: rows.periods(tapId, deviceId, MAX_HOURS).map((period) => ({
        hourAt: readTime(period.hourAt) ?? "",
        frames: readCount(period.frames) ?? 0,
        bytes: readCount(period.bytes) ?? 0,
      })),
      totals: {
        evidence: evidence.total,
        services: services.total,
        peers: peers.total,
        findings: findings.countAbout(tapId, deviceId),
      },
    };
  }

  /** The console's verdict rules the register: it may know advisories that the tap doesn't. */
  function vulnerabilitiesOf({ rule, tapId, deviceId }: FindingView, body: Body): VulnerabilityView[] {
    const judgedHere = rule === "known-vulnerability" && deviceId !== null ? register.find(tapId, deviceId) : null;
    const here = judgedHere ? advisories.ofDevice(judgedHere) : [];
    return here.length > 0 ? here : readBodies(body.vulnerabilities).map(readVulnerability);
  }

  function finding(registerId: string): Omit<FindingDetail, "references"> | null {
    const found = moved.follow(registerId, findings.byId);
    if (!found) return null;
    const { tapId, findingId, deviceId } = found;
    const body = bodyOf(tapId, "finding", findingId);
    const [done] = readBodies([body.work]);
    return {
      finding: found,
      about: readText(body.about) ?? (deviceId === null ? "network" : "device"),
      device: deviceId === null ? null : link(tapId, deviceId),
      related: readTexts(body.relatedDeviceIds).map((id) => link(tapId, id)),
      between: readBodies(body.between).map((one) => {
        const other = readId(one.deviceId);
        const service = readText(one.service) ?? "";
        return { device: other === null ? null : link(tapId, other), remote: readText(one.remote), service };
      }),
      evidence: readBodies(body.evidence).map(readEvidence),
      evidenceLeftOut: readCount(body.evidenceLeftOut) ?? 0,
      vulnerabilities: vulnerabilitiesOf(found, body),
      times: readCount(body.times),
      work: done
        ? {
            by: readText(done.by),
            at: readTime(done.at),
            reason: readText(done.reason),
            control: readText(done.control),
            owner: readText(done.owner),
            reviewAt: readText(done.reviewAt),
          }
        : null,
      history: readHistory(done?.history),
      asked: work.ofFinding(tapId, findingId, MAX_ASKED),
    };
  }

  return { device, finding };
}

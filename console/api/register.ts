/** What pages may ask of one device, of findings, and what they may have done with a finding. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { findingRules } from "../../agent/findings/index.ts";
import type { Bus } from "../bus.ts";
import { type Store, StoreError } from "../store/store.ts";
import { readAdvisoryQuery, readFindingQuery, readWork } from "./asked.ts";
import { refuseOtherPages } from "./same-origin.ts";
import type { FindingDetail } from "./shapes-detail.ts";

export interface RegisterOptions {
  store: Store;
  bus: Bus;
  /** ISO 8601 UTC. */
  now: () => string;
  /** When a device was last heard, by the live side; undefined when it knows nothing newer. */
  seenAt: (tapId: string, deviceId: string) => string | undefined;
}
type Named = { Params: { id: string } };

const REFERENCES = new Map(findingRules.map(({ id, references }) => [id, references]));

const notFound = (reply: FastifyReply, message: string) => reply.code(404).send({ error: "not-found", message });
const refuse = (reply: FastifyReply, message: string) => reply.code(400).send({ error: "bad-request", message });

export function serveRegister(app: FastifyInstance, { store, bus, now, seenAt }: RegisterOptions): void {
  app.get<Named>("/api/devices/:id", async ({ params }, reply) => {
    const detail = await store.whatIsKnownOfDevice(params.id);
    if (!detail) return notFound(reply, "The register has no such device.");
    const live = seenAt(detail.device.tapId, detail.device.deviceId) ?? "";
    if (live > detail.device.lastSeenAt) detail.device.lastSeenAt = live;
    return detail;
  });

  app.get("/api/findings", async ({ query }, reply) => {
    const asked = readFindingQuery(query);
    return asked ? store.whichFindingsMatch(asked) : refuse(reply, "These filters can't be read.");
  });
  app.get("/api/findings/groups", async ({ query }, reply) => {
    const asked = readFindingQuery(query);
    return asked ? store.howDoFindingsGroup(asked) : refuse(reply, "These filters can't be read.");
  });
  app.get<Named>("/api/findings/:id", async ({ params }, reply) => {
    const detail = await store.whatIsKnownOfFinding(params.id);
    if (!detail) return notFound(reply, "The register has no such finding.");
    return { ...detail, references: [...(REFERENCES.get(detail.finding.rule) ?? [])] } satisfies FindingDetail;
  });

  app.get("/api/advisories", async ({ query }, reply) => {
    const asked = readAdvisoryQuery(query);
    return asked ? store.whichAdvisoriesMatch(asked) : refuse(reply, "This search can't be read.");
  });
  app.get<Named>("/api/advisories/:id", async ({ params, query }, reply) => {
    const asked = readAdvisoryQuery(query);
    if (!asked) return refuse(reply, "This page can't be read.");
    const page = await store.whichDevicesAreAffected({ what: params.id, from: asked.from, limit: asked.limit });
    return page ?? notFound(reply, "No advisory that the console knows has this id or names this CVE.");
  });

  app.post<Named>("/api/findings/:id/work", { onRequest: refuseOtherPages }, async ({ params, body }, reply) => {
    const read = readWork(body, now());
    if ("problem" in read) return refuse(reply, read.problem);
    try {
      const { work, again } = await store.keepWork({ ...read.work, registerId: params.id, at: now() });
      if (!again) bus.publish("feed", { type: "work", work });
      return reply.code(202).send(work);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === "unknown-finding") return notFound(reply, error.message);
      if (error.code === "limit") return reply.code(503).send({ error: "too-many", message: error.message });
      throw error;
    }
  });
  app.delete<Named>("/api/work/:id", { onRequest: refuseOtherPages }, async ({ params }, reply) => {
    const work = await store.withdrawWork(params.id, now());
    if (!work) {
      const message = "It is on its way to the tap or done already: reopen the finding instead.";
      return reply.code(409).send({ error: "too-late", message });
    }
    bus.publish("feed", { type: "work", work });
    return work;
  });
}

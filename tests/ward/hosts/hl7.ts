/** HL7 v2 over MLLP: the integration engine that receives, and sending to it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";
import { ROUTER, type WardDevice } from "./device.ts";
import { programPath } from "./programs.ts";
import { listening } from "./wait.ts";

const ENGINE = "10.20.7.30";
const MLLP_PORT = 2575;

export const engine: WardDevice = {
  host: { name: "engine", mac: "00:50:56:20:07:30", hostname: "ward7-rie", address: `${ENGINE}/24`, gateway: ROUTER },
  ip: ENGINE,
  facts: { hl7: { class: ["medical-gateway"] } },
  because: "acknowledges HL7 v2 from several devices on TCP 2575",
  arrive: async (ward) => {
    await ward.plug("engine");
    const args = [programPath("mllp-engine.mjs"), String(MLLP_PORT), "RIE^WARDTAP", "EXAMPLE HOSPITAL"];
    const server = ward.spawn("engine", process.execPath, args);
    await listening(ward, "engine", server, "tcp", MLLP_PORT);
  },
};

/** Sends one message from a host to the engine; rejects unless it is acknowledged. */
export async function sendHl7(ward: Ward, host: string, message: string): Promise<void> {
  const folder = join(ward.folder, host);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "message.hl7");
  writeFileSync(file, message);
  await ward.run(host, process.execPath, [programPath("mllp-send.mjs"), ENGINE, String(MLLP_PORT), file]);
}

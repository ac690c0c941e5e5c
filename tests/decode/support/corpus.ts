/** The public captures beside the checkout, named by WARDTAP_SHARED. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openCaptureFiles } from "../../../agent/capture/pcap-file.ts";
import { createDecoder, type Decoder } from "../../../agent/decode/decode.ts";
import { emptyPacket, type Packet } from "../../../agent/decode/packet.ts";

const shared = process.env.WARDTAP_SHARED ?? resolve(import.meta.dirname, "../../../../shared");

export const capturesFolder = join(shared, "captures");
export const hasCaptures = existsSync(join(capturesFolder, "labels.json"));

export interface Label {
  decode?: { frames?: number; malformedAtLeast?: number };
}

export const labels = (): Record<string, Label> =>
  JSON.parse(readFileSync(join(capturesFolder, "labels.json"), "utf8")) as Record<string, Label>;

/** Paths of all captures, relative to the folder. */
export function captures(): string[] {
  const found: string[] = [];
  for (const folder of readdirSync(capturesFolder, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const name of readdirSync(join(capturesFolder, folder.name))) found.push(`${folder.name}/${name}`);
  }
  return found.filter((path) => /\.(?:pcap|pcapng|cap)(?:\.gz)?$/.test(path)).sort();
}

/** Decodes every frame of a capture in order. The packet is the same object each time. */
export async function decodeCapture(path: string, each: (packet: Packet) => void): Promise<Decoder> {
  const source = await openCaptureFiles([join(capturesFolder, path)]);
  const decoder = createDecoder();
  const packet = emptyPacket();
  await source.run((frame) => {
    decoder.decode(frame, packet);
    each(packet);
  });
  return decoder;
}

/** The protocol day: one scene per family of protocols, played by real programs wherever there is one, side by side. */
import { setTimeout as pause } from "node:timers/promises";
import { scenes } from "./scenes/index.ts";
import type { Scene } from "./scenes/scene.ts";
import type { Ward, WardOptions } from "./ward.ts";

export { scenes };

/** Scenes at once: most of a scene is waiting for a server to start. */
const SCENES_AT_ONCE = 4;
/** What servers say by themselves right after the last client has gone still belongs to the day. */
const LAST_WORDS_MS = 1_500;

/** What `buildWard` needs to know for this day. Nobody asks for names here. */
export const protocolDayOptions: WardOptions = { hosts: scenes.flatMap(({ cast }) => cast.map(({ host }) => host)) };

export interface ProtocolDay {
  /** Some of the scenes only; their order is kept. Absent: all of them. */
  readonly only?: readonly Scene[];
  readonly onScene?: (scene: Scene, seconds: number) => void;
}

/** Plays the scenes on a ward built with `protocolDayOptions`. Rejects, with the scene's file, when a program failed. */
export async function runProtocolDay(ward: Ward, { only = scenes, onScene }: ProtocolDay = {}): Promise<void> {
  const waiting = [...only];
  const troubles: Error[] = [];
  const stage = async () => {
    for (let scene = waiting.shift(); scene && troubles.length === 0; scene = waiting.shift()) {
      const startedAt = performance.now();
      try {
        await play(ward, scene);
        onScene?.(scene, (performance.now() - startedAt) / 1000);
      } catch (cause) {
        troubles.push(new Error(`${scene.file}: ${(cause as Error).message}`, { cause }));
      }
    }
  };
  await Promise.all(Array.from({ length: SCENES_AT_ONCE }, stage));
  if (troubles[0]) throw troubles[0];
  await pause(LAST_WORDS_MS);
}

async function play(ward: Ward, scene: Scene): Promise<void> {
  for (const { host } of scene.cast) {
    // Scenes that are not about IPv6 stay small and free of its chatter.
    if (!scene.speaksIpv6)
      await ward.run(host.name, "/bin/sh", ["-euc", "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6"]);
    await ward.plug(host.name);
  }
  await scene.play(ward);
}

/** Traffic counters as `period` rows: what each device said and heard in each hour, and when it was last seen. */
import type { Device } from "../identify/device.ts";
import { isoMicros, parseIsoMicros } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { type PeriodBody, type RowChange, rowKey } from "./rows.ts";

const HOUR_MICROS = 3600 * 1_000_000;

type Counted = Pick<Device, "id" | "aliases" | "frames" | "bytes" | "lastSeenAt">;
interface Told {
  frames: number;
  bytes: number;
  lastSeenAt: number;
}

/**
 * Devices count since ever, the ledger by the hour: this remembers what it has told. Ask `periodChanges` at most every
 * ten minutes (card and link wear), write them, and say `committed`; after a failed write the next ask tells it all.
 */
export class Periods {
  readonly #ledger: Pick<Ledger, "get">;
  #told = new Map<string, Told>();
  #telling = new Map<string, Told>();

  /** `restored`: the devices as read back from this ledger, whose counters it holds already. */
  constructor(ledger: Pick<Ledger, "get">, restored: Iterable<Counted> = []) {
    this.#ledger = ledger;
    for (const { id, frames, bytes, lastSeenAt } of restored) this.#told.set(id, { frames, bytes, lastSeenAt });
  }

  /** `devices` are all there are: one that isn't given is forgotten. What was heard is put to the hour last seen. */
  periodChanges(devices: Iterable<Counted>): RowChange[] {
    const changes: RowChange[] = [];
    this.#telling = new Map();
    for (const device of devices) {
      const { id, frames, bytes, lastSeenAt } = device;
      const told = this.#toldOf(device);
      this.#telling.set(id, { frames, bytes, lastSeenAt });
      if (frames === told.frames && bytes === told.bytes && lastSeenAt <= told.lastSeenAt) continue;
      // Fewer than before: identification began this device anew, so all of it is news.
      const anew = frames < told.frames || bytes < told.bytes;
      changes.push(this.#added(id, lastSeenAt, frames - (anew ? 0 : told.frames), bytes - (anew ? 0 : told.bytes)));
    }
    return changes;
  }

  /** The last `periodChanges` are durable in the ledger. */
  committed(): void {
    this.#told = this.#telling;
  }

  /** A device that took another in counts what was told of both. */
  #toldOf({ id, aliases }: Counted): Told {
    const sum = { frames: 0, bytes: 0, lastSeenAt: 0 };
    for (const one of [id, ...aliases]) {
      const told = this.#told.get(one);
      if (told === undefined) continue;
      sum.frames += told.frames;
      sum.bytes += told.bytes;
      sum.lastSeenAt = Math.max(sum.lastSeenAt, told.lastSeenAt);
    }
    return sum;
  }

  #added(deviceId: string, lastSeenAt: number, frames: number, bytes: number): RowChange {
    const hourAt = isoMicros(Math.floor(lastSeenAt / HOUR_MICROS) * HOUR_MICROS);
    const key = rowKey(deviceId, hourAt);
    const before = this.#ledger.get("period", key)?.body as Partial<PeriodBody> | undefined;
    const seenBefore = parseIsoMicros(String(before?.lastSeenAt)) ?? lastSeenAt;
    const body: PeriodBody = {
      deviceId,
      hourAt,
      frames: frames + (before?.frames ?? 0),
      bytes: bytes + (before?.bytes ?? 0),
      lastSeenAt: isoMicros(Math.max(lastSeenAt, seenBefore)),
    };
    return { kind: "period", key, body: { ...body } };
  }
}

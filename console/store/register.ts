/** The register: what pages show of each device, made again from rows whenever a row that touches it changes. */
import type { Database } from "../../agent/sqlite.ts";
import type { DeviceView } from "../api/shapes.ts";
import type { Aliases } from "./aliases.ts";
import type { FeedTable } from "./feed.ts";
import { changedDeviceText, goneDeviceText, newDeviceText } from "./feed-text.ts";
import type { MovedTable } from "./moved.ts";
import type { RowTable } from "./rows.ts";
import type { RegisterChanges } from "./store.ts";
import { targetKey } from "./targets.ts";
import { deviceView, registerIdOf } from "./views.ts";

/** Findings counted for one device at most; a page that says this many says enough. */
const MAX_FINDINGS_COUNTED = 1000;

export function createRegister(
  database: Database,
  tables: { rows: RowTable; aliases: Aliases; feed: FeedTable; moved: MovedTable },
) {
  const { rows, aliases, feed, moved } = tables;
  const sql = {
    find: database.prepare("SELECT view FROM devices WHERE registerId = ?").pluck(),
    put: database.prepare(
      "INSERT OR REPLACE INTO devices (registerId, tapId, deviceId, lastSeenAt, view, medical, target) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    drop: database.prepare("DELETE FROM devices WHERE registerId = ?"),
    ofTap: database.prepare("SELECT deviceId FROM devices WHERE tapId = ?").pluck(),
    all: database.prepare("SELECT view FROM devices ORDER BY registerId LIMIT ?").pluck(),
    count: database.prepare("SELECT count(*) FROM devices WHERE tapId = ?").pluck(),
  };

  const byId = (registerId: string): DeviceView | null => {
    const view = sql.find.get(registerId) as string | undefined;
    return view === undefined ? null : (JSON.parse(view) as DeviceView);
  };
  const find = (tapId: string, deviceId: string) => byId(registerIdOf(tapId, deviceId));

  /** The view that the rows give now; null when there is no such device or another one stands for it. */
  function view(tapId: string, deviceId: string): DeviceView | null {
    const row = rows.current(tapId, "device", deviceId);
    if (!row) return null;
    const standsFor = aliases.canonical(tapId, deviceId);
    // An alias whose target hasn't come yet is still the best we have.
    if (standsFor !== deviceId && rows.current(tapId, "device", standsFor)) return null;
    const ids = [deviceId, ...aliases.aliasesOf(tapId, deviceId)];
    const seen = ids.map((id) => rows.lastSeen(tapId, id)).filter((time) => time !== null);
    return deviceView(tapId, deviceId, JSON.parse(row.body), {
      lastSeenAt: seen.sort().at(-1) ?? null,
      openFindings: ids.reduce((count, id) => count + openFindings(tapId, id), 0),
    });
  }

  const openFindings = (tapId: string, deviceId: string) =>
    rows
      .keysAbout(tapId, "finding", deviceId, MAX_FINDINGS_COUNTED)
      .filter((key) => JSON.parse(rows.current(tapId, "finding", key)!.body).state === "open").length;

  /** Looks at one device again and adds what changed to `changes`. */
  function refresh(tapId: string, deviceId: string, at: string, changes: RegisterChanges): void {
    const before = find(tapId, deviceId);
    const after = view(tapId, deviceId);
    const item = { at, tapId, deviceId };
    if (!after) {
      if (!before) return;
      sql.drop.run(before.registerId);
      changes.gone.push(before.registerId);
      const sameAs = aliases.canonical(tapId, deviceId);
      moved.remember(before.registerId, registerIdOf(tapId, sameAs));
      const text = goneDeviceText(before, sameAs === deviceId ? null : view(tapId, sameAs));
      changes.feed.push(feed.remember({ ...item, kind: "device-gone", text }));
      return;
    }
    const text = JSON.stringify(after);
    if (before && JSON.stringify(before) === text) return;
    sql.put.run(after.registerId, tapId, deviceId, after.lastSeenAt, text, Number(after.medical), targetKey(after));
    if (before && JSON.stringify({ ...before, lastSeenAt: after.lastSeenAt }) === text) {
      changes.seen.push({ deviceId, lastSeenAt: after.lastSeenAt });
      return;
    }
    changes.devices.push(after);
    if (!before) changes.feed.push(feed.remember({ ...item, kind: "device-new", text: newDeviceText(after) }));
    else {
      const changed = changedDeviceText(before, after);
      if (changed) changes.feed.push(feed.remember({ ...item, kind: "device-changed", text: changed }));
    }
  }

  return {
    find,
    byId,
    refresh,
    idsOf: (tapId: string) => sql.ofTap.all(tapId) as string[],
    all: (limit: number) => (sql.all.all(limit) as string[]).map((text) => JSON.parse(text) as DeviceView),
    count: (tapId: string) => Number(sql.count.get(tapId)),
  };
}
export type Register = ReturnType<typeof createRegister>;

/** The whole state a page begins with: the register and the feed from the store, the taps from the live board. */
import type { TapBoard } from "../intake/tap-board.ts";
import type { Store } from "../store/store.ts";
import type { ConsoleState } from "./shapes.ts";

/** What one page is given at most; reports and searches, not the live page, are for more. */
const MAX_DEVICES_IN_STATE = 20_000;
const MAX_FINDINGS_IN_STATE = 20_000;
const MAX_FEED_IN_STATE = 200;
const MAX_WORK_IN_STATE = 1000;

export async function readState(store: Store, board: TapBoard, version: string): Promise<ConsoleState> {
  const [devices, findings, feed, work] = await Promise.all([
    store.whichDevices(MAX_DEVICES_IN_STATE),
    store.whichFindings(MAX_FINDINGS_IN_STATE),
    store.whatHappenedLast(MAX_FEED_IN_STATE),
    store.whichWorkWaits(MAX_WORK_IN_STATE),
  ]);
  for (const device of devices) {
    const live = board.seenAt(device.tapId, device.deviceId);
    if (live !== undefined && live > device.lastSeenAt) device.lastSeenAt = live;
  }
  return { version, taps: board.views(), devices, findings, feed, work };
}

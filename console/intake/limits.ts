/** What one tap, and all of them together, may ask of the console. */

export interface IntakeLimits {
  /** Connections, greeted or not; further ones are answered 503 and try again later. */
  maxConnections: number;
  /** A connection that hasn't said hello by then is closed. */
  helloMs: number;
  /** Faster taps are not read until their share is there again: slowed, nothing lost. */
  rowsPerSecond: number;
  /** Messages waiting for the store; past it the connection isn't read. */
  maxQueued: number;
  /** Between pings; a tap silent for a whole interval after one is gone. */
  heartbeatMs: number;
  /** A command not answered by then is answered for the tap. */
  commandMs: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  maxConnections: 1000,
  helloMs: 10_000,
  rowsPerSecond: 20_000,
  maxQueued: 8,
  heartbeatMs: 30_000,
  commandMs: 10_000,
};

/** What any message costs at least, in rows: many small ones are work too. */
export const ROWS_PER_MESSAGE_AT_LEAST = 20;

/** Gives the milliseconds to wait after spending; a second's share may be saved up. */
export function createAllowance(perSecond: number, nowMs: () => number) {
  let left = perSecond;
  let at = nowMs();
  return (spend: number): number => {
    const now = nowMs();
    left = Math.min(perSecond, left + ((now - at) / 1000) * perSecond) - spend;
    at = now;
    return left >= 0 ? 0 : Math.ceil((-left / perSecond) * 1000);
  };
}

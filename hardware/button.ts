/** The one button: a short press tests lamps and tap, five seconds held shut down cleanly. Levels in, meanings out. */

/** A level counts once it has stayed for so long: contacts bounce for up to 20 ms. */
export const DEBOUNCE_MS = 30;
/** Released within this: a short press. Between this and HOLD_MS somebody changed their mind. */
export const MAX_SHORT_MS = 2000;
export const HOLD_MS = 5000;
/** Readings further apart than this prove nothing about what was in between. */
export const MAX_GAP_MS = 1000;

export interface ButtonActions {
  /** Lamp test, then self-test. */
  onShortPress(): void;
  /** Clean shutdown; called once, while still held. */
  onHold(): void;
}

export interface Button {
  /** Feed it the level again and again. Time is monotonic milliseconds; the clock going back starts over. */
  level(pressed: boolean, timeMs: number): void;
}

/**
 * A button that is stuck, shorted or absent must never shut a tap down: nothing counts before it was seen released,
 * and a gap or a backward step in time forgets the press.
 */
export function createButton(actions: ButtonActions): Button {
  let raw: boolean | undefined;
  let rawSince = 0;
  let settled: boolean | undefined;
  let pressedAt: number | undefined;
  let lastAt: number | undefined;

  const settle = (pressed: boolean) => {
    const before = settled;
    settled = pressed;
    if (pressed) {
      pressedAt = before === false ? rawSince : undefined;
    } else if (pressedAt !== undefined) {
      const heldMs = rawSince - pressedAt;
      pressedAt = undefined;
      if (heldMs <= MAX_SHORT_MS) actions.onShortPress();
    }
  };

  return {
    level(pressed, timeMs) {
      if (lastAt !== undefined && (timeMs < lastAt || timeMs - lastAt > MAX_GAP_MS)) {
        raw = undefined;
        settled = undefined;
        pressedAt = undefined;
      }
      lastAt = timeMs;
      if (pressed !== raw) {
        raw = pressed;
        rawSince = timeMs;
      }
      if (settled !== pressed && timeMs - rawSince >= DEBOUNCE_MS) settle(pressed);
      // A release too short to settle is no release, but the five seconds begin again: they must be unbroken.
      if (settled && pressed && pressedAt !== undefined && timeMs - Math.max(pressedAt, rawSince) >= HOLD_MS) {
        pressedAt = undefined;
        actions.onHold();
      }
    },
  };
}

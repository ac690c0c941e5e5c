/** Tells the engine to compile less, once a large capture's first frames have shown which code is hot. */
import { setFlagsFromString } from "node:v8";

/** After so many frames what each of them needs is compiled. */
export const WARM_FRAMES = 65_536;

/**
 * From here on code must run eight times as often as usual before it is compiled for speed: what runs a few thousand
 * times, or once at the end, would cost more to compile than it saves. For a process that ends with its input. An
 * engine that doesn't know the flag leaves all as it was.
 */
export function compileLess(): void {
  setFlagsFromString("--interrupt-budget=540000");
}

/** IEC 60870-5-104: controlled stations that start a transfer. IEC 60870-5-104 5.3. */
import { defineDissector } from "./dissector.ts";

/** Start and confirmation of data transfer, frame test and its confirmation: fixed frames of six bytes. */
const FRAMES = new Map([
  [0x07, "asks"],
  [0x0b, "answers"],
  [0x43, "test"],
  [0x83, "test"],
] as const);

export default defineDissector<{ kind: "asks" | "answers" | "test" }>({
  protocol: "iec104",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "68 04 07 00 00 00" },
    { at: 0, bytes: "68 04 0b 00 00 00" },
  ],
  dissect(payload) {
    if (payload.length < 6 || payload[0] !== 0x68 || payload[1] !== 4 || payload.readUIntBE(3, 3) !== 0)
      return undefined;
    const kind = FRAMES.get(payload[2]! as 0x07);
    return kind === undefined ? undefined : { kind };
  },
  evidence: ({ kind }) =>
    kind === "test"
      ? []
      : [{ about: "sender", attribute: "iec104.role", value: kind === "answers" ? "controlled" : "controlling" }],
  server: ({ kind }) => (kind === "asks" ? "receiver" : kind === "answers" ? "sender" : undefined),
  done: ({ kind }) => kind === "answers",
});

/** PJL over raw printing: that a printer is printed on, and what it calls itself when asked. HP Printer Job Language Technical Reference, 2 and 6. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const ESCAPE = "\x1b%-12345X";
/** The beginning of a job says that it is one; what is printed is never looked at. */
const MAX_LOOKED_AT = 1024;
/** Payloads of one connection; a long talk is a document on its way. */
const MAX_PAYLOADS = 6;
const ANSWER = /^@PJL INFO ID\s*\r?\n"?([^"\r\n\f]{2,80})"?\s*(?:\r?\n|\f|$)/i;

interface PjlMessage {
  isAnswer: boolean;
  /** A document follows. */
  isJob: boolean;
  id: string | undefined;
  done: boolean;
}

export default defineDissector<PjlMessage>({
  protocol: "pjl",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "1b 25 2d 31 32 33 34 35 58" },
    { at: 0, bytes: "40 50 4a 4c 20" },
  ],
  dissect(payload, flow): PjlMessage | undefined {
    const count = (flow.state as number | undefined) ?? 0;
    const start = payload.toString("latin1", 0, Math.min(payload.length, MAX_LOOKED_AT));
    if (count === 0 && !start.startsWith(ESCAPE) && !/^@PJL (?:INFO|ECHO|USTATUS)/i.test(start)) return undefined;
    flow.state = count + 1;
    const done = count + 1 >= MAX_PAYLOADS;
    const isJob = start.startsWith(ESCAPE) && /ENTER LANGUAGE/i.test(start);
    const id = ANSWER.exec(start)?.[1];
    if (id === undefined) return { isAnswer: false, isJob, id: undefined, done: done || isJob };
    return { isAnswer: true, isJob, id: keepText(id), done: true };
  },
  evidence({ isAnswer, isJob, id }) {
    const found: Evidence[] = [];
    if (id !== undefined) found.push({ about: "sender", attribute: "pjl.info.id", value: id });
    if (isAnswer) found.push({ about: "sender", attribute: "pjl.role", value: "printer" });
    if (isJob) found.push({ about: "receiver", attribute: "pjl.role", value: "takes-jobs" });
    return found;
  },
  server: ({ isAnswer, isJob }) => (isAnswer ? "sender" : isJob ? "receiver" : undefined),
  done: ({ done }) => done,
});

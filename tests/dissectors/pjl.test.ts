import { expect, test } from "vitest";
import pjl from "../../agent/dissectors/pjl.ts";
import { ascii, canary } from "./bytes.ts";
import { expectHostileProof } from "./hostile.ts";
import { talk } from "./talk.ts";

const ESCAPE = "\x1b%-12345X";
const S = (text: string) => ({ from: "S" as const, bytes: ascii(text) });
const C = (text: string) => ({ from: "C" as const, bytes: ascii(text) });
const job = C(
  `${ESCAPE}@PJL JOB NAME="${canary("job")}"\r\n@PJL SET USERNAME="${canary("user")}"\r\n@PJL ENTER LANGUAGE=PCL\r\n${canary("text")}`,
);

test("a printer asked for its name tells it", () => {
  const heard = talk(pjl, 9100, [C(`${ESCAPE}@PJL INFO ID\r\n`), S('@PJL INFO ID\r\n"HP LaserJet 4050"\r\n\f')]);
  expect(heard.said).toEqual(["server pjl.info.id HP LaserJet 4050", "server pjl.role printer"]);
  expect(heard.done).toBe(true);
});

test("who is sent a job takes jobs, and nothing of the job is told", () => {
  const heard = talk(pjl, 9100, [job]);
  expect(heard.said).toEqual(["server pjl.role takes-jobs"]);
  expect(heard.text).not.toContain("CANARY");
  expect(heard.done).toBe(true);
});

test("a document without a name of its language is left after a few pieces", () => {
  const { done, heard } = talk(pjl, 9100, [
    C(`${ESCAPE}@PJL\r\n`),
    ...Array.from({ length: 20 }, () => C(canary("page"))),
  ]);
  expect([done, heard]).toEqual([true, 6]);
});

test("a mention of PJL is not PJL", () => expect(pjl.dissect(ascii("@PJL is a language"))).toBeUndefined());
test("stands hostile bytes", () => expectHostileProof(pjl, [job.bytes, ascii('@PJL INFO ID\r\n"HP"\r\n')]));

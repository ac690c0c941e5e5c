/** Only a console on this machine may be named until pairing and TLS exist. */
import { expect, test } from "vitest";
import { consoleUrlProblem } from "../../agent/uplink/console-url.ts";
import { createUplink } from "../../agent/uplink/uplink.ts";

test.each(["ws://127.0.0.1:8080/uplink", "ws://localhost/uplink", "ws://[::1]:9/uplink", "ws://127.9.9.9/uplink"])(
  "%s may be used",
  (url) => expect(consoleUrlProblem(url)).toBeUndefined(),
);

test.each([
  ["wss://127.0.0.1/uplink", "begin with ws://"],
  ["http://127.0.0.1/uplink", "begin with ws://"],
  ["ws://10.0.0.1/uplink", "10.0.0.1 is refused"],
  ["ws://localhost.example.org/uplink", "is refused"],
  ["ws://127.0.0.1.example.org/uplink", "is refused"],
  ["ws://[::ffff:10.0.0.1]/uplink", "is refused"],
  ["ws://user:secret@127.0.0.1/uplink", "no user name"],
  ["console", "is no URL"],
  ["", "is no URL"],
])("%s is refused and said why", (url, words) => expect(consoleUrlProblem(url)).toContain(words));

test("a refused address gives the state refused and no connection", () => {
  const states: unknown[] = [];
  const uplink = createUplink({
    url: "ws://192.0.2.1/uplink",
    hello: () => ({ tapId: "t", name: "T", version: "1" }),
    // Nothing may be read from it.
    ledger: undefined as never,
    summary: () => undefined as never,
    onState: (...state) => states.push(state),
  });
  uplink.start();
  expect(states).toEqual([["refused", expect.stringContaining("192.0.2.1 is refused")]]);
});

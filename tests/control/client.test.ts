/** What a command makes of something at the socket that is no agent. */
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { askAgent } from "../../agent/control/client.ts";
import { temporaryFolder } from "../uplink/support/temporary.ts";

const ask = (ledger: string) => askAgent(ledger, "finding", {}, 500);

/** Listens where an agent would; returns the ledger's path. */
async function strange(serve: (client: Socket) => void): Promise<string> {
  const ledger = join(temporaryFolder(), "ledger.db");
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on("error", () => undefined);
    serve(client);
  });
  await new Promise<void>((resolve) => server.listen(`${ledger}.sock`, resolve));
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  return ledger;
}

test("an answer is taken as it is, in however many pieces it comes", async () => {
  const ledger = await strange((client) => {
    client.write('{"ok":tr');
    setTimeout(() => client.write('ue,"message":"done"}\nmore'), 20);
  });
  expect(await ask(ledger)).toEqual({ ok: true, message: "done" });
});

test.each<[string, (client: Socket) => void]>([
  ["says nothing", () => undefined],
  ["hangs up", (client) => client.end()],
  ["breaks off", (client) => client.end('{"ok":true,"mess')],
  ["breaks the connection", (client) => client.destroy()],
  ["says something else", (client) => client.write("220 smtp ready\n")],
  ["answers in another shape", (client) => client.write('{"ok":"yes","message":7}\n')],
  ["answers at any length", (client) => client.write(`{"ok":true,"message":"${"x".repeat(2000)}"}\n`)],
  ["never ends its line", (client) => client.write("x".repeat(1 << 20))],
])("what %s is silent", async (_, serve) => {
  expect(await ask(await strange(serve))).toBe("silent");
});

test("where nothing listens there is nobody, also under a name too long for a socket", async () => {
  const ledger = join(temporaryFolder(), "ledger.db");
  expect(await ask(ledger)).toBe("nobody");
  expect(await ask(join(temporaryFolder(), "x".repeat(120)))).toBe("nobody");
});

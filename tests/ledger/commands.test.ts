import { describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { exportLedger, listDevices, showDevice } from "../../agent/ledger/commands.ts";
import type { Ledger } from "../../agent/ledger/ledger.ts";
import { Periods } from "../../agent/ledger/periods.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { width } from "../../agent/ledger/text.ts";
import { device, opened } from "./support.ts";

const pump = device();
const pc = device({
  id: "dev-2",
  class: "workstation",
  medical: false,
  criticality: null,
  maker: "Dell",
  names: ["pc-7"],
  ips: ["10.0.0.7"],
  macs: ["00:14:22:00:00:07"],
  evidence: [],
  peers: [],
});
const NASTY = "\u001b]0;owned\u0007\u001b[31m<img onerror=x>\u202egnp\r\n\u009b2J";
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out is the point.
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function holding(...devices: Device[]): Ledger {
  const ledger = opened();
  for (const one of devices) ledger.write(deviceChanges(one, ledger));
  ledger.write(new Periods(ledger).periodChanges(devices));
  return ledger;
}
async function exported(ledger: Ledger, format: string) {
  let text = "";
  await exportLedger(ledger, format, (more) => {
    text += more;
  });
  return text;
}
/** RFC 4180, by its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("list", () => {
  test("an empty ledger says so", () => {
    expect(listDevices(opened())).toBe("The ledger is empty: no device has been heard yet.\n");
    expect(JSON.parse(listDevices(opened(), { format: "json" }))).toEqual([]);
    expect(readCsv(listDevices(opened(), { format: "csv" }))).toHaveLength(1);
  });

  test("medical devices come first", () => {
    const lines = listDevices(holding(pc, pump), { columns: 140 }).split("\n");
    expect(lines[1]).toMatch(
      /^infusion pump +Hospira +Plum A\+ +ICU-PUMP-04 +10\.0\.0\.155 +00:03:b1:00:00:01 +93 % +2026-05-01 12:00:05$/,
    );
    expect(lines[2]).toMatch(/^workstation /);
    expect(lines[4]).toBe("2 devices, 1 medical");
  });

  test("the table fits the terminal, however narrow and whatever the text", () => {
    const ledger = holding(
      pc,
      device({ names: ["名".repeat(200)], maker: "M".repeat(500), model: "e\u0301".repeat(99) }),
    );
    for (const columns of [10, 20, 33, 60, 80, 200])
      for (const line of listDevices(ledger, { columns }).split("\n").slice(0, 3))
        expect(width(line)).toBeLessThanOrEqual(columns);
  });

  test("prose gives way before times and addresses do", () => {
    const wordy = device({ names: ["n".repeat(60)], maker: "M".repeat(60), model: "x".repeat(60) });
    const [, line = ""] = listDevices(holding(wordy), { columns: 110 }).split("\n");
    expect(line).toMatch(/ 10\.0\.0\.155 +00:03:b1:00:00:01 +93 % +2026-05-01 12:00:05$/);
  });

  test("JSON holds each device with when it was last seen", () => {
    const [first] = JSON.parse(listDevices(holding(pump), { format: "json" }));
    expect(first).toMatchObject({ id: "dev-1", maker: "Hospira", lastSeenAt: "2026-05-01T12:00:05.000000Z" });
  });

  test("colour is only used when asked for", () => {
    const ledger = holding(pump);
    expect(listDevices(ledger)).not.toContain("\u001b");
    expect(listDevices(ledger, { colour: true })).toContain("\u001b[1minfusion pump");
  });
});

describe("show", () => {
  test.each([
    "dev-1",
    "00:03:B1:00:00:01",
    "0003.b100.0001",
    "00-03-b1-00-00-01",
    "10.0.0.155",
    "icu-pump-04",
    "dev-0",
  ])("finds the pump by %s", (wanted) => {
    const ledger = holding(device({ aliases: ["dev-0"] }), pc);
    expect(showDevice(ledger, wanted)).toContain("Infusion pump by Hospira, model Plum A+");
  });

  test("tells identity, reasons, services, peers and evidence in words", () => {
    const text = showDevice(holding(pump, pc), "dev-1");
    expect(text).toContain("maker: Hospira (90 %), because of oui-hospira");
    expect(text).toContain("tcp/2575 hl7, asks others");
    expect(text).toContain("pc-7, dev-2: tcp/2575");
    expect(text).toContain("hl7 hl7.prt.16 = Plum A+");
    expect(text).toContain("Last seen   2026-05-01 12:00:05 UTC");
  });

  test("tells the findings about this device and no other", () => {
    const ledger = holding(pump, pc);
    const body = { severity: "high", certainty: "confirmed", state: "open", title: "Login in clear", why: "Seen." };
    ledger.write([
      { kind: "finding", key: "f1", body: { ...body, deviceId: "dev-1" } },
      { kind: "finding", key: "f2", body: { ...body, title: "Old TLS", deviceId: "dev-2" } },
    ]);
    expect(showDevice(ledger, "dev-1")).toContain("high, confirmed, open: Login in clear. Seen.");
    expect(showDevice(ledger, "dev-1")).not.toContain("Old TLS");
  });

  test("nobody by that name is said", () => {
    expect(() => showDevice(opened(), "x\u001b[2J")).toThrow(
      "No device in the ledger has the id, address or name x�[2J.",
    );
  });

  test("several by that name are named", () => {
    const ledger = holding(pump, device({ id: "dev-3" }));
    expect(() => showDevice(ledger, "ICU-PUMP-04")).toThrow(
      "2 devices answer to ICU-PUMP-04: ask for one of dev-1, dev-3.",
    );
  });
});

describe("text that devices give", () => {
  const hostile = device({
    names: [NASTY],
    maker: NASTY,
    model: NASTY,
    class: NASTY as never,
    roles: [NASTY],
    evidence: pump.evidence.map((one) => ({ ...one, value: NASTY })),
    claims: [{ field: "maker", value: NASTY, because: [NASTY], confidence: 1 }],
  });

  test("never commands the terminal", async () => {
    const ledger = holding(hostile);
    expect(listDevices(ledger, { columns: 300 })).not.toMatch(CONTROLS);
    expect(showDevice(ledger, "dev-1")).not.toMatch(CONTROLS);
    expect(listDevices(ledger, { format: "json" })).not.toMatch(CONTROLS);
    expect((await exported(ledger, "csv")).replaceAll("\r\n", "")).not.toMatch(CONTROLS);
    expect(await exported(ledger, "json")).not.toMatch(CONTROLS);
  });

  test("is whole in JSON", async () => {
    const { rows } = JSON.parse(await exported(holding(hostile), "json"));
    expect(rows[0].body.names).toEqual([NASTY]);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u001b=1"])(
    "is no formula in a spreadsheet: %j",
    async (maker) => {
      const [head, line] = readCsv(await exported(holding(device({ maker })), "csv"));
      expect(line?.[head?.indexOf("maker") ?? 0]).not.toMatch(/^[=+\-@\t\r\n]/);
    },
  );

  test("keeps its quotes, commas and line ends in one CSV cell", async () => {
    const rows = readCsv(await exported(holding(device({ maker: 'A "B", C' })), "csv"));
    expect(rows).toHaveLength(2);
    expect(rows[1]?.[rows[0]?.indexOf("maker") ?? 0]).toBe('A "B", C');
    expect(rows[1]).toHaveLength(rows[0]?.length ?? 0);
  });
});

describe("export", () => {
  test("JSON holds every row of every kind, with id and revision", async () => {
    const ledger = holding(pump, pc);
    const document = JSON.parse(await exported(ledger, "json"));
    expect(document).toMatchObject({ schema: 1, ledgerId: ledger.ledgerId, revision: ledger.revision() });
    const byRevision = document.rows.sort(
      (a: { revision: number }, b: { revision: number }) => a.revision - b.revision,
    );
    expect(byRevision).toEqual(ledger.rowsAbove(0, 1000));
  });

  test("an empty ledger is a whole document", async () => {
    expect(JSON.parse(await exported(opened(), "json")).rows).toEqual([]);
  });

  test("waits for a slow reader instead of piling up", async () => {
    let pending = 0;
    let most = 0;
    await exportLedger(holding(pump, pc), "json", async () => {
      most = Math.max(most, ++pending);
      await new Promise((resolve) => setImmediate(resolve));
      pending--;
    });
    expect(most).toBe(1);
  });

  test("an unknown format is refused", async () => {
    await expect(exported(opened(), "xml")).rejects.toThrow("There is no export format xml: json or csv.");
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { lifetimeOf, osLifetimes } from "../../agent/knowledge/os-lifetimes.ts";
import {
  lookupServicesSchema,
  osLifetimesSchema,
  remoteAccessSchema,
  windowsSchema,
} from "../../agent/knowledge/schema.ts";
import { windowsSigns } from "../../agent/knowledge/windows.ts";

const entries = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../agent/knowledge/${file}`, import.meta.url), "utf8"));

test.each([
  ["windows.json", windowsSchema as z.ZodType],
  ["os-lifetimes.json", osLifetimesSchema as z.ZodType],
  ["lookup-services.json", lookupServicesSchema as z.ZodType],
  ["remote-access.json", remoteAccessSchema as z.ZodType],
] as const)("every entry of %s is what its schema says and names its source", (file, schema) => {
  const checked = schema.safeParse(entries(file));
  expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
});

test("ids of signs are unique", () => {
  const ids = windowsSigns().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

/** Each of its yearly versions has a day of its own. */
const WITHOUT_END = "Windows 11";

test("the lifetime of every Windows that a sign can name is known", () => {
  for (const os of windowsSigns().flatMap(({ systems }) => systems))
    if (os !== WITHOUT_END) expect(lifetimeOf(os), os).toBeDefined();
});

test("no system is listed twice, and what is bought separately ends later", () => {
  const names = osLifetimes().flatMap(({ version }) => version);
  expect(new Set(names).size).toBe(names.length);
  for (const { endOfSupport, extendedUntil } of osLifetimes())
    if (extendedUntil !== undefined) expect(extendedUntil > endOfSupport).toBe(true);
});

describe("a sign fits what it should and not its neighbours", () => {
  const systemsOf = (attribute: string, value: string) =>
    windowsSigns()
      .filter(({ attributes, pattern }) => attributes.includes(attribute) && pattern.test(value))
      .map(({ systems }) => systems.join("/"));
  test.each([
    ["smb.native_os", "Windows Server 2008 R2 Standard 7601 Service Pack 1", ["Windows Server 2008 R2"]],
    ["smb.native_os", "Windows Server (R) 2008 Standard 6001 Service Pack 1", ["Windows Server 2008"]],
    ["smb.native_os", "Windows 8.1 Pro 9600", ["Windows 8.1"]],
    ["smb.native_os", "Windows 8 Pro 9200", ["Windows 8"]],
    ["smb.native_os", "Windows 6.1", []],
    ["smb.native_os.client", "Windows 2000 2195", []],
    ["smb.native_os.client", "Windows 2002 Service Pack 3 2600", ["Windows XP"]],
    ["smb.native_os", "Unix", []],
    ["smb.native_os", "Windows 5.0", ["Windows 2000"]],
    ["smb.native_lanman", "Windows 2000 LAN Manager", []],
    ["ntlmssp.version", "10.0.17763", ["Windows 10/Windows Server 2019"]],
    ["ntlmssp.version", "6.1.0", []],
    ["browser.announcement", "6.1 nt-workstation", ["Windows 7"]],
    ["browser.announcement", "6.1 nt-workstation,nt-server", ["Windows Server 2008 R2"]],
    ["browser.announcement", "6.1 print-queue,unix,nt-workstation,nt-server", []],
    ["dhcp.option.request_list_item", "1,15,3,6,44,46,47,31,33,249,43", ["Windows XP/Windows Server 2003"]],
    ["dhcp.option.request_list_item", "1,15,3,6,44,46,47,31,33,249,43,99", []],
  ])("%s %j", (attribute, value, systems) => {
    expect(systemsOf(attribute, value)).toEqual(systems);
  });
});

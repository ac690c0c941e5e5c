/** Makers by the number that a registry gave them: BACnet vendor ids, ODVA vendor ids. */
import { readFileSync } from "node:fs";
import type { VendorNumberEntries } from "./schema.ts";

let entries: VendorNumberEntries | undefined;

export const vendorNumbersText = (): Buffer => readFileSync(new URL("vendor-numbers.json", import.meta.url));

export const vendorNumbers = (): VendorNumberEntries =>
  (entries ??= JSON.parse(vendorNumbersText().toString("utf8")) as VendorNumberEntries);

/** Certificates that prove nothing: run out, not yet valid, self-signed, weakly signed or with a short key. */
import type { DeviceEvidence } from "../identify/device.ts";
import { seen } from "./from-evidence.ts";
import { defineRule } from "./rule.ts";

const MIN_RSA_BITS = 2048;
/** Before this the observation's clock counts as unknown, and dates are not judged. */
const EARLIEST_MICROS = Date.UTC(1995, 0, 1) * 1000;

export default defineRule({
  id: "tls-certificate",
  title: "A server's certificate proves nothing",
  severity: "low",
  about: "device",
  advice:
    "Replace the certificate with one of the hospital's own authority, or ask the maker how. Clients that ignore such a certificate can't tell the device from an impostor.",
  references: ["RFC 5280", "NIST SP 800-131A"],
  judge: ({ devices, at }) =>
    devices.flatMap((device) => {
      const certificate = device.evidence.filter(({ attribute }) => attribute.startsWith("x509."));
      const wrong = certificate.flatMap((piece) => {
        const what = problem(piece, at ?? piece.lastSeenAt);
        return what === undefined ? [] : [{ piece, what }];
      });
      if (wrong.length === 0) return [];
      return [
        {
          deviceId: device.id,
          certainty: "confirmed" as const,
          why: `Its certificate is ${[...new Set(wrong.map(({ what }) => what))].sort().join(", ")}.`,
          // Not by its dates: the next one that has run out is no news.
          signs: [...new Set(wrong.map(({ what }) => what.replace(/ \d{4}-\d{2}-\d{2}$/, "")))].sort(),
          ...seen(wrong.map(({ piece }) => piece)),
        },
      ];
    }),
});

/** Judged as of `now`: when it was last seen, unless asked otherwise. A certificate renewed since then is another one. */
function problem({ attribute, value }: DeviceEvidence, now: number): string | undefined {
  if (attribute === "x509.self_signed" && value === "true") return "signed by itself";
  if (attribute === "x509.signature" && /md5|md2|sha-?1/i.test(value)) return `signed with ${value}`;
  if (attribute === "x509.key") {
    const bits = Number(/^rsa\D*(\d+)/i.exec(value)?.[1] ?? MIN_RSA_BITS);
    return bits < MIN_RSA_BITS ? `made with a key of only ${bits} bits` : undefined;
  }
  const at = Date.parse(value) * 1000;
  if (now < EARLIEST_MICROS || Number.isNaN(at)) return undefined;
  if (attribute === "x509.not_after" && at < now) return `out of date since ${value.slice(0, 10)}`;
  if (attribute === "x509.not_before" && at > now) return `not valid before ${value.slice(0, 10)}`;
  return undefined;
}

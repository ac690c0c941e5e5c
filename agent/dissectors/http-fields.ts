/** Fields of HTTP heads: which parts of them may be told. RFC 9112, 3; RFC 9110, 7.2 and 11. */
import { keepName } from "./self-given.ts";

/** Longest method known: VERSION-CONTROL (RFC 3253). */
export const MAX_METHOD = 16;

/** IANA's registry of schemes, and the two that Windows uses; others are not told, they might be a secret. */
const SCHEMES = [
  "Basic",
  "Digest",
  "NTLM",
  "Negotiate",
  "Bearer",
  "SCRAM-SHA-256",
  "HOBA",
  "Mutual",
  "AWS4-HMAC-SHA256",
];

/** A method, something asked for, and the version: HTTP/1. */
export const isRequestLine = (line: string): boolean =>
  /^[A-Z][A-Z-]{1,15} \S/.test(line) && (/ HTTP\/1\.\d$/.test(line) || line.length >= 500);

/** The scheme's name alone, never what follows it. */
export function schemeOf(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const name = /^[A-Za-z0-9-]+/.exec(field)?.[0].toLowerCase();
  return SCHEMES.find((scheme) => scheme.toLowerCase() === name);
}

/** A host's name from a Host field, without port; undefined for an address, or what is no name at all. */
export function hostOf(field: string): string | undefined {
  const name =
    /^([A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?){0,15})\.?(?::\d{1,5})?$/.exec(
      field.slice(0, 253),
    )?.[1];
  if (name === undefined || /^[\d.]+$/.test(name)) return undefined;
  return keepName(name.toLowerCase());
}

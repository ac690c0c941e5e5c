/** The shape of a MUD file, checked before one is written: RFC 8520 (ietf-mud, ietf-acldns) over RFC 8519 (access lists). */
import { z } from "zod";

/** A longer URL doesn't fit into the DHCP option and certificates that carry it. RFC 8520, 10. */
const MAX_URL = 255;
/** Names of access lists and entries. RFC 8519, 4.1. */
const name = z.string().min(1).max(64);
const port = z.number().int().min(0).max(65_535);
/** `[null]` is how JSON writes a leaf of type empty. RFC 7951, 6.9. */
const empty = z.tuple([z.null()]);
const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/i, "a URI");
const ipv4Network = z.string().regex(/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}\/(3[0-2]|[12]?\d)$/);
const ipv6Network = z.string().regex(/^[0-9a-f:]{2,39}\/(12[0-8]|1[01]\d|\d?\d)$/);
const host = z.string().min(1).max(253);

/** Choice range-or-operator of ietf-packet-fields. */
const portMatch = z.union([
  z.strictObject({ operator: z.enum(["eq", "lte", "gte", "neq"]).optional(), port }),
  z
    .strictObject({ "lower-port": port, "upper-port": port })
    .refine((range) => range["lower-port"] <= range["upper-port"], "the lower port is above the upper one"),
]);
const ports = { "source-port": portMatch.optional(), "destination-port": portMatch.optional() };
const dnsNames = { "ietf-acldns:src-dnsname": host.optional(), "ietf-acldns:dst-dnsname": host.optional() };
const protocol = z.number().int().min(0).max(255).optional();

const mudMatch = z
  .strictObject({
    manufacturer: host.optional(),
    "same-manufacturer": empty.optional(),
    model: uri.optional(),
    "local-networks": empty.optional(),
    controller: uri.optional(),
    "my-controller": empty.optional(),
  })
  .refine((match) => Object.keys(match).length > 0, "says nothing");

const matches = z
  .strictObject({
    "ietf-mud:mud": mudMatch.optional(),
    ipv4: z
      .strictObject({
        ...dnsNames,
        protocol,
        "source-ipv4-network": ipv4Network.optional(),
        "destination-ipv4-network": ipv4Network.optional(),
      })
      .optional(),
    ipv6: z
      .strictObject({
        ...dnsNames,
        protocol,
        "source-ipv6-network": ipv6Network.optional(),
        "destination-ipv6-network": ipv6Network.optional(),
      })
      .optional(),
    tcp: z
      .strictObject({ "ietf-mud:direction-initiated": z.enum(["to-device", "from-device"]).optional(), ...ports })
      .optional(),
    udp: z.strictObject(ports).optional(),
  })
  // Both are choices of the YANG model: one layer 3 and one layer 4 at most.
  .refine(({ ipv4, ipv6 }) => ipv4 === undefined || ipv6 === undefined, "IPv4 and IPv6 in one entry")
  .refine(({ tcp, udp }) => tcp === undefined || udp === undefined, "TCP and UDP in one entry");

const acl = z
  .strictObject({
    name,
    type: z.enum(["ipv4-acl-type", "ipv6-acl-type"]),
    aces: z.strictObject({
      ace: z
        .array(z.strictObject({ name, matches, actions: z.strictObject({ forwarding: z.literal("accept") }) }))
        .min(1),
    }),
  })
  .refine(({ aces }) => isUnique(aces.ace), "two entries have one name")
  .refine(
    ({ type, aces }) => aces.ace.every((one) => one.matches[type === "ipv4-acl-type" ? "ipv6" : "ipv4"] === undefined),
    "an entry of the other kind of address",
  );

const policy = z.strictObject({
  "access-lists": z.strictObject({ "access-list": z.array(z.strictObject({ name })).min(1) }),
});

export const mudSchema = z
  .strictObject({
    "ietf-mud:mud": z.strictObject({
      "mud-version": z.literal(1),
      "mud-url": z
        .string()
        .max(MAX_URL, `longer than ${MAX_URL} characters`)
        .regex(/^https:\/\/[^\s/?#]+[^\s]*$/, "no https address"),
      "mud-signature": uri.optional(),
      "last-update": z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
      "cache-validity": z.number().int().min(1).max(168).optional(),
      "is-supported": z.boolean(),
      systeminfo: z.string().max(60).optional(),
      "mfg-name": z.string().min(1).optional(),
      "model-name": z.string().min(1).optional(),
      "firmware-rev": z.string().optional(),
      "software-rev": z.string().optional(),
      documentation: uri.optional(),
      extensions: z.array(z.string().min(1).max(40)).optional(),
      "from-device-policy": policy.optional(),
      "to-device-policy": policy.optional(),
    }),
    "ietf-access-control-list:acls": z
      .strictObject({ acl: z.array(acl) })
      .refine(({ acl: lists }) => isUnique(lists), "two lists have one name"),
  })
  .refine((file) => {
    const names = new Set(file["ietf-access-control-list:acls"].acl.map((list) => list.name));
    const { "from-device-policy": from, "to-device-policy": to } = file["ietf-mud:mud"];
    const asked = [from, to].flatMap((one) => one?.["access-lists"]["access-list"] ?? []);
    return asked.every((list) => names.has(list.name));
  }, "a policy names a list that isn't there");

export type MudFile = z.infer<typeof mudSchema>;
export type Ace = MudFile["ietf-access-control-list:acls"]["acl"][number]["aces"]["ace"][number];

const isUnique = (named: readonly { name: string }[]) => new Set(named.map((one) => one.name)).size === named.length;

/** What a knowledge file must look like: checked by a test for every entry, so that the product needn't at each start. */
import { z } from "zod";

const source = z.string().min(3);
const weight = z.number().int().min(1).max(99);

export const makersSchema = z.array(
  z.strictObject({
    /** The name we show. */
    maker: z.string(),
    /** Regular expressions over registered organisation names and names that devices give. */
    aliases: z.array(z.string()).min(1),
    /** Class that its network cards suggest, where the maker makes little else that is networked. */
    class: z.string().optional(),
    classWeight: weight.optional(),
    medical: z.boolean().optional(),
    /** The maker that this brand belongs to now: the two names are no contradiction. */
    owner: z.string().optional(),
    /** False where the card says little of the device (card makers, module makers). */
    ofDevice: z.boolean().optional(),
    source,
  }),
);

export const patternsSchema = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    /** Evidence attributes it looks at; "@product" stands for a set of attribute-sets.json. */
    attributes: z.array(z.string()).min(1),
    /** Case-insensitive regular expression over the value. */
    pattern: z.string(),
    claims: z.array(
      z.strictObject({
        field: z.enum(["class", "maker", "model", "version", "serial", "os"]),
        /** Text; $1, $2 stand for the pattern's groups. */
        value: z.string(),
        weight,
      }),
    ),
    /** When given, the pattern is looked for in host names too, with claims no stronger than this. */
    nameWeight: weight.optional(),
    source,
  }),
);

/** What only a port number or an address suggests is weak: never enough to say what a device is. */
export const MAX_PORT_WEIGHT = 15;
const portClaims = z.array(
  z.strictObject({
    field: z.enum(["class", "maker"]),
    value: z.string(),
    weight: weight.max(MAX_PORT_WEIGHT),
  }),
);

export const portsSchema = z.array(
  z.strictObject({
    /** As registered, or as its maker calls it. */
    name: z.string().regex(/^[a-z0-9-]+$/),
    transports: z.array(z.enum(["tcp", "udp"])).min(1),
    port: z.number().int().min(1).max(65_535),
    /** Which side of the conversation the claims are about. */
    side: z.enum(["client", "server"]),
    claims: portClaims,
    source,
  }),
);

export const vendorNumbersSchema = z.array(
  z.strictObject({
    attribute: z.string(),
    weight,
    source,
    /** Registered number → the name we show. */
    makers: z.record(z.string().regex(/^\d{1,6}$/), z.string()),
  }),
);

export type VendorNumberEntries = z.infer<typeof vendorNumbersSchema>;
export type PortEntries = z.infer<typeof portsSchema>;
export const windowsSchema = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    attributes: z.array(z.string()).min(1),
    /** Case-insensitive regular expression over the value. */
    pattern: z.string(),
    /** Every system that shows this sign, the likeliest first. */
    systems: z.array(z.string().regex(/^Windows /)).min(1),
    weight,
    source,
  }),
);

const day = z.iso.date();

export const osLifetimesSchema = z.array(
  z.strictObject({
    family: z.string(),
    /** Words that name it: values of `os`, or words in what a device says of its system. */
    version: z.array(z.string()).min(1),
    /** Last day of ordinary security updates. A system without such a day is not listed. */
    endOfSupport: day,
    /** Last day of updates that are bought separately, or of other editions. */
    extendedUntil: day.optional(),
    note: z.string().optional(),
    source,
  }),
);

export const remoteAccessSchema = z.array(
  z.strictObject({
    name: z.string(),
    /** Lower-case domain names; names below them count too. */
    hosts: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)).min(1),
    /** Lower-case common names in its own certificates, of servers or clients. */
    certificates: z.array(z.string().regex(/^[a-z0-9 .-]+$/)).optional(),
    source,
  }),
);

export const lookupServicesSchema = z.array(
  z.strictObject({
    domain: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
    service: z.string().min(5),
    source,
  }),
);

export type LookupServices = z.infer<typeof lookupServicesSchema>;
export type RemoteAccessEntries = z.infer<typeof remoteAccessSchema>;
export const defaultLoginsSchema = z.array(
  z.strictObject({
    maker: z.string().min(1),
    product: z.string().min(1),
    /** The CVE that names the login. */
    cve: z
      .string()
      .regex(/^CVE-\d{4}-\d{4,7}$/)
      .optional(),
    /** Digests of user and password, as agent/dissectors/known-logins.ts makes them. */
    logins: z.array(z.string().regex(/^[0-9a-f]{24}$/)).min(1),
    source,
  }),
);

export type DefaultLogins = z.infer<typeof defaultLoginsSchema>;
export type WindowsSigns = z.infer<typeof windowsSchema>;
export type OsLifetimes = z.infer<typeof osLifetimesSchema>;
export type MakerEntries = z.infer<typeof makersSchema>;
export type PatternEntries = z.infer<typeof patternsSchema>;

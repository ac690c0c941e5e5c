/** Labels of captures: what is true of a file, in the format that docs/accuracy.md describes. */
import { z } from "zod";

const at = z.object({ mac: z.string(), ip: z.string(), vlan: z.number() }).partial();
const words = z.array(z.string());

const fileSchema = z.object({
  deviceCount: z.object({ min: z.number(), max: z.number() }).optional(),
  devices: z
    .array(
      z.object({
        at: at.extend({ reported: z.string().optional() }),
        class: words.optional(),
        maker: words.optional(),
        model: words.optional(),
        serial: z.string().optional(),
        version: z.string().optional(),
        os: words.optional(),
        names: words.optional(),
        roles: words.optional(),
      }),
    )
    .optional(),
  notDevices: z.array(at).optional(),
  findings: z.array(z.object({ rule: z.string(), at: at.optional() })).optional(),
  forbiddenFindings: words.optional(),
  forbiddenText: words.optional(),
  decode: z.object({ malformedAtLeast: z.number(), frames: z.number() }).partial().optional(),
});

export const labelsSchema = z.record(z.string(), fileSchema);
export type FileLabels = z.infer<typeof fileSchema>;
export type Labels = z.infer<typeof labelsSchema>;
export type At = z.infer<typeof at> & { reported?: string | undefined };

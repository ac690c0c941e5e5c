/** A port alone, where the content is hidden or unknown: a weak sign that says so and never settles a class. */
import { portEntries } from "../../knowledge/ports.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

export default {
  id: "port-only",
  claims(view: DeviceView): ClaimPart[] {
    return view.values("wardtap.port").flatMap((value) => {
      // "alaris-disc tcp/3613 client (port only)"
      const sign = /^[a-z0-9-]+ (tcp|udp)\/(\d+)( client)? \(port only\)$/.exec(value);
      if (sign === null) return [];
      const side = sign[3] === undefined ? "server" : "client";
      return portEntries(sign[1] as "tcp" | "udp", Number(sign[2]), side).flatMap(({ claims, name }) =>
        claims.map((claim) => ({
          ...claim,
          words: `uses port ${sign[1]}/${sign[2]}, registered for ${name} (the port only)`,
        })),
      );
    });
  },
} satisfies IdentifyRule;

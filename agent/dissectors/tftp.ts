/** TFTP: who reads or writes files without any login; never which files. RFC 1350 5. */
import { defineDissector } from "./dissector.ts";

const READ = 1;
const WRITE = 2;
/** A request with its options fits one small datagram. RFC 2347. */
const MAX_REQUEST = 512;
const MODES: ReadonlySet<string> = new Set(["netascii", "octet", "mail"]);

interface TftpRequest {
  operation: "read" | "write";
}

export default defineDissector<TftpRequest>({
  protocol: "tftp",
  over: ["udp"],
  // Only the request goes to the known port; what follows moves to others and holds files.
  hints: { udp: [69] },
  dissect(payload): TftpRequest | undefined {
    if (payload.length < 6 || payload.length > MAX_REQUEST || payload[0] !== 0) return undefined;
    const operation = payload[1];
    if (operation !== READ && operation !== WRITE) return undefined;
    const nameEnd = payload.indexOf(0, 2);
    const modeEnd = nameEnd < 3 ? -1 : payload.indexOf(0, nameEnd + 1);
    if (modeEnd < 0 || !MODES.has(payload.toString("latin1", nameEnd + 1, modeEnd).toLowerCase())) return undefined;
    return { operation: operation === READ ? "read" : "write" };
  },
  evidence: ({ operation }) => [{ about: "sender", attribute: "wardtap.tftp", value: operation }],
  server: () => "receiver",
  done: () => true,
});

/** 802.1X: which methods a port's access control uses, and the realm or machine that logs in; never the person. IEEE 802.1X-2020 11.3, RFC 3748 4, RFC 7542. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";

const HEADER = 4;
const EAP_HEADER = 4;
const PACKET = { eap: 0, start: 1, logoff: 2, key: 3 } as const;
const CODE = { request: 1, response: 2 } as const;
const IDENTITY = 1;
const NAK = 3;
/** Method types. IANA, "Method Types" of EAP. */
const METHODS: Record<number, string> = {
  4: "MD5",
  6: "GTC",
  13: "TLS",
  17: "LEAP",
  18: "SIM",
  21: "TTLS",
  23: "AKA",
  25: "PEAP",
  43: "FAST",
  50: "AKA'",
  52: "PWD",
  55: "TEAP",
};
/** What Windows calls itself when the computer, and nobody on it, logs in. MS-PEAP, MS-GPWL. */
const MACHINE = /^host\/([A-Za-z0-9][A-Za-z0-9.-]{0,253})$/;
const REALM = /^[^@]*@([A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z0-9-]{2,63})$/;

interface EapolMessage {
  type: number;
  code: number;
  said: [attribute: string, value: string][];
}

export default defineDissector<EapolMessage>({
  protocol: "eapol",
  over: ["link"],
  etherTypes: [0x888e],
  dissect(payload, flow): EapolMessage | Malformed | undefined {
    if (payload.length < HEADER) return malformed("header cut short");
    const version = payload[0]!;
    const type = payload[1]!;
    if (version < 1 || version > 3) return undefined;
    const end = HEADER + payload.readUInt16BE(2);
    const message: EapolMessage = { type, code: 0, said: [] };
    if (end > payload.length) return flow.cut ? message : malformed("longer than the frame", message);
    if (type !== PACKET.eap) return message;
    if (end < HEADER + EAP_HEADER) return malformed("EAP packet cut short", message);
    message.code = payload[HEADER]!;
    const eapEnd = HEADER + payload.readUInt16BE(HEADER + 2);
    if (eapEnd > end || eapEnd < HEADER + EAP_HEADER) return malformed("EAP packet longer than its frame", message);
    if (eapEnd > HEADER + EAP_HEADER) readEap(payload, eapEnd, message);
    return message;
  },
  evidence({ type, code, said }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (type === PACKET.start || code === CODE.response)
      found.push({ about: "sender", attribute: "wardtap.role", value: "802.1x-supplicant" });
    else if (code === CODE.request)
      found.push({ about: "sender", attribute: "wardtap.role", value: "802.1x-authenticator" });
    return found;
  },
});

function readEap(payload: Buffer, end: number, message: EapolMessage): void {
  const at = HEADER + EAP_HEADER;
  const type = payload[at]!;
  if (message.code === CODE.response && type === IDENTITY) {
    const identity = payload.toString("latin1", at + 1, end);
    const machine = MACHINE.exec(identity)?.[1];
    const name = machine === undefined ? undefined : keepName(machine);
    if (name !== undefined) message.said.push(["eap.identity.machine", name]);
    const realm = REALM.exec(identity)?.[1];
    if (realm !== undefined && realm.length <= 253) message.said.push(["eap.identity.realm", realm.toLowerCase()]);
    return;
  }
  // A refusal names what is wanted instead.
  const method = METHODS[type === NAK && message.code === CODE.response ? (payload[at + 1] ?? 0) : type];
  if (method !== undefined) message.said.push(["eap.type", method]);
}

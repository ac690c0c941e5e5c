/** The contract of a dissector: one application protocol's payload → message → evidence. */

/** Whom a piece of evidence is about. Addresses are lower-case text; `reported` is EUI-64, UDI or serial. */
export type Subject =
  | "sender"
  | "receiver"
  | { mac: string }
  | { ip: string }
  /** Equipment that the sender speaks for: becomes a device without an address. */
  | { reported: string };

/** One attribute, its value, and whom it is about. */
export interface Evidence {
  about: Subject;
  /** Wireshark's field name where it has one. */
  attribute: string;
  value: string;
  /**
   * Different values of this attribute kept of one subject, for what a busy host has hundreds of (names
   * of servers it asks for); further ones are counted as overflow. Default: only the host's own limit.
   */
  atMost?: number;
}

/** A payload that is this protocol but lies or was cut. `reason` is fixed text, never wire text. */
export interface Malformed {
  malformed: string;
  /** The message as far as it stood before the lie: counted as malformed, and still evidence. */
  partial?: object;
}

export const malformed = (reason: string, partial?: object): Malformed =>
  partial === undefined ? { malformed: reason } : { malformed: reason, partial };

export const isMalformed = (value: unknown): value is Malformed =>
  typeof value === "object" && value !== null && "malformed" in value;

/** What a dissector may know of the flow a payload came in. One object is reused: keep nothing of it. */
export interface Flow {
  transport: "tcp" | "udp" | "ip" | "link";
  sourcePort: number;
  destinationPort: number;
  /** Which side answers requests, as far as known before this payload (SYN seen, or said by content). */
  server: "sender" | "receiver" | "unknown";
  /** Addresses as text, "" where there are none. Built only when read. */
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly vlan: number;
  /** True when sent to a multicast or broadcast address. */
  toMany: boolean;
  /** IP time to live (hop limit) as heard: 0 where there is no IP. */
  readonly ttl: number;
  readonly ipDontFragment: boolean;
  /** Over "syn": the answer to an opening, not the opening. */
  readonly isSynAck: boolean;
  /** The message is longer than the byte limit (or the capture cut it): payload holds its beginning. */
  cut: boolean;
  /**
   * A dissector's own small memory for this flow (both directions), undefined until it sets one.
   * It lives as long as the flow; keep it under a few hundred bytes.
   */
  state: unknown;
}

/** Bytes that mark a protocol: hex with spaces, "??" for any byte. `at` counts from the payload's start. */
export interface Pattern {
  at: number;
  bytes: string;
}

/** A stretch of a payload; one that runs past its end counts as far as it goes. */
export interface Stretch {
  at: number;
  length: number;
}

export interface DissectorDefinition<Message extends object> {
  /** Wireshark's protocol name, lower case: "dicom", "hl7", "dhcp". */
  protocol: string;
  /**
   * Where it is carried. For "link", `etherTypes`, `llcDsaps` or `snap` must say which frames;
   * for "ip" (protocols other than TCP and UDP: ICMPv6, IGMP, VRRP), `ipProtocols`.
   * For "syn" the payload is the TCP header of a segment that opens a connection or accepts one.
   */
  over: readonly ("tcp" | "udp" | "ip" | "link" | "syn")[];
  ipProtocols?: readonly number[];
  etherTypes?: readonly number[];
  llcDsaps?: readonly number[];
  /** SNAP organisation and protocol id, as in CDP: [0x00000c, 0x2000]. */
  snap?: readonly (readonly [oui: number, protocol: number])[];
  /** Any one matching pattern makes the dissector a candidate on any port. */
  recognise?: readonly Pattern[];
  /** Ports on which the dissector is asked even without a pattern. Content still decides. */
  hints?: { tcp?: readonly number[]; udp?: readonly number[] };
  /**
   * TCP only: how long the message at the start of `payload` is. 0: more bytes are needed to say;
   * -1: these bytes are not (or no longer) this protocol. Without it, whatever has arrived is given
   * to `dissect` as it comes, each byte once.
   * A message longer than the stream's limit is given cut (flow.cut), the rest skipped.
   */
  messageLength?(payload: Buffer, flow: Flow): number;
  /**
   * Reads one message. undefined: not this protocol. Never throws for any bytes, never reads a field
   * that holds a person into a value.
   */
  dissect(payload: Buffer, flow: Flow): Message | Malformed | undefined;
  evidence(message: Message, flow: Flow): Evidence[];
  /** Which side of the flow is the server, where the message proves it. */
  server?(message: Message, flow: Flow): "sender" | "receiver" | undefined;
  /**
   * True when nothing more is to be learnt from this flow: its later bytes are not looked at. "next" when another
   * protocol follows in the same flow (TLS after STARTTLS or a remote desktop's negotiation): it is recognised anew.
   */
  done?(message: Message, flow: Flow): boolean | "next";
  /**
   * TCP only: how many bytes at the start of a message of known length `dissect` reads; it is given those
   * alone (flow.cut is true when the message is longer), and the rest is skipped without waiting for it.
   * Default: the whole message.
   */
  needs?(payload: Buffer, flow: Flow): number;
  /**
   * A hash over what evidence is made of, never 0: a message with the same hash as one of the last from
   * this side of the flow is counted as a repeat without being read. 0: this one must be read, and what
   * was heard before counts no more. For protocols whose messages always differ somewhere (numbers,
   * times) but teach the same. Also asked with only the beginning of a TCP message whose length is known,
   * so that the rest of a repeat is never waited for.
   */
  sameAs?(payload: Buffer, flow: Flow): number;
  /**
   * UDP and IP: the same for the `length` bytes at `at`, without a view of them. A payload with the same hash
   * from the same host to the same host and service, in whatever flow, is a repeat. 0: compare all of it.
   */
  sameDatagram?(bytes: Buffer, at: number, length: number, flow: Flow): number;
  /**
   * Link: only these bytes of the payload matter (offset, length): a payload that is the same there as
   * one before from this sender is counted as a repeat without being read again. Default: all of it.
   */
  sameWhen?: Stretch;
}

export interface Dissector {
  readonly definition: DissectorDefinition<object>;
  readonly protocol: string;
  dissect(payload: Buffer, flow?: Partial<Flow>): object | undefined;
  evidence(message: object, flow?: Partial<Flow>): Evidence[];
}

const NO_FLOW: Flow = {
  transport: "udp",
  sourcePort: 0,
  destinationPort: 0,
  server: "unknown",
  sourceMac: "",
  destinationMac: "",
  sourceIp: "",
  destinationIp: "",
  vlan: 0,
  toMany: false,
  ttl: 0,
  ipDontFragment: false,
  isSynAck: false,
  cut: false,
  state: undefined,
};

/** Completes a partial flow, so that tests can name only what matters. */
export const flowOf = (flow: Partial<Flow> = {}): Flow => ({ ...NO_FLOW, ...flow });

/** Checks a definition and gives the form that the recogniser and tests use. */
export function defineDissector<Message extends object>(definition: DissectorDefinition<Message>): Dissector {
  for (const pattern of definition.recognise ?? []) {
    if (!/^(?:[0-9a-f]{2}|\?\?)(?: (?:[0-9a-f]{2}|\?\?))*$/.test(pattern.bytes)) {
      throw new Error(`${definition.protocol}: pattern "${pattern.bytes}" is not hex bytes with spaces`);
    }
  }
  const erased = definition as unknown as DissectorDefinition<object>;
  return {
    definition: erased,
    protocol: definition.protocol,
    dissect: (payload, flow) => erased.dissect(payload, flowOf(flow)),
    evidence: (message, flow) => erased.evidence(message, flowOf(flow)),
  };
}

/** What each host of the ward is: its cable, what it does there, and what a tap should find out about it. */
import type { HostSpec, Ward } from "../ward.ts";

/** Facts a tap can know, in the label format of the captures; every list holds the acceptable spellings. */
export interface DeviceFacts {
  readonly class?: readonly string[];
  readonly maker?: readonly string[];
  readonly model?: readonly string[];
  readonly serial?: string;
  readonly version?: string;
  /** Family words: "Linux", "Windows XP", "VxWorks" ... */
  readonly os?: readonly string[];
  readonly names?: readonly string[];
  readonly roles?: readonly string[];
}

/** The kinds of traffic that teach a fact; `oui` is any frame that carries the device's own MAC. */
export type FactSource = "oui" | "dhcp" | "dicom" | "hl7" | "mdns" | "lldp" | "web";

export interface WardDevice {
  readonly host: HostSpec;
  /** Its address once it is up (the DHCP server keeps one for each). */
  readonly ip: string;
  /** What shows it, by the traffic that does: a capture of DHCP alone proves only the DHCP facts. */
  readonly facts: Readonly<Partial<Record<FactSource, DeviceFacts>>>;
  /** In words, for the label's `because`. */
  readonly because: string;
  /** Plugs it in and runs its first traffic; resolves when that is over. Servers go on by themselves. */
  arrive(ward: Ward): Promise<void>;
  /** What it does every now and then afterwards. */
  routine?(ward: Ward): Promise<void>;
}

/** Strings of made-up people that the ward's traffic carries and that must show up nowhere. */
export const CANARIES = {
  patient: "CANARY^WARD",
  patientId: "CANARY-MRN-0001",
  /** From the range the NHS keeps for tests. */
  nhsNumber: "9990000018",
  birthDate: "19010203",
  street: "1 CANARY STREET",
  nurse: "CANARYNURSE^ANNE",
  doctor: "CANARYDOCTOR^WARD",
  result: "CANARYRESULT",
} as const;

export const NAME_SERVER = "10.20.7.2";
export const ROUTER = "10.20.7.1";

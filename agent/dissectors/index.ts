/** All dissectors. A new protocol is its file, its test and a line here. */
import arp from "./arp.ts";
import dhcp from "./dhcp.ts";
import dicom from "./dicom.ts";
import type { Dissector } from "./dissector.ts";
import dns from "./dns.ts";
import hl7 from "./hl7.ts";
import lldp from "./lldp.ts";
import smb from "./smb.ts";
import tcpSyn from "./tcp-syn.ts";

export const dissectors: readonly Dissector[] = [arp, dhcp, dns, lldp, hl7, dicom, tcpSyn, smb];

/** All finding rules. */

import addressConflict from "./address-conflict.ts";
import addressScan from "./address-scan.ts";
import arpSpoofing from "./arp-spoofing.ts";
import cleartextLogin from "./cleartext-login.ts";
import clockUnsynchronised from "./clock-unsynchronised.ts";
import crossVlan from "./cross-vlan.ts";
import defaultLogin from "./default-login.ts";
import dnsTunnelSuspected from "./dns-tunnel-suspected.ts";
import ftp from "./ftp.ts";
import gatewayChanged from "./gateway-changed.ts";
import internetEgress from "./internet-egress.ts";
import ipnetStack from "./ipnet-stack.ts";
import knownVulnerability from "./known-vulnerability.ts";
import llmnrNetbios from "./llmnr-netbios.ts";
import mirrorLoss from "./mirror-loss.ts";
import mirrorNotMirroring from "./mirror-not-mirroring.ts";
import mirrorOneWay from "./mirror-one-way.ts";
import newDevice from "./new-device.ts";
import newPeer from "./new-peer.ts";
import newService from "./new-service.ts";
import portScan from "./port-scan.ts";
import rdpWithoutNla from "./rdp-without-nla.ts";
import remoteAccessTool from "./remote-access-tool.ts";
import rogueDhcp from "./rogue-dhcp.ts";
import rogueRouterAdvertisement from "./rogue-router-advertisement.ts";
import type { FindingRule } from "./rule.ts";
import silentDevice from "./silent-device.ts";
import smbSigningOff from "./smb-signing-off.ts";
import smb1 from "./smb1.ts";
import snmpV1V2c from "./snmp-v1-v2c.ts";
import sshObsolete from "./ssh-obsolete.ts";
import tapTransmitted from "./tap-transmitted.ts";
import telnet from "./telnet.ts";
import tftp from "./tftp.ts";
import tlsCertificate from "./tls-certificate.ts";
import tlsObsolete from "./tls-obsolete.ts";
import treckStack from "./treck-stack.ts";
import unencryptedClinicalData from "./unencrypted-clinical-data.ts";
import unencryptedClinicalDataLeavesSite from "./unencrypted-clinical-data-leaves-site.ts";
import unsupportedOs from "./unsupported-os.ts";
import upnp from "./upnp.ts";
import weakAuthentication from "./weak-authentication.ts";
import wormSpread from "./worm-spread.ts";

export const findingRules: readonly FindingRule[] = [
  addressConflict,
  addressScan,
  arpSpoofing,
  cleartextLogin,
  clockUnsynchronised,
  crossVlan,
  defaultLogin,
  dnsTunnelSuspected,
  ftp,
  gatewayChanged,
  internetEgress,
  ipnetStack,
  knownVulnerability,
  llmnrNetbios,
  mirrorLoss,
  mirrorNotMirroring,
  mirrorOneWay,
  newDevice,
  newPeer,
  newService,
  portScan,
  rdpWithoutNla,
  remoteAccessTool,
  rogueDhcp,
  rogueRouterAdvertisement,
  silentDevice,
  smb1,
  smbSigningOff,
  snmpV1V2c,
  sshObsolete,
  tapTransmitted,
  telnet,
  tftp,
  tlsCertificate,
  tlsObsolete,
  treckStack,
  unencryptedClinicalData,
  unencryptedClinicalDataLeavesSite,
  unsupportedOs,
  upnp,
  weakAuthentication,
  wormSpread,
];

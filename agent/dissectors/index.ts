/** All dissectors. A new protocol is its file, its test and a line here. */

import amqp from "./amqp.ts";
import ams from "./ams.ts";
import arp from "./arp.ts";
import astm from "./astm.ts";
import bacnet from "./bacnet.ts";
import bbraunBcc from "./bbraun-bcc.ts";
import browser from "./browser.ts";
import capsuleMdip from "./capsule-mdip.ts";
import capwap from "./capwap-control.ts";
import carescape from "./carescape.ts";
import cdp from "./cdp.ts";
import coap from "./coap.ts";
import dcerpc from "./dcerpc.ts";
import dhcp from "./dhcp.ts";
import dhcpv6 from "./dhcpv6.ts";
import dicom from "./dicom.ts";
import type { Dissector } from "./dissector.ts";
import dnp3 from "./dnp3.ts";
import dns from "./dns.ts";
import eapol from "./eapol.ts";
import enip from "./enip.ts";
import fox from "./fox.ts";
import ftp from "./ftp.ts";
import hl7 from "./hl7.ts";
import hsrp from "./hsrp.ts";
import http from "./http.ts";
import http2 from "./http2.ts";
import ica from "./ica.ts";
import icmpv6 from "./icmpv6.ts";
import iec104 from "./iec104.ts";
import igmp from "./igmp.ts";
import imap from "./imap.ts";
import intellivue from "./intellivue.ts";
import isakmp from "./isakmp.ts";
import kerberos from "./kerberos.ts";
import knxip from "./knxip.ts";
import ldap from "./ldap.ts";
import lldp from "./lldp.ts";
import llmnr from "./llmnr.ts";
import mndp from "./mndp.ts";
import modbus from "./modbus.ts";
import mqtt from "./mqtt.ts";
import mysql from "./mysql.ts";
import nbns from "./nbns.ts";
import ntp from "./ntp.ts";
import opcua from "./opcua.ts";
import openvpn from "./openvpn.ts";
import pgsql from "./pgsql.ts";
import pjl from "./pjl.ts";
import pnDcp from "./pn-dcp.ts";
import poct1a from "./poct1a.ts";
import pop3 from "./pop3.ts";
import quic from "./quic.ts";
import rdp from "./rdp.ts";
import rlogin from "./rlogin.ts";
import rmcp from "./rmcp.ts";
import rtsp from "./rtsp.ts";
import s7comm from "./s7comm.ts";
import sip from "./sip.ts";
import skinny from "./skinny.ts";
import smb from "./smb.ts";
import smtp from "./smtp.ts";
import snmp from "./snmp.ts";
import sonmp from "./sonmp.ts";
import srvloc from "./srvloc.ts";
import ssdp from "./ssdp.ts";
import ssh from "./ssh.ts";
import stp from "./stp.ts";
import sunrpc from "./sunrpc.ts";
import syslog from "./syslog.ts";
import tcpSyn from "./tcp-syn.ts";
import tds from "./tds.ts";
import teamviewer from "./teamviewer.ts";
import telnet from "./telnet.ts";
import tftp from "./tftp.ts";
import tls from "./tls.ts";
import tns from "./tns.ts";
import tplink from "./tplink.ts";
import ubiquiti from "./ubiquiti.ts";
import vnc from "./vnc.ts";
import vrrp from "./vrrp.ts";
import wireguard from "./wireguard.ts";
import wsd from "./wsd.ts";
import x11 from "./x11.ts";

export const dissectors: readonly Dissector[] = [
  arp,
  dhcp,
  dns,
  lldp,
  hl7,
  dicom,
  tcpSyn,
  smb,
  bacnet,
  modbus,
  enip,
  s7comm,
  fox,
  knxip,
  pnDcp,
  ams,
  opcua,
  dnp3,
  iec104,
  rmcp,
  http,
  http2,
  tls,
  ssh,
  smtp,
  ftp,
  telnet,
  pop3,
  imap,
  vnc,
  sip,
  rtsp,
  mqtt,
  amqp,
  coap,
  quic,
  pjl,
  icmpv6,
  igmp,
  llmnr,
  nbns,
  browser,
  cdp,
  stp,
  snmp,
  ldap,
  kerberos,
  poct1a,
  astm,
  intellivue,
  carescape,
  bbraunBcc,
  capsuleMdip,
  dcerpc,
  rdp,
  dhcpv6,
  ssdp,
  wsd,
  mndp,
  ubiquiti,
  ntp,
  syslog,
  eapol,
  vrrp,
  hsrp,
  capwap,
  skinny,
  srvloc,
  tftp,
  tplink,
  sonmp,
  tds,
  mysql,
  pgsql,
  tns,
  sunrpc,
  rlogin,
  x11,
  teamviewer,
  ica,
  isakmp,
  openvpn,
  wireguard,
];

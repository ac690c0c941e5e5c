/** Attributes in words that people know: "hl7.prt.16" is told as "HL7 PRT-16". */

const WORDS: Readonly<Record<string, string>> = {
  "dhcp.option.vendor_class_id": "its DHCP vendor class",
  "dhcp.option.hostname": "its DHCP host name",
  "dhcp.option.request_list_item": "the options it asks DHCP for",
  "dicom.assoc.ae.called": "its DICOM name (AE title)",
  "dicom.assoc.ae.calling": "its DICOM name (AE title)",
  "dicom.manufacturer": "DICOM Manufacturer",
  "dicom.manufacturer_model_name": "DICOM Manufacturer's Model Name",
  "dicom.modality": "DICOM Modality",
  "dicom.userinfo.uid": "its DICOM implementation UID",
  "dicom.userinfo.version": "its DICOM implementation version",
  "lldp.tlv.system.desc": "LLDP System Description",
  "lldp.tlv.enable_system_cap": "LLDP capabilities",
  "lldp.media.model": "LLDP-MED inventory",
  "lldp.media.manufacturer": "LLDP-MED inventory",
  "hl7.obx.18.namespace": "HL7 OBX-18",
  "bacapp.instance_number": "BACnet device number",
  "cdp.platform": "CDP Platform",
  "cdp.software_version": "CDP Software Version",
  "snmp.sysDescr": "SNMP sysDescr",
  "snmp.sysObjectID": "SNMP sysObjectID",
  "http.user_agent": "its HTTP User-Agent",
  "http.server": "its HTTP Server header",
  "dns.srv.service": "the service it announces by mDNS",
  "ntlmssp.version": "the Windows version in NTLM",
  "ntlmssp.version.client": "the Windows version in NTLM",
  "smb.native_os": "the system name in SMB",
  "smb.native_os.client": "the system name in SMB",
  "smb.native_lanman": "the LAN manager name in SMB",
  "browser.announcement": "its NetBIOS announcement",
  "rdp.client.build": "its remote desktop client's build",
  "tcp.syn.signature": "how it opens TCP connections",
};

/** Falls back to the attribute's own name. */
export function attributeWords(attribute: string): string {
  const hl7 = /^hl7\.([a-z]{3})\.(\d+)$/.exec(attribute);
  if (hl7 !== null) return `HL7 ${hl7[1]!.toUpperCase()}-${hl7[2]}`;
  const role = /^([a-z0-9_]+)\.role$/.exec(attribute);
  if (role !== null) return `the part it plays in ${role[1]!.replaceAll("_", " ").toUpperCase()}`;
  return WORDS[attribute] ?? attribute;
}

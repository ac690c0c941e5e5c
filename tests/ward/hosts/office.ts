/** The ordinary things of a ward: a workstation, a laptop, a printer, a camera, a desk phone. */
import type { Ward } from "../ward.ts";
import { NAME_SERVER, type WardDevice } from "./device.ts";
import { askForAddress } from "./dhcp-client.ts";
import { announceByLldp } from "./lldp.ts";
import { announceByMdns } from "./mdns.ts";
import { serveWeb, visit } from "./web.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const HP = ["HP", "Hewlett Packard", "Hewlett-Packard"];
const CISCO = ["Cisco", "Cisco Systems", "Cisco Systems, Inc"];
const PRINTER = "10.20.7.62";

const browse = async (ward: Ward) => {
  await visit(ward, "pc", "http://records.ward7.example/", FIREFOX);
  await visit(ward, "pc", "http://updates.example.com/", FIREFOX);
};

export const workstation: WardDevice = {
  host: { name: "pc", mac: "18:66:da:20:07:61", hostname: "WARD7-PC-03" },
  ip: "10.20.7.61",
  facts: {
    oui: { maker: ["Dell", "Dell Inc."] },
    dhcp: { names: ["WARD7-PC-03"] },
    web: { class: ["workstation", "laptop"] },
  },
  because: "OUI 18:66:DA; DHCP host name; browses with Firefox on Linux",
  arrive: async (ward) => {
    await askForAddress(ward, "pc", { hostname: "WARD7-PC-03" });
    await browse(ward);
  },
  routine: browse,
};

export const printer: WardDevice = {
  host: { name: "printer", mac: "3c:4a:92:20:07:62", hostname: "HP3C4A92200762" },
  ip: PRINTER,
  facts: {
    oui: { maker: HP },
    dhcp: { names: ["HP3C4A92200762"] },
    mdns: { class: ["printer"], maker: HP, model: ["HP LaserJet Pro M404dn", "LaserJet Pro M404dn"] },
  },
  because: "mDNS _ipp._tcp with ty=HP LaserJet Pro M404dn; OUI 3C:4A:92",
  arrive: async (ward) => {
    await askForAddress(ward, "printer", { hostname: "HP3C4A92200762", vendorClass: "Hewlett-Packard JetDirect" });
    announceByMdns(ward, "printer", {
      name: "HP LaserJet Pro M404dn",
      type: "_ipp._tcp",
      port: 631,
      text: ["txtvers=1", "rp=ipp/print", "ty=HP LaserJet Pro M404dn", "pdl=application/pdf", "note=Ward 7"],
    });
    await serveWeb(ward, "printer", "HP HTTP Server; HP LaserJet Pro M404dn", "<title>HP LaserJet Pro M404dn</title>");
    await visit(ward, "pc", `http://${PRINTER}/`, FIREFOX);
  },
};

export const camera: WardDevice = {
  host: { name: "camera", mac: "ac:cc:8e:20:07:63", hostname: "axis-accc8e200763" },
  ip: "10.20.7.63",
  facts: {
    oui: { maker: ["Axis", "Axis Communications", "Axis Communications AB"] },
    dhcp: { names: ["axis-accc8e200763"] },
    mdns: { class: ["camera"] },
  },
  because: "mDNS _axis-video._tcp; OUI AC:CC:8E",
  arrive: async (ward) => {
    await askForAddress(ward, "camera", { hostname: "axis-accc8e200763" });
    announceByMdns(ward, "camera", {
      name: "AXIS P3245-V - ACCC8E200763",
      type: "_axis-video._tcp",
      port: 80,
      text: ["macaddress=ACCC8E200763"],
    });
  },
};

/** Fetches its settings by TFTP, as desk phones do. */
export const phone: WardDevice = {
  host: { name: "phone", mac: "00:00:0c:20:07:99", hostname: "SEP00000C200799" },
  ip: "10.20.7.64",
  facts: {
    oui: { maker: CISCO },
    dhcp: { class: ["voip"], names: ["SEP00000C200799"] },
    lldp: { class: ["voip"], maker: CISCO, model: ["CP-7821"], serial: "WZP20070799", names: ["SEP00000C200799"] },
  },
  because: "DHCP vendor class of an IP phone; LLDP capability telephone and LLDP-MED inventory; fetches SEP….cnf.xml",
  arrive: async (ward) => {
    await askForAddress(ward, "phone", {
      hostname: "SEP00000C200799",
      vendorClass: "Cisco Systems, Inc. IP Phone CP-7821",
      asksFor: ["subnet", "router", "dns", "tftp"],
    });
    await announceByLldp(ward, "phone", {
      description: "Cisco IP Phone 7821, V1, sip78xx.12-8-1",
      capabilities: "telephone",
      med: {
        class: 3,
        inventory: {
          "hardware-revision": "1",
          "software-revision": "sip78xx.12-8-1",
          "firmware-revision": "12-8-1",
          "serial-number": "WZP20070799",
          manufacturer: "Cisco Systems, Inc.",
          model: "CP-7821",
          asset: "none",
        },
      },
    });
    const settings = `tftp://${NAME_SERVER}/SEP00000C200799.cnf.xml`;
    await ward.run("phone", "curl", ["-sS", "--max-time", "10", "-o", "/dev/null", settings]);
  },
};

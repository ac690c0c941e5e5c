/** Plug and play: miniupnpd announced and asked by SSDP (upnpc), and a PC announced by WS-Discovery (wsdd). */
import { listening, pause } from "../hosts/wait.ts";
import { otherKernel } from "./kernel.ts";
import { castMember, fileFor, ipOf, type Scene, serve, use } from "./scene.ts";

const LINUX = { os: ["Linux"] };
const gateway = castMember(
  { name: "upnp-gw", number: 81, oui: "00:50:56", hostname: "ward8-gateway" },
  {},
  "announces an InternetGatewayDevice by SSDP; miniupnpd",
);
const asker = castMember(
  { name: "upnp-pc", number: 82, oui: "18:66:da", hostname: "ward8-pc-j" },
  { ...LINUX, maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; Linux TCP SYN",
);
const discoverable = castMember(
  { name: "wsd-pc", number: 83, oui: "18:66:da", hostname: "WARD8-PC-07" },
  { maker: ["Dell", "Dell Inc."] },
  "OUI 18:66:DA; WS-Discovery Hello of a computer",
);
const UUID = "0d1b2c3d-0800-4000-8000-005056200881";

export const plugAndPlay: Scene = {
  file: "upnp.pcap",
  holds: "miniupnpd and upnpc (SSDP, device description, SOAP), wsdd (WS-Discovery)",
  cast: [gateway, asker, discoverable],
  secrets: [],
  findings: [{ rule: "upnp", at: gateway, because: "answers SSDP as InternetGatewayDevice" }],
  nearMisses: ["cleartext-login", "worm-spread", "port-scan", "address-scan"],
  proof: [
    ["miniupnpd announces a gateway", 'ssdp contains "NOTIFY" && ip.src == 10.20.8.81'],
    ["upnpc finds it", "http.request.method == GET && ip.dst == 10.20.8.81"],
    ["wsdd says hello", "udp.dstport == 3702 && ip.src == 10.20.8.83"],
  ],
  play: async (ward) => {
    const config = fileFor(ward, gateway, "miniupnpd.conf", [
      "ext_ifname=lo",
      "listening_ip=eth0",
      "http_port=5000",
      "enable_upnp=yes",
      "enable_natpmp=no",
      "system_uptime=yes",
      "notify_interval=60",
      `uuid=${UUID}`,
      "friendly_name=Ward 8 gateway",
      "manufacturer_name=Example Networks",
      "model_name=GW-200",
      "model_number=2",
      "serial=GW20080081",
      "secure_mode=yes",
      "allow 1024-65535 10.20.8.0/24 1024-65535",
    ]);
    const kernel = await otherKernel(ward, "upnp");
    const miniupnpd = serve(ward, gateway, {}, "env", [
      `LD_PRELOAD=${kernel}`,
      "miniupnpd",
      "-d",
      "-f",
      config,
      "-P",
      "/run/miniupnpd.pid",
    ]);
    await listening(ward, "upnp-gw", miniupnpd, "tcp", 5000);
    serve(ward, discoverable, {}, "wsdd", ["-i", "eth0", "-4", "-n", "WARD8-PC-07", "-w", "WARD8"]);
    await use(ward, asker, {}, "upnpc", ["-m", "eth0", "-s"], true);
    await pause(1_000);
    await use(ward, asker, {}, "curl", [
      "-sS",
      "-m",
      "5",
      "-o",
      "/dev/null",
      `http://${ipOf(gateway)}:5000/rootDesc.xml`,
    ]);
  },
};

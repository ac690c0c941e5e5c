/** Programs that let somebody see and steer a machine from afar. */
import { fromService } from "./from-service.ts";

const WORDS: Record<string, string> = { vnc: "VNC", teamviewer: "TeamViewer", ica: "Citrix ICA" };

export default fromService({
  id: "remote-access-tool",
  title: "A remote access tool is in use",
  severity: "medium",
  about: "device",
  advice:
    "Make sure that this access is known, wanted and under contract. Suppliers' access should be opened for each task, with a second factor.",
  references: ["NHS guidance on protecting connected medical devices, step 5", "MITRE ATT&CK T1219"],
  protocols: ["vnc", "teamviewer"],
  side: "server",
  why: (protocols, _, isServer) =>
    `${isServer ? "It can be steered" : "It steers a machine outside this network"} by ${protocols.map((name) => WORDS[name] ?? name).join(", ")}; a session was seen.`,
});

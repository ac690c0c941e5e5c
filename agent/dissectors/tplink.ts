/** TP-Link smart home: the kind and model that plugs and lamps answer with. softScheck, "Reverse engineering the TP-Link HS110" (2016). */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepText } from "./self-given.ts";

/** The first byte is whitened with this, every other one with the whitened byte before it. */
const START = 171;
/** Answers are read this far. */
const MAX_TEXT = 2048;
/** Names people gave, places and accounts stand in other fields and are never read. */
const FIELDS = /"(model|type|mic_type|sw_ver|dev_name)"\s*:\s*"([^"\\]{1,128})"/g;

interface PlugMessage {
  isAnswer: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<PlugMessage>({
  protocol: "tplink_smarthome",
  over: ["udp"],
  // {"system" as it is whitened.
  recognise: [{ at: 0, bytes: "d0 f2 81 f8 8b ff 9a f7" }],
  dissect(payload): PlugMessage | undefined {
    const plain = Buffer.alloc(Math.min(payload.length, MAX_TEXT));
    for (let at = 0, key = START; at < plain.length; at++) {
      plain[at] = payload[at]! ^ key;
      key = payload[at]!;
    }
    const text = plain.toString("latin1");
    if (!/^\{"system":\s*\{/.test(text)) return undefined;
    // A question has no error code.
    const isAnswer = text.includes('"err_code"');
    const message: PlugMessage = { isAnswer, said: [] };
    if (!isAnswer) return message;
    for (const [, name, value] of text.matchAll(FIELDS)) {
      const kept = keepText(value!);
      const attribute = `tplink.${name === "mic_type" ? "type" : name}`;
      if (kept !== undefined && !message.said.some(([known]) => known === attribute))
        message.said.push([attribute, kept]);
    }
    return message;
  },
  evidence: ({ said }) => said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
  server: ({ isAnswer }, { toMany }) => (isAnswer ? "sender" : toMany ? undefined : "receiver"),
});

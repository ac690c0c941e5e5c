/** An agent on one port that shows and logs nothing, by a clock that the test moves. */
import { Agent, type AgentOptions } from "../../agent/agent.ts";
import { defaultConfig } from "../../agent/config.ts";

export function quietAgent(given: Pick<AgentOptions, "ledger" | "clock">): Agent {
  const config = defaultConfig();
  config.capture.interfaces = ["eth1"];
  return new Agent({
    config,
    lights: { show: () => undefined, close: () => undefined },
    log: { info: () => undefined, warn: () => undefined },
    onCommit: () => undefined,
    ...given,
  });
}

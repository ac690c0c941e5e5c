/** `wardtap sniff`: the process that listens; started by systemd or by `wardtap run`. */
import { type Command, Option } from "commander";
import { CaptureError } from "../capture/source.ts";
import { runSniffer } from "../sniffer.ts";
import { CommandError, EXIT } from "./output.ts";

interface Options {
  interface: string;
  pipe: string;
  source: "auto" | "cap" | "dumpcap" | "tcpdump";
  bufferMb: string;
}

export function addSniffCommand(program: Command): void {
  program
    .command("sniff")
    .description("listen on a mirror port and tell the agent through a one-way pipe (needs only CAP_NET_RAW)")
    .requiredOption("--interface <name>", "mirror port")
    .requiredOption("--pipe <path>", "the agent's pipe for this port")
    .addOption(
      new Option("--source <means>", "how to capture").choices(["auto", "cap", "dumpcap", "tcpdump"]).default("auto"),
    )
    .option("--buffer-mb <n>", "kernel buffer in MB", "32")
    .addHelpText(
      "after",
      "\nExample:\n  wardtap sniff --interface eth1 --pipe /run/wardtap/observations-eth1\n\nEnds with exit code 1 when the port is lost: start it again (systemd and `wardtap run` do).",
    )
    .action(async (options: Options) => {
      const megabytes = Number(options.bufferMb);
      if (!Number.isInteger(megabytes) || megabytes < 1 || megabytes > 1024) {
        throw new CommandError(`--buffer-mb ${options.bufferMb}: a whole number from 1 to 1024`, EXIT.usage);
      }
      try {
        const reason = await runSniffer({
          interface: options.interface,
          pipe: options.pipe,
          source: options.source,
          bufferBytes: megabytes << 20,
          say: (line) => process.stderr.write(`wardtap sniff: ${line}\n`),
        });
        process.stderr.write(`wardtap sniff: ${options.interface} is lost: ${reason}\n`);
        // A closed capture object must not live on to be collected (it can crash the process): end now.
        process.exit(EXIT.failed);
      } catch (error) {
        if (error instanceof CaptureError) throw new CommandError(withAdvice(error.message), EXIT.usage);
        throw error;
      }
    });
}

/** What the system says of a missing right helps nobody. */
const withAdvice = (message: string): string =>
  /permission|not permitted/i.test(message)
    ? `${message}. Capturing needs the raw-socket right (CAP_NET_RAW): run it as root, or let systemd or \`wardtap run\` start it`
    : message;

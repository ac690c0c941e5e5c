/** Asks a DNS server for many names: "tunnel" carries random bytes inside them, "ordinary" is what a busy PC asks for. */
import { createHash, randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";

const [server, what] = process.argv.slice(2);
const COUNT = 60;
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers([server]);
const quietly = (asking) => asking.catch(() => undefined);
const hash = (number) => createHash("sha256").update(String(number)).digest("hex");

for (let turn = 0; turn < COUNT; turn++) {
  if (what === "tunnel") {
    const bytes = randomBytes(70).toString("hex");
    await quietly(resolver.resolveTxt(`${bytes.slice(0, 60)}.${bytes.slice(60, 120)}.t.tunnel.example`));
    continue;
  }
  await quietly(resolver.resolve4(`cdn-${turn % 20}.images.example`));
  await quietly(resolver.resolveTxt(`${hash(turn).slice(0, 48)}.avqs.mcafee.com`));
  await quietly(resolver.resolve4(`0-0-0.${hash(turn).slice(0, 32)}.avqs.mcafee.com`));
  await quietly(resolver.reverse(`10.20.8.${turn}`));
  await quietly(resolver.resolve4(`${turn}.2.0.192.zen.spamhaus.org`));
}

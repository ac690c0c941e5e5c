/** Logins that anybody who listens could read: that there was one, and never who or with what. */
import type { Evidence } from "./dissector.ts";

/** The client (who sends) gave a password in clear to the server (who receives). */
export const clearLogin = (protocol: string): Evidence[] => [
  { about: "receiver", attribute: "wardtap.login", value: protocol },
  { about: "sender", attribute: "wardtap.login.sent", value: protocol },
];

/** The server (who sends) let somebody in who came as nobody in particular. */
export const anonymousLogin = (protocol: string): Evidence[] => [
  { about: "sender", attribute: "wardtap.login.anonymous", value: protocol },
];

/** A token instead of a password: it opens as much, for a while. */
export const tokenLogin = (protocol: string): Evidence[] => [
  { about: "receiver", attribute: "wardtap.login.token", value: protocol },
];

/** The server (who sends) let somebody in by a login that the maker documents for everybody. */
export const factoryLogin = (protocol: string): Evidence[] => [
  { about: "sender", attribute: "wardtap.login.default", value: protocol },
];

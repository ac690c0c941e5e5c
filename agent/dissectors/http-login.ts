/** Logins over HTTP/1 and RTSP: Basic, tokens and NTLM, and whether a documented one was accepted. RFC 7617; RFC 6750; RFC 4559. */
import { schemeOf } from "./http-fields.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { type Ntlmssp, readNtlmssp } from "./ntlmssp.ts";

/** Base64 of the longest login that could be a documented one. */
const MAX_BASIC = 400;

/** Servers answer these to anybody: being answered proves nothing. RFC 9110, 9.3.7 and 9.3.8; RFC 7826, 13.1. */
const UNGUARDED = /^(?:OPTIONS|TRACE|TEARDOWN) /;

/** The part of a connection's memory that is about logins. */
export interface HttpLogin {
  /** Requests whose answer has not come. With more than one nobody can say which of them an answer is for. */
  unanswered: number;
  /** The server has asked for a login. */
  asked: boolean;
  /** The last request came without a login, and an answer to it says something. */
  isPlain: boolean;
  /** The server gave a page to somebody without a login, and has asked for none. */
  isOpen: boolean;
  /** A documented login went with the last request. */
  isFactory: boolean;
}

export const newHttpLogin = (): HttpLogin => ({
  unanswered: 0,
  asked: false,
  isPlain: false,
  isOpen: false,
  isFactory: false,
});

/** What a request's Authorization or Proxy-Authorization shows to anybody. */
export function loginKind(fields: ReadonlyMap<string, string>): "password" | "token" | "" {
  const schemes = [schemeOf(fields.get("authorization")), schemeOf(fields.get("proxy-authorization"))];
  return schemes.includes("Basic") ? "password" : schemes.includes("Bearer") ? "token" : "";
}

/** `first`: the request's first line. */
export function requestGoes(login: HttpLogin, first: string, authorization: string | undefined): void {
  login.unanswered++;
  const isGuarded = login.unanswered === 1 && !UNGUARDED.test(first);
  login.isPlain = isGuarded && authorization === undefined;
  login.isFactory = isGuarded && schemeOf(authorization) === "Basic" && isFactoryBasic(authorization!);
}

/** An answer's first line. True when it lets in a documented login: what it asked for is given, or it leads on. */
export function answerComes(login: HttpLogin, first: string): boolean {
  const status = Number(/^(?:HTTP|RTSP)\/[12]\.\d (\d{3})/.exec(first)?.[1] ?? 0);
  // 100 and its like announce the answer.
  if (status < 200) return false;
  const isGood = status < 300;
  const goesOn = login.asked ? status < 400 : isGood && !login.isOpen;
  const isAccepted = login.isFactory && login.unanswered === 1 && goesOn;
  if (status === 401) login.asked = true;
  if (isGood && login.isPlain && login.unanswered === 1) login.isOpen = true;
  login.unanswered = Math.max(0, login.unanswered - 1);
  login.isFactory = false;
  return isAccepted;
}

/** RFC 7617, 2: user, colon, password. */
function isFactoryBasic(authorization: string): boolean {
  const encoded = authorization.slice("Basic".length).trim();
  if (encoded.length > MAX_BASIC) return false;
  const text = Buffer.from(encoded, "base64").toString("latin1");
  const colon = text.indexOf(":");
  return colon >= 0 && isFactoryLogin(nameDigest(text.slice(0, colon)), text.slice(colon + 1));
}

/** The NTLM message in a field that holds one, alone or inside SPNEGO. */
export function ntlmIn(field: string | undefined): Ntlmssp | undefined {
  const encoded = /^(?:NTLM|Negotiate) +([A-Za-z0-9+/=]{16,})/i.exec(field ?? "")?.[1];
  return encoded === undefined ? undefined : readNtlmssp(Buffer.from(encoded, "base64"));
}

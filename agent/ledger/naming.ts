/** Which evidence rows hold a device's own name: whoever passes rows on must know. */
import { isNameAttribute } from "../identify/names.ts";

/** Names of devices, their owners and their services, also in attributes that no list has yet. */
const LIKE_A_NAME = /hostname|\bfqdn|\.name$|_name$|instance$|\.(?:fn|sn)$|nbns|friendly|computer/i;

export const holdsName = (attribute: string): boolean => isNameAttribute(attribute) || LIKE_A_NAME.test(attribute);

/** What DICOM messages say of their two ends: associations and commands as evidence. PS3.8 9.3, PS3.7 9.3. */
import type { Association } from "./dicom-association.ts";
import type { Command } from "./dicom-dataset.ts";
import type { Evidence } from "./dissector.ts";

export const PDU = {
  request: 1,
  accept: 2,
  reject: 3,
  data: 4,
  releaseRequest: 5,
  releaseResponse: 6,
  abort: 7,
} as const;
export const STORE = 0x0001;

export const CLINICAL: readonly Evidence[] = [
  { about: "sender", attribute: "wardtap.clinical", value: "dicom" },
  { about: "receiver", attribute: "wardtap.clinical", value: "dicom" },
];

export const role = (about: "sender" | "receiver", value: string): Evidence => ({
  about,
  attribute: "dicom.role",
  value,
});

export function associationEvidence(pdu: number, association: Association): Evidence[] {
  const found: Evidence[] = [];
  const add = (about: "sender" | "receiver", attribute: string, value: string | undefined) => {
    if (value !== undefined) found.push({ about, attribute, value });
  };
  const requester = pdu === PDU.request ? "sender" : "receiver";
  add(requester, "dicom.assoc.ae.calling", association.calling);
  // Being called by a title is no proof of having it; accepting it is.
  if (pdu === PDU.accept) add("sender", "dicom.assoc.ae.called", association.called);
  found.push(role("sender", pdu === PDU.request ? "scu" : "scp"));
  add("sender", "dicom.actx", association.applicationContext);
  add("sender", "dicom.userinfo.uid", association.implementationUid);
  add("sender", "dicom.userinfo.version", association.implementationVersion);
  for (const syntax of association.abstractSyntaxes) add("sender", "dicom.pctx.abstract_syntax", syntax);
  return found;
}

export function commandEvidence({ field, sopClass, forOthers }: Command): Evidence[] {
  if ((field & 0x8000) !== 0) return [];
  const found: Evidence[] = [];
  if (field === STORE)
    found.push(role("sender", forOthers ? "move-scp" : "storage-scu"), role("receiver", "storage-scp"));
  if (sopClass !== undefined) found.push({ about: "sender", attribute: "dicom.affected_sop_class", value: sopClass });
  return found;
}

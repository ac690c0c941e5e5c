/** Texts shaped like a person's: NHS numbers, dates as of birth, names in the notation of DICOM and HL7. */

const NHS_DIGITS = 10;
/** Year, month, day; then day, month, year. Digits or letters on either side make it something else. */
const DATES = [
  /(?<![0-9A-Za-z])(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![0-9A-Za-z])/,
  /(?<!\d)(?:18|19|20)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/,
  /(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\1(?:18|19|20)\d{2}(?!\d)/,
];

export const holdsDate = (text: string): boolean => DATES.some((date) => date.test(text));

/** A caret parts the components of a DICOM (PS3.5, 6.2.1) or HL7 person name. */
export const holdsPersonName = (text: string): boolean => text.includes("^");

export function holdsNhsNumber(text: string): boolean {
  const bare = text.replace(/[ -]/g, "");
  if (bare.length === NHS_DIGITS && isNhsNumber(bare)) return true;
  const shape = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g;
  for (let found = shape.exec(text); found !== null; found = shape.exec(text)) {
    if (isNhsNumber(found[0].replace(/[ -]/g, ""))) return true;
    shape.lastIndex = found.index + 1;
  }
  return false;
}

/** NHS Data Dictionary, NHS NUMBER: ten digits, the last one a modulus 11 check of the others. */
function isNhsNumber(digits: string): boolean {
  if (!/^\d{10}$/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < 9; place++) sum += Number(digits[place]) * (10 - place);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}

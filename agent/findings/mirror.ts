/** What the counts of a mirror port prove, for the rules about it: as the MIRROR light has it. */
import type { MirrorCounts } from "../observe/observation.ts";

/** A switch floods a few frames of others to every port: so few one-way pairs are no mirror. */
const MIN_ONE_WAY_PAIRS = 3;
/** More than this share of pairs heard one way only means that half of the traffic is missing. */
const MAX_ONE_WAY_SHARE = 0.8;

export const isMirroring = ({ bothDirections, oneDirection }: MirrorCounts): boolean =>
  bothDirections > 0 || oneDirection >= MIN_ONE_WAY_PAIRS;

export const isOneWay = (mirror: MirrorCounts): boolean =>
  isMirroring(mirror) && mirror.oneDirection > (mirror.bothDirections + mirror.oneDirection) * MAX_ONE_WAY_SHARE;

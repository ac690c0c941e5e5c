/** Reads a capture's records to the end and keeps copies of its frames, for tests that look at each of them. */
import { RecordReader } from "../../agent/capture/records.ts";
import { emptyFrame, type Frame, type FrameSource, type SourceEnd } from "../../agent/capture/source.ts";

export type KeptFrame = Omit<Frame, "bytes" | "offset"> & { bytes: Buffer };

const keep = ({ bytes, offset, ...frame }: Frame): KeptFrame => ({
  ...frame,
  bytes: Buffer.from(bytes.subarray(offset, offset + frame.length)),
});

/** Pushes `file` in pieces of `pieceBytes`. Throws CaptureError when it is no capture. */
export const readRecords = (
  file: Buffer,
  pieceBytes = file.length,
): { frames: KeptFrame[]; problem: string; reader: RecordReader } => {
  const reader = new RecordReader();
  const frame = emptyFrame();
  const frames: KeptFrame[] = [];
  for (let at = 0; at < file.length; at += pieceBytes) {
    reader.push(file.subarray(at, at + pieceBytes));
    while (reader.next(frame)) frames.push(keep(frame));
  }
  return { frames, problem: reader.finish(), reader };
};

export const readSource = async (source: FrameSource): Promise<{ frames: KeptFrame[]; end: SourceEnd }> => {
  const frames: KeptFrame[] = [];
  const end = await source.run((frame) => frames.push(keep(frame)));
  return { frames, end };
};

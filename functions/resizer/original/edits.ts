/** Replacement of `length` bytes of a file from the offset `at` on. */
export interface Edit {
  readonly at: number;
  readonly length: number;
  readonly by: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Removes bytes. */
export function remove(at: number, length: number): Edit {
  return { at, length, by: NOTHING };
}

/** Overwrites as many bytes as there are new ones. */
export function overwrite(at: number, ...bytes: readonly number[]): Edit {
  return { at, length: bytes.length, by: Buffer.from(bytes) };
}

/** Returns the bytes with all edits, which do not overlap; the same buffer where there are none. */
export function applyEdits(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const parts: Buffer[] = [];
  let kept = 0;
  for (const { at, length, by } of [...edits].sort((one, other) => one.at - other.at)) {
    parts.push(bytes.subarray(kept, at), by);
    kept = at + length;
  }
  return Buffer.concat([...parts, bytes.subarray(kept)]);
}

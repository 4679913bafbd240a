/** Some bytes to compare others with. */
export interface Pattern {
  bytes: Uint8Array
  view: DataView
}

/** Makes a pattern of a copy of bytes. */
export function patternOf(bytes: Uint8Array): Pattern {
  // Not slice(): that of a Buffer, which streams give, copies nothing.
  const copy = new Uint8Array(bytes)
  return { bytes: copy, view: new DataView(copy.buffer) }
}

/**
 * Do the pattern's bytes stand at `at`? Compares eight at a time, which the engine does without making
 * objects of the big integers.
 * @param view of the same bytes as `bytes`.
 * @param to nothing stands from here on.
 */
export function standsAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  to: number,
  pattern: Pattern,
): boolean {
  const { length } = pattern.bytes
  if (at + length > to) return false
  let i = 0
  for (; i + 8 <= length; i += 8) {
    if (view.getBigInt64(at + i, true) !== pattern.view.getBigInt64(i, true)) return false
  }
  for (; i < length; i++) if (bytes[at + i] !== pattern.bytes[i]) return false
  return true
}

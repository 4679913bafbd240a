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
 * objects of the big integers, and four times eight in a turn, which takes half the time of one in a turn.
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
  const its = pattern.view
  let i = 0
  for (; i + 32 <= length; i += 32) {
    if (
      view.getBigInt64(at + i, true) !== its.getBigInt64(i, true) ||
      view.getBigInt64(at + i + 8, true) !== its.getBigInt64(i + 8, true) ||
      view.getBigInt64(at + i + 16, true) !== its.getBigInt64(i + 16, true) ||
      view.getBigInt64(at + i + 24, true) !== its.getBigInt64(i + 24, true)
    )
      return false
  }
  for (; i + 8 <= length; i += 8) {
    if (view.getBigInt64(at + i, true) !== its.getBigInt64(i, true)) return false
  }
  // The last eight, of which some were compared before, instead of what is left one by one.
  if (length >= 8) return view.getBigInt64(at + length - 8, true) === its.getBigInt64(length - 8, true)
  for (; i < length; i++) if (bytes[at + i] !== pattern.bytes[i]) return false
  return true
}

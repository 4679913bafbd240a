/** Makes ids in the manner of OnCall's (`IA0000000000C`): a prefix and twelve capitals or digits. */
export function idMaker(prefix: string): () => string {
  let made = 0
  return () => {
    made++
    return prefix + made.toString(36).toUpperCase().padStart(12, '0')
  }
}

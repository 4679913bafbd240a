const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/**
 * Reads a duration such as `5m`, `1.5s`, `500ms` or `1h`.
 * @returns milliseconds, or `undefined` where the text is not a duration.
 */
export function durationMs(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*$/.exec(text)
  const unitMs = match && unitsMs[match[2] as string]
  return match && unitMs ? Number(match[1]) * unitMs : undefined
}

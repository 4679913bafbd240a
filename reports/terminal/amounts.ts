const units: readonly (readonly [string, number])[] = [
  ['h', 3600],
  ['m', 60],
  ['s', 1],
]

/** A window as a spec has it: `5m`, `10s`, `1h`, `0.5s`. */
export function windowText(seconds: number): string {
  const [unit, size] = units.find(
    ([, unitSeconds]) => seconds >= unitSeconds && seconds % unitSeconds === 0,
  ) ?? ['s', 1]
  return `${trimmed(seconds / size, 3)}${unit}`
}

/** A span of time for people: `850 ms`, `9.8 s`, `4 min 43 s`. */
export function spanText(ms: number): string {
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`
  if (Math.abs(ms) < 120_000) return `${trimmed(ms / 1000, 1)} s`
  const seconds = Math.round(ms / 1000)
  const rest = seconds % 60
  return `${Math.trunc(seconds / 60)} min${rest === 0 ? '' : ` ${Math.abs(rest)} s`}`
}

/** Milliseconds in a table: two decimals below 1, one below 100, none from there on. */
export function millisecondsText(ms: number): string {
  return ms.toFixed(ms < 0.995 ? 2 : ms < 99.95 ? 1 : 0)
}

/** Least and most: `300`, or `298 to 300`. */
export function rangeText([least, most]: readonly [number, number]): string {
  return least === most ? `${least}` : `${least} to ${most}`
}

/** A number and a noun: `1 record`, `2 records`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

const shownRecords = 8

/** Line numbers for people, runs of them shortened: `lines 12, 14 to 312 and 97 more`. */
export function linesText(lines: readonly number[]): string {
  const runs: [number, number][] = []
  for (const line of [...lines].sort((one, other) => one - other)) {
    const last = runs.at(-1)
    if (last && line <= last[1] + 1) last[1] = line
    else runs.push([line, line])
  }
  const shown = runs.slice(0, shownRecords)
  const words = shown.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
  const more = runs.slice(shownRecords).reduce((sum, [from, to]) => sum + to - from + 1, 0)
  return `${lines.length === 1 ? 'line' : 'lines'} ${words}${more > 0 ? ` and ${more} more` : ''}`
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}

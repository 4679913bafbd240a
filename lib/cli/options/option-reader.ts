import { durationMs, nearest, shown } from '../../spec/index.ts'

/** Bounds of a number, both ends included. */
export interface Bounds {
  least: number
  most: number
  whole?: boolean
}

/** Reads the values of options, and notes all that are wrong instead of stopping at the first. */
export interface OptionReader {
  readonly mistakes: readonly string[]
  /** Notes a mistake: `--window: expected a duration, found "abc"`. */
  mistake(flag: string, expected: string, found: unknown, hint?: string): void
  /** Notes a mistake in words of its own. */
  complain(sentence: string): void
  number(flag: string, raw: unknown, bounds: Bounds): number | undefined
  /** Milliseconds. */
  duration(flag: string, raw: unknown, leastMs: number, mostMs: number): number | undefined
  word<Word extends string>(flag: string, raw: unknown, words: readonly Word[]): Word | undefined
}

/** Makes a reader that begins with the mistakes that are known already. */
export function createOptionReader(known: readonly string[]): OptionReader {
  const mistakes = [...known]
  const mistake = (flag: string, expected: string, found: unknown, hint?: string) => {
    mistakes.push(`${flag}: expected ${expected}, found ${shown(found)}${hint ? ` — ${hint}` : ''}`)
  }
  return {
    mistakes,
    mistake,
    complain: (sentence) => mistakes.push(sentence),
    number(flag, raw, { least, most, whole = false }) {
      if (raw === undefined) return undefined
      const value = typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : Number.NaN
      if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
      mistake(flag, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`, raw)
      return undefined
    },
    duration(flag, raw, leastMs, mostMs) {
      if (raw === undefined) return undefined
      const ms = typeof raw === 'string' ? durationMs(raw) : undefined
      if (ms !== undefined && ms >= leastMs && ms <= mostMs) return ms
      const bare = typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw)
      const expected = `a duration from ${durationText(leastMs)} to ${durationText(mostMs)}, such as 10s or 5m`
      mistake(flag, expected, raw, bare ? `write ${raw}s` : undefined)
      return undefined
    },
    word(flag, raw, words) {
      if (raw === undefined) return undefined
      const word = words.find((each) => each === raw)
      if (word !== undefined) return word
      const near = nearest(String(raw), words)
      mistake(flag, `one of ${words.join(', ')}`, raw, near ? `did you mean ${near}?` : undefined)
      return undefined
    },
  }
}

function durationText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`
}

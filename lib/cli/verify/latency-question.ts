import type { Command as Declared } from 'commander'
import { defaultQuestion, type LatencyQuestion } from '../../compare/index.ts'
import type { Asked } from '../command.ts'
import type { OptionReader } from '../options/option-reader.ts'

/** Declares what can be asked of latencies when runs are compared. */
export function declareLatencyOptions(command: Declared): void {
  command
    .option('--margin <percent>', 'so much slower is no worse (default 5%)')
    .option('--percentiles <list>', 'which are compared (default 50,90,95,99)')
    .option('--together', 'all accepted requests together, instead of each descriptor by itself')
    .option('--seed <n>', 'of the random numbers, to do the same again (default 1)')
}

/** Reads what is asked of latencies. */
export function readLatencyQuestion(reader: OptionReader, options: Asked['options']): LatencyQuestion {
  return {
    ...defaultQuestion,
    percentiles: readPercentiles(reader, options.percentiles) ?? defaultQuestion.percentiles,
    marginRatio: readMargin(reader, options.margin) ?? defaultQuestion.marginRatio,
    seed:
      reader.number('--seed', options.seed, { least: 0, most: 2 ** 32 - 1, whole: true }) ??
      defaultQuestion.seed,
    by: options.together === true ? 'all' : 'descriptor',
  }
}

function readMargin(reader: OptionReader, raw: unknown): number | undefined {
  if (raw === undefined) return undefined
  const percent =
    typeof raw === 'string' && /^\d+(\.\d+)?\s*%$/.test(raw) ? Number.parseFloat(raw) : Number.NaN
  if (percent >= 0 && percent <= 1000) return 1 + percent / 100
  reader.mistake('--margin', 'a share from 0% to 1000%, such as 5%', raw)
  return undefined
}

function readPercentiles(reader: OptionReader, raw: unknown): number[] | undefined {
  if (typeof raw !== 'string') return undefined
  const percentiles = raw
    .split(',')
    .map((word) => (/^\s*\d+(\.\d+)?\s*$/.test(word) ? Number(word) : Number.NaN))
  if (percentiles.every((percentile) => percentile > 0 && percentile < 100)) return [...new Set(percentiles)]
  reader.mistake('--percentiles', 'numbers between 0 and 100, such as 50,99', raw)
  return undefined
}

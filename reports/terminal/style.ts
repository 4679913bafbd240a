import { styleText } from 'node:util'
import type { Verdict } from '../../lib/result/index.ts'

/** Colour and weight; what they mean is always in the words as well. */
export interface Style {
  verdict(verdict: Verdict, text: string): string
  strong(text: string): string
  faint(text: string): string
  warning(text: string): string
}

const verdictFormats = {
  pass: ['bold', 'green'],
  fail: ['bold', 'red'],
  inconclusive: ['bold', 'yellow'],
} as const

/** Without colour every function returns its text as it is. */
export function createStyle(color: boolean): Style {
  if (!color) {
    const plain = (text: string) => text
    return { verdict: (_, text) => text, strong: plain, faint: plain, warning: plain }
  }
  // Whether there is colour was decided by the caller, so the stream is not asked again.
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { validateStream: false })
  return {
    verdict: (verdict, text) => paint([...verdictFormats[verdict]], text),
    strong: (text) => paint('bold', text),
    faint: (text) => paint('dim', text),
    warning: (text) => paint('yellow', text),
  }
}

/** The word for a verdict. */
export const verdictWords = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE' } as const

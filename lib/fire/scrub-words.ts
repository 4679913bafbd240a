import type { LimitWords } from '../oncall/limit-words.ts'
import { blackOut, formsOf } from './scrub.ts'

/**
 * Makes a function that blacks out every secret in what a response says about limits: a server may
 * repeat a key in its header fields, and those are recorded verbatim.
 */
export function createWordScrubber(secrets: readonly string[]): (said: LimitWords) => LimitWords {
  const forms = formsOf(secrets)
  const scrubbed = (text: string) => blackOut(text, forms)
  return (said) => {
    const { retryAfter, headers } = said
    const texts = [retryAfter ?? '', ...Object.values(headers ?? {})]
    // Asked for each answer, and mostly there is nothing to do.
    if (!texts.some((text) => forms.some((form) => text.includes(form)))) return said
    return {
      ...said,
      ...(retryAfter !== undefined && { retryAfter: scrubbed(retryAfter) }),
      ...(headers && {
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, scrubbed(value)])),
      }),
    }
  }
}

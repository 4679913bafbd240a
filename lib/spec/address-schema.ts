import { z } from 'zod'
import { addressMistake } from './address.ts'

/** A base address in a spec, without the slash after its host. */
export const address = z
  .string('an address such as https://oncall.example.org')
  .superRefine((text, context) => {
    const mistake = addressMistake(text)
    if (mistake) context.addIssue({ code: 'custom', message: mistake.expected, params: mistake })
  })
  .transform((text) => text.replace(/^([a-z]+:\/\/[^/]*)\/$/i, '$1'))

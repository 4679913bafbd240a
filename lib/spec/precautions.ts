import { z } from 'zod'
import { quietHoursSchema } from './quiet-hours-schema.ts'

// What a target may be spared beside what Onset spares it anyway. The messages read on after "expected".

/** A share such as `20%` or 0.2, parsed to a number from 0 to 1, below 1. */
function share(expected: string) {
  return z
    .union(
      [
        z
          .string()
          .regex(/^\d+(\.\d+)?\s*%$/, expected)
          .transform((text) => Number.parseFloat(text) / 100),
        z.number(),
      ],
      expected,
    )
    .pipe(z.number().min(0, expected).lt(1, expected))
}

const aReserve = 'a share from 0% to below 100%, such as 20%'
const aFailingShare = 'a share from 0% to below 100%, such as 50%'
const aRequestCeiling = 'a whole number from 1 to 100000000'
const aRateCeiling = 'a number from 1 to 100000'

const ceilingSchema = z
  .strictObject(
    {
      requests: z
        .int(aRequestCeiling)
        .min(1, aRequestCeiling)
        .max(100_000_000, aRequestCeiling)
        .optional()
        .meta({ description: 'Most requests that one run may fire.' }),
      ratePerSecond: z
        .number(aRateCeiling)
        .min(1, aRateCeiling)
        .max(100_000, aRateCeiling)
        .optional()
        .meta({ description: 'Most requests that may be fired in any second.' }),
    },
    'a map with requests, ratePerSecond or both',
  )
  .meta({ description: 'What is never passed, beside the ceilings that every plan has.' })

/** The fields of a target by which its author spares it, and those who share it. */
export const precautions = {
  reserve: share(aReserve).prefault('20%').meta({
    description:
      "The share of the organization's limit that is left to others while an integration is filled. No effect where the target is dedicated.",
  }),
  ceiling: ceilingSchema.optional(),
  stopWhenFailing: share(aFailingShare).prefault('50%').meta({
    description:
      'Firing stops when more than this share of the last 40 answers (20 at least) are server errors or time-outs.',
  }),
  quietHours: z
    .array(quietHoursSchema, 'a list of times')
    .optional()
    .meta({ description: 'When no run may be under way.' }),
  caFile: z.string('the path of a file').min(1, 'the path of a file').optional().meta({
    description:
      'Certificates (PEM) of a private authority that is trusted beside the usual ones; relative to the spec.',
  }),
}

/** Ceilings that the author of a spec sets. */
export type SpecCeiling = z.output<typeof ceilingSchema>

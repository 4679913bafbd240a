import { z } from 'zod'
import { durationMs } from './duration.ts'

const aMode = 'one of fail, report, off'
const aDeadline = 'a duration from 100ms to 1h, such as 60s'

/** The fields of a target that say what is done about alerts that it lost, doubled or took in unsaid. */
export const readBack = {
  reconcile: z.enum(['fail', 'report', 'off'], aMode).default('fail').meta({
    description:
      'After the firing, what was accepted must exist and what was refused must not. fail: otherwise the run fails. report: it is only told. off: nobody looks. No effect on other APIs than OnCall.',
  }),
  deliveredWithin: z
    .string(aDeadline)
    .regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|h)\s*$/, aDeadline)
    .transform((text) => durationMs(text) as number)
    .pipe(z.number().min(100, aDeadline).max(3_600_000, aDeadline))
    .prefault('60s')
    .meta({ description: 'How long after it was accepted an alert may take to appear, such as 60s.' }),
}

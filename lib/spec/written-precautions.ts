import type { QuietHours } from './quiet-hours-schema.ts'
import type { Target } from './spec.ts'

/** The precautions of a target as a spec writes them; they parse to the same values. */
export function writtenPrecautions({
  reserve,
  ceiling,
  stopWhenFailing,
  quietHours,
  caFile,
}: Target): Record<string, unknown> {
  return {
    reserve,
    ...(ceiling && { ceiling }),
    stopWhenFailing,
    ...(quietHours && { quietHours: quietHours.map(written) }),
    ...(caFile !== undefined && { caFile }),
  }
}

function written({ from, to, ...rest }: QuietHours): Record<string, unknown> {
  return { from: timeText(from), to: timeText(to), ...rest }
}

/** Minutes of the day as `22:00`. */
export function timeText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
